"""One fund a year, teams alike, one key project a year and not in the first."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisdictions.engine import check_exclusions
from jurisdictions.engine.exclusions import own_claim
from jurisdictions.engine.questions import QuestionError, ask
from jurisdictions.engine.schema.exclusions import OneClaimAYear
from tests.jurisdictions.engine.invented import invented
from tests.jurisdictions.engine.profiles import SLUGS, profile

STATION = "技师工作站建设扶持经费"
OTHERS = (
    "技能大师工作室建设扶持经费",
    "高技能人才培训基地建设扶持经费",
    "高技能人才培训示范性基地建设扶持经费",
)
PROVINCIAL = "省级技师工作站建设扶持经费"


def exclusion(slug: str, readings: dict[str, str] | None = None, **facts: Any) -> dict[str, Any]:
    return ask(profile(slug), "exclusion", facts, readings=readings)


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"claim": STATION, "claimed_same_year": []}, True),
        *(({"claim": STATION, "claimed_same_year": [other]}, False) for other in OTHERS),
        ({"claim": OTHERS[0], "claimed_same_year": [STATION]}, False),
        ({"claim": STATION, "claimed_same_year": [STATION]}, True),
        ({"claim": STATION, "claimed_same_year": [PROVINCIAL]}, True),
        ({"claim": PROVINCIAL, "claimed_same_year": [STATION, OTHERS[0]]}, True),
        ({"claim": STATION, "claimed_same_year": [PROVINCIAL, OTHERS[1]]}, False),
        ({"claim": STATION}, None),
        ({"claim": STATION, "claimed_same_year": None}, None),
        ({"claimed_same_year": [OTHERS[0]]}, None),
        ({"claimed_same_year": []}, True),
        ({"claimed_same_year": list(OTHERS)}, False),
        ({"claim": STATION, "claimed_previous_year": [OTHERS[0]], "claimed_same_year": []}, True),
        ({"claim": STATION, "other_unit_claimed": [OTHERS[0]], "claimed_same_year": []}, True),
    ],
)
def test_one_of_four_funds_a_year(facts: dict[str, Any], allowed: bool | None) -> None:
    answer = exclusion("gaoming", unit="A", year=2024, **facts)

    assert answer["funding_allowed"] is allowed
    assert answer["designation_affected"] is False
    assert answer["blocked_by"] == (["GM-10.4"] if allowed is False else [])
    assert bool(answer["missing"]) is (allowed is None)


@pytest.mark.parametrize(
    ("tranche", "option", "allowed", "confirm"),
    [
        (1, "every_claim_in_year_art11_outside", False, False),
        (2, "every_claim_in_year_art11_outside", False, True),
        (3, "every_claim_in_year_art11_outside", False, True),
        (1, "only_first_claim_counts", False, False),
        (2, "only_first_claim_counts", True, False),
        (None, "only_first_claim_counts", False, False),
    ],
)
def test_later_payments_count_as_claims_of_their_year(
    tranche: int | None, option: str, allowed: bool, confirm: bool
) -> None:
    answer = exclusion(
        "gaoming", {"GM-A10": option}, claim=STATION, claimed_same_year=[OTHERS[1]], tranche=tranche
    )

    assert (answer["funding_allowed"], answer["manual_confirm"]) == (allowed, confirm)


@pytest.mark.parametrize("slug", ["gaoming", "baishi"])
def test_the_text_says_which_of_the_funds_its_own_award_is(slug: str) -> None:
    rules = profile(slug) if slug in SLUGS else invented(slug)
    (rule,) = (r for r in rules.exclusions if isinstance(r, OneClaimAYear))

    assert own_claim(rules) == rule.own
    assert rule.own in rule.claims
    assert own_claim(profile("qinshui")) is None


def test_a_fund_that_nobody_knows_is_looked_at_by_a_person() -> None:
    answer = exclusion("gaoming", claim=STATION, claimed_same_year=["技能大师工作室扶持经费"])

    assert (answer["funding_allowed"], answer["manual_confirm"]) == (True, True)


COUNTY, CITY = "existing_county_skill_master_studio_team", "existing_city_skill_master_studio_team"


@pytest.mark.parametrize(
    ("team", "county", "allowed", "warns"),
    [
        ("abc", "abc", False, False),
        ("abcd", "abxy", False, False),
        ("abcde", "abxyz", True, True),
        ("abc", "axy", True, True),
        ("abc", "xyz", True, False),
        ("abc", "", True, False),
        ("ab", "abcdef", False, False),
        ("abcdef", "ab", True, True),
    ],
)
def test_half_of_the_team_makes_it_alike(team: str, county: str, allowed: bool, warns: bool) -> None:
    answer = exclusion("qinshui", **{"team": list(team), COUNTY: list(county)})

    assert (answer["allowed"], answer["override_possible"]) == (allowed, not allowed)
    assert answer["warning"] == (["QS-5.1.5"] if warns else [])
    assert answer["blocked_by"] == ([] if allowed else ["QS-5.1.5"])


def test_any_shared_member_bars_under_the_other_reading() -> None:
    chosen = {"QS-A10": "any_overlap_block"}

    assert exclusion("qinshui", chosen, **{"team": list("abcd"), COUNTY: list("axyz")})["allowed"] is False
    assert exclusion("qinshui", chosen, **{"team": list("abcd"), COUNTY: list("wxyz")})["allowed"] is True
    assert exclusion("qinshui", chosen, **{"team": list("abcd"), CITY: list("abcd")})["allowed"] is True


@pytest.mark.parametrize(
    ("facts", "allowed", "missing"),
    [
        ({"team": ["a"]}, None, [COUNTY]),
        ({COUNTY: ["a"]}, None, ["team"]),
        ({COUNTY: []}, True, []),
        ({"team": ["a", "b", "c"], CITY: ["a", "b", "c"]}, True, []),
        ({"team": ["a"], CITY: ["a"], COUNTY: ["a"]}, False, []),
        ({"leader": "a", "existing_county_skill_master_studio_leader": "a"}, False, []),
        ({"leader": "a", "existing_county_skill_master_studio_leader": "b"}, None, [COUNTY]),
        (
            {"team": list("abc"), COUNTY: list("xyz"), "leader": "a",
             "existing_county_skill_master_studio_leader": "a"},
            False, [],
        ),
    ],
)  # fmt: skip
def test_teams_that_are_not_known_and_leaders(
    facts: dict[str, Any], allowed: bool | None, missing: list[str]
) -> None:
    answer = exclusion("qinshui", **facts)

    assert (answer["allowed"], answer["missing"]) == (allowed, missing)


@given(
    team=st.sets(st.sampled_from("abcdefghij"), min_size=1),
    other=st.sets(st.sampled_from("abcdefghij"), min_size=1),
)
def test_the_share_is_exact_and_never_rounded(team: set[str], other: set[str]) -> None:
    (answer,) = check_exclusions(profile("qinshui"), {"team": tuple(team), COUNTY: tuple(other)})

    share = Fraction(len(team & other), len(team))
    assert answer.allowed is (share < Fraction(1, 2))
    assert bool(answer.warnings) is (0 < share < Fraction(1, 2))


FITS: dict[str, Any] = {
    "action": "apply_key_project",
    "designated": "2018-11-20",
    "project_implementation_year": 2018,
    "application_year": 2019,
    "applications_this_year": 0,
}


@pytest.mark.parametrize(
    ("changed", "allowed", "blocked", "missing"),
    [
        ({}, True, [], []),
        ({"designated": "2019-01-01"}, False, ["SZ-7.1d"], []),
        ({"designated": "2019-12-31", "applications_this_year": 1}, False, ["SZ-7.1d", "SZ-7.1c"], []),
        ({"designated": "2018-12-31"}, True, [], []),
        ({"designated": "2020-05-01"}, False, ["SZ-7.1d"], []),
        ({"project_implementation_year": 2017}, False, ["SZ-7.1a"], []),
        ({"project_implementation_year": 2019}, False, ["SZ-7.1a"], []),
        ({"applications_this_year": 1}, False, ["SZ-7.1c"], []),
        ({"applications_this_year": 2}, False, ["SZ-7.1c"], []),
        ({"applications_this_year": None}, None, [], ["applications_this_year"]),
        ({"designated": None}, None, [], ["designated"]),
        ({"designated": None, "applications_this_year": 1}, False, ["SZ-7.1c"], []),
        ({"application_year": None}, None, [], ["application_year"]),
        ({"project_implementation_year": None}, None, [], ["project_implementation_year"]),
    ],
)
def test_a_key_project_is_applied_for_once_a_year_and_not_in_the_first(
    changed: dict[str, Any], allowed: bool | None, blocked: list[str], missing: list[str]
) -> None:
    answer = exclusion("shenzhen", **FITS | changed)

    assert (answer["allowed"], answer["blocked_by"], answer["missing"]) == (allowed, blocked, missing)


@pytest.mark.parametrize(
    ("status", "made", "option", "allowed", "manual"),
    [
        ("approved", 1, "limit_counts_applications", False, False),
        ("rejected_in_review", 1, "limit_counts_applications", False, False),
        ("withdrawn_before_acceptance", 1, "limit_counts_applications", None, True),
        ("withdrawn_before_acceptance", 2, "limit_counts_applications", False, False),
        ("approved", 1, "limit_counts_approvals", False, False),
        ("rejected_in_review", 1, "limit_counts_approvals", True, False),
        ("withdrawn_before_acceptance", 1, "limit_counts_approvals", True, False),
        ("rejected_in_review", 2, "limit_counts_approvals", None, True),
        (None, 1, "limit_counts_approvals", None, False),
        (None, 0, "limit_counts_approvals", True, False),
    ],
)
def test_what_uses_up_the_one_application(
    status: str | None, made: int, option: str, allowed: bool | None, manual: bool
) -> None:
    facts = FITS | {"applications_this_year": made, "first_application_status": status}
    answer = exclusion("shenzhen", {"SZ-A8": option}, **facts)

    assert (answer["allowed"], answer["manual"]) == (allowed, manual)


def test_the_year_of_establishment_may_be_that_of_the_plaque() -> None:
    chosen = {"SZ-A9": "plaque_year"}

    assert exclusion("shenzhen", chosen, **FITS, plaque_awarded="2019-01-10")["allowed"] is False
    assert exclusion("shenzhen", chosen, **FITS, plaque_awarded="2018-12-20")["allowed"] is True
    assert exclusion("shenzhen", chosen, **FITS)["missing"] == ["plaque_awarded"]


@pytest.mark.parametrize("slug", ["yantai", "wenzhou"])
def test_a_text_without_such_a_rule_decides_nothing(slug: str) -> None:
    answer = exclusion(slug)
    assert (answer["allowed"], answer["manual"]) == (None, True)

    with pytest.raises(QuestionError) as error:
        exclusion(slug, team=["a"])
    assert error.value.culprit == "team"


@pytest.mark.parametrize(
    ("slug", "facts", "culprit"),
    [
        ("shenzhen", {"action": "apply"}, "action"),
        ("shenzhen", {"designated": "2018"}, "designated"),
        ("gaoming", {"claimed_same_year": STATION}, "claimed_same_year"),
        ("gaoming", {"tranche": "two"}, "tranche"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named(slug: str, facts: dict[str, Any], culprit: str) -> None:
    with pytest.raises(QuestionError) as error:
        exclusion(slug, **facts)
    assert error.value.culprit == culprit


@pytest.mark.parametrize("entry", [[], {}, 1, None])
def test_a_team_is_a_list_of_names(entry: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(profile("qinshui"), "exclusion", {"team": ["甲", entry]})

    assert caught.value.culprit == "team"


def test_only_the_rules_that_are_spoken_of_are_asked() -> None:
    """Three rules in one text: a question about teams wants nothing of funds and of projects."""
    answer = ask(invented("baishi"), "exclusion", {"team": ["甲"], "craftsmen_team": ["乙"]})

    assert (answer["allowed"], answer["missing"], answer["clauses"]) == (True, [], ["BS-6.2"])


def test_what_bars_is_not_called_a_mere_hint() -> None:
    """The same leader bars, and the team shares a third: planted bug, both sentences at once."""
    apart: dict[str, Any] = {
        "team": ["甲", "乙", "丙"],
        "leader": "甲",
        "existing_county_skill_master_studio_team": ["甲", "丁", "戊"],
    }
    alone = exclusion("qinshui", **apart, existing_county_skill_master_studio_leader="丁")
    barred = exclusion("qinshui", **apart, existing_county_skill_master_studio_leader="甲")

    assert (alone["allowed"], alone["warning"]) == (True, ["QS-5.1.5"])
    assert "仅作提示" in "".join(alone["explanation"])
    assert (barred["allowed"], barred["blocked_by"]) == (False, ["QS-5.1.5"])
    assert "3人中有1人相同" in "".join(barred["explanation"])
    assert "仅作提示" not in "".join(barred["explanation"])
