"""One chapter of the form: shown, saved as one types, and what another person saved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.desk.inquiring import bars_of
from applications.dossier import sections
from applications.dossier.answers import problems_of, unit_findings
from applications.dossier.conflicts import (
    Base,
    Collision,
    Difference,
    base_of,
    choose,
    label_of,
    merged,
    read,
    shown_path,
    written,
)
from applications.dossier.forms import SectionForm, posted, with_blank_row
from applications.dossier.reading import chapters_of
from applications.dossier.sections import place_of, progress_of, section_named
from applications.filing.drafting import save_draft
from applications.filing.tracking import deadline_of
from applications.models import Application
from applications.views.own import corrections, mine, with_draft
from core.errors import DomainError
from core.typed import whole_in
from core.web import say_refusal, tenant_url
from jurisdictions.versions import cited

# How the input begins that says which version of a field is to stay.
CHOICE = "choice-"


def _section(application: Application, name: str) -> sections.Section:
    found = section_named(application.rules, name)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def section(request: HttpRequest, found: Application, chapter: str) -> HttpResponse:
    """One chapter: shows what is stored, keeps what is sent, and says what is wrong beside it."""
    part = _section(found, chapter)
    if request.method == "POST":
        return _save_section(request, found, part)
    form = SectionForm(found, part)
    form.show(problems_of(found), all_of_them="checked" in request.GET)
    return _show_section(request, found, form)


def _save_section(request: HttpRequest, found: Application, chapter: sections.Section) -> HttpResponse:
    data = posted(request.POST)
    form = SectionForm(found, chapter, data)
    try:
        others = _store(request, found, form)
    except Collision as error:
        return _conflict(request, found, chapter, data, error)
    except DomainError as error:
        say_refusal(request, error)
        return redirect(tenant_url("unit:application", pk=found.pk))
    if others:
        names = "、".join(label_of(found, path) for path in others)
        messages.info(request, f"他人同时修改了“{names}”，已与您的内容一并保存。")
    here = tenant_url("unit:section", pk=found.pk, chapter=chapter.name)
    if "add" in data:
        return _with_row(request, found, chapter, data)
    if data.get("then") == "later":
        _say_saved(request, found, chapter)
        return redirect(tenant_url("unit:application", pk=found.pk))
    if any(place_of(found.rules, p.path).section == chapter.name for p in problems_of(found)):
        return redirect(f"{here}?checked=1")
    messages.success(request, f"“{chapter.label}”已填完并保存。")
    return redirect(_next_url(found, chapter))


def _say_saved(request: HttpRequest, found: Application, chapter: sections.Section) -> None:
    """That the draft is kept, and how much of what was typed is wrong (what is missing can wait)."""
    kept = SectionForm(found, chapter)
    kept.show(problems_of(found), all_of_them=False)
    if wrong := len(kept.summary):
        messages.warning(request, f"草稿已保存；“{chapter.label}”中有 {wrong} 处填写有误，提交前请更正。")
    else:
        messages.success(request, "草稿已保存。")


def _with_row(
    request: HttpRequest, found: Application, chapter: sections.Section, data: dict[str, Any]
) -> HttpResponse:
    """Without script: the page again with one more row to type in."""
    stored = SectionForm(found, chapter)
    more = {**with_blank_row(stored.form.data, data["add"])}
    return _show_section(request, found, SectionForm(found, chapter, more))


def _store(request: HttpRequest, found: Application, form: SectionForm) -> tuple[str, ...]:
    """Saves what was typed and decided; the paths that another person changed meanwhile and that stay so."""
    version = request.POST.get("version", "")
    chosen = {
        name.removeprefix(CHOICE): str(choice)
        for name, choice in request.POST.items()
        if name.startswith(CHOICE)
    }
    return save_draft(
        application=found,
        actor=request.user,
        revision=whole_in(version, otherwise=-1),
        base=read(found, request.POST.get("base", "")),
        **choose(found, form.typed(), chosen),
    )


def _conflict(
    request: HttpRequest,
    found: Application,
    chapter: sections.Section,
    data: dict[str, Any],
    error: Collision,
) -> HttpResponse:
    """The same page with the person's own text, what the other one saved beside it, and the new version.

    Only what both changed is asked; where the other one alone did, theirs is in the form already.
    """
    former = read(found, data.get("base", ""))
    found.refresh_from_db()
    mine, asked = merged(found, chapter, data, former, error.paths)
    form = SectionForm(found, chapter, mine)
    form.refuse_conflict(error.message)
    base = base_of(found, chapter)
    if former is not None:
        base = replace(base, numbers={**former.numbers, **base.numbers})
    return _show_section(request, found, form, status=409, theirs=asked, base=base)


def _show_section(
    request: HttpRequest,
    found: Application,
    form: SectionForm,
    *,
    status: int = 200,
    theirs: Sequence[Difference] = (),
    base: Base | None = None,
) -> HttpResponse:
    points = [c for c in corrections(found) if c["section"] == form.section.name]
    form.corrections = {c["path"]: c["text"] for c in points}
    context = {
        "application": found,
        **cited(found.round.profile),
        "section": form.section,
        "form": form,
        "corrections": points,
        "deadline": deadline_of(found),
        "theirs": theirs,
        "base": written(found, base or base_of(found, form.section)),
        "derived": _derived(found, form.section),
        "findings": (*unit_findings(found).findings, *bars_of(found)),
        "lines": progress_of(found),
    }
    return render(request, "applications/unit_section.html", context, status=status)


@require_POST
@with_draft
def autosave(request: HttpRequest, found: Application, chapter: str) -> HttpResponse:
    """Keeps what stands in a chapter now; answers the new version and base, and what others changed
    meanwhile for the page to show; 409 when both changed the same field.
    """
    part = _section(found, chapter)
    form = SectionForm(found, part, posted(request.POST))
    try:
        others = _store(request, found, form)
    except Collision as error:
        return JsonResponse({"error": error.message}, status=409)
    except DomainError as error:
        return JsonResponse({"error": error.message}, status=403)
    answer = {"version": found.revision, "base": written(found, base_of(found, part))}
    if others:
        answer["theirs"] = _news(request, found, part, others)
    return JsonResponse(answer)


def _news(
    request: HttpRequest, found: Application, chapter: sections.Section, paths: tuple[str, ...]
) -> list[dict[str, str]]:
    """What others changed, for a page that stays open: the new value of an input, or a table anew."""
    form = SectionForm(found, chapter)
    tables = {rows.table.path: rows for rows in form.tables}
    news = []
    for path in paths:
        name = shown_path(path)
        one = {"path": name, "label": label_of(found, path)}
        if path in tables:
            one["html"] = render_to_string(
                "applications/unit_rows.html",
                {"rows": tables[path], "application": found, "section": chapter},
                request,
            )
        else:
            one["value"] = form.form.data.get(name, "")
        news.append(one)
    return news


@require_safe
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The conditions as they stand now, for the panel beside the form."""
    found = mine(request, pk)
    return render(
        request,
        "applications/unit_findings.html",
        {
            "application": found,
            "findings": (*unit_findings(found).findings, *bars_of(found)),
            **cited(found.round.profile),
        },
    )


def _derived(found: Application, chapter: sections.Section) -> list[tuple[str, str, str]]:
    """The figures of a chapter that nobody types: read off the rosters, or known from registration."""
    shown = {row.label: row.value for part in chapters_of(found) for row in part.facts}
    return [(fact.label, shown.get(fact.label, "—"), fact.clause) for fact in chapter.derived]


def _next_url(found: Application, chapter: sections.Section) -> str:
    """The chapter after this one; after the last the materials."""
    names = [part.name for part in sections.sections_of(found.rules)]
    after = names.index(chapter.name) + 1
    if after < len(names):
        return tenant_url("unit:section", pk=found.pk, chapter=names[after])
    return tenant_url("unit:materials", pk=found.pk)
