"""What happens to accounts, told to whoever keeps the log.

`account_event` is sent with `user` (the account, or None), `username` (of an existing account; empty for a
name that nobody has: people type their password there), `action`, `label`, `request` (or None), `actor`
(who did it; the person, or an administrator, or None for the system), `reason` and `data` (no personal data).
"""

from __future__ import annotations

from typing import Any, Final

from django.dispatch import Signal
from django.http import HttpRequest

account_event = Signal()

LABELS: Final = {
    "accounts.sign_in": "登录",
    "accounts.sign_in_failed": "登录失败",
    "accounts.locked": "登录锁定",
    "accounts.unlocked": "解除登录锁定",
    "accounts.sign_out": "退出登录",
    "accounts.session_ended": "登录超时",
    "accounts.sessions_ended": "结束全部登录",
    "accounts.password_changed": "修改密码",
    "accounts.initial_password": "设置初始密码",
    "accounts.second_factor_added": "启用双重验证",
    "accounts.second_factor_replaced": "更换双重验证",
    "accounts.second_factor_removed": "停用双重验证",
    "accounts.second_factor_reset": "重置双重验证",
    "accounts.recovery_codes_made": "生成恢复码",
    "accounts.recovery_code_used": "使用恢复码",
    "accounts.reauthenticated": "再次确认身份",
    "accounts.disabled": "停用账号",
    "accounts.enabled": "启用账号",
}


def tell(
    event: str,
    *,
    user: Any,
    request: HttpRequest | None = None,
    actor: Any = None,
    reason: str = "",
    **data: Any,
) -> None:
    """Sends `account_event` for `accounts.<event>`. A receiver that fails, fails the act."""
    action = f"accounts.{event}"
    account_event.send(
        sender=None,
        user=user,
        username=user.get_username() if user else "",
        action=action,
        label=LABELS[action],
        request=request,
        actor=actor,
        reason=reason,
        data=data,
    )
