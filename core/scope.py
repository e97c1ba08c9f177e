"""Which tenant a unit of work is for: known to the code and, through it, to the database.

Kept apart from `core.tenancy` because the database backend reads it before any model is loaded.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(slots=True)
class Scope:
    """What one unit of work knows of its tenant."""

    tenant: Any
    # Filled by `core.clock` on first use, so that one unit of work has one clock.
    clock_offset: timedelta | None = None
    # What one unit of work reads once: keyed by the module that keeps it here.
    memo: dict[str, Any] = field(default_factory=dict)


scope_in_force: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


def active_scope() -> Scope | None:
    """The scope of this unit of work, or None outside every tenant."""
    return scope_in_force.get()
