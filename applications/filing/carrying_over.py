"""A draft goes on under the version of a newer round: by its owner's click alone, losing nothing silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from applications.enums import ApplicationState, RoundState
from applications.filing.drafting import start_application
from applications.filing.submission import withdraw
from applications.filing.transfer import asked_alike, files_of, paper_label, take_answers
from applications.models import Application, Round
from applications.permissions import can_submit
from core import clock
from core.errors import NotAllowed, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.web import tenant_url
from core.workflow import lock
from deadlines.messages import notify
from jurisdictions.engine import Profile
from jurisdictions.models import RuleProfile
from jurisdictions.signals import version_activated, version_withdrawn


@dataclass(frozen=True, slots=True)
class Carried:
    """The new draft, and the labels of what the old one held that has no place in it."""

    application: Application
    left: tuple[str, ...]


def rounds_to_carry_to(application: Application) -> list[Round]:
    """Calls that take applications now, under another version than the draft's, with none of the unit's."""
    if application.state != ApplicationState.DRAFT:
        return []
    open_now = Round.objects.filter(state=RoundState.OPEN).exclude(profile=application.round.profile_id)
    taken = Application.objects.filter(unit=application.unit).exclude(state=ApplicationState.WITHDRAWN)
    found = open_now.exclude(pk__in=taken.values("round")).order_by("closes_at", "pk")
    return [round_ for round_ in found if round_.takes_applications()]


@transaction.atomic
def carry_over(*, application: Application, round_: Round, actor: Any) -> Carried:
    """Moves a draft to a call under another version: what fits is kept, the old draft is withdrawn; logged.

    By the unit's submitter alone. Refused for what is no draft and for a call that is not open to it.
    """
    lock(application)
    if not can_submit(actor, application):
        raise NotAllowed("只有本单位的审核提交人可以转入其他批次。")
    if round_ not in rounds_to_carry_to(application):
        raise StateConflict("该申报不能转入这个批次。")
    old, new = application.rules, round_.rules
    made = start_application(round_=round_, unit=application.unit, actor=actor)
    left = [*take_answers(application, made, old, new), *_move_files(application, made, old, new)]
    made.revision, made.saved_at, made.saved_by = 1, clock.now(), actor
    made.save()
    LogEntry.record(
        made,
        action="applications.carry_over",
        label="由其他批次转入",
        actor=actor,
        at=clock.now(),
        data={"from": application.pk, "version": round_.profile.version, "left": left},
    )
    withdraw(application=application, actor=actor, reason=f"已转入{round_.title}")
    return Carried(made, tuple(left))


def left_behind(application: Application, round_: Round) -> tuple[str, ...]:
    """The labels of what a draft holds that has no place in another call: what moving it would lose."""
    old, new = application.rules, round_.rules
    made = Application(facts={}, narratives={}, rosters={})
    left = take_answers(application, made, old, new)
    left += [paper_label(old, file) for file in files_of(application) if not asked_alike(file, old, new)]
    return tuple(left)


def _move_files(application: Application, made: Application, old: Profile, new: Profile) -> Iterator[str]:
    """A file goes along where the same material is still asked for in the same way."""
    places = {material.name: material for material in made.materials.all()}
    for file in files_of(application):
        name = file.material.name
        if name not in places or not asked_alike(file, old, new):
            yield paper_label(old, file)
            continue
        file.material = places[name]
        file.save(update_fields=["material"])


@receiver(version_activated)
def tell_drafts(sender: Any, *, version: RuleProfile, former: RuleProfile, **_: Any) -> None:
    """Units with a draft in a call that keeps its version hear of the new one; nothing of theirs is moved."""
    drafts = Application.objects.filter(state=ApplicationState.DRAFT, round__state=RoundState.OPEN)
    for draft in drafts.exclude(round__profile=version).select_related("round", "unit"):
        notify(
            recipients=draft.unit.recipients(),
            title="规则有新版本，您的申报草稿不受影响"[:120],
            text=f"{draft.round.title}仍按原规则办理。新规则自{date_text(version.active_from)}起用于新的批次；"
            "新批次开放后，可由本单位决定是否把草稿转入。",
            url=tenant_url("unit:application", pk=draft.pk),
        )


@receiver(version_withdrawn)
def tell_drafts_back(sender: Any, *, version: RuleProfile, **_: Any) -> None:
    """Units that were told of a version hear that it was withdrawn."""
    drafts = Application.objects.filter(state=ApplicationState.DRAFT, round__state=RoundState.OPEN)
    for draft in drafts.exclude(round__profile=version).select_related("round", "unit"):
        notify(
            recipients=draft.unit.recipients(),
            title="规则的新版本已撤回，您的申报草稿不受影响",
            text=f"原定自{date_text(version.active_from)}起的新规则已撤回，不会启用；{draft.round.title}仍按原规则办理。",
            url=tenant_url("unit:application", pk=draft.pk),
        )
