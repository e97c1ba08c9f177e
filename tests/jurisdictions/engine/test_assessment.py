"""Score sheets, bands, the excellent quota, and what grades bring about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from jurisdictions.engine import (
    GradeRecord,
    assessment_form,
    assessors,
    bonus_points,
    consequences_of,
    grade_for,
    grade_round,
    score_rubric,
    with_readings,
)
from tests.jurisdictions.engine.profiles import profile

FACTS = {
    "office_area_sqm": 30,
    "backbone_trained": 5,
    "inventions": 1,
    "utility_models": 1,
    "awards": {"city": 1},
    "new_tech_applications": 1,
}


@pytest.mark.parametrize(
    ("slug", "score", "grade"),
    [
        ("qinshui", "0", "不合格"),
        ("qinshui", "59.99", "不合格"),
        ("qinshui", "60", "合格"),
        ("qinshui", "89.5", "合格"),
        ("qinshui", "89.99", "合格"),
        ("qinshui", "90", "优秀"),
        ("qinshui", "110", "优秀"),
        ("wenzhou", "59.99", "不合格"),
        ("wenzhou", "60", "合格"),
        ("wenzhou", "79.99", "合格"),
        ("wenzhou", "80", "良好"),
        ("wenzhou", "89.5", "良好"),
        ("wenzhou", "89.99", "良好"),
        ("wenzhou", "90", "优秀"),
        ("wenzhou", "100", "优秀"),
    ],
)
def test_bands(slug: str, score: str, grade: str) -> None:
    answer = grade_for(profile(slug), Decimal(score))

    assert answer.grade == grade
    assert answer.candidate is (slug == "qinshui" and grade == "优秀")


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        ("yantai", "no_score_bands_in_text"),
        ("gaoming", "no_score_bands_in_text"),
        ("shenzhen", "no_scoring_in_text"),
    ],
)
def test_no_bands_are_invented(slug: str, reason: str) -> None:
    answer = grade_for(profile(slug), Decimal(95))

    assert (answer.grade, answer.reason) == (None, reason)
    assert assessment_form(profile(slug)) is None


def test_score_sheet_computes_what_the_facts_settle_and_leaves_the_rest_to_the_reviewer() -> None:
    answer = score_rubric(profile("qinshui"), {"QS-A2.1": Decimal("1.5")}, FACTS, {})
    points = {i.id: i.points for i in answer.items}

    assert points["QS-A2.1"] == Decimal("1.5")
    assert points["QS-A2.6"] == 4
    assert points["QS-A2.9"] == 5
    assert points["QS-A2.10"] == 2
    assert points["QS-A2.11"] == 5
    assert points["QS-A2.13"] == 20
    assert points["QS-A2.2"] is None
    assert (answer.base, answer.complete, answer.problems) == (Decimal("37.5"), False, ())


def test_points_beyond_an_item_are_refused_and_not_counted() -> None:
    answer = score_rubric(
        profile("qinshui"), {"QS-A2.1": Decimal("2.01"), "QS-A2.2": Decimal(-1), "X": Decimal(1)}, {}, {}
    )

    assert [p.path for p in answer.problems] == ["points.X", "points.QS-A2.1", "points.QS-A2.2"]
    assert answer.base == 0


@pytest.mark.parametrize(
    ("people", "entered", "points", "accepted"),
    [(5, None, 20, True), (5, 3, 20, True), (4, None, None, True), (4, 16, 16, True), (4, 20, None, False)],
)
def test_fewer_trained_people_get_less_than_the_full_points(
    people: int, entered: int | None, points: int | None, accepted: bool
) -> None:
    given = {} if entered is None else {"QS-A2.13": Decimal(entered)}
    answer = score_rubric(profile("qinshui"), given, {"backbone_trained": people}, {})
    item = next(i for i in answer.items if i.id == "QS-A2.13")

    assert (item.points, item.accepted) == (points, accepted)


@pytest.mark.parametrize(
    ("slug", "item", "area", "points"),
    [
        ("qinshui", "QS-A2.6", 25, 4),
        ("qinshui", "QS-A2.6", 24, 0),
        ("wenzhou", "WZ-A.6", 30, 6),
        ("wenzhou", "WZ-A.6", 29, 0),
    ],
)
def test_office_area_at_its_threshold(slug: str, item: str, area: int, points: int) -> None:
    answer = score_rubric(profile(slug), {}, {"office_area_sqm": area}, {})

    assert next(i for i in answer.items if i.id == item).points == points


@pytest.mark.parametrize(("level", "points"), [("county", 1), ("city", 2), ("province", 3), ("national", 4)])
def test_points_of_an_award_by_its_level(level: str, points: int) -> None:
    answer = score_rubric(profile("qinshui"), {}, {"awards": {level: 1}}, {})

    assert next(i for i in answer.items if i.id == "QS-A2.10").points == points


def test_threshold_without_its_figure_is_open() -> None:
    answer = score_rubric(profile("wenzhou"), {}, {}, {})

    assert next(i for i in answer.items if i.id == "WZ-A.6").points is None


def test_counts_may_stand_in_facts_of_their_own() -> None:
    answer = score_rubric(profile("qinshui"), {}, {"awards_province": 2, "awards_county": 1}, {})

    assert next(i for i in answer.items if i.id == "QS-A2.10").points == 7


@pytest.mark.parametrize(
    ("bonus", "points", "refused"),
    [
        ({"talk_city_plus": 2, "commend_county": 1}, 8, []),
        ({"talk_city_plus": 4}, 10, []),
        ({"commend_national": 1}, 3, []),
        ({"talk_county": 1}, 0, ["bonus.talk_county"]),
        ({"commend_county": -1}, 0, ["bonus.commend_county"]),
    ],
)
def test_qinshui_bonus(bonus: dict[str, int], points: int, refused: list[str]) -> None:
    total, problems = bonus_points(profile("qinshui"), bonus)

    assert (total, [p.path for p in problems]) == (points, refused)


def test_bonus_once_per_kind_under_the_other_reading() -> None:
    p = with_readings(profile("qinshui"), {"QS-A7": "once_per_kind"})

    assert bonus_points(p, {"talk_city_plus": 4, "commend_county": 2, "commend_city_plus": 1})[0] == 8


def test_bonus_lifts_the_graded_total_without_a_cap_in_qinshui_and_to_100_in_wenzhou() -> None:
    def full(slug: str, bonus: dict[str, Any]) -> tuple[Decimal, Decimal]:
        sheet = assessment_form(profile(slug))
        assert sheet is not None
        points = {i.clause: i.max for c in sheet.categories for i in c.items}
        facts = {
            "office_area_sqm": 30,
            "backbone_trained": 5,
            "inventions": 4,
            "awards": {"national": 2},
            "new_tech_applications": 3,
        }
        answer = score_rubric(profile(slug), points, facts, bonus)
        return answer.total, answer.graded_total

    assert full("qinshui", {"talk_city_plus": 1}) == (103, 103)
    assert full("wenzhou", {"award_city_plus": Decimal("12.5")}) == (110, 100)


@pytest.mark.parametrize(
    ("non_failing", "places"),
    [
        (0, 0),
        (1, 0),
        (6, 0),
        (7, 1),
        (10, 1),
        (13, 1),
        (14, 2),
        (20, 3),
        (26, 3),
        (27, 4),
        (33, 4),
        (34, 5),
        (40, 6),
        (100, 15),
    ],
)
def test_excellent_quota_is_rounded_down(non_failing: int, places: int) -> None:
    totals = {str(n): Decimal(200 - n) for n in range(non_failing)} | {
        "fail1": Decimal(10),
        "fail2": Decimal(0),
    }

    answer = grade_round(profile("qinshui"), totals)

    assert (answer.non_failing, answer.max_excellent) == (non_failing, places)
    assert list(answer.grades.values()).count("优秀") == places
    assert list(answer.grades.values()).count("不合格") == 2


def test_tie_across_the_cut_is_left_to_a_person() -> None:
    totals = {"a": 97, "b": 95, "c": 95} | {f"x{n}": 80 for n in range(11)}

    answer = grade_round(profile("qinshui"), {k: Decimal(v) for k, v in totals.items()})

    assert (answer.max_excellent, answer.tie_at_cut, answer.tied) == (2, True, ("b", "c"))
    assert (answer.grades["a"], answer.grades["b"], answer.grades["x0"]) == ("优秀", None, "合格")


@pytest.mark.parametrize(
    ("option", "b", "c"), [("tie_all_downgraded", "合格", "合格"), ("tie_by_base_score", "合格", "优秀")]
)
def test_tie_under_the_other_readings(option: str, b: str, c: str) -> None:
    p = with_readings(profile("qinshui"), {"QS-A6": option})
    totals = {
        k: Decimal(v) for k, v in ({"a": 97, "b": 95, "c": 95} | {f"x{n}": 80 for n in range(11)}).items()
    }

    answer = grade_round(p, totals, {"b": Decimal(90), "c": Decimal(92)})

    assert (answer.grades["b"], answer.grades["c"], answer.tie_at_cut) == (b, c, False)


def test_no_quota_where_the_text_has_none() -> None:
    answer = grade_round(profile("wenzhou"), {str(n): Decimal(95) for n in range(6)})

    assert (set(answer.grades.values()), answer.max_excellent) == ({"优秀"}, None)


def test_assessor_follows_affiliation_in_yantai() -> None:
    p = profile("yantai")
    county, central = (
        assessors(p, {"unit_affiliation": "county"}),
        assessors(p, {"unit_affiliation": "central"}),
    )

    assert county is not None
    assert central is not None
    assert (county.by, county.reviewed_by, central.by, central.reviewed_by) == (
        "county_hrss",
        "city_hrss",
        "city_hrss",
        None,
    )
    assert assessors(p, {}) is None


@pytest.mark.parametrize(
    ("slug", "history", "effects"),
    [
        ("qinshui", [(2025, "不合格")], [("propose_revocation", "QS-9.5"), ("refuse_tranche", "QS-9.5")]),
        ("qinshui", [(2025, "合格")], []),
        ("qinshui", [(2025, "不合格", False)], []),
        ("gaoming", [(2025, "不合格")], [("order_rectification", "GM-15.5")]),
        (
            "gaoming",
            [(2025, "不合格"), (2025, "不合格", True, True)],
            [("order_rectification", "GM-15.5"), ("propose_revocation", "GM-15.5")],
        ),
        ("gaoming", [(2025, "不合格"), (2025, "合格", True, True)], [("order_rectification", "GM-15.5")]),
        ("wenzhou", [(2025, "不合格")], [("order_rectification", "WZ-7.4.3")]),
        ("yantai", [(2019, "不合格")], [("flag_for_review", "YT-15.2")]),
        (
            "yantai",
            [(2019, "不合格"), (2020, "不合格")],
            [
                ("flag_for_review", "YT-15.2"),
                ("flag_for_review", "YT-15.2"),
                ("propose_revocation", "YT-15.5"),
            ],
        ),
        (
            "yantai",
            [(2019, "不合格"), (2021, "不合格")],
            [("flag_for_review", "YT-15.2"), ("flag_for_review", "YT-15.2")],
        ),
        ("yantai", [(2019, "不合格"), (2020, "不合格", False)], [("flag_for_review", "YT-15.2")]),
        ("shenzhen", [], []),
    ],
)
def test_consequences(slug: str, history: list[tuple[Any, ...]], effects: list[tuple[str, str]]) -> None:
    answer = consequences_of(profile(slug), [GradeRecord(*entry) for entry in history])

    assert [(c.effect, c.clause) for c in answer] == effects


def test_a_gap_year_counts_only_under_the_other_reading() -> None:
    p = with_readings(profile("yantai"), {"YT-A7": "skip_unassessed_years"})

    assert "propose_revocation" in {
        c.effect for c in consequences_of(p, [(2019, "不合格"), (2021, "不合格")])
    }
    assert "propose_revocation" not in {
        c.effect for c in consequences_of(p, [(2019, "不合格"), (2020, "合格"), (2021, "不合格")])
    }


@pytest.mark.parametrize("slug", ["qinshui", "wenzhou"])
def test_a_full_score_sheet_adds_up_to_its_total(slug: str) -> None:
    p = profile(slug)
    sheet = assessment_form(p)
    assert sheet is not None
    full = {item.clause: item.max for category in sheet.categories for item in category.items}
    facts = {**FACTS, "inventions": 3, "awards": {"national": 2}, "new_tech_applications": 3}

    answer = score_rubric(p, full, facts, {})

    assert (answer.base, answer.complete, answer.problems) == (Decimal(100), True, ())
