"""Eligibility where no worked case looks: absent days, nulls, facts without effect, other readings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import ELIGIBLE, SLUGS, profile

DAY = {"application_date": "2020-05-11"}
# Days on which the texts that are younger are in force.
DAYS = {slug: DAY for slug in SLUGS} | {
    slug: {"application_date": "2025-05-06"} for slug in ("gaoming", "qinshui")
}
SENIOR = {"title": "高级技师", "contract_months": 24}


def eligible(slug: str, readings: dict[str, str] | None = None, **change: Any) -> dict[str, Any]:
    answer = ask(profile(slug), "eligibility", ELIGIBLE[slug] | DAYS[slug] | change, readings=readings)
    return {name: answer[name] for name in ("eligible", "failed", "warnings", "missing")}


def verdict(
    eligible: bool | None,
    failed: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "eligible": eligible,
        "failed": list(failed),
        "warnings": list(warnings),
        "missing": list(missing),
    }


def test_a_day_that_nobody_named_is_missing_and_no_failure() -> None:
    unknown = eligible("yantai", application_date=None)

    assert unknown == verdict(None, missing=("application_date",))
    assert eligible("yantai", application_date=None, self_station_months=12)["eligible"] is True
    assert eligible("yantai", application_date=None, self_station_start=None) == verdict(
        None, missing=("self_station_start_or_months",)
    )
    assert eligible("qinshui", application_date=None)["eligible"] is True


@pytest.mark.parametrize(
    ("start", "months", "met"),
    [
        ("2019-05-11", None, True),
        ("2019-05-12", None, False),
        (None, 12, True),
        (None, 11, False),
        (None, 11.9, False),
        ("2019-05-12", 12, False),
    ],
)
def test_one_year_of_operation_on_both_sides(start: str | None, months: float | None, met: bool) -> None:
    answer = eligible("yantai", self_station_start=start, self_station_months=months)

    assert answer == (verdict(True) if met else verdict(False, ("YT-5.2b",)))


@pytest.mark.parametrize(
    ("slug", "fact", "clause"),
    [
        ("gaoming", "fixed_area_sqm", "GM-4.3b"),
        ("gaoming", "annual_investment_yuan", "GM-4.3b"),
        ("qinshui", "office_area_sqm", "QS-A2.6"),
        ("shenzhen", "fixed_area_sqm", "SZ-4.2b"),
    ],
)
def test_what_the_text_attaches_nothing_to_is_taken_and_decides_nothing(
    slug: str, fact: str, clause: str
) -> None:
    answer = ask(profile(slug), "eligibility", ELIGIBLE[slug] | DAYS[slug] | {fact: 0})

    assert (answer["eligible"], answer["warnings"], answer["missing"]) == (True, [], [])
    assert clause in answer["clauses"]
    assert "不影响结果" in answer["explanation"][-1]
    assert eligible(slug, **{fact: None}) == verdict(True)


def test_no_fact_of_one_place_is_known_in_another() -> None:
    for slug, fact in (
        ("qinshui", "fixed_area_sqm"),
        ("wenzhou", "office_area_sqm"),
        ("yantai", "in_district"),
    ):
        with pytest.raises(QuestionError) as caught:
            eligible(slug, **{fact: 1})
        assert caught.value.culprit == fact


@pytest.mark.parametrize(
    ("slug", "fact", "value"),
    [
        ("qinshui", "unit_type", "moon_base"),
        ("qinshui", "technicians", "three"),
        ("qinshui", "technicians", 1.5),
        ("qinshui", "registered_in_county", 7),
        ("wenzhou", "host_training_fund_ratio", 30),
        ("wenzhou", "leader_achievements", "3"),
        ("yantai", "application_date", "yesterday"),
        ("yantai", "application_date", "0001-01-01"),
        ("yantai", "annual_investment_yuan", -1),
    ],
)
def test_a_value_that_is_none_of_the_fact_is_named(slug: str, fact: str, value: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        eligible(slug, **{fact: value})

    assert caught.value.culprit == fact


@pytest.mark.parametrize(
    ("slug", "change", "clause"),
    [
        ("yantai", {"famous_technicians_total": 2}, "YT-5.1a"),
        ("yantai", {"annual_investment_yuan": 50000}, "YT-5.2d"),
        ("yantai", {"self_station_start": "2019-05-11"}, "YT-5.2b"),
        ("gaoming", {"technicians": 2, "senior_technicians": 1}, "GM-4.1"),
        ("qinshui", {"technicians": 3, "senior_technicians": 0, "untitled_skill_leaders": 0}, "QS-4.1"),
        (
            "shenzhen",
            {"internal_technicians": 3, "internal_senior_technicians": 0, "external_persons": []},
            "SZ-4.1a",
        ),
        ("wenzhou", {"host_training_fund_ratio": 0.3}, "WZ-4.2c"),
    ],
)
def test_whether_the_figure_itself_is_enough_is_a_reading(
    slug: str, change: dict[str, Any], clause: str
) -> None:
    assert eligible(slug, **change)["eligible"] is True
    assert clause in eligible(slug, {"G-1": "exclusive"}, **change)["failed"]


def test_what_must_be_there_at_least_once_is_no_matter_of_that_reading() -> None:
    more = {
        "famous_technicians_total": 3,
        "self_station_start": "2018-01-01",
        "fixed_area_sqm": 101,
        "annual_investment_yuan": 50001,
        "annual_training_capacity_senior_plus": 6,
    }

    assert eligible("yantai", {"G-1": "exclusive"}, **more) == verdict(True)
    assert eligible("wenzhou", {"G-1": "exclusive"}, host_training_fund_ratio=0.31) == verdict(True)


def test_shenzhen_people_from_outside() -> None:
    nobody = {"internal_technicians": 0, "internal_senior_technicians": 0}
    three = nobody | {"external_persons": [SENIOR] * 3}

    assert eligible("shenzhen", **three) == verdict(True, warnings=("SZ-4.1b",))
    assert eligible("shenzhen", {"SZ-A4": "at_least_one_internal"}, **three) == verdict(False, ("SZ-4.1b",))
    assert eligible("shenzhen", external_persons=None)["missing"] == ["external_persons"]
    assert eligible("shenzhen", external_persons=None, internal_technicians=3) == verdict(True)


@pytest.mark.parametrize(
    ("slug", "reading", "change", "expected"),
    [
        ("yantai", {"YT-A2": "leader_in_addition"}, {}, verdict(False, ("YT-5.1a",))),
        ("yantai", {"YT-A2": "leader_in_addition"}, {"famous_technicians_total": 3}, verdict(True)),
        ("yantai", {"G-7": "civil_code_202_end_of_day"}, {}, verdict(False, ("YT-5.2b",))),
        ("yantai", {"G-7": "day_before_anniversary"}, {"self_station_start": "2019-05-12"}, verdict(True)),
        ("yantai", {"YT-A16": "use_article_2"}, {}, verdict(True)),
        ("yantai", {"YT-A16": "use_article_2"}, {"unit_type": "training_base"}, verdict(False, ("YT-2.2",))),
        ("yantai", {"YT-A16": "use_article_2"}, {"unit_type": "technical_school"}, verdict(True)),
        (
            "yantai",
            {"G-10": "outside_list_is_prohibited"},
            {"unit_type": "other"},
            verdict(False, ("YT-4.2",)),
        ),
        ("yantai", {"G-13": "default_fail"}, {"good_benefit": None}, verdict(False, ("YT-5.4c",))),
        ("yantai", {"G-13": "default_pass"}, {"good_benefit": None}, verdict(True)),
        (
            "qinshui",
            {"QS-A22": "open"},
            {"unit_type": "vocational_school"},
            verdict(None, (), ("QS-4.0",), ("administrator_decision_on_unit_type",)),
        ),
        (
            "wenzhou",
            {"G-10": "outside_list_is_prohibited"},
            {"host_type": "other"},
            verdict(False, ("WZ-2.3",), missing=("administrator_decision_on_host_type",)),
        ),
        (
            "wenzhou",
            {"WZ-A8": "treat_as_enterprise"},
            {"host_type": "industry_rd_centre", "host_training_fund_ratio": None},
            verdict(None, missing=("host_training_fund_ratio",)),
        ),
        (
            "gaoming",
            {},
            {"unit_type": "vocational_school", "in_district": False},
            verdict(False, ("GM-2.1",), ("GM-2.1",), ("administrator_decision_on_unit_type",)),
        ),
        ("gaoming", {}, {"unit_type": "other", "administrator_decision_on_unit_type": True}, verdict(True)),
    ],
)
def test_other_readings(
    slug: str, reading: dict[str, str], change: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert eligible(slug, reading, **change) == expected


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_taking_facts_away_never_turns_a_no_into_a_yes(slug: str, data: st.DataObject) -> None:
    """What is not known neither passes nor fails: an answer may only become open."""
    facts = ELIGIBLE[slug] | DAYS[slug]
    judgements = sorted(name for name, value in facts.items() if isinstance(value, bool))
    for name in data.draw(st.sets(st.sampled_from(judgements))):
        facts = facts | {name: not facts[name]}
    gone = data.draw(st.sets(st.sampled_from(sorted(facts))))
    fewer = {name: value for name, value in facts.items() if name not in gone}

    whole, part = (ask(profile(slug), "eligibility", given) for given in (facts, fewer))

    assert set(part["failed"]) <= set(whole["failed"])
    assert part["eligible"] in (whole["eligible"], None)
