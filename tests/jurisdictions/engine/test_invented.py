"""The language reaches further than five regulations: two invented ones use all of it, and answer right."""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.closed_sets import closed_sets, used, used_under_readings
from tests.jurisdictions.engine.invented import INVENTED, cases, invented
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.questions.cases import differing

# (model, field, value) that neither of the invented texts uses -> why.
NOT_INVENTED = {
    ("Place", "level", "city"): "a profile has one level, and there are two of them; computed nowhere",
    ("Place", "level", "county"): "a profile has one level, and there are two of them; computed nowhere",
}


def every_value() -> set[tuple[str, str, str]]:
    return {(model, name, value) for (model, name), values in closed_sets().items() for value in values}


def test_the_closed_sets_are_found() -> None:
    sets = closed_sets()

    assert {"at_most", "months_before", "level_at_least"} <= sets["Test", "(test)"]
    assert sets["Condition", "force"] == {"hard", "soft", "preference"}
    assert {"YearlyWindow", "IsTrue", "Banded"} <= sets["Profile", "(node)"]
    assert sum(map(len, sets.values())) > 450


def test_every_value_of_every_closed_set_is_used_by_the_invented_ones() -> None:
    """As they are written, or under one of their readings."""
    found = {entry for slug in INVENTED for entry in used_under_readings(invented(slug))}

    assert every_value() - found == set(NOT_INVENTED)


def test_what_no_invented_one_uses_is_used_by_a_bundled_one() -> None:
    found = {entry for slug in SLUGS for entry in used(profile(slug))}

    assert set(NOT_INVENTED) <= found


@pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for slug in INVENTED for c in cases(slug)])
def test_a_case_is_answered_as_the_invented_text_says(case: dict[str, Any]) -> None:
    answer = ask(invented(case["jurisdiction"]), case["kind"], case["given"], readings=case.get("readings"))

    assert differing(case["expect"], answer) == {}
    assert answer["clauses"], "an answer rests on a clause"
    assert answer["explanation"], "an answer says why"


def test_there_are_enough_cases_and_each_expects_something() -> None:
    ids = [case["id"] for slug in INVENTED for case in cases(slug)]

    assert len(ids) >= 40
    assert len(set(ids)) == len(ids)
    assert all(case["expect"] and case["why"] for slug in INVENTED for case in cases(slug))
