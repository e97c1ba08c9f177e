"""Who acts from where, for one unit of work: a request, a task, a command.

The middleware opens it for a request, Celery's signals for a task, `manage.py` for a command;
the log reads it, so that no verb needs to know of requests.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.http import HttpRequest
from django.utils import timezone

from core.client import client_address

SESSION_DIGITS = 16


def _no_session() -> str | None:
    return None


@dataclass(slots=True)
class Acting:
    """What one unit of work knows of where it comes from.

    `origin` is the client's address, or `task:<name>`, `command:<name>`. The session's key is asked
    for when it is needed: signing in changes it halfway through a request.
    """

    origin: str = ""
    request_id: str = ""
    session_key: Callable[[], str | None] = _no_session
    # Wants of rights met on the way; the transaction in which they were met may be rolled back.
    refusals: list[Exception] = field(default_factory=list)
    # What is to be done once the request's own transaction is over, whatever became of it.
    later: list[Callable[[], object]] = field(default_factory=list)
    is_web: bool = False
    # When a request began, by the true clock; a task or a command may last for days and has no such moment.
    began: datetime | None = None

    @property
    def session(self) -> str:
        """A short digest of the session's key: tells sessions apart, opens none."""
        key = self.session_key()
        return sha256(f"stations.session:{key}".encode()).hexdigest()[:SESSION_DIGITS] if key else ""


_NOWHERE = Acting()
_in_force: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acting() -> Acting:
    """Where the running unit of work comes from; empty when nobody said."""
    return _in_force.get() or _NOWHERE


@contextmanager
def acts_from(origin: str) -> Iterator[Acting]:
    """Runs its block as one unit of work that comes from `origin` (`task:…`, `command:…`)."""
    with _in_this(Acting(origin, new_request_id())) as unit:
        yield unit


@contextmanager
def acts_for(request: HttpRequest) -> Iterator[Acting]:
    """Runs its block as the unit of work of one request; `request.request_id` names it."""
    unit = Acting(
        client_address(request),
        new_request_id(),
        lambda: getattr(getattr(request, "session", None), "session_key", None),
        is_web=True,
        began=timezone.now(),
    )
    request.request_id = unit.request_id  # type: ignore[attr-defined]
    with _in_this(unit):
        yield unit


@contextmanager
def _in_this(unit: Acting) -> Iterator[Acting]:
    token = _in_force.set(unit)
    try:
        yield unit
    finally:
        _in_force.reset(token)


def new_request_id() -> str:
    """A name for one unit of work: what it logged belongs together."""
    return uuid.uuid4().hex[:16]


def note_refusal(error: Exception) -> None:
    """Remembers for the end of the request that somebody was refused."""
    unit = _in_force.get()
    if unit is not None and unit.is_web:
        unit.refusals.append(error)


def afterwards(work: Callable[[], object]) -> None:
    """Does it after the request's transaction, even when that is rolled back; at once outside a request."""
    unit = _in_force.get()
    if unit is None or not unit.is_web:
        work()
    else:
        unit.later.append(work)
