"""A deadline as the screens show it: what is left of it in working days, and how it was computed."""

from __future__ import annotations

from datetime import date
from typing import Any

from deadlines.models import Deadline
from jurisdictions.engine import WorkCalendar


def shown(deadline: Deadline | None, *, today: date, calendar: WorkCalendar) -> dict[str, Any] | None:
    """What the `days_left` component reads; None where nothing is owed."""
    if deadline is None:
        return None
    left = calendar.working_days_between(today, deadline.due_on)
    # Past a due day, or before one, with no working day in between, "0" would read as "due today".
    exact = left == 0 and today != deadline.due_on
    return {
        "due_on": deadline.due_on,
        "days_left": (deadline.due_on - today).days if exact else left,
        "unit": "calendar" if exact else "working",
        "provisional": deadline.provisional,
        "firm": deadline.firm,
        "basis": deadline.explanation,
        "clause": deadline.clause,
    }
