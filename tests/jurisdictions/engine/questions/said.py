"""Questions put in a line: readings as G_1="exclusive"."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.profiles import profile

Facts = dict[str, Any]


def said(slug: str, kind: str, facts: Facts, **readings: str) -> Facts:
    """The answer of a bundled profile."""
    chosen = {name.replace("_", "-"): option for name, option in readings.items()}
    return ask(profile(slug), kind, facts, readings=chosen or None)
