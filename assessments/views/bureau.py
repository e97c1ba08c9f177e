"""The assessor's pages: who has reported and who is late, one report and its result, a whole cycle."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.determining import determine, questions_of
from assessments.enums import AssessmentState, CycleState
from assessments.forms import (
    AssessmentFilter,
    AssessmentPanelForm,
    DetermineForm,
    FixForm,
    JudgementForm,
    OpinionForm,
    ReturnForm,
)
from assessments.grading import accept_filing, finalise, fix_cycle, has_quota, preview_of
from assessments.models import Assessment, Cycle, Determination, Evidence
from assessments.permissions import can_assess, can_finalise, can_fix
from assessments.resting import report_of
from assessments.scoring import judge, method_of, return_report, score_by_rubric, send_back, send_to_panel
from assessments.showing import evidence_rows, facts_shown, history_rows, narratives_shown, rubric_shown
from core import clock
from core.limits import TAKING, limited
from core.web import attempt, attempt_form, tenant_url
from documents.handing import Reader, hand_out
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where, holds
from panels.enums import Purpose
from panels.forms import RubricForm
from panels.models import Panel
from stations.models import Station

PAGE_SIZE = 50
staff = requires(Right.ASSESS, Right.MANAGE)


def _visible(request: HttpRequest) -> Any:
    """What this person assesses, looks at again or leads; a unit's own pages are elsewhere."""
    mine = authorities_where(request.user, Right.ASSESS, Right.MANAGE)
    return (
        Assessment.objects.filter(
            Q(assessor__in=mine) | Q(reviewer__in=mine) | Q(station__authority__in=mine)
        )
        .select_related("station__unit", "station__authority", "cycle__profile", "assessor", "reviewer")
        .order_by("-cycle__year", "cycle__obligation", "due_on", "pk")
    )


@require_GET
@staff
def assessments(request: HttpRequest) -> HttpResponse:
    """The list by cycle: who has reported, who is late."""
    visible = _visible(request)
    cycles = Cycle.objects.filter(assessments__in=visible.values("pk").order_by()).distinct()
    form = AssessmentFilter(request.GET or None, cycles=cycles)
    rows = _filtered(visible, form)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    today = clock.today()
    late = Q(
        assessments__state=AssessmentState.DUE, assessments__due_on__lt=today, assessments__has_limit=True
    )
    counted = cycles.annotate(
        total=Count("assessments", distinct=True),
        owing=Count("assessments", filter=Q(assessments__state=AssessmentState.DUE), distinct=True),
        late=Count("assessments", filter=late, distinct=True),
        done=Count("assessments", filter=Q(assessments__state=AssessmentState.FINAL), distinct=True),
    )
    context = {"filter_form": form, "page_obj": page, "cycles": counted, "led": _led(request)}
    return render(request, "assessments/bureau_assessments.html", context)


def _filtered(rows: Any, form: AssessmentFilter) -> Any:
    if not form.is_valid():
        return rows
    if form.cleaned_data["cycle"]:
        rows = rows.filter(cycle=form.cleaned_data["cycle"])
    if form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    if form.cleaned_data["late"]:
        owed = Q(reported_at__isnull=True, due_on__lt=clock.today())
        rows = rows.filter(has_limit=True).filter(owed | Q(reported_at__date__gt=F("due_on")))
    return rows


def _led(request: HttpRequest) -> set[int]:
    """The authorities whose cycles this person may fix."""
    return set(authorities_where(request.user, Right.MANAGE).values_list("pk", flat=True))


# --- one assessment -----------------------------------------------------------


@require_GET
@staff
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """One report, beside it what the assessor has to do."""
    return _page(request, get_object_or_404(_visible(request), pk=pk))


@require_POST
@staff
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Points by the score sheet."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = _rubric_form(subject, request.POST)
    if (
        form is not None
        and form.is_valid()
        and attempt_form(
            form,
            score_by_rubric,
            assessment=subject,
            points=form.points,
            bonus=form.bonus,
            opinion=form.cleaned_data["comment"],
            actor=request.user,
        )
    ):
        messages.success(request, f"已评分：{subject.total} 分。")
        return redirect(tenant_url("bureau:assessment", pk=pk))
    return _page(request, subject, rubric_form=form)


@require_POST
@staff
def give_grade(request: HttpRequest, pk: int) -> HttpResponse:
    """A grade by judgement."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = JudgementForm(request.POST, assessment=subject)
    if form.is_valid() and attempt_form(form, judge, assessment=subject, actor=request.user, **form.values()):
        messages.success(request, f"已评定：{subject.grade}。")
        return redirect(tenant_url("bureau:assessment", pk=pk))
    return _page(request, subject, judgement_form=form)


@require_POST
@staff
def take_on_file(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    form = OpinionForm(request.POST)
    form.is_valid()
    opinion = form.cleaned_data.get("opinion", "")
    attempt(
        request, accept_filing, assessment=subject, opinion=opinion, actor=request.user, done="已予以备案。"
    )
    return redirect(tenant_url("bureau:assessment", pk=pk))


@require_POST
@staff
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the station for correction."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = ReturnForm(request.POST)
    if form.is_valid() and attempt_form(
        form, return_report, assessment=subject, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, "已退回补正，并通知了单位。")
        return redirect(tenant_url("bureau:assessment", pk=pk))
    return _page(request, subject, return_form=form)


@require_POST
@staff
def make_final(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    attempt(request, finalise, assessment=subject, actor=request.user, done="结果已确定，并通知了单位。")
    return redirect(tenant_url("bureau:assessment", pk=pk))


@require_POST
@staff
def to_assessor(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    reason = request.POST.get("reason", "")
    attempt(request, send_back, assessment=subject, reason=reason, actor=request.user, done="已退回重评。")
    return redirect(tenant_url("bureau:assessment", pk=pk))


@limited("export", methods=TAKING)
@staff
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a report; by POST an original, with a reason."""
    found = get_object_or_404(
        Evidence.objects.select_related("attachment"), pk=pk, assessment__in=_visible(request)
    )
    subject = found.assessment
    reader = Reader(
        purpose=f"{subject.cycle}考核",
        layout="layouts/bureau.html",
        back=tenant_url("bureau:assessment", pk=subject.pk),
        originals=can_assess(request.user, subject) or can_finalise(request.user, subject),
    )
    return hand_out(request, found.attachment, reader)


def _rubric_form(subject: Assessment, data: Any = None) -> RubricForm | None:
    if method_of(subject) != "rubric":
        return None
    return RubricForm(
        data,
        rules=subject.rules,
        facts=subject.facts,
        points=subject.points,
        bonus=subject.bonus,
        complete=True,
        initial={"version": subject.revision, "comment": subject.opinion},
    )


def _page(request: HttpRequest, subject: Assessment, **forms: Any) -> HttpResponse:
    method, user = method_of(subject), request.user
    may_assess, may_finalise = can_assess(user, subject), can_finalise(user, subject)
    state = AssessmentState(subject.state)
    scorable = state in (AssessmentState.REPORTED, AssessmentState.SCORED) and may_assess
    by_cycle = (
        method in ("panel", "rubric") and has_quota(subject.rules) and subject.cycle.state == CycleState.OPEN
    )
    context = {
        "assessment": subject,
        "station": subject.station,
        "report": report_of(subject),
        "method": method,
        "show_rubric": scorable and method == "rubric",
        "show_judgement": scorable and method in ("judgement", "acceptance"),
        "show_filing": state == AssessmentState.REPORTED and may_assess and method == "filing",
        "show_return": state == AssessmentState.REPORTED and may_assess,
        "show_final": state == AssessmentState.SCORED and may_finalise and not by_cycle,
        "show_send_back": state == AssessmentState.SCORED
        and may_finalise
        and subject.reviewer_id is not None,
        "by_cycle": by_cycle and state == AssessmentState.SCORED,
        "may_fix": can_fix(user, subject.cycle),
        "provisional": state == AssessmentState.SCORED,
        "rubric_form": forms.get("rubric_form") or _rubric_form(subject),
        "judgement_form": forms.get("judgement_form") or JudgementForm(assessment=subject),
        "return_form": forms.get("return_form") or ReturnForm(),
        "narratives": narratives_shown(subject),
        "facts": facts_shown(subject),
        "rubric": rubric_shown(subject),
        "files": evidence_rows(subject, "bureau:evidence"),
        "questions": questions_of(subject.station),
        "history": history_rows(subject),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_assessment.html", context, status=status)


# --- a whole cycle ------------------------------------------------------------


@require_GET
@requires(Right.MANAGE)
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    """What fixing the cycle now would give, and what stands in the way."""
    return _cycle_page(request, _cycle(request, pk))


@require_POST
@requires(Right.MANAGE)
def cycle_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The reported ones go to a panel of experts."""
    subject = _cycle(request, pk)
    form = AssessmentPanelForm(request.POST, cycle=subject)
    if form.is_valid() and attempt_form(
        form,
        send_to_panel,
        cycle=subject,
        assessments=list(form.cleaned_data["assessments"]),
        experts=list(form.cleaned_data["experts"]),
        due_on=form.cleaned_data["due_on"],
        actor=request.user,
    ):
        messages.success(request, "已提交专家组，并通知了专家。")
        return redirect(tenant_url("bureau:cycle", pk=pk))
    return _cycle_page(request, subject, panel_form=form)


@require_POST
@requires(Right.MANAGE)
def cycle_fix(request: HttpRequest, pk: int) -> HttpResponse:
    """The grades of the cycle become final."""
    subject = _cycle(request, pk)
    preview = preview_of(subject)
    form = FixForm(request.POST, tied=preview.tied, owing=_owing(subject))
    if form.is_valid():
        done = attempt_form(form, fix_cycle, cycle=subject, actor=request.user, **form.values())
        if done:
            messages.success(request, f"已确定 {len(done)} 家的结果，并通知了各单位。")
            return redirect(tenant_url("bureau:cycle", pk=pk))
    return _cycle_page(request, subject, fix_form=form)


def _cycle(request: HttpRequest, pk: int) -> Cycle:
    found: Cycle = get_object_or_404(
        Cycle.objects.select_related("profile", "authority"), pk=pk, authority__in=request.authorities
    )
    return found


def _owing(subject: Cycle) -> int:
    return subject.assessments.filter(state=AssessmentState.DUE).count()


def _cycle_page(request: HttpRequest, subject: Cycle, **forms: Any) -> HttpResponse:
    preview, owing = preview_of(subject), _owing(subject)
    waiting = subject.assessments.filter(state=AssessmentState.REPORTED, by_panel=True).exists()
    panels = Panel.objects.filter(
        purpose=Purpose.ASSESSMENT,
        subject_type__app_label="assessments",
        subject_type__model="cycle",
        subject_id=subject.pk,
    )
    grades = {result.assessment.pk: result for result in preview.results}
    rows = [
        {"assessment": a, "result": grades.get(a.pk)}
        for a in subject.assessments.select_related("station__unit", "cycle").order_by(
            F("total").desc(nulls_last=True)
        )
    ]
    context = {
        "cycle": subject,
        "rows": rows,
        "preview": preview,
        "owing": owing,
        "panels": panels,
        "is_open": subject.state == CycleState.OPEN,
        "may_fix": can_fix(request.user, subject),
        "may_form": holds(request.user, Right.RUN_PANEL, subject.authority) and waiting,
        "panel_form": forms.get("panel_form") or AssessmentPanelForm(cycle=subject),
        "fix_form": forms.get("fix_form") or FixForm(tied=preview.tied, owing=owing),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_cycle.html", context, status=status)


# --- what only a person can answer --------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def determinations(request: HttpRequest, pk: int) -> HttpResponse:
    """The recorded answers about one station, and the form for the next."""
    station = get_object_or_404(
        Station.objects.select_related("unit", "profile", "authority"),
        pk=pk,
        authority__in=request.authorities,
    )
    form = DetermineForm(request.POST if request.method == "POST" else None, station=station)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt_form(form, determine, station=station, actor=request.user, **form.values())
    ):
        messages.success(request, "已记录，并通知了单位。")
        return redirect(tenant_url("bureau:determinations", pk=pk))
    context = {
        "station": station,
        "form": form,
        "questions": questions_of(station),
        "determinations": Determination.objects.filter(station=station)
        .select_related("decided_by")
        .order_by("-pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_determinations.html", context, status=status)
