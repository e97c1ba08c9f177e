"""Calendar months: anniversaries without 365-day years or 30-day months (reading G-7)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

Anniversary = Literal["reached", "day_after", "day_before"]


def add_months(start: date, months: int) -> date:
    """The same day so many months on; a day that the month lacks becomes its last day.

    What lies beyond the calendar is its first or last day: a date far out of our time breaks nothing.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def anniversary(start: date, months: int, convention: Anniversary = "reached") -> date:
    """The first day on which the period counts as full."""
    shift = {"reached": 0, "day_after": 1, "day_before": -1}[convention]
    full = add_months(start, months)
    return full if full in (date.min, date.max) else full + timedelta(days=shift)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])
