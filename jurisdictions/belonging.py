"""Whose people are whose: each room that gives people a place in a jurisdiction says so here.

A circle is a kind of place (staff, experts, the people of units). The rooms below register theirs when
they start, so that this room can ask for all of them and names none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from core.grants import acts
from core.tenancy import current_tenant, tenant_scope
from jurisdictions.enums import MembershipState
from jurisdictions.models import Jurisdiction, Membership

# The ids of the people in the tenant in scope, as a queryset of one column.
Ids = Callable[[], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Circle:
    """A kind of place that a person may have in a jurisdiction."""

    key: str
    label: str
    user_ids: Ids


_circles: dict[str, Circle] = {}


def circle(key: str, label: str) -> Callable[[Ids], Ids]:
    """Registers who has a place of this kind; rooms do so in their `apps.ready`."""

    def register(user_ids: Ids) -> Ids:
        _circles[key] = Circle(key, label, user_ids)
        return user_ids

    return register


@circle("staff", "工作人员")
def staff_ids() -> QuerySet[Any]:
    """Whoever has a post; one that waits makes nobody this place's, or a wish alone would reach accounts."""
    return Membership.objects.filter(state=MembershipState.LIVE).values("user")


def circles() -> tuple[Circle, ...]:
    return tuple(_circles.values())


def people(*keys: str) -> QuerySet[Any]:
    """The accounts with a place in the tenant in scope: of these circles, or of any."""
    chosen = [found for found in circles() if not keys or found.key in keys]
    anywhere = Q(pk__in=[])
    for found in chosen:
        anywhere |= Q(pk__in=found.user_ids())
    return get_user_model().objects.filter(anywhere)


def belongs(user: Any) -> bool:
    """Whether the person has any place in the tenant in scope."""
    return acts(user) and people().filter(pk=user.pk).exists()


def is_known(user: Any) -> bool:
    """Whether the person has a place in the tenant in scope, or has agreed to one that waits."""
    waits = Membership.objects.filter(user=user, state=MembershipState.PENDING)
    return waits.exists() or people().filter(pk=user.pk).exists()


def belongs_elsewhere(user: Any) -> bool:
    """Whether the person has a place in any other tenant, the platform and those switched off included."""
    for tenant in Jurisdiction.objects.exclude(pk=current_tenant().pk):
        with tenant_scope(tenant):
            if people().filter(pk=user.pk).exists():
                return True
    return False


def labels_of(users: Iterable[Any]) -> dict[int, list[str]]:
    """For each account the words of its circles here, by one query a circle."""
    ids = [user.pk for user in users]
    found: dict[int, list[str]] = defaultdict(list)
    for one in circles():
        inside = get_user_model().objects.filter(pk__in=ids).filter(pk__in=one.user_ids())
        for pk in inside.values_list("pk", flat=True):
            found[pk].append(one.label)
    return found
