"""What takes two people: resetting a second factor, and the password of whoever is one of the three.

The security administrator asks; a system administrator or an auditor agrees. For the account of a security
administrator those two do it together. Whoever agrees to the one does not agree to the other before the
account's owner has signed in again, and an initial password that still stands goes with the second factor, so
that no one person ever holds both keys.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import clock
from core.audit import without_numbers
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from core.workflow import lock, perform
from jurisdictions.account_care import carry_out, check_care, needs_two
from jurisdictions.enums import AccountAct, MembershipState, ProposalState, Role
from jurisdictions.models import AccountProposal, Membership
from jurisdictions.permissions import can_agree_to_act, can_ask_for_act
from jurisdictions.signals import account_act_proposed

LASTS = timedelta(hours=24)


@transaction.atomic
def ask_for_act(*, act: AccountAct, user: Any, reason: str, actor: Any) -> AccountProposal:
    """Asks for an act that takes two; logged with its reason. The account's owner and who may agree are told.

    Refused to who may not ask for this account, for what one person does, for people who have no place here
    or one elsewhere too, without a reason, and while the same is asked for already.
    """
    if actor.pk == user.pk:
        raise NotAllowed("不能管理自己的账号，请由他人办理。")
    if not can_ask_for_act(actor, user):
        raise NotAllowed("您没有申请办理该账号的权限。")
    check_care(act, user, reason)
    if not needs_two(act, user):
        raise DomainError(f"{act.label}不须两人办理。")
    # One question about an account after another.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    for known in AccountProposal.objects.filter(user=user, act=act, state=ProposalState.OPEN):
        if known in open_proposals():
            raise StateConflict("已有同样的申请待同意。")
        perform(known, "lapse_act", actor=None, decided_at=timezone.now())
    proposal: AccountProposal = AccountProposal.objects.create(
        user=user, act=act, reason=without_numbers(reason.strip()), proposed_by=actor
    )
    LogEntry.record(
        user,
        action="jurisdictions.ask_for_act",
        label=f"申请{act.label}",
        actor=actor,
        at=clock.now(),
        reason=reason.strip(),
        data={"proposal": proposal.pk, "act": act},
    )
    account_act_proposed.send(
        sender=AccountProposal,
        proposal=proposal,
        deciders=_deciders(proposal),
        url=tenant_url("settings:proposals"),
    )
    return proposal


@transaction.atomic
def agree_to_act(*, proposal: AccountProposal, actor: Any) -> str:
    """Another one agrees, and it is done; logged. The initial password, where one was set: told once.

    Refused to whoever asked, to the account's owner, to whoever is not of another administration, after
    24 hours, and to who has agreed to the account's other key since its owner last signed in.
    """
    lock(proposal)
    if proposal.state == ProposalState.OPEN and not open_proposals().filter(pk=proposal.pk).exists():
        raise StateConflict("申请已超过 24 小时失效，请重新申请。")
    user, act = proposal.user, AccountAct(proposal.act)
    perform(
        proposal,
        "agree_to_act",
        actor=actor,
        data={"user": user.pk, "act": act},
        decided_by=actor,
        decided_at=timezone.now(),
    )
    check_care(act, user, proposal.reason)
    _check_not_both(proposal, actor)
    password = carry_out(act, user, proposal.reason, actor)
    if act == AccountAct.RESET_SECOND_FACTOR and user.must_change_password:
        # Whoever was told it would now enter with it alone.
        user.set_unusable_password()
        user.save(update_fields=["password", "password_changed_at"])
    return password


@transaction.atomic
def refuse_act(*, proposal: AccountProposal, reason: str, actor: Any) -> AccountProposal:
    """A no, or whoever asked takes it back; with a reason, logged. The account stays as it is."""
    perform(
        proposal,
        "refuse_act",
        actor=actor,
        reason=reason,
        data={"user": proposal.user_id, "act": proposal.act},
        decided_by=actor,
        decided_at=timezone.now(),
    )
    return proposal


def open_proposals() -> QuerySet[AccountProposal]:
    """What waits for a second person, in the tenant in scope."""
    return AccountProposal.objects.filter(
        state=ProposalState.OPEN, proposed_at__gt=timezone.now() - LASTS
    ).select_related("user", "proposed_by")


def _check_not_both(proposal: AccountProposal, actor: Any) -> None:
    """Password and second factor of one account never come from the same second person."""
    others = AccountProposal.objects.filter(user=proposal.user, state=ProposalState.DONE, decided_by=actor)
    others = others.exclude(act=proposal.act)
    if since := proposal.user.last_login:
        others = others.filter(decided_at__gt=since)
    if others.exists():
        raise NotAllowed("您已同意办理该账号的另一项，本人重新登录之前，这一项须由其他人同意。")


def _deciders(proposal: AccountProposal) -> list[Any]:
    posts = Membership.objects.filter(
        state=MembershipState.LIVE, role__in=(Role.ADMINISTRATOR, Role.AUDITOR)
    ).select_related("user")
    return [post.user for post in posts.order_by("pk") if can_agree_to_act(post.user, proposal)]
