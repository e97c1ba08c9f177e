"""Yearly outputs and records: thresholds, years, readings and what is not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisdictions.engine import duties_met, first_year_of_outputs, records_required, with_readings
from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import SLUGS, profile

FULL: dict[str, dict[str, Any]] = {
    "gaoming": {
        "plan_and_standards": True,
        "backbone_trained": 2,
        "projects_or_activities": 1,
        "joins_seminars": True,
    },
    "qinshui": {"backbone_trained": 5, "projects": 1, "partners": 1, "contests": 1},
    "shenzhen": {
        "designated": date(2017, 5, 20),
        "year": 2020,
        "school_enterprise": True,
        "projects": 1,
        "trained": 10,
        "teachers": 2,
        "trainees_ge_12m_qualified": 5,
    },
    "wenzhou": {"trained_by_year": {2023: 5, 2024: 5}},
    "yantai": {"annual_targets_met": True},
}
OUTPUTS = [
    ("gaoming", "plan_and_standards", "GM-9.1"),
    ("gaoming", "backbone_trained", "GM-9.2"),
    ("gaoming", "projects_or_activities", "GM-9.3"),
    ("gaoming", "joins_seminars", "GM-9.4"),
    ("qinshui", "backbone_trained", "QS-7.1"),
    ("qinshui", "projects", "QS-7.2"),
    ("qinshui", "partners", "QS-7.3"),
    ("qinshui", "contests", "QS-7.4"),
    ("shenzhen", "projects", "SZ-5.2a"),
    ("shenzhen", "trained", "SZ-5.2b"),
    ("shenzhen", "teachers", "SZ-5.3a"),
    ("shenzhen", "trainees_ge_12m_qualified", "SZ-5.3b"),
    ("yantai", "annual_targets_met", "YT-12.1"),
]


@pytest.mark.parametrize("slug", SLUGS)
def test_at_the_threshold_itself_all_is_met(slug: str) -> None:
    found = duties_met(profile(slug), FULL[slug])

    assert (found.applicable, found.met, found.failed, found.missing) == (True, True, (), ())
    assert found.grade_affected is False


@pytest.mark.parametrize(("slug", "name", "clause"), OUTPUTS)
def test_one_less_is_unmet_and_one_unknown_is_open(slug: str, name: str, clause: str) -> None:
    value = FULL[slug][name]
    less = False if isinstance(value, bool) else value - 1

    assert duties_met(profile(slug), FULL[slug] | {name: less}).failed == (clause,)
    unknown = duties_met(profile(slug), FULL[slug] | {name: None})
    assert (unknown.met, unknown.failed) == (None, ())
    assert name in unknown.missing


@pytest.mark.parametrize("slug", ["gaoming", "qinshui", "shenzhen", "wenzhou"])
def test_the_figure_itself_does_not_count_under_the_exclusive_reading(slug: str) -> None:
    found = duties_met(with_readings(profile(slug), {"G-1": "exclusive"}), FULL[slug])

    assert found.met is False


def test_a_failure_outweighs_what_is_not_known() -> None:
    found = duties_met(profile("qinshui"), {"backbone_trained": 4})

    assert (found.met, found.failed) == (False, ("QS-7.1",))
    assert set(found.missing) == {
        "projects",
        "partners",
        "partners_kept_from_last_year",
        "new_partners",
        "contests",
    }


@pytest.mark.parametrize(
    ("partners", "failed"),
    [
        ({"partners": 0}, ("QS-7.3",)),
        ({"partners_kept_from_last_year": 0, "new_partners": 0}, ("QS-7.3",)),
        ({"new_partners": 1}, ()),
        ({"partners_kept_from_last_year": 1}, ()),
    ],
)
def test_a_kept_or_a_new_partner_is_a_partner(partners: dict[str, int], failed: tuple[str, ...]) -> None:
    known = {k: v for k, v in FULL["qinshui"].items() if k != "partners"}

    assert duties_met(profile("qinshui"), known | partners).failed == failed


@pytest.mark.parametrize(
    ("failing", "reading", "affected"),
    [
        ({"contests": 0}, {}, False),
        ({"contests": 0}, {"QS-A23": "force_into_rubric"}, True),
        ({"backbone_trained": 4, "contests": 0}, {}, True),
    ],
)
def test_the_grade_is_affected_by_what_the_sheet_weighs(
    failing: dict[str, int], reading: dict[str, str], affected: bool
) -> None:
    p = with_readings(profile("qinshui"), reading)

    assert duties_met(p, FULL["qinshui"] | failing).grade_affected is affected


def test_a_person_who_grades_without_points_is_asked() -> None:
    assert duties_met(profile("gaoming"), FULL["gaoming"] | {"backbone_trained": 1}).grade_affected is None


def test_over_the_whole_period_one_year_without_a_project_decides_nothing() -> None:
    p = with_readings(profile("gaoming"), {"GM-A9": "over_whole_period"})

    assert duties_met(p, FULL["gaoming"]).met is True
    assert duties_met(p, FULL["gaoming"] | {"projects_or_activities": 0}).met is None
    assert duties_met(p, FULL["gaoming"] | {"projects_or_activities": 0, "backbone_trained": 1}).met is False


@pytest.mark.parametrize(
    ("designated", "reading", "first"),
    [
        (date(2017, 5, 20), {}, 2020),
        (date(2017, 1, 1), {}, 2019),
        (date(2016, 12, 31), {}, 2019),
        (date(2017, 1, 1), {"G-7": "civil_code_202_end_of_day"}, 2020),
        (date(2017, 1, 2), {"G-7": "day_before_anniversary"}, 2019),
        (date(2017, 5, 20), {"SZ-A5": "from_second_anniversary"}, 2019),
        (date(2016, 12, 31), {"SZ-A5": "from_second_anniversary"}, 2018),
    ],
)
def test_outputs_begin_two_years_after_designation(
    designated: date, reading: dict[str, str], first: int
) -> None:
    p = with_readings(profile("shenzhen"), reading)
    facts = FULL["shenzhen"] | {"designated": designated, "trained": 0}

    assert first_year_of_outputs(p, designated) == first
    assert duties_met(p, facts | {"year": first}).failed == ("SZ-5.2b",)
    before = duties_met(p, facts | {"year": first - 1})
    assert (before.applicable, before.met, before.failed) == (False, None, ())


@pytest.mark.parametrize("name", ["designated", "year"])
def test_without_the_day_or_the_year_nothing_is_said(name: str) -> None:
    found = duties_met(profile("shenzhen"), FULL["shenzhen"] | {name: None, "trained": 0})

    assert (found.applicable, found.met, found.failed, found.missing) == (None, None, (), (name,))


def test_what_only_school_enterprise_stations_owe() -> None:
    p, ordinary = (
        profile("shenzhen"),
        {k: FULL["shenzhen"][k] for k in ("designated", "year", "projects", "trained")},
    )

    assert duties_met(p, ordinary).met is True  # nothing is said of it at all
    assert duties_met(p, ordinary | {"school_enterprise": False}).met is True
    assert duties_met(p, ordinary | {"school_enterprise": None}).met is None
    assert duties_met(p, ordinary | {"teachers": 0}).met is None  # said, but not of what station
    assert duties_met(p, ordinary | {"teachers": 0, "school_enterprise": False}).met is True
    assert duties_met(p, ordinary | {"school_enterprise": True}).missing == (
        "teachers",
        "trainees_ge_12m_qualified",
    )


@pytest.mark.parametrize(
    ("facts", "met", "average"),
    [
        ({"trained_by_year": {"2023": 4, "2024": 6}}, True, 5),
        ({"trained_by_year": {"2023": 4, "2024": 5}}, False, 4.5),
        ({"trained_by_year": {"2022": 5, "2023": 5, "2024": 4}}, False, 14 / 3),
        ({"trained_by_year": {"2023": 5, "2024": None}}, None, None),
        ({"trained_by_year": {}}, None, None),
        ({}, None, None),
        ({"trained_by_year": {"2024": 7}, "of_which_初级工": 2}, True, 5),
        ({"trained_by_year": {"2024": 7}, "of_which_初级工": 3}, False, 4),
        ({"trained_by_year": {"2024": 5}, "of_which_中级工": 5}, True, 5),
        ({"trained_by_year": {"2024": 5}, "level_min": "高级工"}, True, 5),
        ({"trained_by_year": {"2024": 5}, "level_min": "初级工"}, None, 5),
        ({"trained_by_year": {"2024": 4}, "level_min": "初级工"}, False, 4),
    ],
)
def test_the_average_of_wenzhou(facts: dict[str, Any], met: bool | None, average: float | None) -> None:
    answer = ask(profile("wenzhou"), "duty", facts)

    assert answer["met"] is met
    assert answer["average"] == pytest.approx(average) if average is not None else answer["average"] is None


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"trained_by_year": {"2023": 4, "2024": 6}}, False),
        ({"trained_by_year": {"2023": 5, "2024": 5}}, True),
        ({"trained_by_year": {"2023": 7, "2024": 7}, "of_which_初级工": 2}, True),
        ({"trained_by_year": {"2023": 6, "2024": 6}, "of_which_初级工": 2}, None),
    ],
)
def test_each_year_of_wenzhou(facts: dict[str, Any], met: bool | None) -> None:
    assert ask(profile("wenzhou"), "duty", facts, readings={"WZ-A7": "each_year"})["met"] is met


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_what_is_enough_each_year_is_enough_on_average(numbers: list[int]) -> None:
    p = profile("wenzhou")
    facts = {"trained_by_year": dict(enumerate(numbers, 2020))}
    each = duties_met(with_readings(p, {"WZ-A7": "each_year"}), facts)
    mean = duties_met(p, facts)

    assert mean.met is (sum(numbers) >= 5 * len(numbers))
    assert mean.average == Decimal(sum(numbers)) / len(numbers)
    assert mean.met or not each.met


@given(st.data())
def test_more_output_never_turns_a_year_bad(data: st.DataObject) -> None:
    slug = data.draw(st.sampled_from(["gaoming", "qinshui", "shenzhen"]))
    amounts = {n: v for n, v in FULL[slug].items() if type(v) is int and n != "year"}
    less = {n: data.draw(st.integers(0, v + 1)) for n, v in amounts.items()}
    more = {n: v + data.draw(st.integers(0, 3)) for n, v in less.items()}
    before, after = (set(duties_met(profile(slug), FULL[slug] | x).failed) for x in (less, more))

    assert after <= before


@pytest.mark.parametrize(
    ("slug", "required", "scored"),
    [
        ("gaoming", {"ledger", "annual_plan", "internal_rules"}, set()),
        (
            "qinshui",
            {"ledger", "image_archive", "annual_plan", "internal_rules"},
            {"annual_plan", "internal_rules", "mentoring_plan"},
        ),
        (
            "shenzhen",
            {
                "internal_rules",
                "mentoring_plan",
                "tackling_plan",
                "apprentice_files",
                "reward_mechanism",
                "school_enterprise_mechanism",
            },
            set(),
        ),
        ("wenzhou", set(), {"ledger", "annual_plan", "internal_rules", "mentoring_plan"}),
        ("yantai", {"ledger", "image_archive", "annual_plan"}, set()),
    ],
)
def test_records(slug: str, required: set[str], scored: set[str]) -> None:
    found = records_required(profile(slug))

    assert {r.record for r in found if r.required} == required
    assert {r.record for r in found if r.scored} == scored
    assert all(r.explanation for r in found if r.required or r.scored)


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("qinshui", {"station": "applied"}, "station"),
        ("qinshui", {"teachers": 2}, "teachers"),
        ("qinshui", {"backbone_trained": 4.5}, "backbone_trained"),
        ("qinshui", {"backbone_trained": -1}, "backbone_trained"),
        ("gaoming", {"joins_seminars": "yes"}, "joins_seminars"),
        ("wenzhou", {"trained_by_year": {"last": 5}}, "trained_by_year"),
        ("wenzhou", {"trained_by_year": {"2024": -5}}, "trained_by_year"),
        ("wenzhou", {"level_min": "学徒"}, "level_min"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(slug: str, facts: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        ask(profile(slug), "duty", facts)

    assert error.value.culprit == culprit


@pytest.mark.parametrize("slug", SLUGS)
def test_a_station_is_told_its_records_and_a_year_its_outputs(slug: str) -> None:
    station = ask(profile(slug), "duty", {"station": "designated"})
    year = ask(profile(slug), "duty", {"year": 2025})

    assert "ledger_required" in station
    assert "met" not in station
    assert year["met"] is None
    assert "ledger_required" not in year
    assert station["clauses"]
    assert year["clauses"]
