"""Grounds of revocation and voluntary ends: every event in every text, thresholds, nulls, other readings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisdictions.engine import (
    GradeRecord,
    check_ground,
    consequences_of,
    deregistration_state,
    with_readings,
)
from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import SLUGS, profile

EVENTS = tuple(profile("gaoming").revocation.events)  # type: ignore[union-attr]

# Event -> the ground in each text, where the event alone establishes it.
ESTABLISHED: dict[str, dict[str, str]] = {
    "gaoming": {
        "false_material_recognised": "GM-15.1",
        "fraud_in_application": "GM-15.1",
        "rules_not_implemented_and_head_inactive": "GM-15.2",
        "no_activities": "GM-15.6",
    },
    "qinshui": {
        "unit_deregistered": "QS-10.1",
        "host_deregistered": "QS-10.1",
        "no_activities": "QS-10.4",
        "fraud_in_application": "QS-10.5",
        "false_material_recognised": "QS-10.5",
        "misuse_of_county_subsidy": "QS-10.6",
    },
    "shenzhen": {
        "fraud_verified": "SZ-9.2",
        "duties_not_performed_verified": "SZ-9.2",
        "breach_of_law": "SZ-9.7",
        "cannot_operate_normally": "SZ-9.7",
    },
    "wenzhou": {
        "host_deregistered": "WZ-7.4.1",
        "unit_deregistered": "WZ-7.4.1",
        "leader_left": "WZ-7.4.4",
    },
    "yantai": {
        "leader_breach": "YT-15.1",
        "fraud_in_application": "YT-15.3",
        "false_material_recognised": "YT-15.3",
        "misuse_of_city_subsidy": "YT-15.4",
    },
}
# Events that wait for a further fact.
OPEN: dict[str, set[str]] = {
    "gaoming": {"annual_output", "relocation"},
    "qinshui": {"leader_left", "leader_breach", "staff_breach", "breach_of_law"},
    "shenzhen": {
        "suspected_crime",
        "fraud_in_application",
        "false_material_recognised",
        "falsification_in_work",
    },
    "wenzhou": {"leader_breach", "breach_of_law"},
    "yantai": {"breach_of_law"},
}


def revocation(slug: str, facts: dict[str, Any], **readings: str) -> dict[str, Any]:
    return ask(
        profile(slug), "revocation", facts, readings={k.replace("_", "-"): v for k, v in readings.items()}
    )


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_event_in_every_text(slug: str, event: str) -> None:
    answer = revocation(slug, {"event": event})

    ground = ESTABLISHED[slug].get(event)
    assert answer["revoke"] is (True if ground else None if event in OPEN[slug] else False)
    assert answer.get("ground") == ground
    assert answer["recover_plaque"] is answer["revoke"]
    assert bool(answer["missing"]) is (answer["revoke"] is None)
    assert answer["clauses"]
    assert answer["explanation"]
    assert (answer["refer_to_judicial"]) is (slug == "shenzhen" and event == "suspected_crime")
    assert (answer["refer_liability"]) is (slug == "qinshui" and event == "misuse_of_county_subsidy")


@pytest.mark.parametrize(
    ("slug", "facts", "revoke", "ground"),
    [
        # relocation
        ("gaoming", {"event": "relocation", "consent": False}, True, "GM-15.3"),
        (
            "gaoming",
            {"event": "relocation", "consent": False, "new_site_evaluation": "pass"},
            True,
            "GM-15.3",
        ),
        ("gaoming", {"event": "relocation", "consent": None, "new_site_evaluation": "fail"}, True, "GM-15.3"),
        ("gaoming", {"event": "relocation", "consent": None, "new_site_evaluation": "pass"}, None, None),
        ("gaoming", {"event": "relocation", "consent": True}, None, None),
        # output
        ("gaoming", {"event": "annual_output", "backbone_trained": 1, "projects": 3}, True, "GM-15.6"),
        ("gaoming", {"event": "annual_output", "backbone_trained": 2, "projects": 0}, False, None),
        ("gaoming", {"event": "annual_output", "backbone_trained": 2}, False, None),
        ("gaoming", {"event": "annual_output", "projects": 1}, None, None),
        ("gaoming", {"event": "other_conduct", "recorded_reason": "对外出租牌匾"}, True, "GM-15.7"),
        ("gaoming", {"event": "other_conduct", "recorded_reason": ""}, False, None),
        ("gaoming", {"evaluation_application": "submitted"}, False, None),
        ("gaoming", {"evaluation_application": None}, None, None),
        # successors
        ("qinshui", {"event": "leader_left", "qualified_successor": False}, True, "QS-10.2"),
        ("qinshui", {"event": "leader_left", "qualified_successor": None}, None, None),
        ("wenzhou", {"event": "leader_left", "qualified_successor": None}, True, "WZ-7.4.4"),
        ("gaoming", {"event": "leader_left", "qualified_successor": False}, False, None),
        # consequences and persons
        ("qinshui", {"event": "staff_breach", "major_loss": False}, False, None),
        ("qinshui", {"event": "leader_breach", "major_loss": True}, True, "QS-10.3"),
        (
            "qinshui",
            {"event": "breach_of_law", "person": "ordinary_member", "major_loss": True},
            True,
            "QS-10.3",
        ),
        ("wenzhou", {"event": "leader_breach", "major_loss": True}, True, "WZ-7.4.2"),
        (
            "wenzhou",
            {"event": "breach_of_law", "person": "ordinary_member", "major_loss": True},
            False,
            None,
        ),
        ("wenzhou", {"event": "breach_of_law", "person": None, "major_loss": False}, False, None),
        ("yantai", {"event": "leader_breach", "major_loss": False}, True, "YT-15.1"),
        # verification
        ("shenzhen", {"event": "suspected_crime", "fraud_verified": False}, False, None),
        ("shenzhen", {"event": "fraud_in_application", "fraud_verified": True}, True, "SZ-9.2"),
        # nothing is asked
        ("shenzhen", {"event": None}, None, None),
        ("qinshui", {}, None, None),
    ],
)
def test_what_an_event_hangs_on(
    slug: str, facts: dict[str, Any], revoke: bool | None, ground: str | None
) -> None:
    answer = revocation(slug, facts)

    assert (answer["revoke"], answer.get("ground")) == (revoke, ground)


@pytest.mark.parametrize(
    ("facts", "clawback"),
    [
        ({"serious": True}, True),
        ({"serious": False}, False),
        ({"serious": None}, "only_if_serious"),
        ({}, "only_if_serious"),
        ({"serious": True, "paid_yuan": 0}, False),
    ],
)
def test_money_comes_back_only_where_somebody_found_it_serious(
    facts: dict[str, Any], clawback: bool | str
) -> None:
    answer = revocation("gaoming", {"event": "no_activities"} | facts)

    assert (answer["revoke"], answer["clawback"], answer["stop_funding"]) == (True, clawback, True)
    automatic = revocation("gaoming", {"event": "no_activities", "serious": None}, GM_A18="automatic")
    assert automatic["clawback"] is True


@pytest.mark.parametrize(
    ("slug", "facts", "reading", "clawback"),
    [
        ("shenzhen", {"event": "cannot_operate_normally"}, {}, "not_in_text"),
        ("shenzhen", {"event": "breach_of_law"}, {}, "not_in_text"),
        ("shenzhen", {"event": "cannot_operate_normally"}, {"SZ_A14": "clawback"}, True),
        ("shenzhen", {"event": "duties_not_performed_verified"}, {}, True),
        ("shenzhen", {"event": "ordinary_member_left"}, {}, False),
        ("yantai", {"event": "fraud_in_application"}, {"YT_A10": "clawback"}, True),
        ("qinshui", {"event": "misuse_of_county_subsidy"}, {"QS_A25": "clawback"}, True),
        ("qinshui", {"event": "no_activities"}, {"QS_A25": "clawback"}, "not_in_text"),
    ],
)
def test_clawback_as_the_text_or_a_reading_has_it(
    slug: str, facts: dict[str, Any], reading: dict[str, str], clawback: bool | str
) -> None:
    assert revocation(slug, facts, **reading)["clawback"] == clawback


def test_the_money_concerned_or_all_of_it() -> None:
    fraud = {"event": "fraud_verified"}

    assert revocation("shenzhen", fraud)["clawback_scope"] == "money_concerned"
    assert revocation("shenzhen", fraud, SZ_A13="all_money")["clawback_scope"] == "all_paid"


@pytest.mark.parametrize(
    ("facts", "revoke"),
    [
        ({"event": "fraud_verified"}, False),
        ({"event": "fraud_verified", "duties_not_performed": True}, True),
        ({"event": "duties_not_performed_verified"}, False),
        ({"event": "duties_not_performed_verified", "fraud_verified": True}, True),
        ({"event": "suspected_crime", "fraud_verified": True}, False),
    ],
)
def test_both_required(facts: dict[str, Any], revoke: bool) -> None:
    assert revocation("shenzhen", facts, SZ_A13="both_required")["revoke"] is revoke


# ---- grades


@pytest.mark.parametrize(
    ("score", "reading", "revoke"),
    [
        ("59.99", {}, True),
        (60, {}, False),
        (0, {}, True),
        ("59.5", {"QS_A3": "round"}, False),
        ("59.49", {"QS_A3": "round"}, True),
        (None, {}, None),
    ],
)
def test_one_failed_evaluation_of_qinshui(score: Any, reading: dict[str, str], revoke: bool | None) -> None:
    answer = revocation("qinshui", {"evaluation_score": score}, **reading)

    assert answer["revoke"] is revoke
    assert answer["rectification"] is False
    assert answer.get("second_tranche") == ("not_paid" if revoke else None)


@pytest.mark.parametrize(
    ("slug", "step", "ground"),
    [("gaoming", "order_rectification", "GM-15.5"), ("wenzhou", "time_limited_rectification", "WZ-7.4.3")],
)
def test_rectification_comes_before_revocation(slug: str, step: str, ground: str) -> None:
    def brought(**facts: Any) -> tuple[Any, ...]:
        answer = revocation(slug, facts)
        return answer["revoke"], answer.get("next_step"), answer.get("ground")

    assert brought(evaluation="不合格") == (False, step, None)
    assert brought(evaluation="不合格", rectification=None) == (False, step, None)
    assert brought(evaluation="不合格", rectification="reached") == (False, None, None)
    assert brought(evaluation="不合格", rectification="not_reached") == (True, None, ground)
    assert brought(evaluation="合格", rectification="not_reached") == (False, None, None)
    assert brought(evaluation=None) == (None, None, None)
    assert brought(annual_results={"2024": "fail"}, rectification="not_reached") == (True, None, ground)


@pytest.mark.parametrize(
    ("rectification", "reading", "revoke", "step"),
    [
        (None, {}, False, "time_limited_rectification"),
        ("reached", {}, False, None),
        ("not_reached", {}, True, None),
        (None, {"WZ_A12": "fraud_immediate"}, True, None),
        ("reached", {"WZ_A12": "fraud_immediate"}, True, None),
    ],
)
def test_falsification_in_work(
    rectification: str | None, reading: dict[str, str], revoke: bool, step: str | None
) -> None:
    answer = revocation(
        "wenzhou", {"event": "falsification_in_work", "rectification": rectification}, **reading
    )

    assert (answer["revoke"], answer.get("next_step")) == (revoke, step)


@pytest.mark.parametrize(
    ("results", "reading", "revoke", "ground", "flags"),
    [
        ({"2019": "fail", "2020": "fail"}, {}, True, "YT-15.5", ["YT-15.2"]),
        ({"2020": "fail", "2019": "fail"}, {}, True, "YT-15.5", ["YT-15.2"]),
        ({"2018": "fail"}, {}, False, None, ["YT-15.2"]),
        ({"2018": "pass"}, {}, False, None, []),
        ({"2018": "fail", "2020": "fail"}, {}, False, None, ["YT-15.2"]),
        ({"2018": "fail", "2020": "fail"}, {"YT_A7": "skip_unassessed_years"}, True, "YT-15.5", ["YT-15.2"]),
        (
            {"2018": "fail", "2019": "pass", "2020": "fail"},
            {"YT_A7": "skip_unassessed_years"},
            False,
            None,
            ["YT-15.2"],
        ),
        ({"2018": "fail", "2019": None}, {}, None, None, ["YT-15.2"]),
        ({"2018": "pass", "2019": None}, {}, False, None, []),
        ({"2018": "fail"}, {"YT_A8": "only_rule_5"}, False, None, []),
        ({"2019": "fail", "2020": "fail"}, {"YT_A8": "only_rule_5"}, True, "YT-15.5", []),
        ({"2018": "fail"}, {"YT_A8": "any_limb"}, True, "YT-15.2", []),
    ],
)
def test_failed_years_of_yantai(
    results: dict[str, Any],
    reading: dict[str, str],
    revoke: bool | None,
    ground: str | None,
    flags: list[str],
) -> None:
    answer = revocation("yantai", {"annual_results": results}, **reading)

    assert (answer["revoke"], answer.get("ground"), answer["flag_for_review"]) == (revoke, ground, flags)


@pytest.mark.parametrize(
    ("reading", "revoke", "flags"),
    [({}, False, ["YT-15.2"]), ({"YT_A8": "only_rule_5"}, False, []), ({"YT_A8": "any_limb"}, True, [])],
)
@pytest.mark.parametrize("facts", [{"event": "no_activities"}, {"annual_targets_met": False}])
def test_the_second_ground_of_yantai_is_for_a_person(
    facts: dict[str, Any], reading: dict[str, str], revoke: bool, flags: list[str]
) -> None:
    answer = revocation("yantai", facts, **reading)

    assert (answer["revoke"], answer["flag_for_review"]) == (revoke, flags)


@given(st.lists(st.sampled_from(["合格", "不合格"]), min_size=1, max_size=6), st.sampled_from(SLUGS))
def test_a_history_and_the_room_that_keeps_it_agree(grades: list[str], slug: str) -> None:
    """One source: a ground that rests on grades is established exactly where the grades bring it about."""
    p = profile(slug)
    history = [GradeRecord(2018 + n, grade) for n, grade in enumerate(grades)] if p.assessment.grades else []
    brought = {c.clause for c in consequences_of(p, history) if c.effect == "propose_revocation"}

    found = check_ground(p, {}, grades=history)

    assert set(found.grounds) == brought
    assert found.revoke is (None if not history else bool(brought))


# ---- Gaoming: late and judged


def test_a_late_application_is_for_a_person() -> None:
    late = {"evaluation_application": "submitted_late"}
    default, strict = (
        revocation("gaoming", late),
        revocation("gaoming", late, GM_A13="late_is_not_submitted"),
    )

    assert (default["revoke"], default["flag_for_review"]) == (False, ["GM-15.4"])
    assert (strict["revoke"], strict["ground"]) == (True, "GM-15.4")


def test_a_reviewer_judges_the_output_under_the_other_reading() -> None:
    def judged(**facts: Any) -> dict[str, Any]:
        return revocation("gaoming", {"event": "annual_output"} | facts, GM_A15="reviewer")

    assert judged(backbone_trained=1, projects=1)["revoke"] is None
    assert judged(backbone_trained=1, projects=1)["flag_for_review"] == ["GM-15.6"]
    assert judged(backbone_trained=0, projects=0)["revoke"] is True


def test_only_the_leader_counts_under_the_other_reading() -> None:
    def staff(**facts: Any) -> Any:
        return revocation(
            "qinshui", {"event": "staff_breach", "major_loss": True} | facts, QS_A24="leader_only"
        )["revoke"]

    assert (staff(), staff(person="ordinary_member"), staff(person="main_leader")) == (None, False, True)


# ---- Shenzhen: filings not made


def filing(as_of: str | None, reading: dict[str, str] | None = None, **facts: Any) -> dict[str, Any]:
    given = {"task": "annual_filing", "year": 2026, "submitted": None, "good_reason": False, "as_of": as_of}
    return revocation("shenzhen", given | facts, **(reading or {}))


@pytest.mark.parametrize(
    ("last_day_without", "facts", "reading"),
    [
        ("2026-08-27", {}, {}),
        ("2026-08-28", {}, {"SZ_A12": "strictly_more"}),
        ("2026-08-28", {}, {"G_1": "exclusive"}),
        ("2026-08-28", {}, {"G_7": "civil_code_202_end_of_day"}),
        ("2026-09-29", {}, {"SZ_A1": "end_of_march"}),
        ("2027-02-27", {"extension_until": "2026-08-28"}, {}),
        ("2026-08-27", {"extension_until": "2026-08-28"}, {"SZ_A12": "from_original_due"}),
        ("2024-08-28", {"year": 2024}, {}),
    ],
)
def test_six_months_overdue(last_day_without: str, facts: dict[str, Any], reading: dict[str, str]) -> None:
    next_day = str(date.fromisoformat(last_day_without) + timedelta(days=1))

    assert filing(last_day_without, reading, **facts)["revoke"] is False
    late = filing(next_day, reading, **facts)
    assert (late["revoke"], late["ground"], late["clawback"]) == (True, "SZ-9.6", "not_in_text")


@pytest.mark.parametrize(
    ("as_of", "facts", "revoke", "missing"),
    [
        ("2026-10-01", {"good_reason": None}, None, ["good_reason"]),
        ("2026-03-01", {"good_reason": None}, False, []),
        (None, {}, None, ["as_of"]),
        (None, {"good_reason": True}, False, []),
        ("2026-10-01", {"year": None}, None, ["year"]),
        ("2026-10-01", {"submitted": "2026-08-27"}, False, []),
        ("2026-10-01", {"submitted": "2026-09-15"}, None, []),
        ("2026-10-01", {"submitted": "2026-10-02"}, True, []),
    ],
)
def test_a_filing_that_may_be_excused_or_made(
    as_of: str | None, facts: dict[str, Any], revoke: bool | None, missing: list[str]
) -> None:
    answer = filing(as_of, **facts)

    assert (answer["revoke"], answer["missing"]) == (revoke, missing)


def test_a_doubtful_due_day_is_shown_beside_the_answer() -> None:
    between, after = filing("2026-09-01"), filing("2026-09-30")

    assert (between["revoke"], between["flag_for_review"]) == (True, ["SZ-9.6"])
    assert any("2026年9月30日" in sentence for sentence in between["explanation"])
    assert (after["revoke"], after["flag_for_review"]) == (True, [])


def test_the_day_of_the_question_is_the_day_asked_of() -> None:
    facts = {"task": "annual_filing", "year": 2026, "submitted": None, "good_reason": False}

    for day, revoke in ((date(2026, 8, 27), False), (date(2026, 8, 28), True)):
        assert ask(profile("shenzhen"), "revocation", facts, on=day)["revoke"] is revoke


def test_an_expired_text_is_said() -> None:
    answer = ask(profile("yantai"), "revocation", {"event": "fraud_in_application"}, on=date(2023, 1, 1))

    assert answer["manual_reason"] == "regulation_expired_2022-12-31"
    assert answer["readings"]["G-8"] == "manual_decision"
    within = ask(profile("yantai"), "revocation", {"event": "fraud_in_application"}, on=date(2022, 12, 31))
    assert "manual_reason" not in within


def test_what_a_person_decides_is_said() -> None:
    failed = {"evaluation_score": 10}

    assert revocation("qinshui", failed)["person_decides"] is True
    assert revocation("qinshui", failed, QS_A14="automatic")["person_decides"] is False


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("gaoming", {"event": "earthquake"}, "event"),
        ("gaoming", {"evaluation": "良好"}, "evaluation"),
        ("gaoming", {"evaluation_score": 50}, "evaluation_score"),
        ("gaoming", {"evaluation_application": "lost"}, "evaluation_application"),
        ("qinshui", {"evaluation": "不合格", "rectification": "reached"}, "rectification"),
        ("shenzhen", {"task": "annual_report"}, "task"),
        ("shenzhen", {"evaluation": "不合格"}, "evaluation"),
        ("yantai", {"annual_results": {"2018": "unsure"}}, "annual_results"),
        ("yantai", {"annual_results": {"once": "fail"}}, "annual_results"),
        ("yantai", {"event": "breach_of_law", "person": "cook"}, "person"),
        ("wenzhou", {"event": "leader_breach", "major_loss": "yes"}, "major_loss"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(slug: str, facts: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        revocation(slug, facts)

    assert error.value.culprit == culprit


# ---- deregistration

STEPS = ("written_request", "approved", "plaque_returned")


@pytest.mark.parametrize(
    ("steps", "status", "accepted", "next_step"),
    [
        ((True, True, True), "deregistered", True, None),
        ((True, True, False), "active", True, "plaque_returned"),
        ((True, False, None), "active", True, "approved"),
        ((False, True, True), "active", False, "written_request"),
        ((True, None, None), None, True, "approved"),
        ((None, True, True), None, None, "written_request"),
        ((True, True, None), None, True, "plaque_returned"),
    ],
)
def test_every_step_of_deregistration(
    steps: tuple[bool | None, ...], status: str | None, accepted: bool | None, next_step: str | None
) -> None:
    facts = dict(zip(STEPS, steps, strict=True))

    found = deregistration_state(profile("shenzhen"), facts)
    answer = ask(profile("shenzhen"), "deregistration", facts)

    assert (found.status, found.accepted, found.next_step) == (status, accepted, next_step)
    assert (answer["is_revocation"], answer["clawback"]) == (False, "not_in_text")


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "shenzhen"])
def test_a_text_without_deregistration_says_so(slug: str) -> None:
    answer = ask(profile(slug), "deregistration", dict.fromkeys(STEPS, True))

    assert (answer["in_text"], answer["status"], answer["accepted"]) == (False, None, None)
    assert answer["is_revocation"] is None
    assert "没有规定" in answer["explanation"][0]


def test_a_profile_without_the_chapter_decides_nothing() -> None:
    bare = profile("yantai").model_copy(update={"revocation": None, "expenditure": None})

    assert ask(bare, "revocation", {})["revoke"] is None
    assert ask(bare, "expenditure", {"category": "travel"})["verdict"] == "manual"
    with pytest.raises(ValueError, match="撤销"):
        check_ground(bare, {})


def test_an_event_is_one_of_the_profile() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        check_ground(with_readings(profile("yantai"), None), {"event": "earthquake"})
