"""Lists as plain numbers: how many entries of each kind a requirement counts, and a list that has so many.

Whoever only wants to know where he stands says `外聘技师2名` instead of a list of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jurisdictions.engine.months import add_months
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import (
    AllOf,
    AnyOf,
    Compare,
    CountTerm,
    FieldTest,
    FirstKnown,
    Negation,
    Tree,
)

# Nobody has so many people; a larger number is a slip, and a list of it would only cost memory.
MOST = 1000


def counted_terms(profile: Profile) -> tuple[CountTerm, ...]:
    """Every kind of entry that a condition counts, in the order of the conditions, each once."""
    found: list[CountTerm] = []
    for condition in profile.conditions:
        for tree in (condition.require, condition.when):
            found.extend(term for term in _terms(tree) if term not in found) if tree is not None else None
    return tuple(found)


def _terms(tree: Tree) -> Iterator[CountTerm]:
    match tree:
        case AllOf():
            parts: tuple[Tree, ...] = tree.all
        case AnyOf():
            parts = tree.any
        case FirstKnown():
            parts = tree.first_known
        case Negation():
            parts = (tree.negated,)
        case Compare():
            if tree.count is not None:
                yield CountTerm(count=tree.count, where=tree.where)
            yield from (term for term in tree.sum or () if isinstance(term, CountTerm))
            return
        case _:
            return
    for part in parts:
        yield from _terms(part)


def lists_of(counts: Mapping[CountTerm, int], on: date) -> dict[str, list[dict[str, Any]]]:
    """List facts with as many entries of each kind as were counted."""
    lists: dict[str, list[dict[str, Any]]] = {}
    for term, number in counts.items():
        entry = {test.field: _passing(test, on) for test in term.where}
        lists.setdefault(term.count, []).extend(dict(entry) for _ in range(min(number, MOST)))
    return lists


def _passing(test: FieldTest, on: date) -> Any:
    """A value that passes a test for sure, whatever 以上 is read to mean."""
    name = test.chosen
    wanted = getattr(test, "is_in" if name == "in" else name)
    match name:
        case "at_least" | "more_than" | "minimum":
            return wanted + Decimal(1)
        case "at_most" | "less_than":
            return wanted - Decimal(1)
        case "in":
            return wanted[0]
        case "months_before":
            return add_months(on, -(wanted + 1))
        case "on_or_before" | "on_or_after":
            return on if wanted == "today" else wanted
        case "not_equals":
            return f"不是{wanted}"
        case "not_in":
            return "其他情形"
        case _:
            return wanted
