"""What a security administrator does to the accounts of the jurisdiction's people.

An account is one person's, whatever the number of jurisdictions. So what only frees or interrupts (unlocking,
ending sessions) is done to whoever has a place here; what changes how the account is entered, or whether it
is (second factor, password, disabling), only where it has a place nowhere else: otherwise one bureau's
administrator could enter, or shut out, another bureau's people. Of those the place here is ended instead.

Password and second factor together are the account. No one person gets both: `needs_two` says what takes two
people (`jurisdictions.two_people`).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import second_factor, security
from accounts.opening import initial_password
from accounts.overview import Standing
from accounts.policy import needs_second_factor
from core.errors import NotAllowed, ReasonRequired
from jurisdictions.belonging import belongs_elsewhere, people
from jurisdictions.enums import OPEN_STATES, THREE_ADMINISTRATIONS, AccountAct, Right
from jurisdictions.models import Membership
from jurisdictions.permissions import can_ask_for_act, holds_somewhere
from jurisdictions.staffing import check_not_the_last

HARMLESS = (AccountAct.UNLOCK, AccountAct.END_SESSIONS)
ELSEWHERE = "该人员还属于其他辖区，不能在此{act}；请结束其在本辖区的任职或席位。"


@transaction.atomic
def care_for_account(*, act: AccountAct, user: Any, reason: str, actor: Any) -> str:
    """Does one of the acts to the account, with a reason. The initial password, where one was set.

    Logged once, by what the account's room tells (`jurisdictions.account_log`).

    The password is told once, by whoever called, and changed at the next sign-in. Refused to whoever is no
    security administrator here, for oneself, for people who have no place here, and where the person
    belongs to another jurisdiction too, except for what only frees or interrupts. The account of the last
    administrator or security administrator stays in use. Refused too for what takes two people.
    """
    if not holds_somewhere(actor, Right.SECURE):
        raise NotAllowed("您没有管理账号安全的权限。")
    if actor.pk == user.pk:
        raise NotAllowed("不能管理自己的账号，请由另一位安全管理员办理。")
    check_care(act, user, reason)
    if act == AccountAct.DISABLE:
        check_not_the_last(user)
    if needs_two(act, user):
        raise NotAllowed(f"{act.label}须由两人办理。")
    return carry_out(act, user, reason, actor)


def acts_open(user: Any, standing: Standing, *, elsewhere: bool, actor: Any) -> list[AccountAct]:
    """The acts that make sense for the account as it stands, and that this person may do or ask for."""
    if not user.is_active:
        found = [AccountAct.ENABLE]
    else:
        found = [AccountAct.UNLOCK] if standing.locked else []
        found += [AccountAct.END_SESSIONS]
        found += [AccountAct.RESET_SECOND_FACTOR] if standing.second_factor else []
        found += [AccountAct.SET_PASSWORD, AccountAct.DISABLE]
    found = [act for act in found if act in HARMLESS or not elsewhere]
    return found if can_ask_for_act(actor, user) else [act for act in found if not needs_two(act, user)]


def needs_two(act: AccountAct, user: Any) -> bool:
    """Whether the act would give one person what opens the account, or one of the three administrations.

    A second factor keeps out whoever knows the password, so a password may be set by one where there is one.
    """
    if act == AccountAct.SET_PASSWORD:
        three = Membership.objects.filter(user=user, role__in=THREE_ADMINISTRATIONS, state__in=OPEN_STATES)
        return three.exists() or (needs_second_factor(user) and not second_factor.standing(user))
    return act == AccountAct.RESET_SECOND_FACTOR


# --- what one person's and two people's acts share; whoever calls has asked who may ----------


def check_care(act: AccountAct, user: Any, reason: str) -> None:
    """Refuses strangers' accounts, what has no reason, and what would reach into another jurisdiction."""
    if not people().filter(pk=user.pk).exists():
        raise NotAllowed("该账号不属于本辖区。")
    if not reason.strip():
        raise ReasonRequired(f"{act.label}必须写明理由。", path="reason")
    if act not in HARMLESS and belongs_elsewhere(user):
        raise NotAllowed(ELSEWHERE.format(act=act.label))


def carry_out(act: AccountAct, user: Any, reason: str, actor: Any) -> str:
    """Does it; the initial password, where one was set."""
    who = {"user": user, "actor": actor, "reason": reason.strip()}
    if act == AccountAct.SET_PASSWORD:
        password = initial_password()
        security.set_initial_password(password=password, **who)
        return password
    verbs = {
        AccountAct.UNLOCK: security.unlock,
        AccountAct.END_SESSIONS: security.end_all_sessions,
        AccountAct.RESET_SECOND_FACTOR: security.reset_second_factor,
        AccountAct.DISABLE: security.disable_account,
        AccountAct.ENABLE: security.enable_account,
    }
    verbs[act](**who)
    return ""
