"""The page of somebody to whom a post is offered; nobody else finds it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.reauthentication import recently_authenticated
from core.web import attempt, tenant_url
from jurisdictions.enums import RIGHTS_OF_ROLE, Role
from jurisdictions.models import Membership
from jurisdictions.offers import LASTS, accept_offer, offers_to


@require_safe
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is offered, by whom, and until when."""
    found = _offer(request, pk)
    context = {
        "membership": found,
        "rights": [right.label for right in RIGHTS_OF_ROLE[Role(found.role)]],
        "until": found.since + LASTS,
    }
    return render(request, "jurisdictions/offer.html", context)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's yes, after confirming who they are."""
    return _accept(request, _offer(request, pk))


@recently_authenticated
def _accept(request: HttpRequest, found: Membership) -> HttpResponse:
    done = "已同意，待安全管理员确认后生效。"
    if attempt(request, accept_offer, membership=found, actor=request.user, done=done):
        return redirect(tenant_url("inbox:list"))
    return redirect(tenant_url("inbox:offer", pk=found.pk))


def _offer(request: HttpRequest, pk: int) -> Membership:
    return get_object_or_404(offers_to(request.user), pk=pk)
