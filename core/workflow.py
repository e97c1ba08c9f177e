"""The one way to change a stored state.

A room describes its states in `enums.py` and the steps between them in `transitions.py`
as data; its verbs call `perform`, which locks the row, checks where it stands, who asks,
what the guard says and whether the reason is there, saves, and appends to the log, all in
the caller's transaction. Effects on the outside start after commit, through the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import models, transaction

from core import clock
from core.audit import recorded
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.typed import said

Predicate = Callable[[Any, Any], bool]
Reason = Callable[[Any, Any], str]
Guard = Callable[[Any], None]


def system_only(actor: Any, subject: Any) -> bool:
    """A step that only the system itself takes (`actor` is None)."""
    return actor is None


@dataclass(frozen=True, slots=True)
class Step:
    """One permitted change of state.

    `allowed` is the permission predicate `(actor, subject) -> bool`; `guard` raises a
    `DomainError` when the subject is not ready. `why_not` tells a person to whom the step is not open why;
    empty where there is no more to say than that the right is missing.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    allowed: Predicate
    guard: Guard | None = None
    reason_required: bool = False
    why_not: Reason | None = None

    def refusal(self, actor: Any, subject: Any) -> NotAllowed:
        """What to raise for a person to whom the step is not open."""
        why = self.why_not(actor, subject) if self.why_not is not None else ""
        return NotAllowed(why or f"您没有办理“{self.label}”的权限。")


class Workflow:
    """The table of steps of one model."""

    def __init__(self, steps: Iterable[Step], *, field: str = "state") -> None:
        self.field: Final = field
        self.steps: Final = {step.name: step for step in steps}

    def open_to(self, subject: Any, actor: Any) -> list[Step]:
        """The steps this person could take now (guards not asked: they explain themselves)."""
        state = getattr(subject, self.field)
        return [s for s in self.steps.values() if state in s.sources and s.allowed(actor, subject)]

    def can(self, subject: Any, name: str, actor: Any) -> bool:
        """Whether the step starts from here and is this person's to take."""
        step = self.steps[name]
        return getattr(subject, self.field) in step.sources and step.allowed(actor, subject)


def perform(
    subject: Any,
    name: str,
    /,
    *,
    actor: Any,
    reason: str = "",
    clause: str = "",
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> LogEntry:
    """Takes one step of the subject's `workflow` and logs it, with what it changed (`core.audit.recorded`).

    `changes` are fields saved with the new state. The subject is re-read under a row lock,
    so what the caller holds in memory never overwrites what another one saved.
    Raises `StateConflict`, `NotAllowed`, `ReasonRequired`, or what the guard raises.
    """
    workflow: Workflow = subject.workflow
    step = workflow.steps[name]
    with transaction.atomic():
        lock(subject)
        source = getattr(subject, workflow.field)
        if source not in step.sources:
            raise StateConflict(f"当前状态为“{_label(subject, workflow.field)}”，不能办理“{step.label}”。")
        if not step.allowed(actor, subject):
            raise step.refusal(actor, subject)
        if step.reason_required and not said(reason):
            raise ReasonRequired(f"{step.label}必须写明理由。", path="reason")
        if step.guard is not None:
            step.guard(subject)
        changed = (workflow.field, *changes)
        before = recorded(subject, changed)
        for field, value in changes.items():
            setattr(subject, field, value)
        setattr(subject, workflow.field, step.target)
        subject.save(update_fields=[workflow.field, *changes])
        return LogEntry.record(
            subject,
            action=f"{subject._meta.app_label}.{name}",
            label=step.label,
            actor=actor,
            at=clock.now(),
            source=source,
            target=step.target,
            reason=said(reason),
            clause=clause,
            data=data,
            before=before,
            after=recorded(subject, changed),
        )


def lock(subject: models.Model) -> None:
    """Re-reads the row under `FOR UPDATE`; unsaved changes in memory are dropped."""
    manager = type(subject)._default_manager
    subject.refresh_from_db(from_queryset=manager.select_for_update(of=("self",)))


def _label(subject: Any, field: str) -> str:
    return str(getattr(subject, f"get_{field}_display")())
