"""The leading authority's pages: a whole cycle, and what only a person can answer about a station."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.determining import determine, questions_of
from assessments.enums import AssessmentState, CycleState
from assessments.forms import AssessmentPanelForm, DetermineForm, FixForm
from assessments.grading import fix_cycle, preview_of
from assessments.models import Cycle, Determination
from assessments.permissions import can_fix
from assessments.revisions import revisions_of
from assessments.scoring import RUBRIC, send_to_panel
from core.web import attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import holds
from jurisdictions.versions import cited
from panels.enums import Purpose
from panels.models import Panel
from panels.views.schemes import scheme_page
from stations.models import Station


@require_GET
@requires(Right.MANAGE)
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    """What fixing the cycle now would give, and what stands in the way."""
    return _cycle_page(request, _cycle(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def cycle_scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """How the panels of this cycle judge, where experts do."""
    subject = _cycle(request, pk)
    if subject.profile.rules.assessment.method != RUBRIC:
        raise Http404
    return scheme_page(
        request,
        authority=subject.authority,
        profile=subject.profile,
        purpose=Purpose.ASSESSMENT,
        subject=subject,
        address=tenant_url("bureau:cycle_scheme", pk=pk),
        back=tenant_url("bureau:cycle", pk=pk),
        pretitle="考核评估",
    )


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
    form = _fix_form(subject, request.POST)
    if form.is_valid():
        values = form.values()
        done = attempt_form(form, fix_cycle, cycle=subject, actor=request.user, **values)
        if done:
            messages.success(request, f"已确定 {len(done)} 家的结果，并通知了各单位。")
            return redirect(tenant_url("bureau:cycle", pk=pk))
        if values["seen"] != revisions_of(subject):
            # The page goes on from the results that stand now; the choices were made about others.
            form.data = form.data.copy()
            form.data["seen"] = _fix_form(subject).initial["seen"]
    return _cycle_page(request, subject, fix_form=form)


def _fix_form(subject: Cycle, data: Any = None) -> FixForm:
    owing = subject.assessments.filter(state=AssessmentState.DUE).count()
    return FixForm(data, tied=preview_of(subject).tied, owing=owing, seen=revisions_of(subject))


def _cycle(request: HttpRequest, pk: int) -> Cycle:
    found: Cycle = get_object_or_404(
        Cycle.objects.select_related("profile", "authority"), pk=pk, authority__in=request.authorities
    )
    return found


def _cycle_page(request: HttpRequest, subject: Cycle, **forms: Any) -> HttpResponse:
    preview = preview_of(subject)
    joined = subject.assessments.select_related("station__unit", "cycle")
    assessments = list(joined.order_by(F("total").desc(nulls_last=True)))
    owing = sum(one.state == AssessmentState.DUE for one in assessments)
    waiting = any(one.state == AssessmentState.REPORTED and one.by_panel for one in assessments)
    panels = Panel.objects.filter(
        purpose=Purpose.ASSESSMENT,
        subject_type__app_label="assessments",
        subject_type__model="cycle",
        subject_id=subject.pk,
    )
    grades = {result.assessment.pk: result for result in preview.results}
    rows = [{"assessment": one, "result": grades.get(one.pk)} for one in assessments]
    context = {
        **cited(subject.profile),
        "cycle": subject,
        "rows": rows,
        "preview": preview,
        "owing": owing,
        "panels": panels,
        "is_open": subject.state == CycleState.OPEN,
        "may_fix": can_fix(request.user, subject),
        "may_set_scheme": subject.profile.rules.assessment.method == RUBRIC
        and holds(request.user, Right.RUN_PANEL, subject.authority),
        "may_form": holds(request.user, Right.RUN_PANEL, subject.authority) and waiting,
        "panel_form": forms.get("panel_form") or AssessmentPanelForm(cycle=subject),
        "fix_form": forms.get("fix_form")
        or FixForm(tied=preview.tied, owing=owing, seen=revisions_of(subject)),
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
        **cited(station.profile),
        "station": station,
        "form": form,
        "questions": questions_of(station),
        "determinations": Determination.objects.filter(station=station)
        .select_related("decided_by")
        .order_by("-pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_determinations.html", context, status=status)
