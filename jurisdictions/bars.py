"""Who may have no post here: rooms below say so, and this room names none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Test = Callable[[Any], bool]
_bars: list[tuple[str, Test]] = []


def bars(words: str) -> Callable[[Test], Test]:
    """Registers whom the sentence keeps from every post in the tenant in scope; done in `apps.ready`."""

    def register(test: Test) -> Test:
        _bars.append((words, test))
        return test

    return register


def bar_to(user: Any) -> str:
    """Why the person may have no post in the tenant in scope; empty when nothing stands in the way."""
    return next((words for words, test in _bars if test(user)), "")
