"""Who works where: one appoints, another confirms, then the rights follow; either ends it at once.

Somebody who has no place here is offered a post first (`jurisdictions.offers`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, remove_perm

from accounts.opening import NewAccount, initial_password, open_account
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.workflow import lock, perform
from jurisdictions.account_log import log_opening
from jurisdictions.bars import bar_to
from jurisdictions.belonging import is_known
from jurisdictions.enums import (
    MAKER_AND_CHECKER,
    OPEN_STATES,
    RIGHTS_OF_ROLE,
    THREE_ADMINISTRATIONS,
    MembershipState,
    Role,
)
from jurisdictions.models import Authority, Membership
from jurisdictions.permissions import can_appoint
from jurisdictions.platform import is_operator, is_platform

THREE_PEOPLE = "系统管理、安全管理、审计须由三人分别担任"
TWO_PEOPLE = "资金经办与资金复核须由两人分别担任"
# The database's own refusals, for two appointments at the same moment.
REFUSALS = {
    "one_live_membership": "该人员已在该部门担任这一角色。",
    "three_administrations_are_three_people": f"{THREE_PEOPLE}。",
    "maker_or_checker": f"{TWO_PEOPLE}。",
    "operator_or_staff": "平台运行人员不能在辖区任职。",
}
# Without one of each nobody could be appointed any more.
INDISPENSABLE = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)


@transaction.atomic
def appoint(*, user: Any, authority: Authority, role: Role, actor: Any) -> Membership:
    """Appoints the person; the rights follow when a security administrator has confirmed. Logged.

    What the system itself appoints (`actor` None: setting up, demonstration) is confirmed with it.
    A post that the person already has, or that waits for confirmation, is returned as it is. Refused
    to people who do not administer the jurisdiction, for oneself, for a disabled account, and where
    the role cannot be held beside another one. Who has no place here has to agree first.
    """
    if not can_appoint(actor):
        raise NotAllowed("您没有管理人员的权限。")
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed("不能给自己授予角色，请由另一位系统管理员办理。")
    if actor is not None and not is_known(user):
        raise NotAllowed("该账号不是本辖区人员，须先由本人同意。", path="username")
    return _appoint(user, authority, role, actor)


def _appoint(user: Any, authority: Authority, role: Role, actor: Any) -> Membership:
    check_combination(user, authority, role)
    hold(authority)
    membership = Membership.objects.filter(
        user=user, authority=authority, role=role, state__in=OPEN_STATES
    ).first()
    if membership is None:
        membership = _save(
            Membership(user=user, authority=authority, role=role, since=clock.now(), appointed_by=actor)
        )
        LogEntry.record(
            membership,
            action="jurisdictions.appoint",
            label="任命",
            actor=actor,
            at=clock.now(),
            target=MembershipState.PENDING,
            data=_who(membership),
        )
    if actor is None and membership.state == MembershipState.PENDING:
        confirm_appointment(membership=membership, actor=None)
    return membership


@transaction.atomic
def engage(*, account: NewAccount, authority: Authority, role: Role, actor: Any) -> tuple[Membership, str]:
    """Opens an account for somebody new and appoints them; the post and the initial password.

    The password is told once, by whoever called, is kept nowhere in plain text, goes into no mail,
    and must be changed at the first sign-in. The refusals of `open_account` and `appoint`.
    """
    if not can_appoint(actor):
        raise NotAllowed("您没有管理人员的权限。")
    password = initial_password()
    user = open_account(account=replace(account, password=password, must_change_password=True), actor=actor)
    log_opening(user, actor)
    return _appoint(user, authority, role, actor), password


@transaction.atomic
def confirm_appointment(*, membership: Membership, actor: Any) -> Membership:
    """The security administrator's yes: the post is live and its rights are given. Logged.

    Refused to the appointed person and to whoever appointed, by CHECK in the database too.
    """
    hold(membership.authority)
    _not_own(membership, actor)
    check_combination(membership.user, membership.authority, Role(membership.role))
    perform(
        membership,
        "confirm",
        actor=actor,
        data=_who(membership),
        confirmed_by=actor,
        confirmed_at=clock.now(),
    )
    for right in RIGHTS_OF_ROLE[Role(membership.role)]:
        assign_perm(f"jurisdictions.{right.value}", membership.user, membership.authority)
    return membership


@transaction.atomic
def refuse_appointment(*, membership: Membership, reason: str, actor: Any) -> Membership:
    """The security administrator's no, with its reason; no right was ever given. Logged."""
    _not_own(membership, actor)
    perform(
        membership,
        "refuse",
        actor=actor,
        reason=reason,
        data=_who(membership),
        ended_by=actor,
        ended_at=clock.now(),
    )
    return membership


@transaction.atomic
def dismiss(*, membership: Membership, actor: Any, reason: str) -> Membership:
    """Ends the post at once and takes back the rights that no other live one gives. Logged.

    By either administration, with a reason. Refused for one's own post, and for the last
    administrator or security administrator: name the successor first.
    """
    hold(membership.authority)
    if actor is not None and actor.pk == membership.user_id:
        raise NotAllowed("不能结束自己的任职，请由另一位管理员办理。")
    if actor is not None and membership.state == MembershipState.LIVE:
        check_not_the_last(membership.user, membership.role)
    perform(
        membership,
        "dismiss",
        actor=actor,
        reason=reason,
        data=_who(membership),
        ended_by=actor,
        ended_at=clock.now(),
    )
    others = Membership.objects.filter(
        user=membership.user, authority=membership.authority, state=MembershipState.LIVE
    ).values_list("role", flat=True)
    kept = {right for role in others for right in RIGHTS_OF_ROLE[Role(role)]}
    for right in RIGHTS_OF_ROLE[Role(membership.role)]:
        if right not in kept:
            remove_perm(f"jurisdictions.{right.value}", membership.user, membership.authority)
    return membership


def hold(authority: Authority) -> None:
    """One change of an authority's people after another: rights are recounted from its live posts."""
    Authority.objects.select_for_update(of=("self",), no_key=True).get(pk=authority.pk)


def _save(membership: Membership) -> Membership:
    """Saves; of two appointments at the same moment that exclude each other the database admits one."""
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        for name, words in REFUSALS.items():
            if name in str(error):
                raise DomainError(words, path="role") from None
        raise
    return membership


def check_role(authority: Authority, role: Role) -> None:
    """What can be said without knowing who it is for."""
    if is_platform(authority.tenant) != (role == Role.PLATFORM_OPERATOR):
        raise DomainError("平台运行人员只能由平台任命，且不在任何辖区任职。", path="role")


def check_combination(user: Any, authority: Authority, role: Role) -> None:
    """The rules of the database in words, asked before the database is; and the bars of other rooms."""
    check_role(authority, role)
    if not user.is_active:
        raise DomainError("该账号已停用，不能任职。", path="username")
    if words := bar_to(user):
        raise DomainError(words, path="username")
    if role != Role.PLATFORM_OPERATOR and is_operator(user):
        raise DomainError(f"{user}是平台运行人员，不能在辖区任职。", path="username")
    for group, words in ((THREE_ADMINISTRATIONS, THREE_PEOPLE), (MAKER_AND_CHECKER, TWO_PEOPLE)):
        if role in group:
            _check_other_posts(user, authority, role, group, words)


def _check_other_posts(
    user: Any, authority: Authority, role: Role, group: tuple[Role, ...], words: str
) -> None:
    others = Membership.objects.filter(user=user, role__in=group, state__in=OPEN_STATES)
    if group is THREE_ADMINISTRATIONS:
        others = others.exclude(role=role, authority=authority)
    else:
        others = others.exclude(role=role)
    other = others.select_related("authority").first()
    if other is not None:
        post = f"{other.authority.short_name}{other.get_role_display()}"
        raise DomainError(f"{user}已是{post}：{words}。", path="role")


def check_not_the_last(user: Any, *roles: str) -> None:
    """Refuses what would leave the jurisdiction without an administrator or a security administrator.

    Of these roles, or of any that the person has. Posts whose account is disabled count for nobody.
    """
    live = Membership.objects.filter(state=MembershipState.LIVE, role__in=roles or INDISPENSABLE)
    for role in live.filter(user=user, role__in=INDISPENSABLE).values_list("role", flat=True):
        peers = Membership.objects.select_for_update(of=("self",)).filter(
            role=role, state=MembershipState.LIVE, user__is_active=True
        )
        if not [peer for peer in peers.order_by("pk") if peer.user_id != user.pk]:
            raise StateConflict(f"这是最后一名{Role(role).label}，请先任命并确认继任者。")


def _not_own(membership: Membership, actor: Any) -> None:
    lock(membership)
    if actor is None:
        return
    if actor.pk == membership.user_id:
        raise NotAllowed("不能办理自己的任职，请由另一位安全管理员确认。")
    if actor.pk == membership.appointed_by_id:
        raise NotAllowed("任命人不能确认自己的任命。")


def _who(membership: Membership) -> dict[str, Any]:
    return {"user": membership.user_id, "authority": membership.authority_id, "role": membership.role}
