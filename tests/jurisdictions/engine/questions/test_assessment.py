"""Assessment and score sheet where no worked case looks: edges, nulls, the other readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError
from tests.jurisdictions.engine.profiles import profile
from tests.jurisdictions.engine.questions.said import Facts, said

# ---- assessment


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "expected"),
    [
        (
            "qinshui",
            {"base_score": 55, "bonus_items": ["talk_city_plus", "commend_county"]},
            {},
            (5, 60, "合格"),
        ),
        (
            "qinshui",
            {"base_score": 54.9, "bonus_items": ["talk_city_plus", "commend_county"]},
            {},
            (5, 59.9, "不合格"),
        ),
        (
            "qinshui",
            {"base_score": 100, "bonus_items": ["talk_city_plus"] * 4},
            {},
            (10, 110, "优秀_candidate"),
        ),
        (
            "qinshui",
            {"base_score": 80, "bonus_items": ["talk_city_plus"] * 4},
            {"QS_A7": "once_per_kind"},
            (3, 83, "合格"),
        ),
        (
            "qinshui",
            {"base_score": 80, "bonus_items": ["commend_province", "commend_city"]},
            {"QS_A7": "once_per_kind"},
            (3, 83, "合格"),
        ),
        (
            "qinshui",
            {"base_score": 99, "bonus_items": ["commend_county"]},
            {"QS_A4": "total_capped_100"},
            (2, 100, "优秀_candidate"),
        ),
        ("qinshui", {"base_score": 89.5, "bonus_items": []}, {"QS_A3": "round"}, (0, 89.5, "优秀_candidate")),
        (
            "qinshui",
            {"base_score": 59.5, "bonus_items": []},
            {"G_12": "round_half_up_to_integer"},
            (0, 59.5, "合格"),
        ),
        (
            "qinshui",
            {"base_score": 89.5, "bonus_items": []},
            {"G_12": "integers_only_input"},
            (0, 89.5, None),
        ),
        ("wenzhou", {"base_score": 79.99, "bonus": 0}, {}, (0, 79.99, "合格")),
        ("wenzhou", {"base_score": 80, "bonus": 0}, {}, (0, 80, "良好")),
        ("wenzhou", {"base_score": 89.99, "bonus": 0}, {}, (0, 89.99, "良好")),
        ("wenzhou", {"base_score": 60, "bonus": 25}, {}, (10, 70, "合格")),
        (
            "wenzhou",
            {"base_score": 79.5, "bonus": 0},
            {"WZ_A4": "round_half_up_to_integer"},
            (0, 79.5, "良好"),
        ),
        (
            "wenzhou",
            {"base_score": 79.5, "bonus": 0},
            {"G_12": "round_half_up_to_integer"},
            (0, 79.5, "良好"),
        ),
        ("wenzhou", {"base_score": 79.5, "bonus": 0}, {"WZ_A4": "integers_only_input"}, (0, 79.5, None)),
    ],
)
def test_a_score_with_its_bonus(slug: str, facts: Facts, readings: dict[str, str], expected: Any) -> None:
    answer = said(slug, "assessment", facts, **readings)

    assert (answer["bonus"], answer["total"], answer["grade"]) == expected


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        ({"base_score": 85, "bonus_items": None}, None),
        ({"base_score": 49, "bonus_items": None}, "不合格"),
        ({"base_score": 90, "bonus_items": None}, "优秀_candidate"),
        ({"base_score": None, "bonus_items": []}, None),
        ({"base_score": 85}, "合格"),
    ],
)
def test_a_bonus_that_is_not_known_leaves_open_what_it_could_change(facts: Facts, grade: str | None) -> None:
    assert said("qinshui", "assessment", facts)["grade"] == grade


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("qinshui", {"base_score": 80, "bonus_items": ["patent"]}, "bonus_items"),
        ("qinshui", {"base_score": 100.5, "bonus_items": []}, "base_score"),
        ("wenzhou", {"base_score": 80, "bonus": -1}, "bonus"),
        ("wenzhou", {"base_score": "many"}, "base_score"),
        ("gaoming", {"grades_this_year": {"良好": 1}}, "grades_this_year"),
        ("yantai", {"unit_affiliation": "village"}, "unit_affiliation"),
        ("yantai", {"unit_affiliation": "county", "county_result": "good"}, "county_result"),
    ],
)
def test_an_assessment_names_the_fact_at_fault(slug: str, facts: Facts, culprit: str) -> None:
    with pytest.raises(QuestionError) as caught:
        said(slug, "assessment", facts)

    assert caught.value.culprit == culprit


@pytest.mark.parametrize(
    ("affiliation", "county", "city", "final", "grade"),
    [
        ("county", "fail", None, False, "absent"),
        ("county", "fail", "fail", True, "不合格"),
        ("county", "fail", "pass", True, "合格"),
        ("county", "fail", "confirmed", True, "不合格"),
        ("municipal", None, "pass", True, "合格"),
        ("central", None, None, None, "absent"),
        (None, "fail", None, None, "absent"),
    ],
)
def test_a_result_of_the_county_is_final_once_the_city_has_looked(
    affiliation: str | None, county: str | None, city: str | None, final: bool | None, grade: str
) -> None:
    facts = {"unit_affiliation": affiliation, "county_result": county, "city_review": city}
    answer = said("yantai", "assessment", facts)

    assert (answer["final"], answer.get("grade", "absent")) == (final, grade)


@pytest.mark.parametrize(
    ("slug", "grades", "violated"),
    [
        ("qinshui", {"优秀": 3, "合格": 17}, False),
        ("qinshui", {"优秀": 3, "合格": 16, "不合格": 9}, True),
        ("qinshui", {"优秀": 3, "合格": None}, None),
        ("wenzhou", {"优秀": 9}, False),
    ],
)
def test_the_grades_of_a_year(slug: str, grades: Facts, violated: bool | None) -> None:
    assert said(slug, "assessment", {"grades_this_year": grades})["quota_violation"] is violated


def test_no_assessor_where_stations_are_not_assessed() -> None:
    assert "assessor" not in said("shenzhen", "assessment", {"score": 95})


# ---- score sheet


@pytest.mark.parametrize("slug", ["qinshui", "wenzhou"])
def test_every_line_takes_its_maximum_and_nothing_beyond(slug: str) -> None:
    sheet = profile(slug).assessment.rubric
    assert sheet is not None
    lines = [item for category in sheet.categories for item in category.items]
    assert len(lines) == {"qinshui": 17, "wenzhou": 20}[slug]

    for item in lines:
        for points, accepted in (
            (0, True),
            (item.max, True),
            (item.max + Decimal("0.01"), False),
            (-1, False),
        ):
            asked = {"item": item.clause, "entered_points": points}
            answer = said(slug, "rubric", asked)
            assert (answer["accepted"], answer["max_points"]) == (accepted, item.max), item.clause


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "points"),
    [
        ("qinshui", {"item": "QS-A2.13", "backbone_trained": 5}, {}, 20),
        ("qinshui", {"item": "QS-A2.13", "backbone_trained": 5}, {"G_1": "exclusive"}, None),
        ("qinshui", {"item": "QS-A2.13", "backbone_trained": 6}, {"G_1": "exclusive"}, 20),
        (
            "qinshui",
            {"item": "QS-A2.13", "backbone_trained": 5},
            {"G_1": "exclusive", "QS_A8": "all_or_nothing"},
            0,
        ),
        ("qinshui", {"item": "QS-A2.13", "backbone_trained": 1}, {"QS_A8": "pro_rata_4_each"}, 4),
        ("qinshui", {"item": "QS-A2.13", "backbone_trained": None}, {}, None),
        ("qinshui", {"item": "QS-A2.6", "office_area_sqm": 25}, {}, 4),
        ("qinshui", {"item": "QS-A2.6", "office_area_sqm": 25}, {"G_1": "exclusive"}, 0),
        ("qinshui", {"item": "QS-A2.9", "inventions": 1, "utility_models": 1}, {}, 5),
        ("qinshui", {"item": "QS-A2.9", "inventions": 1, "utility_models": None}, {}, None),
        ("qinshui", {"item": "QS-A2.9", "inventions": 3, "utility_models": None}, {}, 8),
        ("qinshui", {"item": "QS-A2.10", "awards": {"national": 2}}, {}, 7),
        ("qinshui", {"item": "QS-A2.10", "awards": {}}, {}, 0),
        ("qinshui", {"item": "QS-A2.10", "awards": {"city": None}}, {}, None),
        ("qinshui", {"item": "QS-A2.10", "awards": None}, {}, None),
        ("qinshui", {"item": "QS-A2.11", "new_tech_applications": 4}, {}, 15),
        ("wenzhou", {"item": "WZ-A.6", "office_area_sqm": 29.99}, {}, 0),
        ("wenzhou", {"item": "WZ-A.6", "office_area_sqm": 29.99}, {"WZ_A18": "partial_by_reviewer"}, None),
        ("wenzhou", {"item": "WZ-A.6", "office_area_sqm": None}, {}, None),
    ],
)
def test_points_of_a_line(slug: str, facts: Facts, readings: dict[str, str], points: int | None) -> None:
    answer = said(slug, "rubric", facts, **readings)

    assert (answer["points"], answer["manual"]) == (points, points is None)


@pytest.mark.parametrize(
    ("facts", "accepted"),
    [
        ({"item": "QS-A2.13", "backbone_trained": 4, "entered_points": 19.5}, True),
        ({"item": "QS-A2.13", "backbone_trained": 4, "entered_points": 20}, False),
        ({"item": "QS-A2.13", "backbone_trained": 5, "entered_points": 20}, True),
        ({"item": "QS-A2.6", "office_area_sqm": 24, "entered_points": 1}, False),
        ({"item": "QS-A2.9", "inventions": 1, "utility_models": 0, "entered_points": 4}, False),
    ],
)
def test_points_that_figures_settle_are_no_matter_of_opinion(facts: Facts, accepted: bool) -> None:
    assert said("qinshui", "rubric", facts)["accepted"] is accepted


def test_only_whole_points_under_that_reading() -> None:
    facts = {"item": "QS-A2.1", "entered_points": 1.5}

    assert said("qinshui", "rubric", facts)["accepted"] is True
    assert said("qinshui", "rubric", facts, G_12="integers_only_input")["accepted"] is False


@pytest.mark.parametrize(
    ("slug", "kind", "counts", "points"),
    [
        ("qinshui", "talk_at_city_meeting", True, 3),
        ("qinshui", "talk_county", False, 0),
        ("qinshui", "commend_county", True, 2),
        ("qinshui", "commend_national", True, 3),
        ("wenzhou", "media_city_level", True, None),
        ("wenzhou", "media_county_level", False, 0),
        ("wenzhou", "talk_at_province_meeting", True, None),
        ("wenzhou", "talk_at_city_meeting", False, 0),
        ("wenzhou", "award_city_level", True, None),
        ("wenzhou", "award_county_level", False, 0),
        ("wenzhou", "award_company_internal", False, 0),
        ("wenzhou", "media", None, None),
    ],
)
def test_evidence_for_the_bonus(slug: str, kind: str, counts: bool | None, points: int | None) -> None:
    answer = said(slug, "rubric", {"bonus_kind": kind})

    assert (answer["counts"], answer["points"]) == (counts, points)


def test_evidence_that_is_scored_already_brings_no_bonus() -> None:
    facts = {"bonus_kind": "commend_city_plus", "evidence_scored_in": "QS-A2.10"}

    assert said("qinshui", "rubric", facts)["counts"] is False
    assert said("qinshui", "rubric", facts, QS_A21="double")["counts"] is True


def test_no_score_sheet_is_borrowed() -> None:
    assert said("gaoming", "rubric", {"all_items_full": True})["total"] is None
    with pytest.raises(QuestionError, match="item"):
        said("gaoming", "rubric", {"item": "QS-A2.1"})
    with pytest.raises(QuestionError, match="item"):
        said("wenzhou", "rubric", {"item": "QS-A2.9"})
    assert said("wenzhou", "assessment", {"base_score": 95, "bonus": 0}, WZ_A16="use_body")["grade"] is None
