"""`manage.py check --deploy` names what must not be on a server."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.checks import second_factor_is_asked_for, times_are_bounded


def test_a_server_asks_everybody_for_a_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED, settings.SECOND_FACTOR_EXEMPT_DEMO = True, False
    assert second_factor_is_asked_for() == []
    settings.SECOND_FACTOR_EXEMPT_DEMO = True
    assert [found.id for found in second_factor_is_asked_for()] == ["accounts.E002"]
    settings.SECOND_FACTOR_REQUIRED, settings.SECOND_FACTOR_EXEMPT_DEMO = False, False
    assert [found.id for found in second_factor_is_asked_for()] == ["accounts.E001"]


@pytest.mark.parametrize(
    ("idle", "absolute", "bounded"),
    [(1800, 28800, 1), (0, 28800, 0), (28801, 28800, 0), (1800, 90000, 0)],
)
def test_sessions_end(settings: Any, idle: int, absolute: int, bounded: int) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS = idle, absolute
    assert (times_are_bounded() == []) == bool(bounded)
