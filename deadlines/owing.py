"""Writing down that somebody owes something by a date, and that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core import clock
from deadlines.enums import DeadlineState
from deadlines.models import Deadline


@transaction.atomic
def owe(
    *,
    subject: models.Model,
    bearer: models.Model,
    kind: str,
    label: str,
    due_on: date,
    rungs: Sequence[int],
    clause: str = "",
    explanation: str = "",
    provisional: bool = False,
    firm: bool = True,
    url: str = "",
    period: str = "",
    window_start: date | None = None,
) -> Deadline:
    """Opens the deadline, or moves the one that is there to the new date; idempotent.

    `rungs` are the days before `due_on` on which the bearer is reminded; `firm` False says that
    `due_on` is a beginning without a last day. A deadline that was
    met or cancelled is opened again (a corrected application owes a new review).
    """
    deadline, created = Deadline.objects.get_or_create(
        subject_type=_type(subject),
        subject_id=subject.pk,
        kind=kind,
        period=period,
        defaults={
            "bearer_type": _type(bearer),
            "bearer_id": bearer.pk,
            "label": label,
            "due_on": due_on,
            "window_start": window_start,
            "provisional": provisional,
            "firm": firm,
            "clause": clause,
            "explanation": explanation,
            "url": url,
            "rungs": sorted(rungs, reverse=True),
        },
    )
    if created:
        return deadline
    reopened = deadline.state != DeadlineState.OPEN
    moved = deadline.due_on != due_on or deadline.bearer_id != bearer.pk
    if reopened or moved:
        # A new date is a new ladder: what was said about the old one does not count.
        deadline.reminders.all().delete()
        deadline.opened_at = clock.now()
    deadline.state = DeadlineState.OPEN
    deadline.closed_at = None
    deadline.bearer_type, deadline.bearer_id = _type(bearer), bearer.pk
    deadline.label, deadline.due_on, deadline.window_start = label, due_on, window_start
    deadline.provisional, deadline.clause, deadline.explanation = provisional, clause, explanation
    deadline.firm = firm
    deadline.url, deadline.rungs = url, sorted(rungs, reverse=True)
    deadline.save()
    return deadline


def meet(*, subject: models.Model, kind: str, period: str = "") -> None:
    """Marks what was owed as done; nothing happens when nothing is open."""
    _close(subject, kind, period, DeadlineState.MET)


def cancel(*, subject: models.Model, kind: str, period: str = "") -> None:
    """Marks what was owed as no longer owed."""
    _close(subject, kind, period, DeadlineState.CANCELLED)


def cancel_all(rows: models.QuerySet[Any]) -> None:
    """Marks everything that is open about these rows as no longer owed."""
    Deadline.objects.filter(
        subject_type=ContentType.objects.get_for_model(rows.model),
        subject_id__in=rows.values("pk"),
        state=DeadlineState.OPEN,
    ).update(state=DeadlineState.CANCELLED, closed_at=clock.now())


def _close(subject: models.Model, kind: str, period: str, state: DeadlineState) -> None:
    Deadline.objects.filter(
        subject_type=_type(subject),
        subject_id=subject.pk,
        kind=kind,
        period=period,
        state=DeadlineState.OPEN,
    ).update(state=state, closed_at=clock.now())


def open_deadline(subject: models.Model, kind: str, period: str = "") -> Deadline | None:
    """The open deadline of this kind, for screens that show the days left."""
    found: Deadline | None = Deadline.objects.filter(
        subject_type=_type(subject),
        subject_id=subject.pk,
        kind=kind,
        period=period,
        state=DeadlineState.OPEN,
    ).first()
    return found


def _type(obj: Any) -> ContentType:
    return ContentType.objects.get_for_model(obj)
