"""What money may be used for: lists, purposes, open lists and other readings."""

from __future__ import annotations

import pytest

from jurisdictions.engine import UnknownUse, use_of_money, with_readings
from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import SLUGS, profile

VOCABULARY = (
    "changed_purpose_without_approval", "equipment_maintenance", "equipment_purchase",
    "fictitious_expense", "labour_fee_for_training", "labour_fee", "large_equipment_for_project",
    "not_for_the_studio", "office_or_plant_construction", "patent_application_fee", "patent_fee",
    "raw_materials", "skill_exchange", "small_equipment_for_project", "staff_dormitory_construction",
    "talent_training", "teaching_hours_fee", "testing_certification_of_results", "textbooks_for_project",
    "travel_for_trade_related_exchange", "travel_unrelated_to_trade", "travel", "vehicle_purchase",
)  # fmt: skip
PERMITTED = {
    "gaoming": {
        "equipment_purchase", "equipment_maintenance", "raw_materials", "talent_training", "skill_exchange",
        "small_equipment_for_project", "large_equipment_for_project",
    },
    "shenzhen": set(),
    "wenzhou": set(),
    "yantai": {
        "raw_materials", "textbooks_for_project", "small_equipment_for_project", "skill_exchange",
        "travel_for_trade_related_exchange", "testing_certification_of_results", "talent_training",
        "teaching_hours_fee", "labour_fee_for_training", "patent_application_fee", "patent_fee",
    },
}  # fmt: skip
PERMITTED["qinshui"] = PERMITTED["gaoming"]
UNRELATED = {"not_for_the_studio", "travel_unrelated_to_trade"}
NAMED = {"travel", "travel_for_trade_related_exchange", "labour_fee", "labour_fee_for_training"}
PROHIBITED = {
    "gaoming": UNRELATED | NAMED,
    "qinshui": UNRELATED | NAMED | {"changed_purpose_without_approval", "fictitious_expense"},
    "shenzhen": set(),
    "wenzhou": {"not_for_the_studio", "changed_purpose_without_approval"},
    "yantai": {
        "office_or_plant_construction", "staff_dormitory_construction", "vehicle_purchase",
        "fictitious_expense", "changed_purpose_without_approval", "not_for_the_studio",
    },
}  # fmt: skip


@pytest.mark.parametrize("category", VOCABULARY)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_category_in_every_text(slug: str, category: str) -> None:
    found = use_of_money(profile(slug), category)

    wanted = (
        "permitted"
        if category in PERMITTED[slug]
        else "prohibited"
        if category in PROHIBITED[slug]
        else "manual"
    )
    assert found.verdict == wanted
    assert found.clauses
    assert found.explanation


@pytest.mark.parametrize("slug", ["gaoming", "qinshui"])
@pytest.mark.parametrize(
    ("category", "purpose", "verdict"),
    [
        ("travel", None, "manual"),
        ("travel", "related_to_station", "manual"),
        ("travel", "unrelated_to_station", "prohibited"),
        ("travel_unrelated_to_trade", None, "prohibited"),
        ("labour_fee", "related_to_station", "manual"),
        ("equipment_purchase", "unrelated_to_station", "prohibited"),
        ("vehicle_purchase", None, "manual"),
    ],
)
def test_travel_and_labour_only_if_unrelated(
    slug: str, category: str, purpose: str | None, verdict: str
) -> None:
    reading = {"gaoming": "GM-A4", "qinshui": "QS-A15"}[slug]
    p = with_readings(profile(slug), {reading: "only_if_unrelated"})

    assert use_of_money(p, category, purpose).verdict == verdict


@pytest.mark.parametrize("slug", SLUGS)
def test_a_purpose_beside_the_station(slug: str) -> None:
    verdict = use_of_money(profile(slug), "raw_materials", "unrelated_to_station").verdict

    assert verdict == ("manual" if slug == "shenzhen" else "prohibited")


@pytest.mark.parametrize("slug", ["gaoming", "qinshui", "yantai"])
def test_a_closed_list_forbids_what_it_does_not_name(slug: str) -> None:
    closed = with_readings(profile(slug), {"G-10": "outside_list_is_prohibited"})

    for category in VOCABULARY:
        before, after = (use_of_money(p, category) for p in (profile(slug), closed))
        assert after.verdict == (before.verdict if before.listed else "prohibited"), category


def test_an_article_on_another_institution_leaves_all_to_a_person() -> None:
    p = with_readings(
        profile("gaoming"),
        {
            "GM-A3": "literal_other_institution",
            "GM-A4": "only_if_unrelated",
            "G-10": "outside_list_is_prohibited",
        },
    )

    assert {use_of_money(p, category).verdict for category in VOCABULARY} == {"manual"}


@pytest.mark.parametrize("slug", SLUGS)
def test_without_a_category_nothing_is_permitted(slug: str) -> None:
    assert ask(profile(slug), "expenditure", {"category": None})["verdict"] == "manual"


@pytest.mark.parametrize(
    ("facts", "culprit"),
    [
        ({"category": "banquet"}, "category"),
        ({"category": "travel", "purpose": "leisure"}, "purpose"),
        ({"category": "travel", "amount": 5}, "amount"),
    ],
)
def test_what_is_not_known_is_refused(facts: dict[str, object], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        ask(profile("yantai"), "expenditure", facts)

    assert error.value.culprit == culprit


def test_the_engine_says_which_of_the_two_it_does_not_know() -> None:
    with pytest.raises(UnknownUse) as error:
        use_of_money(profile("yantai"), "travel", "leisure")

    assert error.value.fact == "purpose"
