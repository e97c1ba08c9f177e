"""What a security administrator does to somebody's account, not to his own. Who may, the caller asks.

`actor` None is the system (a command on the server). Every verb is told to the log with its reason.
"""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import second_factor, sessions
from accounts.signals import tell
from core.errors import InputRefused, NotAllowed, Problem, ReasonRequired, StateConflict
from core.typed import said


@transaction.atomic
def unlock(*, user: Any, actor: Any, reason: str) -> int:
    """Forgets the failed tries with the account's name, from wherever; how many records there were."""
    _may(user, actor, reason, "解除锁定")
    found, _ = AccessAttempt.objects.filter(username=user.get_username()).delete()
    tell("unlocked", user=user, actor=actor, reason=reason)
    return found


@transaction.atomic
def reset_second_factor(*, user: Any, actor: Any, reason: str) -> None:
    """Takes away a second factor that was lost, and ends every session; staff set up a new one at sign-in."""
    _may(user, actor, reason, "重置双重验证")
    second_factor.forget(user)
    sessions.outdate_sessions(user)
    tell("second_factor_reset", user=user, actor=actor, reason=reason)


@transaction.atomic
def end_all_sessions(*, user: Any, actor: Any, reason: str) -> None:
    """Whatever the person has open is refused from the next request on."""
    _may(user, actor, reason, "结束登录", oneself=True)
    sessions.outdate_sessions(user)
    tell("sessions_ended", user=user, actor=actor, reason=reason)


@transaction.atomic
def disable_account(*, user: Any, actor: Any, reason: str) -> None:
    """Closes the account and ends its sessions. Refused a second time."""
    _may(user, actor, reason, "停用账号")
    _switch(user, active=False)
    sessions.outdate_sessions(user)
    tell("disabled", user=user, actor=actor, reason=reason)


@transaction.atomic
def enable_account(*, user: Any, actor: Any, reason: str) -> None:
    """Opens the account again. Refused when it is open."""
    _may(user, actor, reason, "启用账号")
    _switch(user, active=True)
    tell("enabled", user=user, actor=actor, reason=reason)


@transaction.atomic
def set_initial_password(*, user: Any, password: str, actor: Any, reason: str) -> None:
    """Sets a password that the person changes at the next sign-in, ends every session, and lifts a lock.

    Raises `InputRefused` (path `password`) for one that the rules refuse.
    """
    _may(user, actor, reason, "设置初始密码")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputRefused(Problem(message, "password") for message in error.messages) from None
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "password_changed_at", "must_change_password"])
    sessions.outdate_sessions(user)
    # The wrong tries were with the old one.
    AccessAttempt.objects.filter(username=user.get_username()).delete()
    tell("initial_password", user=user, actor=actor, reason=reason)


def _may(user: Any, actor: Any, reason: str, what: str, *, oneself: bool = False) -> None:
    if actor is not None and actor.pk == user.pk and not oneself:
        raise NotAllowed(f"不能对自己的账号{what}，请由其他管理员办理。")
    if not said(reason):
        raise ReasonRequired(f"{what}必须写明理由。", path="reason")


def _switch(user: Any, *, active: bool) -> None:
    row = get_user_model().objects.select_for_update().get(pk=user.pk)
    if row.is_active == active:
        raise StateConflict("账号已是启用状态。" if active else "账号已停用。")
    user.is_active = active
    user.save(update_fields=["is_active"])
