"""Routes, doors, levels, names and plaques where no worked case looks."""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.profiles import profile

COUNTY, DEPARTMENT = ["county_hrss", "city_hrss"], ["competent_department", "city_hrss"]


def route(slug: str, readings: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    return ask(profile(slug), "routing", given, readings=readings)


@pytest.mark.parametrize(
    ("slug", "given", "accepted"),
    [
        ("gaoming", {"submitted_to": "town_public_service_office"}, True),
        ("gaoming", {"submitted_to": "district_hrss"}, False),
        ("gaoming", {"submitted_to": "city_hrss"}, False),
        ("gaoming", {}, None),
        ("qinshui", {"submitted_to": "industry_department"}, True),
        ("qinshui", {"submitted_to": "county_hrss"}, None),
        ("qinshui", {"submitted_to": "county_hrss", "industry_department_consent": None}, None),
        ("qinshui", {"submitted_to": "county_hrss", "industry_department_consent": True}, True),
        ("qinshui", {"submitted_to": "county_hrss", "industry_department_consent": False}, False),
        ("qinshui", {"industry_department_consent": False}, False),
        ("qinshui", {"submitted_to": "county_finance", "industry_department_consent": True}, False),
        ("shenzhen", {"submitted_to": "city_hrss"}, True),
        (
            "yantai",
            {"unit_affiliation": "county", "unit_type": "enterprise", "submitted_to": "city_hrss"},
            False,
        ),
        (
            "yantai",
            {"unit_affiliation": "county", "unit_type": "enterprise", "submitted_to": "county_hrss"},
            True,
        ),
        ("yantai", {"unit_affiliation": "municipal", "submitted_to": "city_hrss"}, False),
        ("yantai", {"submitted_to": "county_hrss"}, None),
    ],
)
def test_the_right_door(slug: str, given: dict[str, Any], accepted: bool | None) -> None:
    assert route(slug, **given)["submission_accepted"] is accepted


def test_yantai_county_units_whose_type_is_not_known_go_the_one_way_there_is() -> None:
    open_ = route("yantai", unit_affiliation="county")
    other = route("yantai", {"YT-A4": "not_covered_manual"}, unit_affiliation="county")

    assert (open_["path"], open_["manual_confirm"]) == (COUNTY, True)
    assert (other["path"], other["manual_confirm"], other["missing"]) == (None, True, ["unit_type"])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"task": "annual_report", "unit_affiliation": "county"}, COUNTY),
        ({"task": "annual_report", "unit_affiliation": "central"}, DEPARTMENT),
        (
            {"task": "annual_report", "unit_affiliation": "municipal", "unit_type": "technical_school"},
            DEPARTMENT,
        ),
        ({"task": "annual_report"}, None),
        ({"task": "county_result_report"}, ["city_hrss"]),
        ({"unit_affiliation": "province", "unit_type": "other"}, DEPARTMENT),
        ({}, None),
    ],
)
def test_yantai_routes_of_applications_and_reports(given: dict[str, Any], path: list[str] | None) -> None:
    answer = route("yantai", **given)

    assert answer["path"] == path
    if "task" in given and given["task"] == "annual_report":
        assert "YT-12.4" in answer["clauses"]


def test_wenzhou_private_enterprises_may_be_read_to_choose() -> None:
    private = {"affiliation": "none_private_city_registered"}
    by_place, free = route("wenzhou", **private), route("wenzhou", {"WZ-A15": "choose"}, **private)

    assert (by_place["path"], by_place["manual_confirm"]) == (COUNTY, True)
    assert (free["path"], free["manual_confirm"]) == (None, True)


def test_wenzhou_levels() -> None:
    county = route("wenzhou", level="county_studio")
    city = route("wenzhou", level="city_studio", affiliation="county")
    in_scope = route("wenzhou", {"WZ-A19": "in_scope"}, level="county_studio", affiliation="county")

    assert (county["managed_by"], county["in_city_process"], county["path"]) == ("county_hrss", False, None)
    assert (city["managed_by"], city["in_city_process"], city["path"]) == ("studio_office", True, COUNTY)
    assert (in_scope["in_city_process"], in_scope["path"]) == (True, COUNTY)


@pytest.mark.parametrize(
    ("slug", "given"),
    [
        ("wenzhou", {"level": "village_studio"}),
        ("wenzhou", {"affiliation": "lunar"}),
        ("yantai", {"unit_affiliation": "lunar"}),
        ("yantai", {"task": "annual_holiday"}),
        ("gaoming", {"submitted_to": "city_hrs"}),
        ("qinshui", {"industry_department_consent": "yes"}),
        ("gaoming", {"level": "county_studio"}),
    ],
)
def test_a_word_outside_its_list_is_named(slug: str, given: dict[str, Any]) -> None:
    with pytest.raises(QuestionError) as caught:
        route(slug, **given)

    assert caught.value.culprit == next(iter(given))


@pytest.mark.parametrize(
    ("slug", "given", "name", "valid"),
    [
        ("wenzhou", {"leader": "李四", "trade": "电焊工"}, "温州市李四电焊工技能大师工作室", None),
        (
            "wenzhou",
            {"leader": "李四", "trade": "电焊工", "proposed": "李四电焊工技能大师工作室"},
            "温州市李四电焊工技能大师工作室",
            False,
        ),
        ("wenzhou", {"leader": "李四", "trade": None, "proposed": "温州市李四技能大师工作室"}, None, None),
        ("qinshui", {"unit": "某厂", "proposed": "随便"}, "某厂技师工作站", None),
    ],
)
def test_names(slug: str, given: dict[str, Any], name: str | None, valid: bool | None) -> None:
    answer = ask(profile(slug), "naming", given)

    assert (answer["name"], answer["valid"]) == (name, valid)


PLAIN, CHIEF = "烟台市技师工作站", "烟台市首席技师工作站"


@pytest.mark.parametrize(
    ("level", "readings", "plaques"),
    [
        ("national", {}, [PLAIN, CHIEF]),
        ("city", {"YT-A5": "replaces"}, [CHIEF]),
        ("county", {"YT-A5": "replaces"}, [PLAIN]),
        ("city", {"YT-A5": "additional"}, [PLAIN, CHIEF]),
        ("city", {"G-1": "exclusive"}, [PLAIN]),
        ("province", {"G-1": "exclusive"}, [PLAIN, CHIEF]),
        (None, {}, [PLAIN]),
    ],
)
def test_plaques_of_yantai(level: str | None, readings: dict[str, str], plaques: list[str]) -> None:
    answer = ask(profile("yantai"), "designation", {"main_leader_chief_level": level}, readings=readings)

    assert (answer["allowed_plaques"], answer["missing"]) == (plaques, [])


def test_a_plaque_whose_condition_is_not_known_is_asked_for() -> None:
    answer = ask(profile("yantai"), "designation", {"other_member_chief_level": "national"})

    assert (answer["allowed_plaques"], answer["missing"]) == ([PLAIN], ["main_leader_chief_level"])


def test_a_plaque_with_the_full_name_needs_its_parts() -> None:
    full = {"WZ-A14": "plaque_full_name"}
    named = ask(profile("wenzhou"), "designation", {"leader": "张三", "trade": "数控车工"}, readings=full)
    open_ = ask(profile("wenzhou"), "designation", {}, readings=full)

    assert named["allowed_plaques"] == ["温州市张三数控车工技能大师工作室"]
    assert (open_["allowed_plaques"], open_["missing"]) == ([], ["leader_name", "trade"])
