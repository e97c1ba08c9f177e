"""Tranches: what the text plans, and when each is due, refused, or for a person to decide."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jurisdictions.engine import TrancheCircumstances, award_plan, tranche_state, with_readings
from tests.jurisdictions.engine.profiles import SLUGS, profile


def day(text: str) -> date:
    return date.fromisoformat(text)


def state(slug: str, seq: int, designated: str, as_of: str, **known: Any) -> tuple[str, str | None]:
    answer = tranche_state(profile(slug), seq, TrancheCircumstances(day(designated), day(as_of), **known))
    return answer.state, str(answer.earliest) if answer.earliest else None


def test_amounts() -> None:
    plans = {slug: [t.amount_yuan for t in award_plan(profile(slug))] for slug in SLUGS}

    assert plans == {
        "gaoming": [30000, 10000, 10000],
        "qinshui": [40000, 60000],
        "shenzhen": [],
        "wenzhou": [30000],
        "yantai": [100000, 50000],
    }


@pytest.mark.parametrize("slug", ["gaoming", "qinshui", "wenzhou", "yantai"])
def test_first_tranche_is_due_on_designation(slug: str) -> None:
    assert state(slug, 1, "2022-06-01", "2022-06-01") == ("due", "2022-06-01")
    assert state(slug, 1, "2022-06-01", "2022-05-31")[0] == "not_yet"
    assert state(slug, 1, "2022-06-01", "2022-07-01", revoked=True)[0] == "refused"


@pytest.mark.parametrize(
    ("as_of", "known", "expected"),
    [
        ("2026-05-19", {"acceptance": True}, "not_yet"),
        ("2026-05-20", {"acceptance": True}, "due"),
        ("2026-05-20", {}, "not_yet"),
        ("2026-05-20", {"acceptance": False}, "refused"),
        ("2025-04-01", {"grades": {"annual_evaluation": [(2025, "不合格")]}}, "refused"),
        (
            "2026-05-20",
            {"acceptance": True, "grades": {"annual_evaluation": [(2025, "合格"), (2026, "优秀")]}},
            "due",
        ),
        (
            "2026-05-20",
            {"acceptance": True, "grades": {"annual_evaluation": [(2025, "合格"), (2026, "不合格")]}},
            "refused",
        ),
    ],
)
def test_qinshui_second_tranche(as_of: str, known: dict[str, Any], expected: str) -> None:
    answer = tranche_state(
        profile("qinshui"), 2, TrancheCircumstances(day("2024-05-20"), day(as_of), **known)
    )

    assert answer.state == expected
    assert answer.amount_yuan == (60000 if expected == "due" else 0)


@pytest.mark.parametrize(
    ("seq", "as_of", "grades", "expected"),
    [
        (2, "2025-10-15", {"first_evaluation": [(2025, "合格")]}, "due"),
        (2, "2025-10-15", {"first_evaluation": [(2025, "优秀")]}, "due"),
        (2, "2024-12-31", {"first_evaluation": [(2024, "合格")]}, "not_yet"),
        (2, "2025-10-15", {}, "not_yet"),
        (2, "2025-10-15", {"first_evaluation": [(2025, "不合格")]}, "not_yet"),
        (2, "2025-12-20", {"first_evaluation": [(2025, "不合格"), (2025, "合格")]}, "due"),
        (3, "2026-06-20", {"first_evaluation": [(2025, "合格")]}, "not_yet"),
        (3, "2026-06-20", {"second_evaluation": [(2026, "合格")]}, "due"),
        (3, "2026-07-11", {"second_evaluation": [(2026, "合格")]}, "ask"),
    ],
)
def test_gaoming_later_tranches(seq: int, as_of: str, grades: Any, expected: str) -> None:
    assert state("gaoming", seq, "2024-05-20", as_of, grades=grades)[0] == expected


def test_a_pass_after_rectification_is_confirmed_by_a_person() -> None:
    known = TrancheCircumstances(
        day("2024-05-20"), day("2025-12-20"), {"first_evaluation": [(2025, "不合格"), (2025, "合格")]}
    )
    strict = with_readings(profile("gaoming"), {"GM-A8": "first_result_final"})

    assert tranche_state(profile("gaoming"), 2, known).manual_confirm is True
    assert tranche_state(strict, 2, known).state == "refused"


@pytest.mark.parametrize(
    ("as_of", "known", "expected"),
    [
        ("2021-05-31", {"continuous": True, "performs_well": True}, "not_yet"),
        ("2021-06-01", {"continuous": True, "performs_well": True}, "due"),
        ("2021-06-01", {"continuous": True}, "ask"),
        ("2021-06-01", {"performs_well": True}, "ask"),
        ("2021-06-01", {"continuous": True, "performs_well": False}, "refused"),
        ("2020-06-01", {"continuous": False}, "refused"),
        ("2023-01-01", {"continuous": True, "performs_well": True}, "ask"),
    ],
)
def test_yantai_reward(as_of: str, known: dict[str, Any], expected: str) -> None:
    assert state("yantai", 2, "2019-06-01", as_of, **known)[0] == expected


def test_what_is_missing_is_named() -> None:
    answer = tranche_state(profile("yantai"), 2, TrancheCircumstances(day("2019-06-01"), day("2021-06-01")))

    assert answer.missing == ("continuous", "performs_well")


def test_unknown_tranche_is_an_error() -> None:
    with pytest.raises(KeyError):
        tranche_state(profile("shenzhen"), 1, TrancheCircumstances(day("2019-06-01"), day("2021-06-01")))
