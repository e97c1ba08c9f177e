"""The station's pages: what it owes this year, its report, its evidence, its result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.forms import EvidenceForm, ReportForm
from assessments.models import Assessment, Evidence
from assessments.obligations import REPORT_DEADLINE
from assessments.permissions import can_report
from assessments.rectifying import rectification_of
from assessments.reporting import (
    OPEN_STATES,
    add_evidence,
    opens_on,
    remove_evidence,
    save_report,
    submit_report,
)
from assessments.resting import report_of
from assessments.showing import evidence_rows, facts_shown, history_rows, narratives_shown, rubric_shown
from core.errors import DomainError, EditConflict
from core.limits import READING, limited
from core.web import attempt, attempt_form, tenant_url
from deadlines.owing import open_deadline
from documents.handing import Reader, hand_out
from jurisdictions.versions import cited
from stations.permissions import units_of


def _mine(request: HttpRequest) -> Any:
    return (
        Assessment.objects.visible_to(request.user)
        .filter(station__unit__in=units_of(request.user))
        .select_related("station__unit", "station__authority", "cycle__profile", "assessor")
    )


@require_GET
def assessments(request: HttpRequest) -> HttpResponse:
    """Everything this unit owes and has handed in, newest first; not found by whoever acts for none."""
    if not units_of(request.user).exists():
        raise Http404
    return render(request, "assessments/unit_assessments.html", {"assessments": _mine(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """The report: a form while it is open, then what was handed in and what came of it."""
    subject = get_object_or_404(_mine(request), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None, assessment=subject)
    if request.method == "POST" and form.is_valid() and _act(request, subject, form):
        return redirect(tenant_url("unit:assessment", pk=pk))
    return _page(request, subject, form=form)


def _act(request: HttpRequest, subject: Assessment, form: ReportForm) -> bool:
    """Saves, and hands in when asked. What was saved stays saved when handing in is refused."""
    if attempt_form(form, save_report, assessment=subject, actor=request.user, **form.values()) is None:
        return False
    # The page goes on from what is saved now.
    form.data = form.data.copy()
    form.data["version"] = subject.revision
    if request.POST.get("action") != "submit":
        messages.success(request, "已保存。")
        return True
    pledge = form.cleaned_data["pledge"]
    if attempt_form(form, submit_report, assessment=subject, pledge=pledge, actor=request.user) is None:
        return False
    late = "本次提交已超过规定日期，已如实标记。" if subject.is_late else ""
    messages.success(request, f"已提交{subject.cycle}，{subject.assessor.short_name}将进行考核。{late}")
    return True


@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """The same form, saved by itself while it is written."""
    subject = get_object_or_404(_mine(request), pk=pk)
    form = ReportForm(request.POST, assessment=subject)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        save_report(assessment=subject, actor=request.user, **form.values())
    except EditConflict as error:
        return JsonResponse({"message": error.message}, status=409)
    except DomainError as error:
        return JsonResponse({"message": error.message}, status=422)
    return JsonResponse({"version": subject.revision})


@require_POST
@limited("upload")
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One more file of evidence."""
    subject = get_object_or_404(_mine(request), pk=pk)
    form = EvidenceForm(request.POST, request.FILES, assessment=subject)
    if form.is_valid() and attempt_form(
        form, add_evidence, assessment=subject, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, "已上传。")
        return redirect(tenant_url("unit:assessment", pk=pk) + "#evidence")
    return _page(request, subject, evidence_form=form)


@require_POST
def remove_file(request: HttpRequest, pk: int) -> HttpResponse:
    evidence = _evidence(request, pk)
    attempt(request, remove_evidence, evidence=evidence, actor=request.user, done="已移除。")
    return redirect(tenant_url("unit:assessment", pk=evidence.assessment_id) + "#evidence")


@require_GET
@limited("export", methods=READING)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of the unit's own report."""
    evidence = _evidence(request, pk)
    reader = Reader(
        purpose=f"{evidence.assessment.cycle}填报",
        layout="layouts/unit.html",
        back=tenant_url("unit:assessment", pk=evidence.assessment_id),
        own=True,
    )
    return hand_out(request, evidence.attachment, reader)


def _evidence(request: HttpRequest, pk: int) -> Evidence:
    found: Evidence = get_object_or_404(
        Evidence.objects.select_related("attachment", "assessment"), pk=pk, assessment__in=_mine(request)
    )
    return found


def _page(
    request: HttpRequest,
    subject: Assessment,
    *,
    form: ReportForm | None = None,
    evidence_form: EvidenceForm | None = None,
) -> HttpResponse:
    report = report_of(subject)
    is_open = subject.state in OPEN_STATES and report is None
    context = {
        **cited(subject.cycle.profile),
        "assessment": subject,
        "station": subject.station,
        "report": report,
        "rectification": rectification_of(subject),
        "is_open": is_open,
        "may_submit": can_report(request.user, subject),
        "opens_on": opens_on(subject),
        "deadline": open_deadline(subject, REPORT_DEADLINE),
        "form": form or ReportForm(assessment=subject),
        "evidence_form": evidence_form or EvidenceForm(assessment=subject),
        "files": evidence_rows(subject, "unit:evidence"),
        "narratives": narratives_shown(subject),
        "facts": facts_shown(subject),
        "rubric": rubric_shown(subject),
        "history": history_rows(subject),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/unit_assessment.html", context, status=status)
