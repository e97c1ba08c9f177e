"""What nobody has said, what nobody can say yet, and what was said against it: never a silent yes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.jurisdictions.engine.profiles import ELIGIBLE
from tests.jurisdictions.engine.questions.said import Facts, said
from tests.jurisdictions.engine.questions.test_slips import refused

# ---- a review


@pytest.mark.parametrize(
    ("review", "final", "grade"),
    [
        (None, False, None),
        (False, False, None),
        ("not_confirmed", False, None),
        (True, True, "不合格"),
        ("confirmed", True, "不合格"),
        ("fail", True, "不合格"),
        ("pass", True, "合格"),
    ],
)
def test_only_a_review_that_confirms_makes_a_result_final(
    review: Any, final: bool, grade: str | None
) -> None:
    """YT-13.5: what the city does not confirm goes back, and counts for no revocation."""
    asked = {"unit_affiliation": "county", "county_result": "fail", "city_review": review}
    answer = said("yantai", "assessment", asked)

    assert (answer["final"], answer.get("grade")) == (final, grade)


def test_a_review_in_words_that_nobody_knows_is_refused() -> None:
    asked = {"unit_affiliation": "county", "county_result": "pass", "city_review": "overturned"}

    assert refused("yantai", "assessment", asked).culprit == "city_review"


# ---- the day of a text


def test_nobody_is_eligible_on_a_day_of_which_the_text_does_not_tell() -> None:
    """QS-14.1 gives the year of issue alone (QS-A1)."""
    asked = ELIGIBLE["qinshui"] | {"application_date": "2023-06-01"}
    answer = said("qinshui", "eligibility", asked)

    assert (answer["eligible"], answer["in_force"], answer["missing"]) == (None, None, ["effective_from"])
    assert said("qinshui", "eligibility", asked, QS_A1="2023-01-01")["eligible"] is True
    assert said("qinshui", "eligibility", asked | {"technicians": 0})["eligible"] is False


def test_a_text_without_any_day_is_asked_for_its_conditions_alone() -> None:
    answer = said("shenzhen", "eligibility", ELIGIBLE["shenzhen"] | {"application_date": "2025-03-10"})

    assert (answer["eligible"], answer["in_force"]) == (True, None)


# ---- money


@pytest.mark.parametrize(
    ("more", "payable"), [({}, None), ({"annual": None}, None), ({"annual": ["合格", "合格"]}, True)]
)
def test_a_year_of_which_nobody_has_told_pays_nothing(more: Facts, payable: bool | None) -> None:
    """QS-9.5: one failed year ends the claim, so null and absent are alike."""
    asked = {"designated": "2024-05-20", "tranche": 2, "as_of": "2026-05-21", "acceptance": "pass"}
    answer = said("qinshui", "funding", asked | more)

    assert answer["payable"] is payable
    assert answer.get("missing", []) == ([] if payable else ["annual"])


def test_the_first_payment_waits_for_no_year() -> None:
    asked = {"designated": "2024-05-20", "tranche": 1, "as_of": "2024-06-01"}

    assert said("qinshui", "funding", asked)["payable"] is True


# ---- rounds and years


def test_a_round_of_nobody_has_places_for_nobody() -> None:
    quota = said("qinshui", "quota", {"scores": []})

    assert (quota["non_failing"], quota["max_excellent"], quota["grades"]) == (0, 0, [])
    assert said("wenzhou", "assessment", {"stations": 0, "scores": []})["excellent_count"] == 0
    assert said("qinshui", "quota", {"scores": None})["max_excellent"] is None


def test_scores_that_are_wanting_leave_the_number_of_stations_standing() -> None:
    answer = said("wenzhou", "assessment", {"stations": 3, "scores": [90, 89]})

    assert answer["excellent_count"] is None
    assert "3家参评" in answer["explanation"][-1]
    assert refused("wenzhou", "assessment", {"stations": 1, "scores": [90, 89]}).culprit == "stations"


def test_years_with_a_hole_between_them_have_no_average() -> None:
    """WZ-3.2 asks for an average over the period between two evaluations."""
    answer = said("wenzhou", "duty", {"trained_by_year": {"2020": 20, "2022": 1}})

    assert (answer["met"], answer["missing"]) == (None, ["trained_by_year"])
    assert "缺2021年" in answer["explanation"][0]
    assert said("wenzhou", "duty", {"trained_by_year": {"2021": 20, "2022": 1}})["met"] is True


def test_results_that_nobody_has_told_are_asked_for() -> None:
    answer = said("yantai", "revocation", {"annual_results": {}})

    assert (answer["revoke"], answer["missing"]) == (None, ["annual_results"])


# ---- what is asked, and when


def test_a_decision_is_wanted_once_the_text_leaves_it_open() -> None:
    """WZ-2.3: of an enterprise nobody has to decide."""
    facts = ELIGIBLE["wenzhou"]
    unknown = said("wenzhou", "eligibility", {n: v for n, v in facts.items() if n != "host_type"})
    left_open = said("wenzhou", "eligibility", facts | {"host_type": "other"})

    assert unknown["missing"] == ["host_type"]
    assert left_open["missing"] == ["administrator_decision_on_host_type"]


@pytest.mark.parametrize(("unique", "failed"), [(True, []), (False, ["WZ-4.1.0"])])
def test_unique_skill_asks_for_no_title(unique: bool, failed: list[str]) -> None:
    asked = ELIGIBLE["wenzhou"] | {"leader_title": "高级工", "leader_unique_skill": unique}

    assert said("wenzhou", "eligibility", asked)["failed"] == failed


def test_an_unknown_step_is_not_called_undone() -> None:
    words = said("shenzhen", "deregistration", {"written_request": True})["explanation"][0]

    assert "不能判断是否已注销" in words


@pytest.mark.parametrize(
    ("slug", "kind", "name", "value"),
    [
        ("yantai", "eligibility", "self_station_months", "１２"),
        ("yantai", "eligibility", "annual_investment_yuan", " 50000 "),
        ("qinshui", "quota", "non_failing", "１０"),
        ("qinshui", "assessment", "base_score", "8.95e1"),
        ("qinshui", "quota", "scores", ["九十"]),
    ],
)
def test_a_figure_is_written_in_plain_digits(slug: str, kind: str, name: str, value: Any) -> None:
    error = refused(slug, kind, {name: value})

    assert error.culprit == name
    assert "应为数字" in str(error)
    assert said("qinshui", "assessment", {"score": "89.5"}) == said("qinshui", "assessment", {"score": 89.5})
