"""What a security administrator does to the accounts of the jurisdiction's people.

An account is one person's, whatever the number of jurisdictions. So what only frees or interrupts (unlocking,
ending sessions) is done to whoever has a place here; what changes how the account is entered, or whether it
is (second factor, password, disabling), only where it has a place nowhere else: otherwise one bureau's
administrator could enter, or shut out, another bureau's people. Of those the place here is ended instead.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.opening import initial_password
from accounts.overview import Standing
from core import clock
from core.errors import NotAllowed, ReasonRequired
from core.models import LogEntry
from jurisdictions.belonging import belongs_elsewhere, people
from jurisdictions.enums import AccountAct, Right
from jurisdictions.permissions import holds_somewhere

HARMLESS = (AccountAct.UNLOCK, AccountAct.END_SESSIONS)
ELSEWHERE = "该人员还属于其他辖区，不能在此{act}；请结束其在本辖区的任职或席位。"


@transaction.atomic
def care_for_account(*, act: AccountAct, user: Any, reason: str, actor: Any) -> str:
    """Does one of the acts to the account, with a reason; logged. The initial password, where one was set.

    The password is told once, by whoever called, and changed at the next sign-in. Refused to whoever is no
    security administrator here, for oneself, for people who have no place here, and where the person
    belongs to another jurisdiction too, except for what only frees or interrupts.
    """
    _check(act, user, reason, actor)
    password = initial_password() if act == AccountAct.SET_PASSWORD else ""
    _do(act, user, reason, actor, password)
    LogEntry.record(
        user,
        action=f"jurisdictions.account_{act.value}",
        label=act.label,
        actor=actor,
        at=clock.now(),
        reason=reason.strip(),
    )
    return password


def acts_open(user: Any, standing: Standing, *, elsewhere: bool) -> list[AccountAct]:
    """The acts that make sense for the account as it stands; the verb asks again."""
    if not user.is_active:
        found = [AccountAct.ENABLE]
    else:
        found = [AccountAct.UNLOCK] if standing.locked else []
        found += [AccountAct.END_SESSIONS]
        found += [AccountAct.RESET_SECOND_FACTOR] if standing.second_factor else []
        found += [AccountAct.SET_PASSWORD, AccountAct.DISABLE]
    return [act for act in found if act in HARMLESS or not elsewhere]


def _check(act: AccountAct, user: Any, reason: str, actor: Any) -> None:
    if not holds_somewhere(actor, Right.SECURE):
        raise NotAllowed("您没有管理账号安全的权限。")
    if actor.pk == user.pk:
        raise NotAllowed("不能管理自己的账号，请由另一位安全管理员办理。")
    if not people().filter(pk=user.pk).exists():
        raise NotAllowed("该账号不属于本辖区。")
    if not reason.strip():
        raise ReasonRequired(f"{act.label}必须写明理由。", path="reason")
    if act not in HARMLESS and belongs_elsewhere(user):
        raise NotAllowed(ELSEWHERE.format(act=act.label))


def _do(act: AccountAct, user: Any, reason: str, actor: Any, password: str) -> None:
    from accounts import security  # noqa: PLC0415 - comes with the room's own issue

    who = {"user": user, "actor": actor, "reason": reason}
    if act == AccountAct.SET_PASSWORD:
        security.set_initial_password(password=password, **who)
        return
    verbs = {
        AccountAct.UNLOCK: security.unlock,
        AccountAct.END_SESSIONS: security.end_all_sessions,
        AccountAct.RESET_SECOND_FACTOR: security.reset_second_factor,
        AccountAct.DISABLE: security.disable_account,
        AccountAct.ENABLE: security.enable_account,
    }
    verbs[act](**who)
