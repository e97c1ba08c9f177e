"""The public page of one call: what it says, by when, and what a unit must bring."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.models import Round
from applications.rounds import validity_of
from core import clock
from jurisdictions.versions import cited


@login_not_required
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """A published call: announcement, dates, conditions and materials by clause."""
    found = get_object_or_404(Round.objects.published().select_related("profile", "authority"), pk=pk)
    rules, now = found.rules, clock.now()
    context = {
        "round": found,
        "rules": rules,
        "answer": validity_of(found),
        "is_open": found.takes_applications(now),
        "opens_later": now < found.opens_at,
        "conditions": rules.conditions,
        "materials": rules.materials,
        "routes": [
            (
                route.label or route.clause,
                " → ".join(rules.authority(kind).label for kind in route.path or ()),
                route,
            )
            for route in rules.routes
        ],
        **cited(found.profile),
    }
    return render(request, "applications/call.html", context)
