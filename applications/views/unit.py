"""The unit's pages of one application: task list, chapters, materials, checking and handing in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.revealing import answer, reveals
from applications.desk.inquiring import bars_of
from applications.desk.letters import letters_to
from applications.dossier import sections
from applications.dossier.answers import is_editable, problems_of, reason_for, unit_findings
from applications.dossier.conflicts import differences
from applications.dossier.forms import SectionForm, posted, with_blank_row
from applications.dossier.reading import chapters_of
from applications.dossier.sections import (
    MATERIALS,
    REVIEW,
    Place,
    place_of,
    progress_of,
    row_of,
    section_named,
)
from applications.enums import ApplicationState
from applications.filing.carrying_over import carry_over, left_behind, rounds_to_carry_to
from applications.filing.changes import correction_of
from applications.filing.drafting import save_draft, start_application
from applications.filing.submission import resubmit, submit, withdraw
from applications.filing.tracking import corrections_of, deadline_of, stepper_of, timeline_of, with_whom
from applications.models import Application, Round
from applications.permissions import can_reveal, can_submit
from core.errors import DomainError, EditConflict, Problem
from core.web import attempt, say_refusal, tenant_url
from documents.showing import file_row
from jurisdictions.engine import Profile
from jurisdictions.versions import cited
from stations.reach import unit_of
from stations.reach import units_of as units_of_person

View = Callable[..., HttpResponse]


def mine(request: HttpRequest, pk: int) -> Application:
    """An application of a unit for which this person fills in; 404 for everybody else's."""
    return get_object_or_404(
        Application.objects.filter(unit__in=units_of_person(request.user)).select_related(
            "round__profile", "round__authority", "authority", "unit__home_authority", "saved_by"
        ),
        pk=pk,
    )


def with_draft(view: View) -> View:
    """Hands the view an application that is with the unit now; what is handed in has no form any more."""

    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = mine(request, pk)
        if not is_editable(found):
            _say_where(request, found)
            return redirect(tenant_url("unit:application", pk=found.pk))
        return view(request, found, **kwargs)

    return inner


def _say_where(request: HttpRequest, found: Application) -> None:
    """What is no longer with the unit: handed in already (a second press of the button), or withdrawn."""
    handed_in = found.number and found.state != ApplicationState.WITHDRAWN
    where = f"申报已提交，编号 {found.number}，" if handed_in else "申报"
    messages.warning(request, f"{where}当前为“{found.status.label}”，不能修改。")


def _section(application: Application, name: str) -> sections.Section:
    found = section_named(application.rules, name)
    if found is None:
        raise Http404
    return found


def url_of(application: Application, place: Place) -> str:
    """The address of the field that a problem belongs to."""
    if place.section == MATERIALS:
        url = tenant_url("unit:materials", pk=application.pk)
    elif place.section == REVIEW:
        url = tenant_url("unit:review", pk=application.pk)
    else:
        url = tenant_url("unit:section", pk=application.pk, chapter=place.section) + "?checked=1"
    return f"{url}#{place.anchor}" if place.anchor else url


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the unit's draft in a round."""
    unit = unit_of(request)
    round_ = get_object_or_404(Round.objects.published(), pk=pk)
    try:
        application = start_application(round_=round_, unit=unit, actor=request.user)
    except DomainError as error:
        say_refusal(request, error)
        return redirect(tenant_url("unit:home"))
    return redirect(tenant_url("unit:application", pk=application.pk))


@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list while it is with the unit, else where it stands."""
    found = mine(request, pk)
    context = {
        "application": found,
        "rules": found.rules,
        "steps": stepper_of(found),
        "deadline": deadline_of(found),
        "entries": timeline_of(found),
        "who": with_whom(found),
        "letters": letters_to(found),
        **cited(found.round.profile),
    }
    if not is_editable(found):
        context |= {"chapters": chapters_of(found), "materials": _brought(found), **_reveals(found)}
        return render(request, "applications/unit_progress.html", context)
    problems = problems_of(found)
    context |= {
        "lines": progress_of(found, problems),
        "findings": (*unit_findings(found).findings, *bars_of(found)),
        "corrections": _corrections(found),
        "ready": not problems,
        "elsewhere": [(one, left_behind(found, one)) for one in rounds_to_carry_to(found)],
        "may_carry": can_submit(request.user, found),
    }
    return render(request, "applications/unit_application.html", context)


@require_POST
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner's click: the draft goes on in the call that the form names."""
    found = mine(request, pk)
    chosen = request.POST.get("round", "")
    target = next((one for one in rounds_to_carry_to(found) if str(one.pk) == chosen), None)
    if target is None:
        raise Http404
    try:
        carried = carry_over(application=found, round_=target, actor=request.user)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("unit:application", pk=pk))
    messages.success(request, f"已转入{target.title}，原草稿已撤回。")
    if carried.left:
        messages.warning(request, f"新批次不用的内容没有转入：{'、'.join(carried.left)}。")
    return redirect(tenant_url("unit:application", pk=carried.application.pk))


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
        _store(request, found, form)
    except EditConflict as error:
        return _conflict(request, found, chapter, data, error)
    except DomainError as error:
        say_refusal(request, error)
        return redirect(tenant_url("unit:application", pk=found.pk))
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


def _store(request: HttpRequest, found: Application, form: SectionForm) -> None:
    version = request.POST.get("version", "")
    save_draft(
        application=found,
        actor=request.user,
        revision=int(version) if version.isdecimal() else -1,
        **form.typed(),
    )


def _conflict(
    request: HttpRequest,
    found: Application,
    chapter: sections.Section,
    data: dict[str, Any],
    error: EditConflict,
) -> HttpResponse:
    """The same page with the person's own text, what the other one saved beside it, and the new version."""
    found.refresh_from_db()
    form = SectionForm(found, chapter, data)
    form.refuse_conflict(error.message)
    return _show_section(request, found, form, status=409, theirs=differences(found, chapter, data))


def _show_section(
    request: HttpRequest, found: Application, form: SectionForm, *, status: int = 200, theirs: Any = ()
) -> HttpResponse:
    corrections = [c for c in _corrections(found) if c["section"] == form.section.name]
    form.corrections = {c["path"]: c["text"] for c in corrections}
    context = {
        "application": found,
        **cited(found.round.profile),
        "section": form.section,
        "form": form,
        "corrections": corrections,
        "deadline": deadline_of(found),
        "theirs": theirs,
        "derived": _derived(found, form.section),
        "findings": (*unit_findings(found).findings, *bars_of(found)),
        "lines": progress_of(found),
    }
    return render(request, "applications/unit_section.html", context, status=status)


@require_POST
@with_draft
def autosave(request: HttpRequest, found: Application, chapter: str) -> HttpResponse:
    """Keeps what stands in a chapter now; answers the new version, 409 when somebody else saved."""
    form = SectionForm(found, _section(found, chapter), posted(request.POST))
    try:
        _store(request, found, form)
    except EditConflict as error:
        return JsonResponse({"error": error.message}, status=409)
    except DomainError as error:
        return JsonResponse({"error": error.message}, status=403)
    return JsonResponse({"version": found.revision})


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


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def review(request: HttpRequest, found: Application) -> HttpResponse:
    """核对并提交: everything once more, what stands in the way, the pledge, and the button."""
    refused: tuple[Problem, ...] = ()
    if request.method == "POST":
        version = request.POST.get("version", "")
        verb = resubmit if found.submitted_at else submit
        try:
            verb(
                application=found,
                actor=request.user,
                pledged=request.POST.get("pledge") == "on",
                revision=int(version) if version.isdecimal() else -1,
            )
        except DomainError as error:
            refused = error.problems
            found = mine(request, found.pk)
            if not is_editable(found):
                _say_where(request, found)
                return redirect(tenant_url("unit:application", pk=found.pk))
        else:
            messages.success(request, f"已提交，申报编号 {found.number}，由{found.authority.name}受理。")
            return redirect(tenant_url("unit:application", pk=found.pk))
    return _show_review(request, found, refused)


def _show_review(request: HttpRequest, found: Application, refused: tuple[Problem, ...]) -> HttpResponse:
    problems = problems_of(found)
    known = {(problem.path, problem.message) for problem in problems}
    answer = unit_findings(found)
    context = {
        "application": found,
        **cited(found.round.profile),
        "problems": [_linked(found, problem) for problem in problems],
        "refused": [p for p in refused if (p.path, p.message) not in known and p.path != "pledge"],
        "pledge_error": next((p.message for p in refused if p.path == "pledge"), ""),
        "pledge_summary": [("id_pledge", p.message) for p in refused if p.path == "pledge"],
        "chapters": chapters_of(found),
        **_reveals(found),
        "materials": _brought(found),
        "findings": (*answer.findings, *bars_of(found)),
        "reasons": [(f, reason_for(found, f.key)) for f in answer.findings if reason_for(found, f.key)],
        "steps": stepper_of(found),
        "may_submit": can_submit(request.user, found),
        "correction": correction_of(found),
        "in_time": bool(found.submitted_at) or found.round.takes_applications(),
    }
    return render(request, "applications/unit_review.html", context, status=422 if refused else 200)


@reveals
def reveal_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's own people look at the numbers that they typed."""
    back = tenant_url("unit:application", pk=pk)
    return answer(request, subject=mine(request, pk), allowed=can_reveal, back=back)


def _reveals(found: Application) -> dict[str, str]:
    return {"reveal_url": tenant_url("unit:reveal", pk=found.pk), "reveal_reasons": "own_entry"}


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def take_back(request: HttpRequest, found: Application) -> HttpResponse:
    """Asks once more, then withdraws."""
    if request.method == "POST":
        attempt(
            request,
            withdraw,
            done="申报已撤回。",
            application=found,
            actor=request.user,
            reason=request.POST.get("reason", ""),
        )
        return redirect(tenant_url("unit:home"))
    return render(request, "applications/unit_withdraw.html", {"application": found})


def _linked(found: Application, problem: Problem) -> dict[str, str]:
    return {
        "url": url_of(found, place_of(found.rules, problem.path)),
        "message": f"{row_of(found.rules, problem.path)}{problem.message}",
        "clause": problem.clause,
    }


def _corrections(found: Application) -> list[dict[str, str]]:
    """The points of an open return with the chapter and address of each."""
    points = []
    for item in corrections_of(found):
        place = place_of(found.rules, item["path"])
        points.append({**item, "section": place.section, "url": url_of(found, place)})
    return points


def _derived(found: Application, chapter: sections.Section) -> list[tuple[str, str, str]]:
    """The figures of a chapter that nobody types: read off the rosters, or known from registration."""
    shown = {row.label: row.value for part in chapters_of(found) for row in part.facts}
    return [(fact.label, shown.get(fact.label, "—"), fact.clause) for fact in chapter.derived]


def _brought(found: Application) -> list[dict[str, Any]]:
    """Each material of the unit with what was brought."""
    rules: Profile = found.rules
    rows = {row.name: row for row in found.materials.prefetch_related("files__attachment")}
    return [
        {
            "rule": rule,
            "row": rows.get(rule.name),
            "files": [
                file_row(file.attachment, url=tenant_url("unit:file", pk=found.pk, file=file.pk))
                for file in (rows[rule.name].files.all() if rule.name in rows else ())
            ],
        }
        for rule in rules.materials
        if rule.brought_by == "unit"
    ]


def _next_url(found: Application, chapter: sections.Section) -> str:
    """The chapter after this one; after the last the materials."""
    names = [part.name for part in sections.sections_of(found.rules)]
    after = names.index(chapter.name) + 1
    if after < len(names):
        return tenant_url("unit:section", pk=found.pk, chapter=names[after])
    return tenant_url("unit:materials", pk=found.pk)
