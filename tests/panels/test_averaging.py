"""Many sheets become one figure, exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest

from panels.averaging import Criterion, Marks, average, ranks, rounded, weighted
from panels.enums import Rounding

CRITERIA = (Criterion("c1", "甲", Decimal(30), Decimal(60)), Criterion("c2", "乙", Decimal(7), Decimal(40)))


def marks(*totals):
    return [Marks(key, Fraction(total), {"c1": Fraction(total)}) for key, total in enumerate(totals, start=1)]


def test_a_line_counts_by_its_share_of_its_full_points():
    # 15/30 × 60 + 3/7 × 40 = 30 + 120/7, which no decimal number is.
    assert weighted(CRITERIA, {"c1": Decimal(15), "c2": Decimal(3)}) == 30 + Fraction(120, 7)
    assert weighted(CRITERIA, {"c1": Decimal(30), "c2": Decimal(7)}) == 100


@pytest.mark.parametrize(
    ("totals", "trim_from", "kept", "total"),
    [
        ((90, 60, 80), None, (1, 2, 3), Fraction(230, 3)),
        ((90, 60, 80), 4, (1, 2, 3), Fraction(230, 3)),
        ((90, 60, 80), 3, (3,), Fraction(80)),
        ((80, 80, 80, 80), 3, (2, 3), Fraction(80)),
        ((70, 70, 90, 90, 85), 5, (2, 3, 5), Fraction(245, 3)),
    ],
)
def test_ends_are_dropped_only_from_so_many_sheets_on(totals, trim_from, kept, total):
    found = average(marks(*totals), trim_from=trim_from)
    assert (found.kept, found.total, found.lines["c1"]) == (kept, total, total)
    assert found.spread == max(totals) - min(totals)
    assert found.full_mean == Fraction(sum(totals), len(totals))
    dropped = {found.highest, found.lowest} - {None}
    assert dropped == {sheet.key for sheet in marks(*totals)} - set(kept)


@pytest.mark.parametrize(
    ("value", "decimals", "down", "half_up"),
    [
        (Fraction(269_99, 300), 2, "89.99", "90.00"),
        (Fraction(1, 8), 2, "0.12", "0.13"),
        (Fraction(90), 0, "90", "90"),
        (Fraction(-5, 4), 1, "-1.2", "-1.3"),
    ],
)
def test_what_is_shown_is_cut_or_rounded_once(value, decimals, down, half_up):
    assert str(rounded(value, decimals, Rounding.DOWN)) == down
    assert str(rounded(value, decimals, Rounding.HALF_UP)) == half_up


def test_equals_share_a_place_and_the_next_is_left_out():
    assert ranks([(3,), (5,), (3,), (1,)]) == [2, 1, 2, 4]
    assert ranks([(3, 1), (5, 0), (3, 2), (1, 9)]) == [3, 1, 2, 4]
