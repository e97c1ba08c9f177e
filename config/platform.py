"""The pages of whoever runs the platform: jurisdictions and counts, no application and no person of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts.overview import count_locked
from core.errors import DomainError
from core.tenancy import tenant_scope
from core.web import attempt
from jurisdictions.models import Jurisdiction
from jurisdictions.platform import is_operator, real_jurisdictions, switch_jurisdiction
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_rules
from stations.enums import IN_BEING, UnitState
from stations.models import ApplicantUnit, Station

View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """Everybody else finds nothing there."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@operators_only
@require_safe
def jurisdictions(request: HttpRequest) -> HttpResponse:
    """Every jurisdiction: whether it is on, whether its text is in force, and how much lies in it."""
    rows = [_row(jurisdiction) for jurisdiction in real_jurisdictions()]
    return render(request, "platform/jurisdictions.html", {"rows": rows, "locked": count_locked()})


@operators_only
@require_safe
def jurisdiction(request: HttpRequest, pk: int) -> HttpResponse:
    """One jurisdiction, to be switched on or off."""
    return render(request, "platform/jurisdiction.html", _row(_found(pk)))


@operators_only
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switches it on or off, with a reason."""
    found, reason, active = _found(pk), request.POST.get("reason", ""), request.POST.get("to") == "on"
    if not reason.strip():
        context = {**_row(found), "reason_error": "请写明理由。"}
        return render(request, "platform/jurisdiction.html", context, status=422)
    attempt(
        request,
        switch_jurisdiction,
        done=f"已{'启用' if active else '停用'}{found}。",
        jurisdiction=found,
        active=active,
        reason=reason,
        actor=request.user,
    )
    return redirect("platform:jurisdictions")


def _row(found: Jurisdiction) -> dict[str, Any]:
    """What is counted of a jurisdiction, in its scope and by its clock."""
    with tenant_scope(found):
        try:
            standing = validity_today(current_rules()).state
        except DomainError:
            standing = None
        return {
            "place": found,
            "standing": standing,
            "stations": Station.objects.filter(state__in=IN_BEING).count(),
            "units": ApplicantUnit.objects.filter(state=UnitState.APPROVED).count(),
        }


def _found(pk: int) -> Jurisdiction:
    return get_object_or_404(real_jurisdictions(), pk=pk)


urlpatterns = [
    path("", jurisdictions, name="jurisdictions"),
    path("jurisdictions/<int:pk>/", jurisdiction, name="jurisdiction"),
    path("jurisdictions/<int:pk>/switch/", switch, name="switch"),
]
