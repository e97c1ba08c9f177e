"""A post for somebody who has no place here: offered by name, accepted by the person, confirmed by another.

An account is a person's, not a jurisdiction's. So whoever appoints learns nothing of it, not even whether it
exists, until its owner has agreed in a session of their own. Whoever does not want the post lets it lapse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.audit import digest
from core.errors import NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from core.workflow import lock, perform
from jurisdictions.belonging import is_known
from jurisdictions.enums import OPEN_STATES, MembershipState, Role
from jurisdictions.models import Authority, Membership
from jurisdictions.permissions import can_appoint
from jurisdictions.signals import post_offered
from jurisdictions.staffing import appoint, check_combination, check_role, hold

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Appointed:
    """What may be told to whoever named somebody: the post, or nothing."""

    membership: Membership | None = None


@transaction.atomic
def appoint_by_name(*, username: str, authority: Authority, role: Role, actor: Any) -> Appointed:
    """Appoints whom this jurisdiction knows; to anybody else the post is offered, if there is the account.

    Logged with a digest of the name, alike whether there is such an account or not; the person is told.
    Refused to who does not administer; for people known here as `appoint` refuses.
    """
    if not can_appoint(actor):
        raise NotAllowed("您没有管理人员的权限。")
    user = get_user_model().objects.filter(username=username.strip()).first()
    if user is not None and is_known(user):
        return Appointed(appoint(user=user, authority=authority, role=role, actor=actor))
    check_role(authority, role)
    hold(authority)
    LogEntry.record(
        authority,
        action="jurisdictions.offer",
        label="提出任职",
        actor=actor,
        at=clock.now(),
        data={"role": role, "username": digest(username.strip())},
    )
    if user is not None and user.is_active:
        _offer(user, authority, role, actor)
    return Appointed()


@transaction.atomic
def accept_offer(*, membership: Membership, actor: Any) -> Membership:
    """The person agrees: the post waits for a security administrator, and is seen here. Logged.

    Refused to everybody else, once the offer has lapsed, and where the role cannot be held beside another.
    """
    hold(membership.authority)
    lock(membership)
    if actor.pk != membership.user_id:
        raise NotAllowed("只有本人可以接受任职。")
    if not offers_to(actor).filter(pk=membership.pk).exists():
        raise StateConflict("该任职邀请已失效，请联系提出部门。")
    check_combination(actor, membership.authority, Role(membership.role))
    if _same(membership).filter(state__in=OPEN_STATES).exists():
        raise StateConflict("您已在该部门担任这一角色。")
    perform(membership, "accept", actor=actor)
    return membership


def offers_to(user: Any) -> QuerySet[Membership]:
    """The posts of the tenant in scope that are offered to the person and have not lapsed."""
    return Membership.objects.filter(
        user=user, state=MembershipState.OFFERED, since__gt=clock.now() - LASTS
    ).select_related("authority", "appointed_by")


def _offer(user: Any, authority: Authority, role: Role, actor: Any) -> None:
    """Saves the offer, or makes one that has lapsed anew, and tells the person; not while one stands."""
    offer = Membership(user=user, authority=authority, role=role, state=MembershipState.OFFERED)
    offer = _same(offer).filter(state=MembershipState.OFFERED).first() or offer
    if offer.pk and offers_to(user).filter(pk=offer.pk).exists():
        return
    offer.since, offer.appointed_by = clock.now(), actor
    offer.save()
    url = tenant_url("inbox:offer", pk=offer.pk)
    post_offered.send(sender=Membership, membership=offer, url=url, lasts=LASTS)


def _same(membership: Membership) -> QuerySet[Membership]:
    return Membership.objects.filter(
        user=membership.user, authority=membership.authority, role=membership.role
    )
