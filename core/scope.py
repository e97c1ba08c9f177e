"""Which tenant a unit of work is for: known to the code and, through it, to the database.

Kept apart from `core.tenancy` because the database backend reads it before any model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Scope:
    """What one unit of work knows of its tenant."""

    tenant: Any
    # Filled by `core.clock` on first use, so that one unit of work has one clock.
    clock_offset: timedelta | None = None
    # What one unit of work reads once: keyed by the module that keeps it here.
    memo: dict[str, Any] = field(default_factory=dict)
    # A request that only looks (GET): what it read once holds to its end (`once`).
    only_looks: bool = False


scope_in_force: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


def active_scope() -> Scope | None:
    """The scope of this unit of work, or None outside every tenant."""
    return scope_in_force.get()


def once(key: str, read: Callable[[], T]) -> T:
    """What a request that only looks has read before; whoever may change something reads anew each time.

    `key` begins with the module that asks and names everything that the answer depends on.
    """
    scope = scope_in_force.get()
    if scope is None or not scope.only_looks:
        return read()
    if key not in scope.memo:
        scope.memo[key] = read()
    found: T = scope.memo[key]
    return found
