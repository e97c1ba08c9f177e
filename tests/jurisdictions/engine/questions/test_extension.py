"""Postponed filings, and requirements of a higher authority."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from jurisdictions.engine import add_months
from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.profiles import SLUGS, profile

Readings = dict[str, str]


def asked(slug: str, kind: str, given: dict[str, Any], readings: Readings | None = None) -> dict[str, Any]:
    return ask(profile(slug), kind, given, readings=readings)


PUT_OFF = {
    "task": "filing_extension",
    "year": 2026,
    "reason": "relocation",
    "written": True,
    "requested_months": 6,
}


@pytest.mark.parametrize(
    ("change", "readings", "expected"),
    [
        ({"requested_months": 1}, {}, (True, "2026-03-28", False)),
        ({"requested_months": 6}, {"G-1": "exclusive"}, (False, None, True)),
        ({"requested_months": 7}, {}, (False, None, True)),
        ({"requested_months": 7, "written": False}, {}, (False, None, False)),
        ({"written": False}, {}, (False, None, False)),
        ({"written": None}, {}, (None, None, False)),
        ({"written": None, "requested_months": 7}, {}, (False, None, True)),
        ({"reason": "harvest"}, {}, (None, None, False)),
        ({"reason": "harvest"}, {"G-10": "outside_list_is_prohibited"}, (False, None, False)),
        ({"requested_months": None}, {}, (None, None, False)),
        ({"year": None}, {}, (True, None, False)),
        ({}, {"G-7": "day_before_anniversary"}, (True, "2026-08-27", False)),
        ({}, {"G-7": "civil_code_202_end_of_day"}, (True, "2026-08-28", False)),
    ],
)
def test_postponement(change: dict[str, Any], readings: Readings, expected: tuple[Any, ...]) -> None:
    answer = asked("shenzhen", "extension", PUT_OFF | change, readings)

    assert (answer["allowed"], answer["new_due_date"], answer["override_possible"]) == expected


@settings(max_examples=60, deadline=None)
@hypothesis_given(year=st.integers(2016, 2100), months=st.integers(1, 12))
def test_a_postponed_filing_is_due_later_by_whole_months_or_not_at_all(year: int, months: int) -> None:
    given = PUT_OFF | {"year": year, "requested_months": months}
    due = asked("shenzhen", "deadline", {"task": "annual_filing", "year": year})["due_date"]

    answer = asked("shenzhen", "extension", given)

    assert answer["allowed"] is (months <= 6)
    expected = str(add_months(date.fromisoformat(due), months)) if months <= 6 else None
    assert answer["new_due_date"] == expected


@pytest.mark.parametrize(
    ("level", "readings", "prevail"),
    [
        ("province", {}, True),
        ("city", {}, False),
        (None, {}, None),
        ("province", {"SZ-A19": "ignore"}, False),
    ],
)
def test_provincial_requirements(level: str | None, readings: Readings, prevail: bool | None) -> None:
    answer = asked("shenzhen", "other", {"station_level": level}, readings)

    assert answer["provincial_requirements_prevail"] is prevail


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "shenzhen"])
def test_what_only_shenzhen_speaks_of_is_decided_nowhere_else(slug: str) -> None:
    put_off, other = asked(slug, "extension", PUT_OFF), asked(slug, "other", {"station_level": "province"})

    assert (put_off["allowed"], put_off["reason"]) == (None, "not_in_text")
    assert (other["provincial_requirements_prevail"], other["reason"]) == (None, "not_in_text")
