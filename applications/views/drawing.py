"""Drawing the experts of a round: the pot, the draw, the panel that is formed from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.enums import ApplicationState
from applications.models import Round
from applications.selection.drawing import commit_for_round, panel_from_draw
from applications.selection.forms import DrawForm
from applications.selection.panel_stage import statutory_due
from core import clock
from core.errors import DomainError
from core.web import attempt_form, say_refusal, tenant_url
from deadlines.showing import shown
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited, work_calendar
from panels.enums import Purpose
from panels.models import Draw, Scheme
from panels.pots import pot_of
from panels.views.draws import former_of

USUAL_SEATS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def draw_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Chooses applications and numbers, and shows who can be drawn and who cannot."""
    found = get_object_or_404(
        Round.objects.led_by(request.user).select_related("profile", "authority"), pk=pk
    )
    waiting = (
        found.applications.filter(state=ApplicationState.AWAITING_PANEL).select_related("unit").order_by("pk")
    )
    owed = statutory_due(waiting)
    former = former_of(request, Purpose.APPLICATION, found)
    form = DrawForm(
        request.POST or None, applications=waiting, initial=_initial(found, waiting, owed, former)
    )
    if request.method == "POST" and form.is_valid():
        draw = attempt_form(
            form,
            commit_for_round,
            round_=found,
            applications=list(form.cleaned_data["applications"].select_related("unit", "round__profile")),
            former=former,
            actor=request.user,
            **form.numbers(),
        )
        if draw is not None:
            messages.success(request, "抽取范围和种子已经确定，种子的摘要已公布。")
            return redirect(tenant_url("bureau:draw", pk=draw.pk))
    candidates, excluded = pot_of(
        [one.unit.name for one in waiting],
        until=owed.due_on if owed else None,
        limits=form.limits(),
    )
    context = {
        "round": found,
        "form": form,
        "waiting": waiting,
        "rules": found.rules,
        "former": former,
        "candidates": candidates,
        "excluded": excluded,
        "scheme": Scheme.objects.of(Purpose.APPLICATION, found).first(),
        "owed": shown(owed, today=clock.today(), calendar=work_calendar()),
        **cited(found.profile),
    }
    return render(request, "applications/bureau_draw_form.html", context)


@require_POST
@requires(Right.RUN_PANEL)
def draw_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Forms the panel of those who were drawn."""
    draw = get_object_or_404(Draw.objects.run_by(request.user), pk=pk, purpose=Purpose.APPLICATION)
    try:
        panel = panel_from_draw(draw_=draw, actor=request.user)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("bureau:draw", pk=pk))
    messages.success(request, "专家组已按抽取结果组建，并已通知各位专家。")
    return redirect(tenant_url("bureau:panel", pk=panel.pk))


def _initial(found: Round, waiting: Any, owed: Any, former: Draw | None) -> dict[str, Any]:
    least = found.rules.panel.min_experts or USUAL_SEATS
    day = owed.due_on if owed and owed.due_on >= clock.today() else None
    return {
        "applications": [one.pk for one in waiting],
        **DrawForm.initial_of(former, seats=least, due_on=day),
    }
