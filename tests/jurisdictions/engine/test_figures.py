"""Figures of the five texts from both sides, where the worked cases come at them from one side only.

Reasoned from the texts; `tests/planted/rules.toml` changes each of these figures and looks for red here.
"""

from __future__ import annotations

from typing import Any

import pytest

from jurisdictions.engine.questions import ask
from tests.jurisdictions.engine.profiles import ELIGIBLE, profile
from tests.jurisdictions.engine.questions.cases import differing


def _but(slug: str, **facts: Any) -> dict[str, Any]:
    """The facts of a unit that meets every condition at its very threshold, some of them changed."""
    given = {**ELIGIBLE[slug], **facts}
    return {**given, "application_date": "2025-05-06"} if slug != "yantai" else given


def _fails(*clauses: str) -> dict[str, Any]:
    return {"eligible": False, "failed": list(clauses)}


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
