"""The two pages that know every jurisdiction: the portal, and the way home after signing in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.enums import RoundState
from applications.models import Round
from config.context import audiences_of
from config.navigation import pages_of
from core import clock
from core.tenancy import active_tenants, tenant_scope
from jurisdictions.enums import Right
from jurisdictions.models import Jurisdiction
from jurisdictions.permissions import rights_of
from jurisdictions.platform import is_operator
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_rules
from stations.enums import IN_BEING
from stations.models import Station

# Where a person starts who belongs to several audiences: at the first of them. Whoever organises
# the scheme starts at its board, even though the same rights open a desk.
ORDER = ("desk", "funds", "unit", "panel", "bureau", "audit", "settings")


@login_not_required
def portal(request: HttpRequest) -> HttpResponse:
    """Every jurisdiction with its scheme, whether its text is in force, and whether a call is open."""
    places = [_place(tenant) for tenant in active_tenants()]
    return render(request, "portal.html", {"places": places, "rehearsal_mode": settings.REHEARSAL})


def _place(tenant: Jurisdiction) -> dict[str, Any]:
    """One card of the portal, by the clock of its own tenant."""
    with tenant_scope(tenant):
        rules, now = current_rules(), clock.now()
        open_now = Round.objects.filter(state=RoundState.OPEN, opens_at__lte=now, closes_at__gt=now)
        return {
            "jurisdiction": tenant,
            "rules": rules,
            "standing": validity_today(rules),
            "calls": open_now.count(),
            "stations": Station.objects.filter(state__in=IN_BEING).count(),
            "today": clock.today(),
        }


def home(request: HttpRequest) -> HttpResponse:
    """Sends a person who has just signed in to the page that says what they owe."""
    for jurisdiction in Jurisdiction.objects.filter(is_active=True):
        with tenant_scope(jurisdiction):
            request.rights = rights_of(request.user)
            audiences = audiences_of(request.user, request.rights)
        order = ("bureau", *ORDER) if Right.MANAGE in request.rights else ORDER
        for audience in order:
            if audience in audiences and (pages := pages_of(audience, request)):
                return redirect(pages[0].url_name, jurisdiction=jurisdiction.slug)
    return redirect("platform:jurisdictions" if is_operator(request.user) else "portal")
