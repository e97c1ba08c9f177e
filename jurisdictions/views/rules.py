"""The regulation as the public reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from jurisdictions.engine import Profile
from jurisdictions.engine.differences import differences
from jurisdictions.engine.schema.profile import Reading
from jurisdictions.models import RuleProfile
from jurisdictions.rulebook import Article, chapters, told_under
from jurisdictions.rulebook.general import always_including
from jurisdictions.rulebook.lines import clauses_of_node
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_version


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """An unclear place with its ways to read it; the chosen one first among them."""

    reading: Reading
    articles: tuple[Article, ...]
    always: tuple[Article, ...] = ()
    """Where the text says 至少, which no reading of 以上 changes."""

    @property
    def options(self) -> list[tuple[str, bool, bool]]:
        """(words, chosen, whether the system computes by it); the chosen one first."""
        found = [
            (option.label, option.value == self.reading.chosen, bool(option.changes) or position == 0)
            for position, option in enumerate(self.reading.options)
        ]
        return sorted(found, key=lambda one: not one[1])


@login_not_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The current version, or the one that `?version=` names.

    With `?compare=` what differs from another; with `?clause=` only what is told under that clause.
    """
    current = current_version()
    version = _named(request, "version") or current
    compared = _named(request, "compare")
    if compared is not None:
        return _comparison(request, compared, version, current)
    profile = version.rules
    if clause := request.GET.get("clause"):
        return _clause(request, profile, clause)
    context = {
        "version": version,
        "current": current,
        "versions": sorted(RuleProfile.objects.active(), key=_begins, reverse=True),
        "rules": profile,
        "standing": validity_today(profile),
        "validity_articles": [
            Article(clause, profile.article(clause), clause) for clause in clauses_of_node(profile.validity)
        ],
        "chapters": chapters(profile),
        "readings": _readings(profile),
        # The articles of the version that is shown, not of the current one.
        "clause_articles": profile.articles,
    }
    return render(request, "jurisdictions/rules.html", context)


def _clause(request: HttpRequest, profile: Profile, clause: str) -> HttpResponse:
    """The lines on one clause; 404 where the text has none of that id."""
    if clause not in profile.articles:
        raise Http404
    on_validity = validity_today(profile).words if clause in clauses_of_node(profile.validity) else ""
    context = {"told": told_under(profile, clause), "on_validity": on_validity}
    return render(request, "jurisdictions/_clause_told.html", context)


def _named(request: HttpRequest, key: str) -> RuleProfile | None:
    """The active version that the address names; 404 where there is none of that name."""
    name = request.GET.get(key)
    return get_object_or_404(RuleProfile.objects.active(), version=name) if name else None


def _begins(version: RuleProfile) -> tuple[Any, str]:
    return version.active_from, version.version


def _comparison(
    request: HttpRequest, old: RuleProfile, new: RuleProfile, current: RuleProfile
) -> HttpResponse:
    context = {
        "old": old,
        "new": new,
        "current": current,
        "rules": new.rules,
        "differences": differences(old.rules, new.rules) if old.pk != new.pk else (),
    }
    return render(request, "jurisdictions/rules_compared.html", context)


def _readings(profile: Profile) -> list[ReadingShown]:
    return [
        ReadingShown(
            reading,
            tuple(Article(clause, profile.article(clause)) for clause in reading.clauses),
            tuple(Article(clause, profile.article(clause)) for clause in always_including(profile, reading)),
        )
        for reading in profile.readings
    ]
