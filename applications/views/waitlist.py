"""Those who stand by: putting one on the waitlist, giving the first a place that came free."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from applications.enums import ApplicationState
from applications.models import Round
from applications.selection.waitlist import call_up, free_places, last_day, put_on_waitlist, waiting
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right

# No id of a row is longer.
MOST_DIGITS = 19


@requires(Right.MANAGE)
@require_POST
def stand_by(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the chosen application next on the waitlist."""
    round_ = _reachable(request, pk)
    chosen = request.POST.get("application", "")
    ours = round_.applications.select_related("unit", "round__profile", "round__authority")
    application = ours.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < MOST_DIGITS else None
    if application is None:
        messages.error(request, "请选择要列为候补的未入选单位。")
    else:
        attempt(request, put_on_waitlist, application=application, actor=request.user, done="已列为候补。")
    return redirect(tenant_url("bureau:designation", pk=pk))


@requires(Right.MANAGE)
@require_POST
def call_first(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the first of the waitlist a place, with the reason."""
    round_ = _reachable(request, pk)
    reason = request.POST.get("reason", "")
    attempt(
        request, call_up, round_=round_, reason=reason, actor=request.user, done="已递补，列入拟认定名单。"
    )
    return redirect(tenant_url("bureau:designation", pk=pk))


def waitlist_of(round_: Round) -> dict[str, Any]:
    """What the page of designation shows of it; nothing, and no query, where the text has none."""
    rule = round_.rules.round.waitlist if round_.rules.round else None
    if rule is None:
        return {}
    left = round_.applications.filter(state=ApplicationState.NOT_SELECTED, standby__isnull=True)
    return {
        "waitlist": rule,
        "standing_by": list(waiting(round_)),
        "may_stand_by": list(left.select_related("unit").order_by("number")),
        "free_places": free_places(round_),
        "standby_until": last_day(round_),
    }


def _reachable(request: HttpRequest, pk: int) -> Round:
    led = Round.objects.filter(authority__in=request.authorities)  # type: ignore[attr-defined]
    found: Round = get_object_or_404(led.select_related("authority", "profile"), pk=pk)
    return found
