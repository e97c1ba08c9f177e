"""What keeps an application from being submitted, and the facts that are read off its rosters."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jurisdictions.engine import check_answers, check_conditions, derive_facts
from jurisdictions.engine.values import BadValue, read_integer
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.test_identifiers import with_check_digit

ON = date(2025, 5, 6)


def member(number: int, **cells: Any) -> dict[str, Any]:
    base = {
        "name": f"成员{number}",
        "resident_id": with_check_digit(f"110101199003070{number:02d}"),
        "title": "技师",
        "role": "member",
    }
    return base | cells


def qinshui() -> tuple[dict[str, Any], dict[str, str], dict[str, list[dict[str, Any]]]]:
    """A complete application."""
    p = profile("qinshui")
    facts = {
        "registered_in_county": True,
        "unit_type": "enterprise",
        "employees_total": 120,
        "trade": "电焊工",
    }
    narratives = {n.name: "情况说明" for n in p.narratives}
    members = [member(1, role="leader", title="高级技师"), member(2), member(3, title="技术技能带头人")]
    return facts, narratives, {"members": members}


def paths(facts: Any, narratives: Any, rosters: Any) -> list[str]:
    return [problem.path for problem in check_answers(profile("qinshui"), facts, narratives, rosters, ON)]


def test_a_complete_application_has_no_problem_and_its_figures_come_from_the_roster() -> None:
    facts, narratives, rosters = qinshui()
    derived = derive_facts(profile("qinshui"), facts, rosters)

    assert paths(facts, narratives, rosters) == []
    read = ("technicians", "senior_technicians", "untitled_skill_leaders", "leader_name")
    assert {name: derived[name] for name in read} == {
        "technicians": 1,
        "senior_technicians": 1,
        "untitled_skill_leaders": 1,
        "leader_name": "成员1",
    }
    assert check_conditions(profile("qinshui"), derived, on=ON).failed == ()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"trade": ""}, "facts.trade"),
        ({"registered_in_county": None}, "facts.registered_in_county"),
        ({"unit_type": "moon_base"}, "facts.unit_type"),
        ({"employees_total": "许多"}, "facts.employees_total"),
        ({"employees_total": "12.5"}, "facts.employees_total"),
        ({"employees_total": 0}, "facts.employees_total"),
        ({"employees_total": 2}, "facts.employees_total"),  # fewer than the roster lists
        ({"technicians": 7}, "facts.technicians"),  # contradicts the roster
    ],
)
def test_a_wrong_fact_is_told_at_its_field(change: dict[str, Any], path: str) -> None:
    facts, narratives, rosters = qinshui()

    assert set(paths(facts | change, narratives, rosters)) == {path}


@pytest.mark.parametrize(
    ("row", "change", "path"),
    [
        (1, {"resident_id": "110101199003070021"}, "rosters.members.1.resident_id"),
        (1, {"resident_id": with_check_digit("11010120990307002")}, "rosters.members.1.resident_id"),
        (
            1,
            {"resident_id": member(1)["resident_id"].lower()},
            "rosters.members.1.resident_id",
        ),  # stands twice
        (2, {"name": " "}, "rosters.members.2.name"),
        (2, {"title": "大师"}, "rosters.members.2.title"),
        (2, {"role": "leader"}, "rosters.members"),
    ],
)
def test_a_wrong_cell_is_told_at_its_cell(row: int, change: dict[str, Any], path: str) -> None:
    facts, narratives, rosters = qinshui()
    rosters["members"][row] |= change

    assert path in paths(facts, narratives, rosters)


def test_an_empty_roster_and_narratives_are_told() -> None:
    facts, narratives, _ = qinshui()

    assert "rosters.members" in paths(facts, narratives, {})
    assert paths(facts, narratives | {"support": "  "}, qinshui()[2]) == ["narratives.support"]
    assert paths(facts, narratives | {"support": "长" * 1501}, qinshui()[2]) == ["narratives.support"]


def test_judged_facts_are_never_asked_of_the_unit() -> None:
    for slug in SLUGS:
        judged = {f"facts.{f.name}" for f in profile(slug).facts if f.judged or f.asked_of == "reviewer"}
        problems = {x.path for x in check_answers(profile(slug), {}, {}, {}, ON)}
        assert problems
        assert not problems & judged


def test_shenzhen_outside_people_are_collected_and_their_term_is_demanded() -> None:
    rows = [
        member(1, role="leader", employment="internal"),
        member(2, title="高级技师", employment="external"),
    ]
    rosters = {"members": rows}
    problems = [x.path for x in check_answers(profile("shenzhen"), {}, {}, rosters, ON)]

    assert "rosters.members.1.contract_months" in problems
    assert "rosters.members.0.contract_months" not in problems
    rows[1]["contract_months"] = "24"
    derived = derive_facts(profile("shenzhen"), {}, rosters)
    assert derived["external_persons"] == [{"title": "高级技师", "contract_months": "24"}]
    assert (derived["internal_technicians"], derived["internal_senior_technicians"]) == (1, 0)


def test_a_question_for_some_units_is_demanded_of_those_only() -> None:
    def asked(host: str) -> bool:
        problems = check_answers(profile("wenzhou"), {"host_type": host}, {}, {}, ON)
        return "facts.host_training_fund_ratio" in {x.path for x in problems}

    assert [asked("enterprise"), asked("vocational_school")] == [True, False]


def test_yantai_counts_renowned_technicians_and_leading_talents() -> None:
    rows = [
        member(
            1, role="leader", title="高级技师", renowned=True, talent_title="市首席技师", chief_level="city"
        ),
        member(2, renowned="是"),
        member(3, renowned=False),
        member(4, title="其他", renowned=True),
    ]
    derived = derive_facts(profile("yantai"), {}, {"members": rows})

    assert (derived["famous_technicians_total"], derived["leading_talents"]) == (2, 1)
    assert derived["main_leader_chief_level"] == "city"


@pytest.mark.parametrize("slug", ["qinshui", "yantai"])
def test_the_title_of_two_leaders_is_not_known_rather_than_none(slug: str) -> None:
    found = profile(slug)
    fact = found.fact("leader_title")
    rule = fact.derived
    assert rule is not None
    (where,) = rule.where
    leader = {where.field: where.equals, "title": "技师"}

    def derived(*rows: dict[str, Any]) -> dict[str, Any]:
        return derive_facts(found, {}, {rule.roster: list(rows)})

    assert derived(leader)[fact.name] == "技师"
    assert derived({**leader, "title": ""})[fact.name] is None
    assert fact.name not in derived(leader, leader)
    assert fact.name not in derived()


def test_a_date_in_the_future_contradicts_a_running_station() -> None:
    problems = check_answers(profile("yantai"), {"self_station_start": "2025-05-07"}, {}, {}, ON)

    assert [x.message for x in problems if x.path == "facts.self_station_start"] == [
        "自行建站日期晚于申报日期"
    ]


@pytest.mark.parametrize("typed", ["1E+999999", "-1E+999999", "1E-999999", "1" * 40])
def test_a_number_beyond_all_sense_is_refused_at_once(typed: str) -> None:
    with pytest.raises(BadValue, match="数字过大或过小"):
        read_integer(typed)
