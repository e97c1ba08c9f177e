"""Every fact that the worked cases name is known to its kind, in each jurisdiction that names it."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations

import pytest

from jurisdictions.engine import with_readings
from jurisdictions.engine.crosscheck import crosscheck
from jurisdictions.engine.questions import KINDS, QuestionError, ask
from jurisdictions.engine.schema.profile import Option
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.questions.cases import cases


def vocabulary() -> dict[tuple[str, str], set[str]]:
    """(kind, jurisdiction) -> every fact that a case of it names."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in cases():
        named[case["kind"], case["jurisdiction"]] |= set(case["given"])
    return named


@pytest.mark.parametrize(("kind", "slug"), sorted(key for key in vocabulary() if key[0] in KINDS))
def test_every_fact_of_the_cases_is_known(kind: str, slug: str) -> None:
    p = profile(slug)
    known = KINDS[kind].facts(p) | set(p.idle_by_kind.get(kind, {}))

    assert vocabulary()[kind, slug] - known == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("slug", SLUGS)
def test_a_fact_that_nobody_knows_is_named(kind: str, slug: str) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(profile(slug), kind, {"phase_of_the_moon": "full"})

    assert caught.value.culprit == "phase_of_the_moon"


def places(option: Option) -> set[str]:
    """The parts of the profile that an option changes."""
    return {re.split(r"[.\[]", path)[0] for path in option.changes}


@pytest.mark.parametrize("slug", SLUGS)
def test_two_readings_of_the_same_part_go_together(slug: str) -> None:
    """Two readings may change the same place; whichever comes last, the profile stays sound."""
    p = profile(slug)
    others = [(reading.id, option) for reading in p.readings for option in reading.options]
    for (one, first), (two, second) in combinations(others, 2):
        if one != two and places(first) & places(second):
            assert crosscheck(with_readings(p, {one: first.value, two: second.value})) == []
