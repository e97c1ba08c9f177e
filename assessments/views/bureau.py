"""The assessor's pages: who has reported and who is late, one report and its result, a whole cycle."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from assessments.determining import questions_of
from assessments.enums import AssessmentState, CycleState
from assessments.forms import (
    AssessmentFilter,
    JudgementForm,
    OpinionForm,
    RectificationForm,
    RectifiedForm,
    ReturnForm,
)
from assessments.grading import accept_filing, finalise, has_quota
from assessments.models import Assessment, Cycle, Evidence
from assessments.permissions import can_assess, can_finalise, can_fix
from assessments.rectifying import clause_of, judge_rectification, order_rectification, rectification_of
from assessments.resting import report_of
from assessments.score_draft import save_score_draft
from assessments.scoring import judge, method_of, return_report, score_by_rubric, send_back
from assessments.showing import evidence_rows, facts_shown, history_rows, narratives_shown, rubric_shown
from core import clock
from core.errors import DomainError, EditConflict
from core.limits import TAKING, limited
from core.typed import whole_in
from core.web import attempt, attempt_form, tenant_url
from documents.handing import Reader, hand_out
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where
from jurisdictions.versions import cited
from panels.forms.sheets import RubricForm

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
    """Points by the score sheet: the result when it is complete, a draft as long as somebody wants."""
    subject = get_object_or_404(_visible(request), pk=pk)
    draft = request.POST.get("then") == "draft"
    form = _rubric_form(subject, request.POST, complete=not draft)
    if form is not None and form.is_valid():
        verb = save_score_draft if draft else score_by_rubric
        if attempt_form(form, verb, assessment=subject, actor=request.user, **_scored(form)):
            done = "评分草稿已保存，尚未得出结果。" if draft else f"已评分：{subject.total} 分。"
            messages.success(request, done)
            return redirect(tenant_url("bureau:assessment", pk=pk))
        _go_on_from(form, subject)
    return _page(request, subject, rubric_form=form)


@require_POST
@staff
def autosave_score(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps the lines that are valid so far; 409 when something was saved elsewhere in between."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = _rubric_form(subject, request.POST, complete=False)
    if form is None:
        raise Http404
    form.is_valid()
    if form.cleaned_data.get("version") is None:
        return JsonResponse({}, status=422)
    try:
        save_score_draft(assessment=subject, actor=request.user, **_scored(form))
    except EditConflict as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    except DomainError as refused:
        return JsonResponse({"message": refused.message}, status=422)
    return JsonResponse({"version": subject.revision})


def _scored(form: RubricForm) -> dict[str, Any]:
    """What both verbs of the score sheet take."""
    return {
        "revision": form.cleaned_data["version"],
        "points": form.points,
        "bonus": form.bonus,
        "opinion": form.cleaned_data.get("comment", ""),
    }


def _go_on_from(form: Any, subject: Assessment) -> None:
    """The page shows what stands now, beside what was typed: saving again is done in sight of it."""
    form.data = form.data.copy()
    form.data["version"] = str(subject.revision)


@require_POST
@staff
def give_grade(request: HttpRequest, pk: int) -> HttpResponse:
    """A grade by judgement."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = JudgementForm(request.POST, assessment=subject)
    if form.is_valid():
        if attempt_form(form, judge, assessment=subject, actor=request.user, **form.values()):
            messages.success(request, f"已评定：{subject.grade}。")
            return redirect(tenant_url("bureau:assessment", pk=pk))
        _go_on_from(form, subject)
    return _page(request, subject, judgement_form=form)


@require_POST
@staff
def take_on_file(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(_visible(request), pk=pk)
    form = OpinionForm(request.POST)
    form.is_valid()
    opinion = form.cleaned_data.get("opinion", "")
    attempt(
        request,
        accept_filing,
        assessment=subject,
        revision=_version(request),
        opinion=opinion,
        actor=request.user,
        done="已予以备案。",
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
    attempt(
        request,
        finalise,
        assessment=subject,
        revision=_version(request),
        actor=request.user,
        done="结果已确定，并通知了单位。",
    )
    return redirect(tenant_url("bureau:assessment", pk=pk))


def _version(request: HttpRequest) -> int:
    """The revision that the page showed; none is none that ever was."""
    return whole_in(request.POST.get("version", ""), otherwise=-1)


@require_POST
@staff
def rectify(request: HttpRequest, pk: int) -> HttpResponse:
    """Orders a failed station to put things right."""
    subject = get_object_or_404(_visible(request), pk=pk)
    form = RectificationForm(request.POST)
    if form.is_valid() and attempt_form(
        form, order_rectification, assessment=subject, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, "已责令整改，并通知了单位。")
        return redirect(tenant_url("bureau:assessment", pk=pk))
    return _page(request, subject, rectification_form=form)


@require_POST
@staff
def rectified(request: HttpRequest, pk: int) -> HttpResponse:
    """Records the result of looking again."""
    subject = get_object_or_404(_visible(request), pk=pk)
    rectification = rectification_of(subject)
    if rectification is None:
        raise Http404
    form = RectifiedForm(request.POST, assessment=subject)
    if form.is_valid() and attempt_form(
        form, judge_rectification, rectification=rectification, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, "整改结果已记录，并通知了单位。")
        return redirect(tenant_url("bureau:assessment", pk=pk))
    return _page(request, subject, rectified_form=form)


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


def _rubric_form(subject: Assessment, data: Any = None, *, complete: bool = True) -> RubricForm | None:
    """The sheet as it was left: the draft where there is one, else what was found."""
    if method_of(subject) != "rubric":
        return None
    draft = subject.draft
    return RubricForm(
        data,
        rules=subject.rules,
        facts=subject.facts,
        points=draft["points"] if draft else subject.points,
        bonus=draft["bonus"] if draft else subject.bonus,
        complete=complete,
        initial={
            "version": subject.revision,
            "comment": draft["opinion"] if draft else subject.opinion,
        },
    )


def _page(request: HttpRequest, subject: Assessment, **forms: Any) -> HttpResponse:
    method, user = method_of(subject), request.user
    may_assess, may_finalise = can_assess(user, subject), can_finalise(user, subject)
    state = AssessmentState(subject.state)
    scorable = state in (AssessmentState.REPORTED, AssessmentState.SCORED) and may_assess
    by_cycle = (
        method in ("panel", "rubric") and has_quota(subject.rules) and subject.cycle.state == CycleState.OPEN
    )
    rectification = rectification_of(subject)
    ordered = state == AssessmentState.FINAL and may_finalise and clause_of(subject) is not None
    context = {
        **cited(subject.cycle.profile),
        "assessment": subject,
        "rectification": rectification,
        "rectification_clause": clause_of(subject) or "",
        "show_rectify": ordered and rectification is None,
        "show_rectified": ordered and rectification is not None and not rectification.grade,
        "rectification_form": forms.get("rectification_form") or RectificationForm(),
        "rectified_form": forms.get("rectified_form") or RectifiedForm(assessment=subject),
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
