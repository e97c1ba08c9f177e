"""Figures of the five texts from both sides, where the worked cases come at them from one side only.

Reasoned from the texts; `tests/planted/rules.toml` changes each of these figures and looks for red here.
"""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.profiles import ELIGIBLE, profile
from tests.jurisdictions.engine.questions.cases import ABSENT, differing


def _but(slug: str, **facts: Any) -> dict[str, Any]:
    """The facts of a unit that meets every condition at its very threshold, some of them changed."""
    given = {**ELIGIBLE[slug], **facts}
    return {**given, "application_date": "2025-05-06"} if slug != "yantai" else given


def _fails(*clauses: str) -> dict[str, Any]:
    return {"eligible": False, "failed": list(clauses)}


def _people(number: int) -> list[str]:
    return [f"成员{one}" for one in range(number)]


# (name, jurisdiction, kind of question, given, expected)
FIGURES: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("QS-4.1", "qinshui", "eligibility", _but("qinshui", technicians=0), _fails("QS-4.1")),
    (
        "QS-7.1",
        "qinshui",
        "duty",
        {"backbone_trained": 4, "projects": 1, "partners": 1, "contests": 1},
        {"met": False, "failed": ["QS-7.1"]},
    ),
    ("QS-A2.n2", "qinshui", "assessment", {"base_score": 80, "bonus_raw": 12}, {"bonus": 10, "total": 90}),
    (
        "QS-9.1",
        "qinshui",
        "deadline",
        {"task": "annual_evaluation", "designated": "2024-05-20"},
        {"construction_end": "2026-05-20"},
    ),
    ("GM-4.1", "gaoming", "eligibility", _but("gaoming", technicians=1), _fails("GM-4.1")),
    (
        "GM-9.2",
        "gaoming",
        "duty",
        {"backbone_trained": 1, "projects_or_activities": 1},
        {"met": False, "failed": ["GM-9.2"]},
    ),
    (
        "SZ-4.1b",
        "shenzhen",
        "eligibility",
        _but(
            "shenzhen",
            internal_technicians=0,
            internal_senior_technicians=0,
            external_persons=[{"title": "高级技师", "contract_months": 24}] * 3,
        ),
        {"eligible": True, "warnings": ["SZ-4.1b"]},
    ),
    (
        "SZ-7.2b",
        "shenzhen",
        "quota",
        {
            "action": "approve_key_project",
            "proposed_level": 1,
            "approved_this_year": {"1": 10, "2": 10, "3": 10},
        },
        {"allowed": False, "blocked_by": ["SZ-7.2b", "SZ-7.2c"]},
    ),
    (
        "SZ-1.3",
        "shenzhen",
        "quota",
        {"designated_this_year": 1, "designated_in_all": 149},
        {"allowed": True, "warning": ABSENT},
    ),
    (
        "SZ-1.3-over",
        "shenzhen",
        "quota",
        {"designated_this_year": 1, "designated_in_all": 150},
        {"allowed": True, "warning": ["SZ-1.3"]},
    ),
    (
        "QS-5.1.5",
        "qinshui",
        "exclusion",
        {"team": _people(51), "existing_county_skill_master_studio_team": _people(25)},
        {"allowed": True, "warning": ["QS-5.1.5"]},
    ),
    (
        "QS-5.1.5-over",
        "qinshui",
        "exclusion",
        {"team": _people(51), "existing_county_skill_master_studio_team": _people(26)},
        {"allowed": False, "blocked_by": ["QS-5.1.5"]},
    ),
    ("WZ-A.6", "wenzhou", "rubric", {"item": "WZ-A.6", "office_area_sqm": 29.5}, {"points": 0}),
    ("WZ-7.2d", "wenzhou", "assessment", {"score": 79.99}, {"grade": "合格"}),
    ("WZ-A.n", "wenzhou", "assessment", {"base_score": 80, "bonus_raw": 11}, {"bonus": 10, "total": 90}),
    ("YT-5.1b", "yantai", "eligibility", _but("yantai", leading_talents=0), _fails("YT-5.1b")),
    ("YT-5.2d", "yantai", "eligibility", _but("yantai", annual_investment_yuan=49999.5), _fails("YT-5.2d")),
    (
        "YT-16.2",
        "yantai",
        "funding",
        {"designated": "2019-06-15", "as_of": "2021-06-14", "continuous": True, "performs_well": True},
        {"payable": False, "earliest": "2021-06-15"},
    ),
]


@pytest.mark.parametrize(
    ("slug", "kind", "given", "expected"),
    [pytest.param(*figure[1:], id=figure[0]) for figure in FIGURES],
)
def test_a_figure_is_the_one_of_the_text(
    slug: str, kind: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert differing(expected, ask(profile(slug), kind, given)) == {}


# Figures that only another reading than the usual one asks for.
# (name, jurisdiction, reading, kind of question, given, expected)
READ: list[tuple[str, str, dict[str, str], str, dict[str, Any], dict[str, Any]]] = [
    *(
        (
            f"SZ-A4-{months}",
            "shenzhen",
            {"SZ-A4": "any_external_counts"},
            "eligibility",
            _but(
                "shenzhen",
                internal_technicians=2,
                internal_senior_technicians=0,
                external_persons=[{"title": "技师", "contract_months": months}],
            ),
            expected,
        )
        for months, expected in ((24, {"eligible": True}), (23, _fails("SZ-4.1a")))
    ),
    *(
        (
            f"GM-A15-{projects}",
            "gaoming",
            {"GM-A15": "reviewer"},
            "revocation",
            {"event": "annual_output", "projects": projects, "backbone_trained": 0},
            {"revoke": revoke, "grounds": grounds},
        )
        for projects, revoke, grounds in ((1, None, []), (0, True, ["GM-15.6"]))
    ),
    (
        "WZ-A17",
        "wenzhou",
        {"WZ-A17": "after_evaluation"},
        "funding",
        {"designated": "2020-05-20", "as_of": "2020-12-01", "evaluation": "合格", "tranche": 1},
        {"payable": True, "amount_yuan": 30000, "earliest": "2020-05-20"},
    ),
]


@pytest.mark.parametrize(
    ("slug", "readings", "kind", "given", "expected"),
    [pytest.param(*figure[1:], id=figure[0]) for figure in READ],
)
def test_a_figure_of_another_reading_is_the_one_of_the_text(
    slug: str, readings: dict[str, str], kind: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert differing(expected, ask(profile(slug), kind, given, readings=readings)) == {}
