"""The leading bureau's pages: the calls, the board of a round, one application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.revealing import answer, reveals
from applications.desk.checking import judge, may_judge
from applications.desk.forms import BoardFilter, ChecklistForm, JudgementForm
from applications.desk.letters import letters_to
from applications.desk.overlaps import overlaps_of
from applications.dossier.answers import findings_of
from applications.dossier.reading import chapters_of, explanations_of
from applications.enums import ApplicationState as S
from applications.enums import RoundState
from applications.filing.tracking import stepper_of
from applications.models import Application, Round
from applications.permissions import can_organise, can_reveal
from applications.rounds import create_round, edit_round, open_round, validity_at, validity_of
from applications.selection.forms import RoundForm
from applications.selection.panel_stage import outcomes_of
from applications.views.handing import hand_out_file
from applications.views.listing import rows_of, with_due_day
from applications.views.progress import events_of, opinions_of
from core import clock
from core.limits import TAKING, limited
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import holds
from jurisdictions.versions import cited, current_version, lead_authority
from panels.models import Panel

PAGE = 50
# So many authorities and units with dates that have passed are named on the board.
STUCK = 10
# The columns of the board, in the order of the way; each counts the states it names.
COLUMNS: tuple[tuple[str, str, tuple[S, ...]], ...] = (
    ("review", "审核中", (S.UNDER_REVIEW,)),
    ("returned", "待补正", (S.RETURNED,)),
    ("awaiting", "待专家评审", (S.AWAITING_PANEL,)),
    ("panel", "专家评审中", (S.AT_PANEL,)),
    ("evaluated", "评审完成", (S.EVALUATED,)),
    ("proposed", "拟认定和公示", (S.PROPOSED, S.IN_NOTICE)),
    ("designated", "已认定", (S.DESIGNATED,)),
    ("out", "未通过或未入选", (S.REJECTED, S.NOT_SELECTED, S.REMOVED, S.WITHDRAWN)),
)


@require_GET
@requires(Right.MANAGE, Right.RUN_PANEL)
def rounds(request: HttpRequest) -> HttpResponse:
    """The calls of every year, with how many applications each has."""
    submitted = Count("applications", filter=Q(applications__submitted_at__isnull=False))
    on_way = Count(
        "applications", filter=Q(applications__state__in=[S.UNDER_REVIEW, S.AWAITING_PANEL, S.AT_PANEL])
    )
    found = Round.objects.led_by(request.user).annotate(submitted=submitted, on_way=on_way)
    context = {"rounds": found.order_by("-year", "-pk"), "may_organise": _organises(request)}
    return render(request, "applications/bureau_rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def round_new(request: HttpRequest) -> HttpResponse:
    """Draws up a call."""
    form = RoundForm(request.POST or None, initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        made = attempt_form(
            form, create_round, authority=lead_authority(), actor=request.user, **form.cleaned_data
        )
        if made is not None:
            messages.success(request, "批次已保存，尚未发布。")
            return redirect(tenant_url("bureau:round", pk=made.pk))
    context = {"form": form, "rules": current_version().rules, "answer": _validity(form)}
    return render(request, "applications/bureau_round_form.html", context | cited(current_version()))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a call; once published, only its text."""
    found = _round(request, pk)
    published = found.state != RoundState.DRAFT
    form = RoundForm(request.POST or None, published=published, initial=RoundForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        done = attempt_form(form, edit_round, round_=found, actor=request.user, **form.cleaned_data)
        if done is not None:
            messages.success(request, "批次已保存。")
            return redirect(tenant_url("bureau:round", pk=pk))
        found.refresh_from_db()
    context = {
        "form": form,
        "round": found,
        "rules": found.rules,
        "answer": _validity(form) if form.is_bound else validity_of(found),
    }
    return render(request, "applications/bureau_round_form.html", context | cited(found.profile))


@require_POST
@requires(Right.MANAGE)
def round_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes the call."""
    attempt(request, open_round, done="申报通知已发布。", round_=_round(request, pk), actor=request.user)
    return redirect(tenant_url("bureau:round", pk=pk))


@require_GET
@requires(Right.MANAGE, Right.RUN_PANEL)
def round_board(request: HttpRequest, pk: int) -> HttpResponse:
    """The round as a board: how many at each stage, what is stuck and with whom."""
    calls = Round.objects.led_by(request.user).annotate(files=Count("call_files"))
    found = get_object_or_404(calls.select_related("profile", "authority"), pk=pk)
    handed_in = found.applications.filter(submitted_at__isnull=False)
    numbers = dict(handed_in.order_by().values_list("state").annotate(n=Count("pk")))
    chosen = request.GET.get("at", "")
    states = next((states for key, _, states in COLUMNS if key == chosen), None)
    applications = handed_in.filter(state__in=states) if states else handed_in
    filters = BoardFilter(request.GET)
    query = filters.cleaned_data.get("q", "").strip() if filters.is_valid() else ""
    if query:
        applications = applications.filter(Q(unit__name__icontains=query) | Q(number__icontains=query))
    joined = with_due_day(applications.select_related("unit", "round__profile", "authority"))
    pages = Paginator(joined.order_by(F("due").asc(nulls_last=True), "pk"), PAGE)
    if not query:
        # The columns know it already.
        pages.count = sum(numbers.get(state, 0) for state in states or numbers)
    page = pages.get_page(request.GET.get("page"))
    address = tenant_url("bureau:round", pk=pk)
    overdue, more_overdue = _overdue(handed_in)
    context = {
        "round": found,
        "answer": validity_of(found),
        "columns": [
            {
                "label": label,
                "count": sum(numbers.get(state, 0) for state in states),
                "url": f"{address}?at={key}",
                "active": key == chosen,
            }
            for key, label, states in COLUMNS
        ],
        "total": sum(numbers.values()),
        "rows": rows_of(list(page)),
        "page": page,
        "chosen": chosen,
        "overdue": overdue,
        "more_overdue": more_overdue,
        "form": filters,
        "query": query,
        "awaiting": numbers.get(S.AWAITING_PANEL, 0),
        "evaluated": numbers.get(S.EVALUATED, 0),
        "panels": _panels_of(found),
        "may_organise": can_organise(request.user, found),
        "may_run_panels": holds(request.user, Right.RUN_PANEL, found.authority),
        "changes": found.schedule_changes.select_related("decided_by"),
        "call_files": found.files,
    }
    return render(request, "applications/bureau_round.html", context | cited(found.profile))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE, Right.RUN_PANEL)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application whole; after review the lead judges here what is still open."""
    found = _led(request, pk)
    judging = found.state != S.UNDER_REVIEW and may_judge(found, request.user)
    form = JudgementForm(request.POST or None, application=found) if judging else None
    if request.method == "POST" and form is None:
        raise Http404
    if request.method == "POST" and form is not None and form.is_valid():
        done = attempt_form(form, judge, application=found, answers=form.judgements(), actor=request.user)
        if done is not None:
            messages.success(request, "评判已保存。")
            return redirect(tenant_url("bureau:application", pk=pk))
    checklist = ChecklistForm(application=found)
    overlaps, more = overlaps_of(found, request.user)
    context = {
        "application": found,
        "rules": found.rules,
        "form": form,
        "lines": checklist.lines(lambda file: tenant_url("bureau:attachment", pk=found.pk, file=file.pk)),
        "chapters": chapters_of(found),
        "reveal_url": tenant_url("bureau:reveal", pk=pk) if can_reveal(request.user, found) else "",
        "reveal_reasons": "review contact",
        "findings": findings_of(found).findings,
        "explanations": explanations_of(found),
        "outcome": outcomes_of([found]).get(found.pk),
        "overlaps": overlaps,
        "more_overlaps": more,
        "overlap_page": "bureau:application",
        "letters": letters_to(found),
        "falsity": found.found_false,
        "may_disqualify": Application.workflow.can(found, "disqualify", request.user),
        "steps": stepper_of(found),
        "opinions": opinions_of(found),
        "events": events_of(found),
    }
    return render(request, "applications/bureau_application.html", context | cited(found.round.profile))


@reveals
@requires(Right.MANAGE)
def reveal_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers of persons in one roster."""
    back = tenant_url("bureau:application", pk=pk)
    return answer(request, subject=_led(request, pk), allowed=can_reveal, back=back)


@requires(Right.MANAGE, Right.RUN_PANEL)
@limited("export", methods=TAKING)
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of an application in a round that the person's authority leads; by POST an original."""
    back = tenant_url("bureau:application", pk=pk)
    return hand_out_file(request, _led(request, pk), file, "layouts/bureau.html", back)


def _led(request: HttpRequest, pk: int) -> Application:
    return get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(round__in=Round.objects.led_by(request.user), submitted_at__isnull=False)
        .select_related("unit", "round__profile", "round__authority", "authority"),
        pk=pk,
    )


def _round(request: HttpRequest, pk: int) -> Round:
    return get_object_or_404(Round.objects.led_by(request.user).select_related("profile", "authority"), pk=pk)


def _organises(request: HttpRequest) -> bool:
    return can_organise(request.user, Round(authority=lead_authority()))


def _validity(form: RoundForm) -> Any:
    """Whether the text is in force on the day typed; today's answer while none is."""
    if not form.is_bound:
        return validity_at(clock.today())
    opens_at = form.cleaned_data.get("opens_at")
    return validity_at(clock.local(opens_at).date()) if opens_at else None


def _overdue(applications: Any) -> tuple[list[dict[str, Any]], int]:
    """What is stuck and with whom, the longest first: authorities, or units, with dates that have passed.

    The first `STUCK` of them, and how many more there are.
    """
    late = with_due_day(applications).filter(due__lt=clock.today()).select_related("unit", "authority")
    stuck: dict[str, dict[str, Any]] = {}
    for one in late.order_by("due", "pk"):
        who = one.unit.name if one.state == S.RETURNED else str(one.authority or one.unit)
        row = stuck.setdefault(who, {"who": who, "count": 0, "since": one.due, "clause": one.due_clause})
        row["count"] += 1
    return list(stuck.values())[:STUCK], max(0, len(stuck) - STUCK)


def _panels_of(found: Round) -> Any:
    return (
        Panel.objects.filter(subject_type__model="round", subject_id=found.pk)
        .annotate(
            total=Count("items__sheets"),
            waiting=Count("items__sheets", filter=Q(items__sheets__state="open")),
        )
        .order_by("pk")
    )
