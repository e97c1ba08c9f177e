"""Running numbers without gaps: one row a series, locked while the number is taken."""

from __future__ import annotations

from django.db import transaction

from core.models import Series


@transaction.atomic
def take_number(series: str) -> int:
    """The next number of a series of the tenant in scope, from 1.

    Taken in the caller's transaction: what is rolled back gives its number back, and the next
    one waits for it.
    """
    Series.objects.get_or_create(name=series)
    row = Series.objects.select_for_update(of=("self",)).get(name=series)
    row.last += 1
    row.save(update_fields=["last"])
    return int(row.last)
