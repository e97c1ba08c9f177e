"""The desk's pages of units: who has registered, and deciding on it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.revealing import answer, reveals
from core.models import LogEntry
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from stations.enums import InvitationState, UnitState
from stations.forms import UnitFilter
from stations.models import ApplicantUnit
from stations.permissions import can_reveal_unit
from stations.registration import approve_unit, reject_unit
from stations.succession import waiting_for
from stations.views.unit import facts_of

PAGE_SIZE = 20


@requires(Right.REVIEW)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The units of the authorities at which this person reviews; those that wait first."""
    form = UnitFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    found = ApplicantUnit.objects.filter(home_authority__in=request.authorities)
    if chosen["state"] != "all":
        found = found.filter(state=chosen["state"] or UnitState.REGISTERED)
    if chosen["q"]:
        found = found.filter(Q(name__icontains=chosen["q"]) | Q(uscc__icontains=chosen["q"]))
    found = found.select_related("home_authority").order_by("registered_at", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter_form": form, "page_obj": page, "successions": waiting_for(request.user)}
    return render(request, "stations/desk_units.html", context)


@requires(Right.REVIEW)
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's registration, with the two decisions while it waits."""
    return _page(request, unit_on_desk(request, pk))


@requires(Right.REVIEW)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts the registration."""
    found = unit_on_desk(request, pk)
    attempt(request, approve_unit, done=f"已通过{found.name}的注册。", unit=found, actor=request.user)
    return redirect(tenant_url("desk:units"))


@requires(Right.REVIEW)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the registration back with a reason."""
    found = unit_on_desk(request, pk)
    reason = request.POST.get("reason", "")
    if not reason.strip():
        return _page(request, found, reason_error="请写明退回的理由。", status=422)
    attempt(
        request,
        reject_unit,
        done=f"已退回{found.name}的注册。",
        unit=found,
        reason=reason,
        actor=request.user,
    )
    return redirect(tenant_url("desk:units"))


@reveals
@requires(Right.REVIEW)
def reveal_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's telephone or account number in full."""
    back = tenant_url("desk:unit", pk=pk)
    return answer(request, subject=unit_on_desk(request, pk), allowed=can_reveal_unit, back=back)


def unit_on_desk(request: HttpRequest, pk: int) -> ApplicantUnit:
    return get_object_or_404(
        ApplicantUnit.objects.filter(home_authority__in=request.authorities).select_related("home_authority"),
        pk=pk,
    )


def _page(
    request: HttpRequest, found: ApplicantUnit, *, reason_error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "unit": found,
        "facts": facts_of(found),
        "waiting": found.state == UnitState.REGISTERED,
        "members": found.members.filter(ended_at__isnull=True).select_related("user"),
        "entries": LogEntry.history_of(found).order_by("-id"),
        "proposed": found.invitations.filter(state=InvitationState.PROPOSED).first(),
        "reason_error": reason_error,
    }
    return render(request, "stations/desk_unit.html", context, status=status)
