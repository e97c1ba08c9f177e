"""Which act is allowed when: notices, objections, sign-offs, reviews, bodies; and the steps by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine import UnknownAct, gate, procedure, with_readings
from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import profile

ALL_THREE = {
    "qinshui": ["org_department", "county_hrss", "county_finance"],
    "wenzhou": ["talent_office", "city_hrss", "city_finance"],
}


def act(slug: str, action: str, readings: dict[str, str] | None = None, **facts: Any) -> dict[str, Any]:
    return ask(profile(slug), "workflow", {"action": action, **facts}, readings=readings)


@pytest.mark.parametrize(
    ("slug", "action", "published", "first_day"),
    [
        ("shenzhen", "award_plaque", "2025-03-06", "2025-03-12"),
        ("shenzhen", "pay_key_project", "2025-03-06", "2025-03-12"),
        ("gaoming", "award_plaque", "2025-03-10", "2025-03-18"),
        ("qinshui", "joint_document", "2025-06-03", "2025-06-11"),
    ],
)
def test_the_notice_runs_out_before_the_act(slug: str, action: str, published: str, first_day: str) -> None:
    day = date.fromisoformat(first_day)
    facts = {"published": published, "objections": []}

    assert act(slug, action, on=str(day - timedelta(days=1)), **facts)["allowed"] is False
    assert act(slug, action, on=first_day, **facts)["allowed"] is True
    assert ask(profile(slug), "workflow", {"action": action, **facts}, on=day)["allowed"] is True


@pytest.mark.parametrize(
    ("slug", "reading", "option", "first_day"),
    [
        ("shenzhen", "SZ-A2", "publication_day_counts", "2025-03-11"),
        ("shenzhen", "SZ-A2", "working_days", "2025-03-14"),
        ("gaoming", "G-2", "publication_day_counts", "2025-03-13"),
        ("qinshui", "G-2", "publication_day_counts", "2025-03-13"),
    ],
)
def test_the_notice_is_counted_as_the_reading_says(
    slug: str, reading: str, option: str, first_day: str
) -> None:
    day = date.fromisoformat(first_day)
    action = "joint_document" if slug == "qinshui" else "award_plaque"
    facts = {"published": "2025-03-06", "objections": []}
    chosen = {reading: option}

    assert act(slug, action, chosen, on=str(day - timedelta(days=1)), **facts)["allowed"] is False
    assert act(slug, action, chosen, on=first_day, **facts)["allowed"] is True


ENDED = {"published": "2025-03-03", "on": "2025-04-01"}
BASELESS, PENDING, UPHELD = {"status": "not_upheld"}, {"status": "pending"}, {"status": "upheld"}


@pytest.mark.parametrize(
    ("objections", "allowed"),
    [
        (None, None),
        ([], True),
        ([BASELESS], True),
        ([{"upheld": False}], True),
        ([PENDING], False),
        ([{"status": "under_investigation"}], False),
        ([{}], False),
        ([BASELESS, PENDING], False),
        ([UPHELD], False),
        ([{"upheld": True}], False),
        ([BASELESS, UPHELD], False),
        ([{"status": "not_upheld", "upheld": True}], False),
    ],
)
def test_objections_in_shenzhen(objections: Any, allowed: bool | None) -> None:
    for action in ("award_plaque", "pay_key_project"):
        answer = act("shenzhen", action, objections=objections, **ENDED)
        assert (answer["allowed"], answer["manual_confirm"]) == (allowed, False)
        assert answer["missing"] == (["objections"] if allowed is None else [])


MET, UNMET = (
    {"upheld": True, "conditions_unmet_confirmed": False},
    {"upheld": True, "conditions_unmet_confirmed": True},
)


@pytest.mark.parametrize(
    ("objections", "option", "allowed", "manual", "qualification"),
    [
        ([MET], "manual", None, True, None),
        ([MET], "award", True, False, None),
        ([MET], "refuse", False, False, None),
        ([UNMET], "manual", False, False, "removed"),
        ([UNMET], "award", False, False, "removed"),
        ([UNMET], "refuse", False, False, "removed"),
        ([UPHELD], "manual", None, True, None),
        ([UPHELD], "award", None, True, None),
        ([UPHELD], "refuse", False, False, None),
        ([MET, UNMET], "manual", False, False, "removed"),
        ([MET, PENDING], "manual", False, False, None),
        ([BASELESS], "manual", True, False, None),
    ],
)
def test_an_upheld_objection_in_gaoming_removes_only_who_falls_short(
    objections: Any, option: str, allowed: bool | None, manual: bool, qualification: str | None
) -> None:
    answer = act("gaoming", "award_plaque", {"GM-A12": option}, objections=objections, **ENDED)

    assert (answer["allowed"], answer["manual"], answer["application_qualification"]) == (
        allowed,
        manual,
        qualification,
    )


def test_one_fact_that_forbids_outweighs_those_not_known() -> None:
    facts = {"published": "2025-03-10", "on": "2025-03-11"}
    answer = act("gaoming", "award_plaque", objections=[MET], **facts)
    assert (answer["allowed"], answer["manual"]) == (False, False)

    assert act("gaoming", "award_plaque", **facts)["allowed"] is False
    assert act("gaoming", "award_plaque")["missing"] == ["notice_ended", "objections"]
    assert act("gaoming", "award_plaque", published="2025-03-10", objections=[])["missing"] == ["on"]


@pytest.mark.parametrize(
    ("objections", "option", "allowed", "confirm"),
    [
        ([BASELESS], "resolved_not_upheld_counts_as_none", True, True),
        ([BASELESS], "any_objection_blocks", False, False),
        ([], "any_objection_blocks", True, False),
        ([UPHELD], "resolved_not_upheld_counts_as_none", False, False),
        ([BASELESS, PENDING], "resolved_not_upheld_counts_as_none", False, False),
    ],
)
def test_objections_in_qinshui(objections: Any, option: str, allowed: bool, confirm: bool) -> None:
    answer = act("qinshui", "joint_document", {"QS-A11": option}, objections=objections, **ENDED)

    assert (answer["allowed"], answer["manual_confirm"]) == (allowed, confirm)


@pytest.mark.parametrize(("slug", "action"), [("qinshui", "award_plaque"), ("wenzhou", "publish")])
def test_every_body_signs(slug: str, action: str) -> None:
    bodies = ALL_THREE[slug]
    rest: dict[str, Any] = {"notice_ended": True, "objections": []} if slug == "qinshui" else {}

    assert act(slug, action, signoffs=bodies, **rest)["allowed"] is True
    assert act(slug, action, **rest) | {"clauses": 0} == act(slug, action, signoffs=None, **rest) | {
        "clauses": 0
    }
    assert (act(slug, action, **rest)["allowed"], act(slug, action, **rest)["missing"]) == (
        None,
        ["signoffs"],
    )
    for body in bodies:
        answer = act(slug, action, signoffs=[b for b in bodies if b != body], **rest)
        assert (answer["allowed"], answer["missing"]) == (False, [body])
    assert act(slug, action, signoffs=[], **rest)["missing"] == bodies


def test_the_joint_document_does_not_wait_for_signatures_but_sees_a_missing_one() -> None:
    facts = {"objections": [], **ENDED}

    assert act("qinshui", "joint_document", **facts)["allowed"] is True
    assert act("qinshui", "joint_document", signoffs=["county_hrss"], **facts)["allowed"] is False
    assert act("qinshui", "award_plaque", **facts)["allowed"] is None


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"county_review": "agreed"}, True),
        ({"county_review": "pending"}, False),
        ({}, None),
        ({"unit_affiliation": "county", "county_review": "not_agreed"}, False),
        ({"unit_affiliation": "central", "county_review": "not_agreed"}, None),
        ({"unit_affiliation": "municipal", "department_review": "agreed"}, True),
        ({"unit_affiliation": "province", "department_review": "not_agreed"}, False),
    ],
)
def test_who_must_agree_before_yantai_city(facts: dict[str, Any], allowed: bool | None) -> None:
    assert act("yantai", "forward_to_city", **facts)["allowed"] is allowed


@pytest.mark.parametrize(
    ("action", "facts", "allowed"),
    [
        ("designate", {"expert_evaluation": "pass"}, True),
        ("award_plaque", {"expert_evaluation": "fail"}, False),
        ("designate", {}, None),
        ("designate", {"expert_evaluation": "pass", "actor": "county_hrss"}, False),
        ("designate", {"actor": "county_hrss"}, False),
        ("approve", {"actor": "city_hrss"}, True),
        ("approve", {}, None),
        ("approve", {"actor": "city_hrss", "expert_evaluation": "fail"}, False),
    ],
)
def test_yantai_city_designates_after_the_evaluation(
    action: str, facts: dict[str, Any], allowed: bool | None
) -> None:
    assert act("yantai", action, **facts)["allowed"] is allowed


def test_a_notice_that_a_reading_adds_to_yantai_is_waited_for() -> None:
    chosen = {"YT-A14": "add_5_days"}
    facts: dict[str, Any] = {"expert_evaluation": "pass", "published": "2020-03-02", "objections": []}

    assert act("yantai", "designate", chosen, on="2020-03-07", **facts)["allowed"] is False
    assert act("yantai", "designate", chosen, on="2020-03-08", **facts)["allowed"] is True
    with pytest.raises(QuestionError):
        act("yantai", "designate", objections=[])


def test_a_notice_of_unknown_length_ends_when_somebody_says_so() -> None:
    chosen, signed = {"WZ-A3": "add_notice"}, ALL_THREE["wenzhou"]

    assert act("wenzhou", "publish", chosen, signoffs=signed)["missing"] == ["notice_ended"]
    assert act("wenzhou", "publish", chosen, signoffs=signed, notice_ended=False)["allowed"] is False
    assert act("wenzhou", "publish", chosen, signoffs=signed, notice_ended=True)["allowed"] is True


@pytest.mark.parametrize("name", ["originals_checked", "copies_stamped", "opinion_signed"])
def test_every_check_is_done_before_wenzhou_city(name: str) -> None:
    done = {"originals_checked": True, "copies_stamped": True, "opinion_signed": True}

    assert act("wenzhou", "forward_to_city", **done)["allowed"] is True
    undone = act("wenzhou", "forward_to_city", **done | {name: False})
    assert (undone["allowed"], undone["missing"]) == (False, [name])
    unknown = act("wenzhou", "forward_to_city", **done | {name: None})
    assert (unknown["allowed"], unknown["missing"]) == (None, [name])


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"formal_review": "pass"}, True),
        ({"formal_review": "pending"}, False),
        ({}, None),
        ({"formal_review": "pass", "originals_checked": False}, False),
    ],
)
def test_gaoming_town_passes_on_only_what_qualifies(facts: dict[str, Any], allowed: bool | None) -> None:
    assert act("gaoming", "forward_to_district", **facts)["allowed"] is allowed


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"open_call": True}, True),
        ({"open_call": False}, False),
        ({}, None),
        ({"open_call": True, "on": "2026-07-10"}, True),
        ({"open_call": True, "on": "2026-07-11"}, False),
        ({"open_call": True, "on": "2022-01-25"}, False),
    ],
)
def test_gaoming_applies_within_a_call(facts: dict[str, Any], allowed: bool | None) -> None:
    assert act("gaoming", "submit_application", **facts)["allowed"] is allowed


@pytest.mark.parametrize(
    ("slug", "facts"),
    [("gaoming", {}), ("shenzhen", {"phase": "application"}), ("shenzhen", {"phase": "key_project"})],
)
def test_false_material_ends_the_application(slug: str, facts: dict[str, Any]) -> None:
    false = act(slug, "verify_material", material_false=True, **facts)
    true = act(slug, "verify_material", material_false=False, **facts)
    unknown = act(slug, "verify_material", **facts)

    assert (false["application_qualification"], false["bar"]) == ("cancelled", "this_application")
    assert (true["application_qualification"], true["allowed"]) == (None, True)
    assert (unknown["application_qualification"], unknown["missing"]) == (None, ["material_false"])


def test_the_bar_may_be_read_as_permanent_everywhere() -> None:
    chosen = {"SZ-A17": "permanent"}
    for phase in ("application", "key_project"):
        answer = act("shenzhen", "verify_material", chosen, material_false=True, phase=phase)
        assert answer["bar"] == "permanent"
    for action in ("award_plaque", "pay_key_project"):
        assert act("shenzhen", action, chosen, material_false=True)["bar"] == "permanent"


@pytest.mark.parametrize(
    ("slug", "action"),
    [("gaoming", "second_recognition_batch_in_year"), ("qinshui", "second_recognition_round_in_year")],
)
def test_one_round_a_year(slug: str, action: str) -> None:
    assert act(slug, action, year=2024)["allowed"] is False


def test_rounds_are_not_limited_where_each_station_is_recognised_anew() -> None:
    answer = act("qinshui", "second_recognition_round_in_year", {"QS-A19": "annual_rerecognition"})

    assert (answer["allowed"], answer["manual"]) == (None, True)


@pytest.mark.parametrize(
    ("slug", "body", "allowed"),
    [
        ("shenzhen", "city_hrss", True),
        ("wenzhou", "city_hrss", True),
        ("wenzhou", "county_hrss", True),
        ("wenzhou", "city_finance", False),
        ("wenzhou", None, None),
    ],
)
def test_who_inspects(slug: str, body: str | None, allowed: bool | None) -> None:
    assert act(slug, "inspect", triggered_by=body)["allowed"] is allowed


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("yantai", {"action": "joint_document"}, "action"),
        ("yantai", {"action": "designate", "expert_evaluation": "passed"}, "expert_evaluation"),
        ("yantai", {"action": "approve", "actor": "mayor"}, "actor"),
        ("yantai", {"phase": "application"}, "phase"),
        ("shenzhen", {"phase": "second"}, "phase"),
        ("qinshui", {"action": "award_plaque", "signoffs": ["mayor"]}, "signoffs"),
        ("qinshui", {"action": "award_plaque", "objections": ["pending"]}, "objections"),
        ("qinshui", {"action": "award_plaque", "objections": [{"upheld": "no"}]}, "objections"),
        ("qinshui", {"action": "award_plaque", "notice_ended": "yes"}, "notice_ended"),
        ("qinshui", {"action": "award_plaque", "published": "soon"}, "published"),
        ("gaoming", {"action": "submit_application", "open_call": "yes"}, "open_call"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named(slug: str, facts: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        ask(profile(slug), "workflow", facts)
    assert error.value.culprit == culprit


def test_an_act_without_a_gate_is_no_act() -> None:
    with pytest.raises(UnknownAct):
        gate(profile("yantai"), "publish", {})


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "stages"),
    [
        (
            "yantai",
            {"unit_affiliation": "central"},
            None,
            [
                "application",
                "department_review",
                "city_direct_submission",
                "expert_evaluation",
                "designation",
            ],
        ),
        ("yantai", {}, None, None),
        (
            "yantai",
            {"unit_affiliation": "county", "unit_type": "other"},
            {"YT-A4": "not_covered_manual"},
            None,
        ),
        (
            "yantai",
            {"unit_affiliation": "municipal"},
            {"YT-A14": "add_5_days"},
            [
                "application",
                "department_review",
                "city_direct_submission",
                "expert_evaluation",
                "notice_5_days",
                "designation",
            ],
        ),
        (
            "shenzhen",
            {},
            {"SZ-A2": "working_days"},
            ["application", "expert_review", "notice_5wd", "document_and_plaque"],
        ),
        (
            "wenzhou",
            {"affiliation": "municipal"},
            {"WZ-A3": "add_notice"},
            [
                "local_or_department_review",
                "expert_evaluation_3_bodies",
                "list_by_studio_office",
                "notice",
                "joint_document_and_plaque",
            ],
        ),
    ],
)
def test_the_steps_bear_their_length_and_follow_the_way(
    slug: str, facts: dict[str, Any], readings: dict[str, str] | None, stages: list[str] | None
) -> None:
    answer = ask(profile(slug), "workflow", facts, readings=readings)

    assert answer["stages"] == stages
    added = readings is not None and ("WZ-A3" in readings or "YT-A14" in readings)
    assert answer["notice_required"] is (added or profile(slug).notice is not None)


def test_a_limit_that_changes_changes_the_name_of_its_step() -> None:
    p = profile("gaoming")
    stages = tuple(
        s.model_copy(update={"limit": s.limit.model_copy(update={"working_days": 9})}) if s.limit else s
        for s in p.stages
    )
    changed = p.model_copy(update={"stages": stages})

    assert procedure(changed, {}).stages == (
        "formal_review_9wd",
        "qualification_recheck_9wd",
        "expert_review_9wd",
        "notice_5wd",
        "document_and_plaque",
    )


FACTS: dict[str, st.SearchStrategy[Any]] = {
    "published": st.dates(date(2025, 3, 1), date(2025, 3, 20)),
    "objections": st.lists(st.sampled_from([BASELESS, PENDING, UPHELD, MET, UNMET]), max_size=3),
    "signoffs": st.lists(st.sampled_from(ALL_THREE["qinshui"]), unique=True),
}


@settings(max_examples=80)
@given(data=st.data())
def test_what_is_forbidden_or_allowed_on_part_of_the_facts_stays_so(data: st.DataObject) -> None:
    """Knowing more never changes a settled answer, and an allowed act has everything it needs."""
    facts = {name: data.draw(values) for name, values in FACTS.items()}
    on = data.draw(st.dates(date(2025, 3, 1), date(2025, 4, 10)))
    part = {name: value for name, value in facts.items() if data.draw(st.booleans())}
    p = with_readings(profile("qinshui"), {"QS-A11": data.draw(st.sampled_from(["any_objection_blocks",
        "resolved_not_upheld_counts_as_none"]))})  # fmt: skip

    some = gate(p, "award_plaque", part, on=on).allowed
    full = gate(p, "award_plaque", facts, on=on).allowed

    assert full is not None
    assert some in (None, full)
    if full:
        assert set(facts["signoffs"]) == set(ALL_THREE["qinshui"])
        assert all(o == BASELESS for o in facts["objections"])
