"""Somebody at a browser, and everything that comes back, down to what was written and what failed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from accounts import sessions

WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY)\b|\bFOR (UPDATE|NO KEY UPDATE)\b|nextval", re.I
)
TABLE = re.compile(r'(?:INTO|UPDATE|FROM|TRUNCATE)\s+"?(\w+)"?', re.I)
SAFE = ("GET", "HEAD", "OPTIONS")

factory = RequestFactory()
handler = ClientHandler(enforce_csrf_checks=True)


@dataclass(frozen=True)
class Written:
    """One statement that changes something."""

    sql: str
    params: tuple[Any, ...]

    @property
    def table(self) -> str:
        found = TABLE.search(self.sql)
        return found[1] if found else ""


@dataclass
class Answer:
    """What one request brought."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes
    writes: list[Written]
    error: str = ""
    aftermath: Any = None

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def asks_to_sign_in(self) -> bool:
        return self.status == 302 and self.location.startswith("/accounts/login/")


@dataclass(eq=False)
class Visitor:
    """One person; `slugs` are the places that the person belongs to, none for anybody."""

    name: str
    slugs: frozenset[str] = frozenset()
    user: Any = None
    # Whose account it is, signed in or not yet.
    account: Any = None
    kind: str = ""
    # What the person's browser calls itself.
    agent: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookies[settings.CSRF_COOKIE_NAME] = _get_new_csrf_string()
        if self.user is not None:
            self.account = self.user
            self.cookies[settings.SESSION_COOKIE_NAME] = _signed_in(self.user, self.agent).session_key

    @property
    def session(self) -> Any:
        return SessionStore(self.cookies[settings.SESSION_COOKIE_NAME])

    def ask(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        token: bool = True,
        after: Callable[[HttpResponse], Any] | None = None,
    ) -> Answer:
        """One request; whatever it wrote is undone. `after` looks at what it left before that."""
        headers: dict[str, Any] = {"HTTP_COOKIE": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if token and method not in SAFE:
            headers["HTTP_X_CSRFTOKEN"] = self.cookies[settings.CSRF_COOKIE_NAME]
        if isinstance(data, bytes):
            environ = factory.generic(method, path, data, "application/json", **headers).environ
        elif method == "POST":
            environ = factory.post(path, data or {}, **headers).environ
        else:
            environ = factory.generic(method, path, **headers).environ
        with failures() as errors, statements() as writes, transaction.atomic():
            response = handler(environ)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            aftermath = after(response) if after else None
            transaction.set_rollback(True)
        return Answer(
            status=response.status_code,
            headers=dict(response.headers),
            cookies={name: _plain(name, morsel.value) for name, morsel in response.cookies.items()},
            body=body,
            writes=writes,
            error="; ".join(errors),
            aftermath=aftermath,
        )


def _signed_in(user: Any, agent: str) -> Any:
    """A session of somebody who has shown both factors just now, and is not noted as still there for an hour:
    those notes would be taken for what a page wrote.
    """
    client = Client()
    client.force_login(user)
    session = client.session
    session[sessions.SEEN] = time.time() + 3600
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    UserSession.objects.create(
        user=user, session_key=session.session_key, ip="127.0.0.1", user_agent=agent or "crawl"
    )
    return session


def _plain(name: str, value: str) -> str:
    """A cookie as what it says: messages travel packed."""
    if name == CookieStorage.cookie_name and value:
        decoded = CookieStorage(factory.get("/"))._decode(value)
        return " ".join(str(message) for message in decoded or ())
    return value


@contextmanager
def failures() -> Iterator[list[str]]:
    """The exceptions that no view caught."""
    found: list[str] = []

    def hear(sender: Any, request: Any = None, **_: Any) -> None:
        import traceback  # noqa: PLC0415 - beside its one use

        found.append(traceback.format_exc(limit=-3))

    got_request_exception.connect(hear)
    try:
        yield found
    finally:
        got_request_exception.disconnect(hear)


@contextmanager
def statements() -> Iterator[list[Written]]:
    """What is written in the block."""
    found: list[Written] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITE.search(sql):
            rows = params if many else [params]
            found.extend(Written(sql, tuple(row or ())) for row in rows)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield found
