"""A profile under other readings is kept for the next question, and never for ever."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import pytest

from jurisdictions.engine import Profile, load_profile, with_readings
from jurisdictions.engine import readings as module
from tests.jurisdictions.engine.invented import file_of


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A profile that nobody else has asked, and a small bound."""
    monkeypatch.setattr(module, "MOST_VARIANTS", 8)
    return load_profile(file_of("baishi")).model_copy(deep=True)


def combinations(p: Profile) -> Iterator[dict[str, str]]:
    readings = p.readings[:6]
    for values in product(*[[option.value for option in reading.options] for reading in readings]):
        yield dict(zip([reading.id for reading in readings], values, strict=True))


def test_only_the_last_combinations_of_readings_are_kept(fresh: Profile) -> None:
    for chosen in islice(combinations(fresh), 30):
        with_readings(fresh, chosen)

    assert len(fresh._variants) == 8


def test_the_same_question_is_not_built_twice_and_the_one_not_asked_longest_goes(fresh: Profile) -> None:
    first, *others = islice((c for c in combinations(fresh) if c != fresh.chosen_readings), 1, 10)
    kept = with_readings(fresh, first)
    for chosen in others[:6]:
        with_readings(fresh, chosen)
    assert with_readings(fresh, first) is kept, "asked again, it is the newest"

    for chosen in others[6:]:
        with_readings(fresh, chosen)

    assert with_readings(fresh, first) is kept
    assert with_readings(fresh, others[0]).chosen_readings == {**fresh.chosen_readings, **others[0]}
