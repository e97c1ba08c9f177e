"""What django, axes and allauth signal about signing in: stamped on the session and told to the log."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.userkit import get_user_by_username
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import policy, sessions
from accounts.signals import tell


@receiver(user_logged_in)
def begin_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Stamps the session, asks again who is staff, tells `sign_in`."""
    sessions.begin(request.session)
    policy.refresh_staff(user)
    tell("sign_in", user=user, actor=user, request=request)


@receiver(user_logged_out)
def end_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Tells `sign_out`; a session whose time was up tells its own end."""
    if user is not None and not getattr(request, "session_over", ""):
        tell("sign_out", user=user, actor=user, request=request)


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Tells `sign_in_failed` of tries that were made; not of those that a lock refused."""
    if request is None or _was_refused(request):
        return
    user = get_user_by_username(str(credentials.get("username") or ""))
    tell("sign_in_failed", user=user, request=request, step=credentials.get("step", "password"))


@receiver(user_locked_out)
def locked(sender: Any, request: Any, username: str, **_: Any) -> None:
    """Tells `locked` once, at the failure that reached the limit."""
    if not _was_refused(request):
        tell("locked", user=get_user_by_username(username), request=request)


def _was_refused(request: Any) -> bool:
    """Whether a lock stood already: axes then counts nothing, and an attacker does not fill the log."""
    return getattr(request, "axes_locked_out", False) and request.axes_failures_since_start is None
