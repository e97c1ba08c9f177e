"""Drawing the experts of a cycle: the pot, the draw, the panel that is formed from it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.drawing import commit_for_cycle, panel_from_draw
from assessments.enums import AssessmentState
from assessments.forms import CycleDrawForm
from assessments.models import Cycle
from core.errors import DomainError
from core.web import attempt_form, say_refusal, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited
from panels.enums import Purpose
from panels.models import Draw
from panels.pots import pot_of
from panels.views.draws import former_of

USUAL_SEATS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def cycle_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Chooses assessments and numbers, and shows who can be drawn and who cannot."""
    cycles = Cycle.objects.select_related("profile", "authority")
    found = get_object_or_404(cycles, pk=pk, authority__in=request.authorities)
    reported = found.assessments.filter(state=AssessmentState.REPORTED, by_panel=True)
    waiting = reported.select_related("station__unit", "cycle__profile").order_by("pk")
    former = former_of(request, Purpose.ASSESSMENT, found)
    initial = {"assessments": waiting, **CycleDrawForm.initial_of(former, seats=USUAL_SEATS)}
    form = CycleDrawForm(request.POST or None, waiting=waiting, initial=initial)
    if request.method == "POST" and form.is_valid():
        draw = attempt_form(
            form,
            commit_for_cycle,
            cycle=found,
            assessments=list(form.cleaned_data["assessments"]),
            former=former,
            actor=request.user,
            **form.numbers(),
        )
        if draw is not None:
            messages.success(request, "抽取范围和种子已经确定，种子的摘要已公布。")
            return redirect(tenant_url("bureau:draw", pk=draw.pk))
    candidates, excluded = pot_of(
        [one.station.unit.name for one in waiting], until=None, limits=form.limits()
    )
    context = {
        **cited(found.profile),
        "cycle": found,
        "form": form,
        "waiting": waiting,
        "former": former,
        "candidates": candidates,
        "excluded": excluded,
    }
    return render(request, "assessments/bureau_cycle_draw.html", context)


@require_POST
@requires(Right.RUN_PANEL)
def cycle_draw_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Forms the panel of those who were drawn."""
    draw = get_object_or_404(Draw.objects.run_by(request.user), pk=pk, purpose=Purpose.ASSESSMENT)
    try:
        panel = panel_from_draw(draw_=draw, actor=request.user)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("bureau:draw", pk=pk))
    messages.success(request, "专家组已按抽取结果组建，并已通知各位专家。")
    return redirect(tenant_url("bureau:panel", pk=panel.pk))
