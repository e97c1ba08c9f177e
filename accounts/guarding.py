"""Asking for a password or a code under the limits of `accounts.guessing`, outside the sign-in form."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from accounts import second_factor
from accounts.signals import tell


def password_shown(request: HttpRequest, user: Any, password: str) -> bool:
    """Whether this is the person's password; a wrong one counts as a failed sign-in, a lock refuses."""
    found = authenticate(request, username=user.get_username(), password=password)
    return found is not None and found.pk == user.pk


def second_factor_shown(request: HttpRequest, user: Any, code: str) -> Authenticator | None:
    """The factor whose code this is; a wrong one counts as a failed sign-in, and a lock refuses every one.

    Tells `recovery_code_used`.
    """
    credentials = {"username": user.get_username(), "step": "second_factor"}
    if not AxesProxyHandler.is_allowed(request, credentials):
        # axes' middleware answers with the page that says how long to wait.
        request.axes_locked_out, request.axes_credentials = True, credentials  # type: ignore[attr-defined]
        return None
    factor = second_factor.accept(user=user, code=code)
    if factor is None:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    elif factor.type == Authenticator.Type.RECOVERY_CODES:
        left = second_factor.standing(user).codes_left
        tell("recovery_code_used", user=user, actor=user, request=request, left=left)
    return factor
