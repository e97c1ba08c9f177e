"""Many sheets become one figure: weights, means, dropped ends, rounding, ranks. Pure and exact.

Every figure is a `Fraction` until it is shown, so that it is rounded once and nothing is lost before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from panels.enums import Rounding

FULL = 100
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a bureau's own score sheet: full points, and its weight in per cent of the total."""

    key: str
    label: str
    max: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Marks:
    """What one signed sheet says: its total, and its figures line by line. `key` names the sheet."""

    key: int
    total: Fraction
    lines: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Average:
    """The sheets of one item together. `highest` and `lowest` are the sheets left out, None where none is."""

    kept: tuple[int, ...]
    highest: int | None
    lowest: int | None
    total: Fraction
    lines: Mapping[str, Fraction]
    # Over all sheets, whatever was left out.
    full_mean: Fraction
    spread: Fraction


def weighted(criteria: Iterable[Criterion], points: Mapping[str, Decimal]) -> Fraction:
    """The total out of 100: each line's share of its full points times its weight; blanks are nought."""
    return sum(
        (Fraction(points.get(one.key) or 0) / Fraction(one.max) * Fraction(one.weight) for one in criteria),
        Fraction(0),
    )


def average(sheets: Sequence[Marks], *, trim_from: int | None = None) -> Average:
    """The mean of the sheets, line by line; one highest and one lowest left out from `trim_from` sheets on.

    Among equal totals the sheet that comes first is the lowest, the one that comes last the highest.
    """
    if not sheets:
        raise ValueError("nothing to average")
    ordered = sorted(sheets, key=lambda sheet: sheet.total)
    low, high = ordered[0], ordered[-1]
    trims = trim_from is not None and len(sheets) >= max(trim_from, 3)
    kept = [sheet for sheet in sheets if not (trims and sheet in (low, high))]
    return Average(
        kept=tuple(sheet.key for sheet in kept),
        highest=high.key if trims else None,
        lowest=low.key if trims else None,
        total=mean(sheet.total for sheet in kept),
        lines={key: mean(sheet.lines[key] for sheet in kept) for key in sheets[0].lines},
        full_mean=mean(sheet.total for sheet in sheets),
        spread=high.total - low.total,
    )


def mean(values: Iterable[Fraction]) -> Fraction:
    """The arithmetic mean."""
    numbers = list(values)
    return sum(numbers, Fraction(0)) / len(numbers)


def rounded(value: Fraction | Decimal, decimals: int, rounding: str = Rounding.DOWN) -> Decimal:
    """The value as it is shown, with exactly so many places; half a step goes away from zero."""
    steps = abs(Fraction(value)) * 10**decimals
    whole = int(steps + HALF) if rounding == Rounding.HALF_UP else int(steps)
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)


def ranks(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    """The place of each, the greatest key first; equal keys share a place and the next one is left out."""
    order = sorted(keys, reverse=True)
    return [order.index(key) + 1 for key in keys]
