"""What `manage.py check --deploy` says about signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def second_factor_is_asked_for(**_: Any) -> list[CheckMessage]:
    """A server that serves the public asks its staff for a second factor, without exception."""
    problems: list[CheckMessage] = []
    if not settings.SECOND_FACTOR_REQUIRED:
        problems.append(
            Error(
                "Staff may sign in without a second factor.",
                hint="Unset SECOND_FACTOR_REQUIRED.",
                id="accounts.E001",
            )
        )
    if settings.SECOND_FACTOR_EXEMPT_DEMO:
        problems.append(
            Error(
                "Demonstration accounts sign in without a second factor.",
                hint="Unset SECOND_FACTOR_EXEMPT_DEMO.",
                id="accounts.E002",
            )
        )
    return problems


@register(Tags.security, deploy=True)
def times_are_bounded(**_: Any) -> list[CheckMessage]:
    """Time-outs that never end a session are none."""
    if 0 < settings.SESSION_IDLE_SECONDS <= settings.SESSION_ABSOLUTE_SECONDS <= 24 * 3600:
        return []
    hint = "0 < SESSION_IDLE_SECONDS <= SESSION_ABSOLUTE_SECONDS <= one day."
    return [Error("Sessions last too long.", hint=hint, id="accounts.E003")]
