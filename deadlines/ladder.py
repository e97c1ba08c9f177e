"""Rungs that a regulation or a profile counts in working days, as the ladder of a deadline stores them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from jurisdictions.engine import WorkCalendar


def working_day_rungs(due_on: date, working_days: Iterable[int], calendar: WorkCalendar) -> tuple[int, ...]:
    """Days before `due_on` on which so many working days are left, largest first."""
    return tuple(
        sorted({(due_on - _back(due_on, days, calendar)).days for days in working_days}, reverse=True)
    )


def _back(day: date, working_days: int, calendar: WorkCalendar) -> date:
    """The day on which `working_days` of them are left until `day`."""
    while working_days > 0:
        worked, _ = calendar.is_workday(day)
        day -= timedelta(days=1)
        working_days -= worked
    return day
