"""Running numbers without gaps: one row a series, locked while the number is taken."""

from __future__ import annotations

from django.db import transaction

from core.models import Series


def take_number(series: str) -> int:
    """The next number of a series of the tenant in scope, from 1.

    Taken in the caller's transaction: what is rolled back gives its number back, and the next
    one waits for it.
    """
    return take_numbers(series, 1)[0]


@transaction.atomic
def take_numbers(series: str, how_many: int) -> range:
    """The next numbers of a series, one after the other; taken as `take_number`."""
    Series.objects.get_or_create(name=series)
    row = Series.objects.select_for_update(of=("self",)).get(name=series)
    first = int(row.last) + 1
    row.last += how_many
    row.save(update_fields=["last"])
    return range(first, first + how_many)
