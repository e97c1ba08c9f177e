"""A station ends: the bureau's proposal and decision, the unit's request."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.reauthentication import recently_authenticated
from assessments.ending import (
    ask_to_deregister,
    decide_ending,
    grounds_open_to,
    may_deregister,
    open_ending,
    propose_revocation,
    refuse_ending,
    withdraw_ending,
)
from assessments.ending_forms import DecideForm, RevocationForm
from assessments.enums import EndingKind
from assessments.models import StationEnding
from assessments.permissions import can_decide_ending, can_withdraw_ending
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited
from stations.enums import IN_BEING
from stations.models import Station
from stations.permissions import units_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The grounds of the text beside what is on record, and the proposal on one of them."""
    led = Station.objects.filter(authority__in=request.authorities)  # type: ignore[attr-defined]
    station = get_object_or_404(led.select_related("unit", "authority", "profile"), pk=pk)
    if station.profile.rules.revocation is None or station.state not in IN_BEING:
        raise Http404
    waiting = open_ending(station)
    if waiting is not None:
        return redirect(tenant_url("bureau:ending", pk=waiting.pk))
    form = RevocationForm(request.POST if request.method == "POST" else None, station=station)
    if request.method == "POST" and form.is_valid():
        made = attempt_form(
            form, propose_revocation, station=station, actor=request.user, **form.cleaned_data
        )
        if made is not None:
            messages.success(request, "已提出，须由本部门另一名经办人决定。")
            return redirect(tenant_url("bureau:ending", pk=made.pk))
    context = {
        **cited(station.profile),
        "station": station,
        "form": form,
        "grounds": grounds_open_to(station),
        "chapter": station.profile.rules.revocation,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_revoke.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
@recently_authenticated(act="撤销或者注销站点")
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal or request whole; another person decides here."""
    found = _led(request, pk)
    rules = found.station.profile.rules
    form = DecideForm(request.POST if request.method == "POST" else None, ending=found)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt_form(form, decide_ending, ending=found, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, f"已{found.get_kind_display()}，决定书已出具，并通知了单位。")
        return redirect(tenant_url("bureau:station", pk=found.station_id))
    context = {
        **cited(found.station.profile),
        "ending": found,
        "station": found.station,
        "rules": rules,
        "form": form,
        "may_decide": can_decide_ending(request.user, found),
        "may_withdraw": can_withdraw_ending(request.user, found),
        "revokes": found.kind == EndingKind.REVOCATION,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/bureau_ending.html", context, status=status)


@require_POST
@requires(Right.MANAGE)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """No, with a reason."""
    found = _led(request, pk)
    reason = request.POST.get("reason", "")
    attempt(request, refuse_ending, ending=found, reason=reason, actor=request.user, done="已记录。")
    return redirect(tenant_url("bureau:ending", pk=pk))


@require_POST
@requires(Right.MANAGE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever proposed it takes it back."""
    found = _led(request, pk)
    attempt(request, withdraw_ending, ending=found, actor=request.user, done="已收回。")
    return redirect(tenant_url("bureau:station", pk=found.station_id))


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit asks that its station end."""
    station = get_object_or_404(_own(request), pk=pk)
    if not may_deregister(station):
        raise Http404
    reason = request.POST.get("reason", "")
    attempt(
        request,
        ask_to_deregister,
        station=station,
        reason=reason,
        actor=request.user,
        done="注销申请已提交，决定作出前站点仍然有效。",
    )
    return redirect(tenant_url("unit:station", pk=pk))


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit takes its request back."""
    found = get_object_or_404(
        StationEnding.objects.select_related("station__unit", "station__authority"),
        pk=pk,
        kind=EndingKind.DEREGISTRATION,
        station__in=_own(request),
    )
    attempt(request, withdraw_ending, ending=found, actor=request.user, done="注销申请已收回。")
    return redirect(tenant_url("unit:station", pk=found.station_id))


def _led(request: HttpRequest, pk: int) -> StationEnding:
    led: Any = StationEnding.objects.filter(station__authority__in=request.authorities)  # type: ignore[attr-defined]
    found: StationEnding = get_object_or_404(
        led.select_related(
            "station__unit", "station__authority", "station__profile", "proposed_by", "decided_by", "document"
        ),
        pk=pk,
    )
    return found


def _own(request: HttpRequest) -> Any:
    return Station.objects.filter(unit__in=units_of(request.user)).select_related(
        "unit", "authority", "profile"
    )
