"""The worked cases of `tests/cases/`, played through the Python API under every reading.

Kinds and cases that have no question in the API yet are listed in NOT_PLAYED, with the reason; a case that is
neither played nor listed fails, and so does a listed one that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jurisdictions.engine import (
    Limit,
    ObligationDone,
    Profile,
    WorkCalendar,
    allowed_plaques,
    calendar_for,
    check_conditions,
    construction_end,
    due_after,
    find_route,
    is_valid_name,
    key_project_notice,
    notice_period,
    obligations_between,
    score_rubric,
    stage_list,
    station_name,
    validity_on,
    with_readings,
)
from tests.jurisdictions.engine.profiles import SLUGS, profile

CASES = Path(__file__).resolve().parents[2] / "cases"
Given = Mapping[str, Any]
Answer = dict[str, Any]

# Whole kinds for which the API has no question yet.
KINDS_NOT_PLAYED = {
    "material": "completeness of papers is answered by the rooms from profile.materials, not by the engine",
    "workflow": "what may be done next is not a question of the engine yet",
    "extension": "postponement of a filing is not in the profiles yet",
    "duty": "yearly outputs are not in the profiles yet",
    "expenditure": "permitted and prohibited uses are not in the profiles yet",
    "exclusion": "mutual exclusions are not in the profiles yet",
    "revocation": "grounds of revocation are not in the profiles yet",
    "deregistration": "voluntary deregistration is not in the profiles yet",
    "other": "provincial requirements are not in the profiles yet",
    "assessment": "asked by jurisdictions.engine.questions",
    "rubric": "asked by jurisdictions.engine.questions",
    "quota": "asked by jurisdictions.engine.questions",
    "funding": "asked by jurisdictions.engine.questions",
}

# Single cases of kinds that are played.
NOT_PLAYED = {
    "WZ-R04": "the level of a studio is not in the profile yet",
    "YT-D08": "completeness of papers",
}


def _day(text: str) -> date:
    return date.fromisoformat(text)


def eligibility(p: Profile, given: Given) -> Answer:
    on = _day(given.get("application_date", "2020-05-11"))
    answer = check_conditions(p, given, on=on)
    return {
        "eligible": answer.eligible,
        "failed": list(answer.failed),
        "warnings": list(answer.warnings),
        "missing": list(answer.missing),
    }


def routing(p: Profile, given: Given) -> Answer:
    facts = dict(given)
    if facts.get("task") == "annual_report":
        facts.setdefault("unit_type", "enterprise")
    route = find_route(p, facts)
    path = None if route.path is None else list(route.path)
    answer: Answer = {"path": path, "manual_confirm": route.manual_confirm}
    if "submitted_to" in given and path is not None:
        answer["submission_accepted"] = given["submitted_to"] == path[0]
    return answer


def naming(p: Profile, given: Given) -> Answer:
    facts = {"leader_name": given["leader"], "trade": given["trade"]}
    answer: Answer = {"name": station_name(p, facts)}
    if "proposed" in given:
        answer["valid"] = is_valid_name(p, facts, given["proposed"])
    return answer


def designation(p: Profile, given: Given) -> Answer:
    return {"allowed_plaques": list(allowed_plaques(p, given))}


def notice(p: Profile, given: Given) -> Answer:
    rule = key_project_notice(p) if given.get("for") == "key_project" else None
    period = notice_period(p, _day(given["published"]), WorkCalendar(), rule=rule)
    assert period is not None
    return {"last_day": str(period.last_day), "earliest_award_date": str(period.earliest_award)}


def validity(p: Profile, given: Given) -> Answer:
    decided = given.get("decision_date")
    answer = validity_on(p, _day(given["application_date"]), decided_on=_day(decided) if decided else None)
    return {"in_force": answer.in_force, "warning": answer.warning, "manual_reason": answer.reason}


def deadline(p: Profile, given: Given) -> Answer:
    if given.get("chain"):
        return _chain(p, given)
    if "stage" in given:
        return _stage_due(p, given)
    return _task_due(p, given)


def _chain(p: Profile, given: Given) -> Answer:
    steps = {s.name: s for s in stage_list(p, find_route(p, given).path or ())}
    calendar, day = WorkCalendar(), _day(given["received"])
    answer: Answer = {}
    for name, field in (
        ("formal_review", "formal_review_due"),
        ("qualification_recheck", "recheck_due"),
        ("expert_review", "expert_review_due"),
    ):
        day = due_after(steps[name].limit, day, calendar).on
        answer[field] = str(day)
    period = notice_period(p, _day(given["notice_published"]), calendar)
    assert period is not None
    return answer | {
        "notice_last_day": str(period.last_day),
        "earliest_award_date": str(period.earliest_award),
    }


def _stage_due(p: Profile, given: Given) -> Answer:
    step = next(s for s in stage_list(p, find_route(p, given).path or ()) if s.name == given["stage"])
    if step.limit is None:
        return {"due_date": None}
    assert isinstance(step.limit, Limit)
    due = due_after(step.limit, _day(given["start_event_date"]), WorkCalendar()).on
    answer: Answer = {"due_date": str(due)}
    if "finished" in given:
        answer["status"] = "on_time" if _day(given["finished"]) <= due else "late"
    return answer


def _task_due(p: Profile, given: Given) -> Answer:
    """A task of a station; a case that asks only for a year stands for a station of the year before."""
    rule = p.obligation(given["task"])
    year = given.get("year", 2021)
    designated = _day(given.get("designated") or given.get("last_evaluation") or f"{year - 1}-06-01")
    horizon = date(designated.year + 4, 12, 31)
    dated = [
        o
        for o in obligations_between(
            p, designated=designated, on_or_before=horizon, calendar=calendar_for(p), facts=given
        )
        if o.name == given["task"] and ("year" not in given or o.year == year)
    ]
    if not dated:
        return {"applicable": False}
    first = dated[0]
    answer: Answer = {
        "applicable": True,
        "due_date": str(first.due_on),
        "first_due": str(first.due_on),
        "next_due_by": str(first.due_on),
        "cycle_months": getattr(rule.when, "months", None),
        "windows": [[str(o.window_start), str(o.due_on)] for o in dated],
        "window_start": str(first.window_start),
        "window_end": str(first.due_on),
        "after": "construction_period_end" if not first.has_limit else None,
        "combined_with_acceptance": first.combined_with == "acceptance",
        "construction_end": str(construction_end(p, designated)),
        "auto_revoke": rule.late == "ground",
    }
    if "as_of" in given:
        answer["due"] = first.due_on <= _day(given["as_of"])
    if "submitted" in given:
        submitted = _day(given["submitted"])
        early = first.window_start is not None and submitted < first.window_start
        answer["status"] = "early" if early else "on_time" if submitted <= first.due_on else "late"
    return answer


PLAYERS: dict[str, Callable[[Profile, Given], Answer]] = {
    "eligibility": eligibility,
    "routing": routing,
    "naming": naming,
    "designation": designation,
    "notice": notice,
    "validity": validity,
    "deadline": deadline,
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

    assert kinds == set(PLAYERS) | set(KINDS_NOT_PLAYED)
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
