"""What the bureau decides about a station's standing, and its certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from stations.certificates import reissue_certificate
from stations.models import Station
from stations.standing import resume_station, suspend_station

ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "suspend": (suspend_station, "站点已暂停。"),
    "resume": (resume_station, "站点已恢复。"),
    "certificate": (reissue_certificate, "证书已补发。"),
}


@requires(Right.MANAGE)
@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Carries out one decision with its reason."""
    reachable = Station.objects.filter(authority__in=request.authorities)  # type: ignore[attr-defined]
    station = get_object_or_404(reachable.select_related("unit", "profile", "document", "authority"), pk=pk)
    verb, done = ACTS[act]
    attempt(
        request, verb, station=station, reason=request.POST.get("reason", ""), actor=request.user, done=done
    )
    return redirect(tenant_url("bureau:station", pk=pk))
