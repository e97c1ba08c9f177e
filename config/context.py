"""What every page is told: where it is, when it is, and where this person may go."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from config import navigation
from core import clock
from core.errors import DomainError
from core.scope import once
from core.tenancy import active_scope
from deadlines.models import Notification
from jurisdictions.enums import Right
from jurisdictions.permissions import rights_of
from jurisdictions.platform import is_operator
from jurisdictions.validity import validity_today
from jurisdictions.versions import current_rules
from panels.models import Expert
from stations.models import UnitMember


@dataclass(frozen=True, slots=True)
class _Place:
    """What a person is here, and how many messages wait."""

    in_unit: bool
    is_expert: bool
    unread: int


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
        "unread": _place_of(request.user).unread if request.user.is_authenticated else 0,
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
    place = _place_of(user)
    if place.in_unit:
        found.add("unit")
    if place.is_expert:
        found.add("panel")
    return found | {audience for audience, needed in AUDIENCE_RIGHTS.items() if rights & set(needed)}


def _place_of(user: Any) -> _Place:
    """What the top bar of every page asks of a person; one query."""
    return once(f"config.context:{user.pk}", lambda: _Place(**_read_place(user)))


def _read_place(user: Any) -> dict[str, Any]:
    unread = Notification.objects.filter(recipient=OuterRef("pk"), read_at__isnull=True).order_by()
    counted = unread.values("recipient").annotate(number=Count("pk")).values("number")
    people = get_user_model().objects.filter(pk=user.pk)
    found = people.values(
        in_unit=Exists(UnitMember.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)),
        is_expert=Exists(Expert.objects.filter(user=OuterRef("pk"), is_active=True)),
        unread=Coalesce(Subquery(counted), 0),
    ).get()
    return dict(found)
