"""Money where no worked case looks: edges, nulls, the other readings."""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.questions.said import Facts, said

# ---- money

QS = {"designated": "2024-05-20", "tranche": 2, "acceptance": "pass", "annual": ["合格", "合格"]}
GM2 = {"designated": "2024-05-20", "tranche": 2}
GM3 = {"designated": "2024-05-20", "tranche": 3}
YT = {"designated": "2019-06-01", "continuous": True, "performs_well": True}
WZ = {"designated": "2015-06-01", "as_of": "2016-06-01"}


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "payable"),
    [
        ("qinshui", {**QS, "as_of": "2026-05-20"}, {}, True),
        ("qinshui", {**QS, "as_of": "2026-05-19"}, {}, False),
        ("qinshui", {**QS, "as_of": "2026-05-20"}, {"G_7": "civil_code_202_end_of_day"}, False),
        ("qinshui", {**QS, "as_of": "2026-05-19"}, {"G_7": "day_before_anniversary"}, True),
        ("qinshui", {**QS, "as_of": "2026-06-10", "acceptance": None}, {}, None),
        ("qinshui", {**QS, "as_of": "2025-06-10", "acceptance": None}, {}, False),
        ("qinshui", {**QS, "as_of": "2026-06-10", "annual": ["合格", None]}, {}, None),
        ("qinshui", {**QS, "as_of": "2026-06-10", "annual": [None, "不合格"]}, {}, False),
        ("qinshui", {**QS, "as_of": None}, {}, None),
        ("qinshui", {**QS, "designated": None, "as_of": "2026-06-10"}, {}, None),
        (
            "qinshui",
            {**QS, "as_of": "2026-06-10", "acceptance": None, "acceptance_score": 60},
            {"QS_A13": "score_60"},
            True,
        ),
        (
            "qinshui",
            {**QS, "as_of": "2026-06-10", "acceptance": None, "acceptance_score": 59},
            {"QS_A13": "score_60"},
            False,
        ),
        ("qinshui", {**QS, "as_of": "2026-06-10", "acceptance": None, "acceptance_score": 99}, {}, None),
        ("qinshui", {"designated": "2024-05-20", "tranche": 1, "as_of": "2024-05-20"}, {}, True),
        (
            "qinshui",
            {"designated": "2024-05-20", "tranche": 1, "as_of": "2024-12-31"},
            {"QS_A18": "next_budget"},
            False,
        ),
        (
            "qinshui",
            {"designated": "2024-05-20", "tranche": 1, "as_of": "2025-01-01"},
            {"QS_A18": "next_budget"},
            True,
        ),
        ("gaoming", {**GM2, "as_of": "2025-10-15", "evaluation_first": "优秀"}, {}, True),
        ("gaoming", {**GM2, "as_of": "2024-12-31", "evaluation_first": "合格"}, {}, False),
        ("gaoming", {**GM2, "as_of": "2025-01-01", "evaluation_first": "合格"}, {}, True),
        (
            "gaoming",
            {**GM2, "as_of": "2025-05-19", "evaluation_first": "合格"},
            {"GM_A7": "anniversary_years"},
            False,
        ),
        (
            "gaoming",
            {**GM2, "as_of": "2025-05-20", "evaluation_first": "合格"},
            {"GM_A7": "anniversary_years"},
            True,
        ),
        ("gaoming", {**GM2, "as_of": "2025-10-15", "evaluation_first": "不合格"}, {}, False),
        ("gaoming", {**GM2, "as_of": "2025-10-15"}, {}, None),
        ("gaoming", {**GM2, "as_of": "2025-10-15", "evaluation_first": None}, {}, False),
        ("gaoming", {**GM2, "as_of": "2025-10-15", "evaluations": []}, {}, False),
        ("gaoming", {**GM2, "as_of": "2025-10-15", "evaluations": ["合格"]}, {}, True),
        ("gaoming", {**GM2, "evaluation_first": "合格"}, {}, True),
        ("gaoming", {**GM3, "as_of": "2026-07-10", "evaluation_second": "合格"}, {}, True),
        (
            "gaoming",
            {**GM3, "as_of": "2026-07-10", "evaluation_second": "合格"},
            {"GM_A2": "exclusive"},
            None,
        ),
        ("gaoming", {**GM3, "as_of": "2026-07-11", "evaluation_second": "合格"}, {}, None),
        (
            "gaoming",
            {**GM3, "as_of": "2026-07-11", "evaluation_second": "合格"},
            {"G_8": "accrued_right_survives"},
            True,
        ),
        ("gaoming", {**GM3, "as_of": "2026-07-11", "evaluation_second": "合格"}, {"G_8": "lapses"}, False),
        ("gaoming", {**GM3, "as_of": "2026-07-11"}, {"G_8": "lapses"}, False),
        ("gaoming", {**GM3, "as_of": "2026-07-11", "evaluation_second": "不合格"}, {}, False),
        (
            "gaoming",
            {
                **GM3,
                "as_of": "2026-06-01",
                "evaluation_first": "不合格",
                "rectification": "合格",
                "evaluation_second": None,
            },
            {},
            False,
        ),
        (
            "gaoming",
            {
                **GM3,
                "as_of": "2026-06-01",
                "evaluation_first": "不合格",
                "rectification": "合格",
                "evaluation_second": "合格",
            },
            {},
            True,
        ),
        (
            "gaoming",
            {**GM2, "as_of": "2025-05-01", "revoked": "2025-06-01", "evaluation_first": "合格"},
            {},
            True,
        ),
        (
            "gaoming",
            {**GM2, "as_of": "2025-06-01", "revoked": "2025-06-01", "evaluation_first": "合格"},
            {},
            False,
        ),
        ("gaoming", {"tranche": 1}, {}, None),
        ("yantai", {**YT, "as_of": "2021-05-31"}, {}, False),
        ("yantai", {**YT, "as_of": "2021-06-01"}, {}, True),
        ("yantai", {**YT, "as_of": "2021-06-01"}, {"YT_A9": "civil_code_202_end_of_day"}, False),
        ("yantai", {**YT, "as_of": "2021-06-01", "performs_well": None}, {}, None),
        ("yantai", {**YT, "as_of": "2021-05-31", "performs_well": None}, {}, False),
        ("yantai", {**YT, "as_of": "2021-06-01", "continuous": None}, {}, None),
        ("yantai", {**YT, "as_of": "2021-06-01", "continuous": None, "performs_well": False}, {}, False),
        ("yantai", {**YT, "as_of": "2021-06-01", "reward_paid": True}, {}, False),
        ("yantai", {**YT, "as_of": "2021-06-01", "reward_paid": None}, {}, None),
        (
            "yantai",
            {**YT, "as_of": "2019-07-01", "self_station_start": "2017-07-01"},
            {"YT_A9": "from_self_station"},
            True,
        ),
        (
            "yantai",
            {**YT, "as_of": "2019-07-01", "self_station_start": "2017-07-02"},
            {"YT_A9": "from_self_station"},
            False,
        ),
        (
            "yantai",
            {**YT, "as_of": "2019-05-31", "self_station_start": "2010-01-01"},
            {"YT_A9": "from_self_station"},
            False,
        ),
        ("yantai", {**YT, "as_of": "2019-07-01"}, {"YT_A9": "from_self_station"}, None),
        ("yantai", {**YT, "as_of": "2022-12-31", "designated": "2020-12-31"}, {}, True),
        ("yantai", {**YT, "as_of": "2023-01-01"}, {}, None),
        ("yantai", {**YT, "as_of": "2023-01-01"}, {"YT_A1": "treat_as_in_force"}, True),
        ("wenzhou", {**WZ, "paid_yuan": 0}, {}, True),
        ("wenzhou", {**WZ, "paid_yuan": 30000}, {}, False),
        ("wenzhou", {**WZ, "paid_yuan": None}, {}, None),
        ("wenzhou", {**WZ, "evaluation": "不合格"}, {}, True),
        ("wenzhou", {**WZ, "evaluation": "不合格"}, {"WZ_A17": "after_evaluation"}, False),
        ("wenzhou", {**WZ, "evaluation": "合格"}, {"WZ_A17": "after_evaluation"}, True),
        ("wenzhou", WZ, {"WZ_A17": "after_evaluation"}, None),
        ("shenzhen", {"designated": "2019-06-01", "tranche": 1}, {}, False),
    ],
)
def test_a_payment(slug: str, facts: Facts, readings: dict[str, str], payable: bool | None) -> None:
    answer = said(slug, "funding", facts, **readings)

    assert answer["payable"] is payable
    assert (answer["amount_yuan"] is None) == (payable is None)
    if payable is not None:
        assert (answer["amount_yuan"] > 0) is payable


def test_what_is_left_of_a_payment_is_confirmed_by_a_person() -> None:
    part = said("wenzhou", "funding", {**WZ, "paid_yuan": 10000})
    second = said("gaoming", "funding", {**GM2, "evaluation_first": "合格", "paid_yuan": 30000})
    again = said("gaoming", "funding", {"designated": "2024-05-20", "tranche": 1, "paid_yuan": 30000})

    assert (part["amount_yuan"], part["manual_confirm"]) == (20000, True)
    assert (second["amount_yuan"], second["manual_confirm"]) == (10000, False)
    assert again["payable"] is False


def test_only_one_text_says_that_revocation_stops_the_money() -> None:
    asked = {"designated": "2019-06-01", "revoked": "2020-01-01", "tranche": 1, "as_of": "2020-02-01"}
    stops = {slug: said(slug, "funding", asked).get("stop_remaining") for slug in SLUGS if slug != "shenzhen"}

    assert stops == {"gaoming": True, "qinshui": False, "wenzhou": False, "yantai": False}


def test_what_is_wanted_has_the_name_under_which_it_is_told() -> None:
    assert said("gaoming", "funding", {**GM2, "as_of": "2025-10-15"})["missing"] == ["evaluation_first"]
    assert said("yantai", "funding", {**YT, "as_of": "2019-07-01"}, YT_A9="from_self_station")["missing"] == [
        "self_station_start"
    ]


@pytest.mark.parametrize(
    ("slug", "facts", "readings", "amount"),
    [
        ("gaoming", {"recognised_level": "province"}, {"GM_A11": "net_of_5"}, 150000),
        ("gaoming", {"recognised_level": "city"}, {"GM_A11": "net_of_5"}, 50000),
        ("gaoming", {"recognised_level": None}, {}, None),
        ("wenzhou", {"claim": "mentoring_subsidy", "apprentice_level": "技师"}, {"WZ_A11": "zero"}, 0),
        ("wenzhou", {"apprentice_level": "技师"}, {}, None),
        ("shenzhen", {"level": 1}, {}, 300000),
        ("shenzhen", {"level": 2}, {}, 250000),
        ("shenzhen", {"level": None}, {}, None),
        ("qinshui", {"event": "station_designated"}, {}, 40000),
        ("yantai", {"event": "station_designated"}, {}, 100000),
    ],
)
def test_amounts(slug: str, facts: Facts, readings: dict[str, str], amount: int | None) -> None:
    assert said(slug, "funding", facts, **readings)["amount_yuan"] == amount


@pytest.mark.parametrize(
    ("slug", "facts"),
    [
        ("gaoming", {"recognised_level": "national"}),
        ("gaoming", {"claim": "mentoring_subsidy"}),
        ("gaoming", {**GM2, "evaluation_first": "良好"}),
        ("gaoming", {"designated": "2024-05-20", "tranche": 4}),
        ("qinshui", {**QS, "acceptance": "maybe"}),
        ("qinshui", {**QS, "annual": ["良好"]}),
        ("qinshui", {**QS, "evaluation": "良好"}),
        ("wenzhou", {"claim": "travel"}),
        ("wenzhou", {**WZ, "paid_yuan": -1}),
        ("shenzhen", {"event": "station_closed"}),
        ("yantai", {**YT, "continuous": "yes"}),
        ("yantai", {**YT, "as_of": "soon"}),
    ],
)
def test_money_is_not_asked_for_with_facts_that_there_are_not(slug: str, facts: Facts) -> None:
    with pytest.raises(QuestionError):
        said(slug, "funding", facts)


@pytest.mark.parametrize(
    ("approved", "total", "blocked"),
    [
        ({"1": 1, "2": 2, "3": 3}, 1400000, None),
        ({"2": 1}, 250000, None),
        ({}, 0, None),
        ({"1": 1, "2": None}, None, None),
        (None, None, None),
        ({"1": 11}, 3300000, ["SZ-7.2c"]),
    ],
)
def test_the_money_of_a_year_of_key_projects(approved: Facts | None, total: int | None, blocked: Any) -> None:
    answer = said("shenzhen", "funding", {"levels_approved": approved})

    assert (answer["year_total_yuan"], answer.get("blocked_by")) == (total, blocked)


def test_fields_of_key_projects() -> None:
    scope = profile("shenzhen").key_projects
    assert scope is not None
    assert len(scope.scope.fields) == 15
    for field in scope.scope.fields:
        for name in (field.name, *field.aliases):
            assert said("shenzhen", "funding", {"category": name})["in_scope"] is True
    other = {"category": "团建活动"}
    assert said("shenzhen", "funding", other)["in_scope"] is None
    assert said("shenzhen", "funding", other, G_10="outside_list_is_prohibited")["in_scope"] is False
