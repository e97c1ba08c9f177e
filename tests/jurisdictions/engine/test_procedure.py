"""Validity, routes, stages, names, numbers and plaques."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jurisdictions.engine import (
    NameIncomplete,
    allowed_plaques,
    find_route,
    is_valid_name,
    stage_list,
    station_name,
    station_number,
    validity_on,
    with_readings,
)
from tests.jurisdictions.engine.profiles import SLUGS, profile


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("slug", "on", "status"),
    [
        ("yantai", "2017-12-31", "not_yet"),
        ("yantai", "2018-01-01", "in_force"),
        ("yantai", "2022-12-31", "in_force"),
        ("yantai", "2023-01-01", "expired"),
        ("gaoming", "2022-01-25", "not_yet"),
        ("gaoming", "2022-01-26", "in_force"),
        ("gaoming", "2026-07-10", "in_force"),
        ("gaoming", "2026-07-11", "expired"),
        ("shenzhen", "2026-11-20", "undetermined"),
        ("qinshui", "2022-12-31", "not_yet"),
        ("qinshui", "2023-06-01", "undetermined"),
        ("qinshui", "2024-01-01", "in_force"),
        ("wenzhou", "2013-05-07", "not_yet"),
        ("wenzhou", "2013-05-08", "in_force"),
    ],
)
def test_validity_at_its_edges(slug: str, on: str, status: str) -> None:
    answer = validity_on(profile(slug), day(on))

    assert answer.status == status
    assert answer.in_force == {"in_force": True, "undetermined": None}.get(status, False)


def test_an_open_end_carries_a_warning() -> None:
    assert (
        validity_on(profile("wenzhou"), day("2025-04-01")).warning
        == "no_expiry_in_text_verify_still_in_force"
    )
    assert validity_on(profile("yantai"), day("2020-04-01")).warning == ""


def test_what_the_bureau_entered_fills_a_gap_and_overrules_nothing() -> None:
    entered = validity_on(profile("qinshui"), day("2023-06-01"), entered_from=day("2023-05-20"))
    shenzhen = validity_on(
        profile("shenzhen"), day("2021-01-01"), entered_from=day("2016-09-01"), entered_to=day("2020-12-31")
    )
    yantai = validity_on(profile("yantai"), day("2023-06-01"), entered_to=day("2030-12-31"))

    assert (entered.status, shenzhen.status, yantai.status) == ("in_force", "expired", "expired")


@pytest.mark.parametrize(
    ("slug", "facts", "path", "confirm"),
    [
        ("qinshui", {}, ("industry_department", "county_hrss"), False),
        ("gaoming", {}, ("town_public_service_office", "district_hrss"), False),
        ("shenzhen", {}, ("city_hrss",), False),
        (
            "yantai",
            {"unit_affiliation": "county", "unit_type": "enterprise"},
            ("county_hrss", "city_hrss"),
            False,
        ),
        ("yantai", {"unit_affiliation": "county", "unit_type": "other"}, ("county_hrss", "city_hrss"), True),
        ("yantai", {"unit_affiliation": "municipal"}, ("competent_department", "city_hrss"), False),
        ("yantai", {"unit_affiliation": "central"}, ("competent_department", "city_hrss"), False),
        ("yantai", {}, None, True),
        ("wenzhou", {"affiliation": "county"}, ("county_hrss", "city_hrss"), False),
        ("wenzhou", {"affiliation": "municipal"}, ("city_industry_department", "city_hrss"), False),
        ("wenzhou", {"affiliation": "none_private_city_registered"}, ("county_hrss", "city_hrss"), True),
        ("wenzhou", {}, None, True),
    ],
)
def test_route(slug: str, facts: dict[str, Any], path: tuple[str, ...] | None, confirm: bool) -> None:
    answer = find_route(profile(slug), facts)

    assert (answer.path, answer.manual_confirm) == (path, confirm)


@pytest.mark.parametrize(
    ("slug", "path", "steps"),
    [
        (
            "qinshui",
            ("industry_department", "county_hrss"),
            [
                ("first_pass", "industry_department"),
                ("panel", "county_hrss"),
                ("notice", "county_hrss"),
                ("designation", "county_hrss"),
            ],
        ),
        (
            "yantai",
            ("county_hrss", "city_hrss"),
            [
                ("first_pass", "county_hrss"),
                ("recheck", "city_hrss"),
                ("panel", "city_hrss"),
                ("designation", "city_hrss"),
            ],
        ),
        (
            "yantai",
            ("competent_department", "city_hrss"),
            [
                ("first_pass", "competent_department"),
                ("recheck", "city_hrss"),
                ("panel", "city_hrss"),
                ("designation", "city_hrss"),
            ],
        ),
        (
            "shenzhen",
            ("city_hrss",),
            [
                ("first_pass", "city_hrss"),
                ("panel", "city_hrss"),
                ("notice", "city_hrss"),
                ("designation", "city_hrss"),
            ],
        ),
        (
            "wenzhou",
            ("city_industry_department", "city_hrss"),
            [
                ("first_pass", "city_industry_department"),
                ("panel", "city_hrss"),
                ("decision", "studio_office"),
                ("designation", "city_hrss"),
            ],
        ),
    ],
)
def test_stages_of_a_route(slug: str, path: tuple[str, ...], steps: list[tuple[str, str]]) -> None:
    assert [(s.kind, s.authority) for s in stage_list(profile(slug), path)] == steps


def test_only_gaoming_has_processing_limits() -> None:
    limited = {
        s.name: s.limit.working_days
        for p in ("yantai", "shenzhen", "gaoming", "qinshui", "wenzhou")
        for s in profile(p).stages
        if s.limit
    }

    assert limited == {"formal_review": 7, "qualification_recheck": 7, "expert_review": 15}


def test_wenzhou_name_is_prescribed() -> None:
    p, facts = profile("wenzhou"), {"leader_name": "张三", "trade": "数控车工", "unit": "某某公司"}

    assert station_name(p, facts) == "温州市张三数控车工技能大师工作室"
    assert is_valid_name(p, facts, "温州市张三技能大师工作室") is False
    assert is_valid_name(profile("qinshui"), facts, "随便") is None


def test_name_tells_what_it_lacks() -> None:
    with pytest.raises(NameIncomplete) as caught:
        station_name(profile("wenzhou"), {"leader_name": "张三"})

    assert caught.value.missing == ("trade",)


def test_name_template_reaches_no_further_than_its_words() -> None:
    assert (
        station_name(profile("qinshui"), {"unit": "{seq}某某{unit.__class__}"})
        == "{seq}某某{unit.__class__}技师工作站"
    )


def test_number_is_padded_within_its_year() -> None:
    assert {slug: station_number(profile(slug), 2025, 3) for slug in SLUGS} == {
        "gaoming": "明技站202503",
        "qinshui": "沁技站202503",
        "shenzhen": "深技站2025003",
        "wenzhou": "温技室2025003",
        "yantai": "烟技站2025003",
    }


def test_chief_plaque_only_for_a_chief_technician_at_city_level_or_above() -> None:
    plaques = [
        allowed_plaques(profile("yantai"), {"main_leader_chief_level": level})[1:]
        for level in (None, "none", "county", "city", "province", "national")
    ]

    assert plaques == [(), (), ()] + [("烟台市首席技师工作站",)] * 3


def test_readings_change_the_profile_and_leave_the_original_alone() -> None:
    p = profile("yantai")
    hard = with_readings(p, {"YT-A3": "area_hard"})

    assert [c.force for c in hard.conditions if c.key == "fixed_area"] == ["hard"]
    assert [c.force for c in p.conditions if c.key == "fixed_area"] == ["soft"]
    assert hard.chosen_readings["YT-A3"] == "area_hard"
    assert with_readings(p, {"YT-A3": "area_soft"}) is p
    assert with_readings(p, {"YT-A3": "area_hard"}) is hard


def test_papers_and_the_copies_that_the_texts_ask_for() -> None:
    copies = {slug: {m.name: m.copies for m in profile(slug).materials if m.copies > 1} for slug in SLUGS}

    assert copies == {
        "gaoming": {m.name: 3 for m in profile("gaoming").materials},
        "qinshui": {"application_report": 3, "application_form": 3},
        "shenzhen": {},
        "wenzhou": {"application_form_copies": 2},
        "yantai": {},
    }
    assert [m.copies for m in profile("gaoming").station_materials] == [3, 3]
    assert {slug: len(profile(slug).materials) for slug in SLUGS} == {
        "gaoming": 6,
        "qinshui": 5,
        "shenzhen": 6,
        "wenzhou": 7,
        "yantai": 6,
    }


def test_papers_that_are_no_plain_duty_of_the_unit() -> None:
    optional = {
        (s, m.name): m.required for s in SLUGS for m in profile(s).materials if m.required is not True
    }
    brought = {
        (s, m.name): m.issuer for s in SLUGS for m in profile(s).materials if m.brought_by == "first_pass"
    }

    assert optional == {
        ("shenzhen", "other_evidence"): False,
        ("wenzhou", "other_evidence_copies"): "declared_none_allowed",
    }
    assert brought == {
        ("qinshui", "recommendation_report"): ("industry_department",),
        ("yantai", "recommendation_report"): ("county_hrss", "competent_department"),
    }


def test_rounds_a_year_and_targets() -> None:
    rounds = {slug: (r.per_year, r.target, r.cap) for slug in SLUGS if (r := profile(slug).round)}

    assert rounds == {"gaoming": (1, None, None), "qinshui": (1, None, None), "shenzhen": (None, 15, None)}


@pytest.mark.parametrize(
    ("slug", "signoffs"),
    [
        ("gaoming", ("district_hrss",)),
        ("qinshui", ("org_department", "county_hrss", "county_finance")),
        ("shenzhen", ("city_hrss",)),
        ("wenzhou", ("talent_office", "city_hrss", "city_finance")),
        ("yantai", ("city_hrss",)),
    ],
)
def test_who_signs_the_designation(slug: str, signoffs: tuple[str, ...]) -> None:
    assert profile(slug).designation.signoffs == signoffs
