"""Every worked case is answered right, under the default reading and under each alternative."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jurisdictions.engine.questions import KINDS, ask
from tests.jurisdictions.engine.questions.cases import (
    Case,
    cases,
    differing,
    plays,
    profile_of,
    reading_for,
)


@pytest.mark.parametrize(
    ("case", "option", "expected"),
    [pytest.param(case, option, expected, id=name) for name, case, option, expected in plays()],
)
def test_a_case_is_answered_as_the_text_says(
    case: Case, option: str | None, expected: dict[str, Any]
) -> None:
    profile = profile_of(case)
    readings = reading_for(profile, case, option) if option else None

    answer = ask(profile, case["kind"], case["given"], readings=readings)

    assert differing(expected, answer) == {}
    assert answer["clauses"], "an answer rests on a clause"
    assert answer["explanation"], "an answer says why"
    assert json.loads(json.dumps(answer)) == answer


def test_every_kind_of_case_is_asked() -> None:
    assert {case["kind"] for case in cases()} == set(KINDS)
    assert len(cases()) == 347
