"""People who sign in, as their browsers and phones do it."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts import second_factor
from accounts.models import User
from accounts.signals import account_event

LOGIN = "/accounts/login/"
PASSWORD = "Xinhua-Road-7"
SAFE_PAGE = "/accounts/security/"


def make_user(username: str = "liming", *, staff: bool = False, **fields: Any) -> User:
    """An account with a password of its own; `staff` as if it had a post."""
    user = User(username=username, full_name=fields.pop("full_name", "李明"), works_as_staff=staff, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def code_of(secret: str, *, periods: int = 0) -> str:
    """What the app shows now, or some half-minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def with_second_factor(user: User) -> tuple[str, list[str]]:
    """Gives the person a second factor, set up a minute ago; its secret and the recovery codes."""
    secret = generate_totp_secret()
    codes = second_factor.add(user=user, secret=secret, code=code_of(secret, periods=-1))
    return secret, codes


def try_to_sign_in(
    client: Client, username: str, password: str = PASSWORD, *, address: str = "10.1.1.1", **extra: Any
) -> Any:
    """One try on the sign-in page."""
    return client.post(LOGIN, {"login": username, "password": password}, REMOTE_ADDR=address, **extra)


def signed_in(user: User, **extra: Any) -> Client:
    """A browser in which the person has just signed in by password, on the page."""
    client = Client()
    answer = try_to_sign_in(client, user.username, **extra)
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client: Client) -> bool:
    """Whether the browser is somebody's."""
    return bool(client.get(SAFE_PAGE).status_code == 200)


class Heard:
    """The account events told while it listens."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Heard:
        account_event.connect(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        account_event.disconnect(self._hear)

    def _hear(self, **event: Any) -> None:
        self.events.append(event)

    @property
    def actions(self) -> list[str]:
        return [event["action"].removeprefix("accounts.") for event in self.events]
