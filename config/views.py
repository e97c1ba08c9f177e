"""The two pages that know every jurisdiction: the portal, and the way home after signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config.context import audiences_of
from core import clock
from core.tenancy import each_tenant, tenant_scope
from jurisdictions.models import Jurisdiction
from jurisdictions.versions import current_rules

# Where each audience starts; who belongs to several starts at the first of them.
HOMES = {
    "bureau": "bureau:rounds",
    "desk": "desk:queue",
    "funds": "funds:tranches",
    "unit": "unit:home",
    "panel": "panel:sheets",
    "settings": "settings:people",
    "audit": "audit:log",
}


@login_not_required
def portal(request: HttpRequest) -> HttpResponse:
    """Every jurisdiction with the name of its scheme and whether its text is in force."""
    places = []
    for tenant in each_tenant():
        rules = current_rules()
        places.append({"jurisdiction": tenant, "rules": rules, "today": clock.today()})
    return render(request, "portal.html", {"places": places})


def home(request: HttpRequest) -> HttpResponse:
    """Sends a person who has just signed in to the page that says what they owe."""
    for jurisdiction in Jurisdiction.objects.filter(is_active=True):
        with tenant_scope(jurisdiction):
            audiences = audiences_of(request.user)
        for audience, name in HOMES.items():
            if audience in audiences:
                return redirect(name, jurisdiction=jurisdiction.slug)
    return redirect("portal")
