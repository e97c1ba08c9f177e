"""What every page is told: where it is, when it is, and where this person may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config import navigation
from core import clock
from core.errors import DomainError
from core.tenancy import active_scope
from deadlines.models import Notification
from jurisdictions.enums import Right
from jurisdictions.permissions import rights_of
from jurisdictions.platform import is_operator
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_rules
from panels.models import Expert
from stations.models import UnitMember

AUDIENCE_RIGHTS: dict[str, tuple[Right, ...]] = {
    "desk": (Right.REVIEW,),
    "bureau": (Right.MANAGE, Right.RUN_PANEL, Right.PUBLISH, Right.ASSESS),
    "funds": (Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT),
    "settings": (Right.ADMINISTER, Right.SECURE, Right.AUDIT, Right.MANAGE),
    "audit": (Right.AUDIT,),
}


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor; outside a jurisdiction's address only the portal's few things."""
    jurisdiction = getattr(request, "jurisdiction", None)
    if jurisdiction is None or active_scope() is None:
        request.audiences, request.rights = {navigation.PUBLIC}, frozenset()
        if is_operator(getattr(request, "user", None)):
            request.audiences.add(navigation.PLATFORM)
        return {"jurisdiction": None, "rehearsal": False, "navigation": navigation.build(request)}
    request.rights = rights_of(request.user)
    request.audiences = audiences_of(request.user, request.rights)
    return {
        "jurisdiction": jurisdiction,
        "rehearsal": settings.REHEARSAL,
        "today": clock.today(),
        "navigation": navigation.build(request),
        "unread": _unread(request.user),
        **_rules(),
    }


def _rules() -> dict[str, Any]:
    """The standing of the current text, for the top bar, and its articles, for every clause link."""
    try:
        rules = current_rules()
    except DomainError:
        return {}
    return {"validity": validity_today(rules).state, "clause_articles": rules.articles}


def audiences_of(user: Any, rights: frozenset[Right]) -> set[str]:
    """The audiences whose pages this person has in the jurisdiction in scope."""
    if not user.is_authenticated:
        return {"public"}
    found = {"public"}
    if UnitMember.objects.filter(user=user, ended_at__isnull=True).exists():
        found.add("unit")
    if Expert.objects.filter(user=user, is_active=True).exists():
        found.add("panel")
    return found | {audience for audience, needed in AUDIENCE_RIGHTS.items() if rights & set(needed)}


def _unread(user: Any) -> int:
    if not user.is_authenticated:
        return 0
    return Notification.objects.filter(recipient=user, read_at__isnull=True).count()
