"""Who works where: appointing a person and ending the appointment, with the rights that follow."""

from typing import Any

from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from core import clock
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.workflow import lock
from jurisdictions.enums import RIGHTS_OF_ROLE, Right, Role
from jurisdictions.models import Authority, Membership
from jurisdictions.permissions import holds_somewhere


@transaction.atomic
def appoint(*, user: Any, authority: Authority, role: Role, actor: Any) -> Membership:
    """Gives the person the role at the authority and its rights; logged. Idempotent.

    Refused to people who do not administer the jurisdiction.
    """
    if not _administers(actor):
        raise NotAllowed("您没有管理人员的权限。")
    membership, created = Membership.objects.get_or_create(
        user=user, authority=authority, role=role, ended_at=None, defaults={"since": clock.now()}
    )
    for right in RIGHTS_OF_ROLE[role]:
        assign_perm(f"jurisdictions.{right.value}", user, authority)
    if created:
        LogEntry.record(
            membership,
            action="jurisdictions.appoint",
            label="授予角色",
            actor=actor,
            at=clock.now(),
            data={"user": user.pk, "authority": authority.pk, "role": role.value},
        )
    return membership


@transaction.atomic
def dismiss(*, membership: Membership, actor: Any, reason: str) -> None:
    """Ends the appointment and takes back the rights no other live one gives; logged.

    Refused without a reason, a second time, and to people who do not administer the jurisdiction.
    """
    if not _administers(actor):
        raise NotAllowed("您没有管理人员的权限。")
    if not reason.strip():
        raise ReasonRequired("结束任职必须写明理由。", path="reason")
    lock(membership)
    if membership.ended_at is not None:
        raise StateConflict("该任职已经结束。")
    membership.ended_at = clock.now()
    membership.save(update_fields=["ended_at"])
    others = Membership.objects.filter(
        user=membership.user, authority=membership.authority, ended_at__isnull=True
    ).values_list("role", flat=True)
    kept = {right for role in others for right in RIGHTS_OF_ROLE[Role(role)]}
    for right in RIGHTS_OF_ROLE[Role(membership.role)]:
        if right not in kept:
            remove_perm(f"jurisdictions.{right.value}", membership.user, membership.authority)
    LogEntry.record(
        membership,
        action="jurisdictions.dismiss",
        label="撤销角色",
        actor=actor,
        at=clock.now(),
        reason=reason,
    )


def _administers(actor: Any) -> bool:
    """Whoever administers here, or the system itself when a jurisdiction is set up."""
    return actor is None or holds_somewhere(actor, Right.ADMINISTER)
