"""How long somebody stays signed in, where, and how it ends.

A session carries three moments (`began`, `seen`, `confirmed`), by the true clock: rehearsal does not move it.
`allauth.usersessions.UserSession` lists where a person is signed in.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

BEGAN: Final = "began"
SEEN: Final = "seen"
CONFIRMED: Final = "confirmed"
# `seen` is written at most this often.
TOUCH_SECONDS: Final = 60


def begin(session: SessionBase) -> None:
    """Stamps the session of a person who has just signed in."""
    session[BEGAN] = session[SEEN] = session[CONFIRMED] = time.time()


def sign_in_newcomer(request: HttpRequest, user: Any) -> None:
    """Signs in somebody who has just opened an account of their own, with a password of their own."""
    login(request, user, backend="accounts.backends.PasswordBackend")
    UserSession.objects.create_from_request(request)


def confirm(session: SessionBase) -> None:
    """The person has just shown once more who they are."""
    session[CONFIRMED] = time.time()


def confirmed_lately(session: SessionBase) -> bool:
    """Whether signing in, or the last confirmation, is recent enough for a weighty act."""
    age = time.time() - float(session.get(CONFIRMED, 0))
    return 0 <= age < settings.REAUTHENTICATION_SECONDS


def why_over(session: SessionBase) -> str:
    """`idle` or `absolute` when the session's time is up, else empty. One without stamps is over."""
    now = time.time()
    if now - float(session.get(BEGAN, 0)) >= settings.SESSION_ABSOLUTE_SECONDS:
        return "absolute"
    if now - float(session.get(SEEN, 0)) >= settings.SESSION_IDLE_SECONDS:
        return "idle"
    return ""


def touch(session: SessionBase) -> None:
    """Notes that the person is still there, now and then."""
    now = time.time()
    if now - float(session[SEEN]) >= min(TOUCH_SECONDS, settings.SESSION_IDLE_SECONDS / 10):
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def live_sessions(user: Any) -> QuerySet[UserSession]:
    """Where the person is signed in now, the latest first."""
    now = timezone.now()
    return UserSession.objects.filter(
        user=user,
        last_seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS + TOUCH_SECONDS),
        created_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
    ).order_by("-last_seen_at")


def end_sessions(user: Any, *, keep: str = "") -> int:
    """Ends every session of the person but that of the key `keep`; how many were listed."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep)
    for session in others:
        session.end()
    return len(others)


def outdate_sessions(user: Any) -> None:
    """Every session of the person is refused from the next request on, listed or not."""
    type(user).objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    end_sessions(user)
