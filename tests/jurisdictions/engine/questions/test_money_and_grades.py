"""What always holds of grades, quotas and money, and the clauses on which the answers rest."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine import award_plan, max_excellent, with_readings
from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.questions.cases import cases
from tests.jurisdictions.engine.questions.said import Facts, said

MINE = ("assessment", "rubric", "quota", "funding")


@pytest.mark.parametrize("case", [c for c in cases() if c["kind"] in MINE], ids=lambda c: c["id"])
def test_an_answer_names_the_clauses_of_its_case(case: Facts) -> None:
    answer = ask(profile(case["jurisdiction"]), case["kind"], case["given"])

    assert set(case["clauses"]) <= set(answer["clauses"])
    assert all("依据" in told for told in answer["explanation"])


# ---- what always holds

SCORES = st.decimals(min_value=0, max_value=100, places=2)
DAYS = st.dates(min_value=date(2014, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize("slug", SLUGS)
def test_payments_add_up_to_the_award_under_every_reading(slug: str) -> None:
    for reading in profile(slug).readings:
        for option in reading.options:
            p = with_readings(profile(slug), {reading.id: option.value})
            assert sum(t.amount_yuan for t in award_plan(p)) == (p.award.total_yuan if p.award else 0)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["gaoming", "qinshui", "wenzhou", "yantai"]), DAYS, DAYS, st.integers(0, 200_000))
def test_no_payment_brings_more_than_the_award_leaves(slug: str, first: date, on: date, paid: int) -> None:
    good = profile(slug).assessment.grades[0].value
    facts = {
        "designated": first,
        "as_of": on,
        "paid_yuan": paid,
        "acceptance": "pass",
        "continuous": True,
        "performs_well": True,
        "evaluation": good,
        "evaluation_first": good,
        "evaluation_second": good,
        "annual": [good],
    }
    facts = {k: v for k, v in facts.items() if slug == "gaoming" or not k.startswith("evaluation_")}
    award = profile(slug).award
    assert award is not None
    for tranche in award.tranches:
        answer = said(slug, "funding", {**facts, "tranche": tranche.seq})
        assert (answer["amount_yuan"] or 0) <= max(award.total_yuan - paid, 0)
        assert answer["payable"] is not True or first <= on


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["qinshui", "wenzhou"]), SCORES, SCORES, st.integers(0, 10))
def test_a_better_score_never_gives_a_worse_grade(slug: str, a: Decimal, b: Decimal, bonus: int) -> None:
    order = [grade.value for grade in reversed(profile(slug).assessment.grades)]

    def rank(score: Decimal) -> int:
        grade = said(slug, "assessment", {"base_score": score, "bonus": bonus})["grade"]
        return order.index(grade.removesuffix("_candidate"))

    low, high = sorted((a, b))
    assert rank(low) <= rank(high)
    assert rank(low) <= rank(low + (100 - low) / 2)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 110), min_size=1, max_size=60),
    st.sampled_from(["floor_of_non_failing_same_round", "base_all"]),
)
def test_a_ceiling_is_never_exceeded(scores: list[int], option: str) -> None:
    answer = said("qinshui", "quota", {"scores": scores}, QS_A5=option)
    excellent = answer["grades"].count("优秀")
    base = len(scores) if option == "base_all" else answer["non_failing"]

    assert excellent * 100 <= 15 * base
    assert excellent <= answer["max_excellent"]
    # A place of the ceiling is never given to the lower of two.
    best = [s for s, g in zip(scores, answer["grades"], strict=True) if g == "优秀"]
    rest = [s for s, g in zip(scores, answer["grades"], strict=True) if g != "优秀"]
    assert not best or not rest or min(best) >= max(rest)


@given(st.integers(0, 2000))
def test_the_ceiling_is_the_largest_number_within_its_share(stations: int) -> None:
    quota = profile("qinshui").assessment.excellent_quota
    assert quota is not None
    places = max_excellent(quota, stations, stations)

    assert places * 100 <= stations * quota.percent < (places + 1) * 100


COUNT = st.integers(0, 40)


@settings(max_examples=150, deadline=None)
@given(
    COUNT,
    COUNT,
    st.dictionaries(st.sampled_from(["county", "city", "province", "national"]), COUNT),
    COUNT,
    COUNT,
)
def test_points_never_exceed_a_line(
    inv: int, util: int, awards: dict[str, int], tech: int, people: int
) -> None:
    facts = {
        "inventions": inv,
        "utility_models": util,
        "awards": awards,
        "new_tech_applications": tech,
        "backbone_trained": people,
        "office_area_sqm": people,
    }
    sheet = profile("qinshui").assessment.rubric
    assert sheet is not None
    total = Decimal(0)
    for item in (item for category in sheet.categories for item in category.items):
        answer = said("qinshui", "rubric", {"item": item.clause, **facts}, QS_A8="pro_rata_4_each")
        assert 0 <= (answer["points"] or 0) <= item.max
        total += item.max if answer["points"] is None else Decimal(str(answer["points"]))
    assert total <= sheet.total


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3]), max_size=60))
def test_a_year_of_approvals_stays_within_the_caps(proposals: list[int]) -> None:
    approved = {1: 0, 2: 0, 3: 0}
    for level in proposals:
        facts = {"action": "approve_key_project", "approved_this_year": approved, "proposed_level": level}
        if said("shenzhen", "quota", facts)["allowed"]:
            approved[level] += 1

    assert all(number == min(proposals.count(level), 10) for level, number in approved.items())
    assert said("shenzhen", "funding", {"levels_approved": approved})["year_total_yuan"] <= 7_500_000


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_the_years_of_payments_do_not_overlap(designated: date) -> None:
    for option in ("calendar_years", "anniversary_years"):
        windows = said("gaoming", "funding", {"designated": designated}, GM_A7=option)["tranche_windows"]
        (_, end), (start, _) = windows["2"], windows["3"]
        assert date.fromisoformat(start) - date.fromisoformat(end) == timedelta(days=1)
