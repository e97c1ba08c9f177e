"""Every condition of every profile: met at its threshold, unmet just beyond it, open without its facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jurisdictions.engine import check_conditions
from jurisdictions.engine.schema.tree import facts_in
from tests.jurisdictions.engine.profiles import ELIGIBLE, SLUGS, profile

ON = date(2020, 5, 11)
SOFT = {
    "YT-4.1": "YT-4.1",
    "fixed_area": "YT-5.2c",
    "GM-3.1": "GM-3.1",
    "internal_person": "SZ-4.1b",
    "WZ-2.2": "WZ-2.2",
}

# condition key -> what makes it fail
FAILING: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "qinshui": [
        ("QS-4.0", {"registered_in_county": False}),
        ("QS-4.0", {"unit_type": "vocational_school"}),
        ("QS-4.1", {"untitled_skill_leaders": 0}),
        ("QS-4.2", {"talent_mechanism_and_experience": False}),
        ("QS-4.3a", {"management_good_and_responsible": False}),
        ("QS-4.3", {"funding_and_conditions": False}),
        ("QS-4.4", {"equipment_fairly_advanced": False}),
        ("QS-4.5", {"work_rules_plan_goals_benefit": False}),
    ],
    "gaoming": [
        ("in_district", {"in_district": False}),
        ("unit_type", {"unit_type": "vocational_school", "administrator_decision_on_unit_type": False}),
        ("GM-3.1", {"technology_content_high": False}),
        ("GM-4.1", {"senior_technicians": 0}),
        ("GM-4.2", {"mentoring_training": False}),
        ("GM-4.3a", {"management_good_and_responsible": False}),
        ("GM-4.3b", {"funding_and_conditions": False}),
        ("GM-4.4", {"equipment_fairly_advanced": False}),
        ("GM-4.5", {"tackling_ability_and_experience": False}),
    ],
    "yantai": [
        ("YT-2.1", {"in_city": False}),
        ("YT-4.1", {"industry_priority": False}),
        ("carriers", {"unit_type": "other", "administrator_decision_on_unit_type": False}),
        ("YT-5.1a", {"famous_technicians_total": 1}),
        ("YT-5.1b", {"leading_talents": 0}),
        ("YT-5.2a", {"management_good": False}),
        ("YT-5.2b", {"self_station_start": "2019-05-12"}),
        ("working_conditions", {"good_working_conditions": False}),
        ("fixed_area", {"fixed_area_sqm": "99.9"}),
        ("YT-5.2d", {"annual_investment_yuan": "49999.99"}),
        ("YT-5.3", {"equipment_advanced_and_used_for_training": False}),
        ("YT-5.4a", {"talent_system_complete": False}),
        ("YT-5.4b", {"independent_major_project_level": "county"}),
        ("YT-5.4c", {"good_benefit": False}),
        ("YT-5.5a", {"station_work_rules": False}),
        ("YT-5.5b", {"annual_training_capacity_senior_plus": 4}),
    ],
    "shenzhen": [
        ("SZ-3.1", {"applicant_type": "vocational_school"}),
        ("SZ-3.2", {"mode": "co_built", "lead_party_type": "vocational_school"}),
        ("technicians", {"external_persons": [{"title": "高级技师", "contract_months": 23}]}),
        (
            "internal_person",
            {
                "internal_technicians": 0,
                "internal_senior_technicians": 0,
                "external_persons": [{"title": "高级技师", "contract_months": 24}] * 3,
            },
        ),
        ("SZ-4.2a", {"management_good": False}),
        ("SZ-4.2b", {"equipment_domestic_first_class": False}),
        ("SZ-4.3", {"independent_major_skill_project": False}),
        ("SZ-4.4", {"unit_operating_funds_yuan": 0}),
    ],
    "wenzhou": [
        ("WZ-2.3", {"host_type": "other", "administrator_decision_on_host_type": "refused"}),
        ("WZ-2.2", {"industry_priority": False}),
        ("WZ-4.1.0", {"leader_title": None, "leader_unique_skill": False}),
        ("WZ-4.1.0", {"leader_recognised_and_leading": False}),
        ("WZ-4.1.0", {"leader_achievements": []}),
        ("WZ-4.2a", {"host_dense_skilled_workforce": False}),
        ("WZ-4.2b", {"host_talent_policies": False}),
        ("WZ-4.2c", {"host_training_fund_ratio": "0.2999"}),
        ("WZ-4.2d", {"host_support": False}),
        ("WZ-4.3", {"host_type": "vocational_school", "host_support": False}),
    ],
}


@pytest.mark.parametrize("slug", SLUGS)
def test_everything_at_its_threshold_is_eligible(slug: str) -> None:
    answer = check_conditions(profile(slug), ELIGIBLE[slug], on=ON)

    assert (answer.eligible, answer.failed, answer.warnings, answer.missing) == (True, (), (), ())
    assert {f.outcome for f in answer.findings} == {"met"}


@pytest.mark.parametrize(
    ("slug", "key", "change"), [(slug, key, change) for slug, rows in FAILING.items() for key, change in rows]
)
def test_condition_fails_alone_just_beyond_its_threshold(slug: str, key: str, change: dict[str, Any]) -> None:
    answer = check_conditions(profile(slug), ELIGIBLE[slug] | change, on=ON)

    assert [f.key for f in answer.findings if f.outcome == "unmet"] == [key]
    clause = next(f.clause for f in answer.findings if f.key == key)
    if key in SOFT:
        assert (answer.eligible, answer.failed, answer.warnings) == (True, (), (clause,))
    else:
        assert (answer.eligible, answer.failed) == (False, (clause,))


def test_unique_skill_needs_no_recognition_in_practice() -> None:
    """第四条（一） asks recognition and leading of technicians; unique skill stands beside them (或)."""
    skilled = {"leader_title": None, "leader_unique_skill": True, "leader_recognised_and_leading": False}
    answer = check_conditions(profile("wenzhou"), ELIGIBLE["wenzhou"] | skilled, on=ON)

    assert (answer.eligible, answer.failed) == (True, ())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_condition_is_seen_failing_above(slug: str) -> None:
    assert {c.key or c.clause for c in profile(slug).conditions} == {key for key, _ in FAILING[slug]}


@pytest.mark.parametrize("slug", SLUGS)
def test_condition_without_its_facts_is_open_and_never_passes(slug: str) -> None:
    p = profile(slug)
    for condition in p.conditions:
        needed = facts_in(condition.require)
        facts = {k: v for k, v in ELIGIBLE[slug].items() if k not in needed}
        if condition.key == "internal_person":
            continue  # soft, and its facts are those of another condition
        for finding in check_conditions(p, facts, on=ON).findings:
            if finding.key == (condition.key or condition.clause):
                assert finding.outcome in ("unknown", "judged"), finding.key
                assert bool(finding.missing) is not condition.optional


@pytest.mark.parametrize("slug", SLUGS)
def test_judged_conditions_stay_open_until_a_reviewer_decides(slug: str) -> None:
    p = profile(slug)
    judged = {f.name for f in p.facts if f.judged}
    declared = {k: v for k, v in ELIGIBLE[slug].items() if k not in judged}

    answer = check_conditions(p, declared, on=ON)

    assert answer.eligible is None
    assert set(answer.missing) == {n for n in judged if n in ELIGIBLE[slug]} - {"technology_content_high"}
    assert {f.outcome for f in answer.findings} <= {"met", "judged"}


def test_all_failures_are_listed_with_what_is_missing() -> None:
    facts = ELIGIBLE["qinshui"] | {
        "registered_in_county": False,
        "technicians": 0,
        "equipment_fairly_advanced": None,
    }

    answer = check_conditions(profile("qinshui"), facts, on=ON)

    assert answer.eligible is False
    assert answer.failed == ("QS-4.0", "QS-4.1")
    assert answer.missing == ("equipment_fairly_advanced",)


def test_finding_carries_clause_figures_and_a_sentence() -> None:
    answer = check_conditions(profile("qinshui"), ELIGIBLE["qinshui"] | {"technicians": 0}, on=ON)
    finding = next(f for f in answer.findings if f.clause == "QS-4.1")

    assert finding.figures == {"technicians": 0, "senior_technicians": 1, "untitled_skill_leaders": 1}
    assert finding.reading == "QS-A9"
    assert finding.explanation == (
        "技师、高级技师或技术技能带头人3名以上：不符合（技师0名；高级技师1名；无技师等级的技术技能带头人1名），"
        "要求技师、高级技师、无技师等级的技术技能带头人合计不少于3名。依据第四条（一）。"
    )


def test_stored_text_is_read_as_the_types_of_the_facts() -> None:
    facts = {k: ("true" if v is True else str(v)) for k, v in ELIGIBLE["yantai"].items()}

    assert check_conditions(profile("yantai"), facts, on=ON).eligible is True


def test_unreadable_value_is_unknown_and_not_a_failure() -> None:
    answer = check_conditions(
        profile("yantai"), ELIGIBLE["yantai"] | {"annual_investment_yuan": "五万"}, on=ON
    )

    assert (answer.eligible, answer.missing) == (None, ("annual_investment_yuan",))


def test_one_internal_person_is_enough_for_shenzhen() -> None:
    people = {"internal_technicians": 1, "internal_senior_technicians": 0}
    outside = [{"title": "高级技师", "contract_months": 24}] * 2

    answer = check_conditions(
        profile("shenzhen"), ELIGIBLE["shenzhen"] | people | {"external_persons": outside}, on=ON
    )

    assert (answer.eligible, answer.warnings) == (True, ())


def test_a_person_decides_on_a_kind_of_unit_that_the_text_leaves_open() -> None:
    p, facts = profile("gaoming"), ELIGIBLE["gaoming"] | {"unit_type": "vocational_school"}

    undecided = check_conditions(p, facts, on=ON)
    admitted = check_conditions(p, facts | {"administrator_decision_on_unit_type": True}, on=ON)

    assert undecided.eligible is None
    assert undecided.warnings == ("GM-2.1",)
    assert admitted.eligible is True
