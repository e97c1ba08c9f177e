"""Worked cases of the kinds that `questions/` does not answer yet, played through the Python API.

Kinds and cases that have no question in the API yet are listed in NOT_PLAYED, with the reason; a case that is
neither played nor listed fails, and so does a listed one that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jurisdictions.engine import (
    ObligationDone,
    Profile,
    TrancheCircumstances,
    WorkCalendar,
    assessors,
    award_plan,
    bonus_points,
    grade_for,
    grade_round,
    graded_total,
    max_excellent,
    obligations_between,
    score_item,
    score_rubric,
    tranche_state,
    with_readings,
)
from jurisdictions.engine.questions import KINDS
from tests.jurisdictions.engine.profiles import SLUGS, profile

CASES = Path(__file__).resolve().parents[2] / "cases"
Given = Mapping[str, Any]
Answer = dict[str, Any]

# Whole kinds for which the API has no question yet, or that `questions/test_worked_cases.py` plays.
KINDS_NOT_PLAYED: dict[str, str] = {}

# Single cases of kinds that are played.
NOT_PLAYED = {
    "SZ-K03": "key projects are not in the profile yet",
    "SZ-K05": "key projects are not in the profile yet",
    "SZ-K13": "key projects are not in the profile yet",
    "SZ-K17": "key projects are not in the profile yet",
    "SZ-K18": "key projects are not in the profile yet",
    "SZ-K20": "key projects are not in the profile yet",
    "SZ-T03": "targets and caps of a round are read from profile.round by the rooms",
    "WZ-F03": "money outside the award is not in the profile yet",
    "WZ-F04": "money outside the award is not in the profile yet",
    "GM-F15": "money outside the award is not in the profile yet",
    "GM-F16": "money outside the award is not in the profile yet",
}


def _day(text: str) -> date:
    return date.fromisoformat(text)


def assessment(p: Profile, given: Given) -> Answer:
    if "unit_affiliation" in given:
        who = assessors(p, given)
        assert who is not None
        final = who.reviewed_by is None or given.get("city_review") is not None
        return {"assessor": who.by, "reviewer": who.reviewed_by, "final": final}
    if "grades_this_year" in given:
        return {"quota_violation": _over_quota(p, given["grades_this_year"])}
    if "stations" in given:
        scores = {str(i): Decimal(s) for i, s in enumerate(given["scores"])}
        return {"excellent_count": list(grade_round(p, scores).grades.values()).count("优秀")}
    if "score" in given:
        answer = grade_for(p, given["score"])
        return {
            "grade": answer.grade,
            "reason": answer.reason,
            "grade_choices": [g.value for g in p.assessment.grades],
        }
    return _scored(p, given)


def _over_quota(p: Profile, grades: Mapping[str, int]) -> bool:
    rule, everybody = p.assessment.excellent_quota, sum(grades.values())
    failing = grades.get("不合格", 0)
    return rule is not None and grades.get("优秀", 0) > max_excellent(rule, everybody - failing, everybody)


def _scored(p: Profile, given: Given) -> Answer:
    base = Decimal(given["base_score"])
    if "bonus_items" in given:
        counted: dict[str, int] = {}
        for item in given["bonus_items"]:
            counted[item] = counted.get(item, 0) + 1
        bonus, _ = bonus_points(p, counted)
    else:
        kind = p.assessment.bonus.kinds[0].key if p.assessment.bonus else ""
        bonus, _ = bonus_points(p, {kind: given.get("bonus_raw", given.get("bonus", 0))})
    total = graded_total(p, base, bonus)
    grade = grade_for(p, total)
    name = f"{grade.grade}_candidate" if grade.candidate else grade.grade
    return {"bonus": bonus, "total": base + bonus, "graded_total": total, "grade": name}


def quota(p: Profile, given: Given) -> Answer:
    rule = p.assessment.excellent_quota
    assert rule is not None
    if "non_failing" in given:
        return {"max_excellent": max_excellent(rule, given["non_failing"], given["non_failing"])}
    scores = {str(i): Decimal(s) for i, s in enumerate(given["scores"])}
    result = grade_round(p, scores, {key: score for key, score in scores.items()})
    grades = list(result.grades.values())
    return {
        "non_failing": result.non_failing,
        "max_excellent": result.max_excellent,
        "grades": grades,
        "grades_excellent_count": grades.count("优秀"),
        "tie_at_cut": result.tie_at_cut,
        "auto_grade_allowed": not result.tie_at_cut,
    }


def rubric(p: Profile, given: Given) -> Answer:
    sheet = p.assessment.rubric
    assert sheet is not None
    items = {item.clause: item for category in sheet.categories for item in category.items}
    if given.get("all_items_full"):
        return {"total": sum(item.max for item in items.values())}
    if "bonus_kind" in given:
        _, problems = bonus_points(p, {given["bonus_kind"]: 1})
        return {"counts": not problems}
    item = items[given["item"]]
    scored = score_item(p, item, given.get("entered_points"), given)
    open_ = scored.points is None and scored.accepted and scored.needs_reviewer
    return {
        "points": scored.points,
        "accepted": scored.accepted,
        "manual": open_,
        "full_points_allowed": item.rule != "threshold" or scored.points == item.max,
        "max_points": item.max,
        "per_unit_rule": item.rule == "per_unit",
    }


# The cases' names for the conditions of tranches.
CONDITION_NAMES = {
    ("qinshui", 1): "designated_startup",
    ("qinshui", 2): "construction_period_2y_ended_and_acceptance_passed",
    ("yantai", 2): "2_years_continuous_and_good",
    ("gaoming", 2): "year2_evaluation_passed",
    ("gaoming", 3): "year3_evaluation_passed",
}


def funding(p: Profile, given: Given) -> Answer:
    if given.get("event") == "station_designated":
        return {"amount_yuan": sum(t.amount_yuan for t in award_plan(p)), "tranches": list(award_plan(p))}
    if set(given) == {"designated"}:
        return _plan(p, _day(given["designated"]))
    if "paid_yuan" in given:
        return {"payable": given["paid_yuan"] < (p.award.total_yuan if p.award else 0)}
    return _tranche(p, given)


def _plan(p: Profile, designated: date) -> Answer:
    plan = award_plan(p)
    tranches = []
    for t in plan:
        entry: Answer = {"seq": t.seq, "amount_yuan": t.amount_yuan}
        if t.percent is not None:
            entry["percent"] = t.percent
        entry["condition"] = CONDITION_NAMES.get((p.slug, t.seq), t.condition)
        tranches.append(entry)
    total = sum(t.amount_yuan for t in plan)
    earliest = {
        str(t.seq): tranche_state(p, t.seq, TrancheCircumstances(designated, designated)).earliest
        for t in plan
        if t.condition == "assessment_passed"
    }
    windows = {seq: [str(day), str(_next_year(day))] for seq, day in earliest.items() if day}
    return {
        "tranches": tranches,
        "total_yuan": total,
        "max_total_yuan": total,
        "tranche_years": {seq: day.year for seq, day in earliest.items() if day},
        "tranche_windows": windows,
    }


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1) - timedelta(days=1)


def _tranche(p: Profile, given: Given) -> Answer:
    designated = _day(given["designated"])
    as_of = _day(given.get("as_of") or given.get("revoked") or given["designated"])
    grades: dict[str, list[tuple[int, str]]] = {}
    for fact, name in (("evaluation_first", "first_evaluation"), ("evaluation_second", "second_evaluation")):
        if given.get(fact):
            grades[name] = [(as_of.year, given[fact])]
    if given.get("rectification"):
        grades["first_evaluation"].append((as_of.year, given["rectification"]))
    for offset, grade in enumerate(given.get("annual", ())):
        grades.setdefault("annual_evaluation", []).append((designated.year + 1 + offset, grade))
    known = TrancheCircumstances(
        designated=designated,
        as_of=as_of,
        grades=grades,
        acceptance={"pass": True, "fail": False}.get(given.get("acceptance", "")),
        performs_well=given.get("performs_well"),
        continuous=given.get("continuous"),
        revoked="revoked" in given,
    )
    answer = tranche_state(p, given.get("tranche", 2), known)
    payable = {"due": True, "ask": None}.get(answer.state, False)
    return {
        "payable": payable,
        "reward_payable": payable,
        "amount_yuan": answer.amount_yuan,
        "manual_confirm": answer.manual_confirm,
        "manual_reason": answer.missing[0] if answer.missing else "",
        "stop_remaining": known.revoked and answer.state == "refused",
    }


PLAYERS: dict[str, Callable[[Profile, Given], Answer]] = {
    "assessment": assessment,
    "quota": quota,
    "rubric": rubric,
    "funding": funding,
}


def _cases() -> list[dict[str, Any]]:
    return [
        case
        for slug in SLUGS
        for case in json.loads((CASES / f"{slug}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    ]


def _plays() -> Iterator[Any]:
    """(case, reading or None, expected answer)."""
    for case in _cases():
        if case["kind"] in PLAYERS and case["id"] not in NOT_PLAYED:
            yield pytest.param(case, None, case["expect"], id=case["id"])
            for other in case.get("alternatives") or ():
                if not other["reading"].startswith("WRONG_"):
                    yield pytest.param(
                        case, other["reading"], other["expect"], id=f"{case['id']}-{other['reading']}"
                    )


def _reading(p: Profile, case: Mapping[str, Any], option: str) -> dict[str, str]:
    """The reading that an alternative belongs to: the one of the case's ambiguities that has this option."""
    ids = [r.id for r in p.readings if option in {o.value for o in r.options}]
    named = [i for i in ids if i in case["ambiguities"]] or ids
    assert named, f"no reading of {p.slug} has the option {option}"
    return {named[0]: option}


def _like(expected: Any, actual: Any) -> bool:
    """Equal, with lists of clause ids and facts compared as sets of the same length."""
    if isinstance(expected, list) and isinstance(actual, list) and all(isinstance(x, str) for x in expected):
        return sorted(expected) == sorted(actual)
    return bool(expected == actual)


@pytest.mark.parametrize(("case", "option", "expected"), list(_plays()))
def test_case_is_answered_as_the_text_says(
    case: dict[str, Any], option: str | None, expected: Answer
) -> None:
    p = profile(case["jurisdiction"])
    if option is not None:
        p = with_readings(p, _reading(p, case, option))

    answer = PLAYERS[case["kind"]](p, case["given"])

    wrong = {
        k: (v, answer.get(k, "(absent)"))
        for k, v in expected.items()
        if not _like(v, answer.get(k, "(absent)"))
    }
    if "grades" in expected:
        assert answer["grades"] == expected["grades"]
    assert wrong == {}


def test_every_case_is_played_or_listed_with_a_reason() -> None:
    kinds = {case["kind"] for case in _cases()}
    ids = {case["id"] for case in _cases()}

    assert kinds == set(PLAYERS) | set(KINDS_NOT_PLAYED) | set(KINDS)
    assert set(NOT_PLAYED) <= ids
    assert len(_cases()) == 347


def test_a_full_score_sheet_adds_up_to_its_total() -> None:
    for slug in ("qinshui", "wenzhou"):
        p = profile(slug)
        assert p.assessment.rubric is not None
        full = {item.clause: item.max for c in p.assessment.rubric.categories for item in c.items}
        facts = {"office_area_sqm": 30, "backbone_trained": 5, "inventions": 3, "awards": {"national": 2}}

        answer = score_rubric(p, full, facts | {"new_tech_applications": 3}, {})

        assert (answer.base, answer.complete, answer.problems) == (Decimal(100), True, ())


def test_history_moves_the_next_two_year_evaluation() -> None:
    p = profile("wenzhou")
    dated = obligations_between(
        p,
        designated=date(2020, 1, 10),
        on_or_before=date(2025, 1, 1),
        history=(ObligationDone("performance_evaluation", date(2022, 3, 1)),),
        calendar=WorkCalendar(),
    )

    assert [o.due_on for o in dated] == [date(2022, 1, 10), date(2024, 3, 1)]
