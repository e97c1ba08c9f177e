"""Every page that somebody opens costs as many statements with many applications as with few: at most 15."""

from __future__ import annotations

import pytest

from tests.large.measuring import Loaded

pytestmark = pytest.mark.django_db
MOST = 15
# Pages that cost more, how much at most, and why. A page that comes to cost less must be lowered here.
DEARER: dict[str, tuple[int, str]] = {
    "bureau:application": (19, "one file whole: form, materials, rules, overlaps, panel, letters, record"),
    "bureau:designation": (25, "the list, its notice, objections, sign-offs and documents side by side"),
    "bureau:draw_new": (16, "experts with ties, absences and load, the items, the former draws"),
    "bureau:panel": (18, "members, sheets, versions, discussions, draws, reopenings, report"),
    "bureau:round": (16, "the board: counts, what is late, panels, changes of the call, one page of files"),
    "bureau:station": (25, "a station whole: members, papers, assessments, money, grounds, record"),
    "desk:file": (19, "one file whole: form, materials, rules, overlaps, letters, record, news"),
    "settings:account": (22, "an account with everything that a person is in every room"),
    "unit:home": (16, "everything that a unit has to do"),
}
# So many pages are opened at least.
ENOUGH = 80


def test_a_page_costs_the_same_with_many(loaded: Loaded) -> None:
    grown = [
        f"{name}: {int(loaded.few[name])} with few, {cost}"
        for name, cost in sorted(loaded.many.items())
        if name in loaded.few and int(cost) > int(loaded.few[name])
    ]
    assert not grown, "\n".join(grown)
    assert set(loaded.few) == set(loaded.many)


def test_a_page_costs_at_most_so_much(loaded: Loaded) -> None:
    dear = [
        f"{name}: {cost}"
        for name, cost in sorted(loaded.many.items())
        if int(cost) > DEARER.get(name, (MOST, ""))[0]
    ]
    assert not dear, "\n".join(dear)
    cheaper = [name for name, (most, _) in DEARER.items() if int(loaded.many[name]) < most]
    assert not cheaper, f"cost less than is said of them: {cheaper}"


def test_most_pages_were_measured(loaded: Loaded) -> None:
    """Pages of things whose people are not among those that ask are left out; too few are none."""
    assert len(loaded.many) >= ENOUGH
