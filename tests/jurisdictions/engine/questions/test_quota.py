"""Quotas where no worked case looks: edges, nulls, the other readings."""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError
from tests.jurisdictions.engine.questions.said import Facts, said

# ---- quotas


@pytest.mark.parametrize(
    ("facts", "readings", "places"),
    [
        ({"non_failing": 6}, {}, 0),
        ({"non_failing": 7}, {}, 1),
        ({"non_failing": 3}, {"QS_A5": "round_half_up"}, 0),
        ({"non_failing": 4}, {"QS_A5": "round_half_up"}, 1),
        ({"non_failing": 1}, {"QS_A5": "at_least_one"}, 1),
        ({"non_failing": 0}, {"QS_A5": "at_least_one"}, 0),
        ({"non_failing": 13, "failing": 1}, {"QS_A5": "base_all"}, 2),
        ({"non_failing": 13}, {"QS_A5": "base_all"}, None),
        ({"non_failing": 20}, {"G_1": "exclusive"}, 2),
        ({"non_failing": 21}, {"G_1": "exclusive"}, 3),
        ({"non_failing": None}, {}, None),
    ],
)
def test_places_of_the_excellent(facts: Facts, readings: dict[str, str], places: int | None) -> None:
    assert said("qinshui", "quota", facts, **readings)["max_excellent"] == places


TIED = [97, 95, 95, *[80] * 11]


def test_a_tie_at_the_cut() -> None:
    manual = said("qinshui", "quota", {"scores": TIED})
    lower = said("qinshui", "quota", {"scores": TIED}, QS_A6="tie_all_downgraded")
    bases = [90, 92, 91, *[80] * 11]
    ranked = said("qinshui", "quota", {"scores": TIED, "base_scores": bases}, QS_A6="tie_by_base_score")

    assert manual["grades"][:3] == ["优秀", None, None]
    assert manual["auto_grade_allowed"] is False
    assert lower["grades"][:3] == ["优秀", "合格", "合格"]
    assert (lower["tie_at_cut"], lower["auto_grade_allowed"]) == (True, True)
    assert ranked["grades"][:3] == ["优秀", "优秀", "合格"]


def test_a_round_with_an_unknown_score_is_not_graded_excellent() -> None:
    answer = said("qinshui", "quota", {"scores": [95, None, 50, 70]})

    assert answer["grades"] == [None, None, "不合格", "合格"]
    assert (answer["max_excellent"], answer["auto_grade_allowed"]) == (None, False)


@pytest.mark.parametrize("slug", ["gaoming", "shenzhen", "wenzhou", "yantai"])
def test_no_quota_is_borrowed(slug: str) -> None:
    assert said(slug, "quota", {"non_failing": 20})["max_excellent"] is None


@pytest.mark.parametrize(
    ("approved", "level", "readings", "allowed", "blocked"),
    [
        ({"1": 10, "2": 10, "3": 10}, 2, {}, False, ["SZ-7.2b", "SZ-7.2c"]),
        ({"1": 9, "2": 0, "3": 0}, 1, {}, True, None),
        ({"1": 9, "2": 0, "3": 0}, 1, {"G_1": "exclusive"}, False, ["SZ-7.2c"]),
        ({"1": 12, "2": 0, "3": 0}, 1, {"SZ_A10": "total_only"}, True, None),
        ({"1": 28, "2": 1, "3": 1}, 1, {"SZ_A10": "total_only"}, False, ["SZ-7.2b"]),
        ({"1": 28, "2": 1, "3": 0}, 1, {"SZ_A10": "total_only"}, True, None),
        (None, 1, {}, None, None),
        ({"1": None, "2": 10, "3": 10}, 2, {}, False, ["SZ-7.2c"]),
        ({"1": None, "2": 1, "3": 1}, 2, {}, None, None),
        ({"1": 1, "2": 1, "3": 1}, None, {}, None, None),
        ({"1": 10, "2": 10, "3": 10}, None, {}, False, ["SZ-7.2b", "SZ-7.2c"]),
    ],
)
def test_one_more_key_project(
    approved: Facts | None, level: int | None, readings: dict[str, str], allowed: bool | None, blocked: Any
) -> None:
    facts = {"action": "approve_key_project", "approved_this_year": approved, "proposed_level": level}
    answer = said("shenzhen", "quota", facts, **readings)

    assert (answer["allowed"], answer.get("blocked_by")) == (allowed, blocked)


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "allowed", "warning", "blocked"),
    [
        ("shenzhen", {"designated_this_year": 14, "propose_one_more": True}, {}, True, None, None),
        ("shenzhen", {"designated_this_year": 15, "propose_one_more": False}, {}, True, None, None),
        ("shenzhen", {"designated_this_year": 40, "propose_one_more": True}, {}, True, ["SZ-1.2"], None),
        (
            "shenzhen",
            {"designated_this_year": 14, "propose_one_more": True},
            {"SZ_A6": "hard_cap"},
            True,
            None,
            None,
        ),
        (
            "shenzhen",
            {"designated_this_year": 15, "propose_one_more": True},
            {"SZ_A6": "hard_cap"},
            False,
            None,
            ["SZ-1.2"],
        ),
        ("shenzhen", {"designated_this_year": None, "propose_one_more": True}, {}, True, None, None),
        (
            "shenzhen",
            {"designated_this_year": None, "propose_one_more": True},
            {"SZ_A6": "hard_cap"},
            None,
            None,
            None,
        ),
        ("shenzhen", {"designated_this_year": 1, "designated_in_all": 150}, {}, True, ["SZ-1.3"], None),
        (
            "shenzhen",
            {"designated_this_year": 1, "designated_in_all": 150},
            {"SZ_A6": "hard_cap"},
            False,
            None,
            ["SZ-1.3"],
        ),
        ("qinshui", {"designated_this_year": 40, "propose_one_more": True}, {}, True, None, None),
    ],
)
def test_one_more_station(
    slug: str, facts: Facts, readings: dict[str, str], allowed: bool | None, warning: Any, blocked: Any
) -> None:
    answer = said(slug, "quota", facts, **readings)

    assert (answer["allowed"], answer.get("warning"), answer.get("blocked_by")) == (allowed, warning, blocked)


def test_a_level_that_there_is_not_is_named() -> None:
    for facts in ({"proposed_level": 4}, {"approved_this_year": {"0": 1}, "proposed_level": 1}):
        with pytest.raises(QuestionError):
            said("shenzhen", "quota", {"action": "approve_key_project", **facts})
    with pytest.raises(QuestionError, match="action"):
        said("qinshui", "quota", {"action": "approve_key_project"})
    with pytest.raises(QuestionError, match="level"):
        said("shenzhen", "funding", {"level": 4})
