"""Money: the plan of the award, one payment, money beside the award, key projects."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.answers import TrancheAnswer, TrancheCircumstances
from jurisdictions.engine.award import award_plan, tranche_state, tranche_windows
from jurisdictions.engine.entitlements import entitlement_of, rated
from jurisdictions.engine.key_projects import (
    key_project_caps_broken,
    key_project_grant,
    key_project_scope,
    key_projects_in_a_year,
)
from jurisdictions.engine.questions.projects import level_counts, project_level
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.entitlements import Entitlement
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import AssessmentPassed, Award, PeriodEndedAndAccepted, Tranche

EVENTS = ("station_designated",)
ACCEPTANCE = ("pass", "fail")
# Facts that ask whether one payment is due.
STATE_FACTS = (
    "tranche", "as_of", "acceptance", "acceptance_score", "rectification", "revoked", "paid_yuan",
    "continuous", "performs_well", "reward_paid", "self_station_start",
)  # fmt: skip
# Results of stations that each text has under its own names; elsewhere they are known and decide nothing.
RESULT_FACTS = ("evaluation", "evaluations", "evaluation_first", "evaluation_second", "annual")
REWARD_FACTS = ("continuous", "performs_well", "reward_paid", "self_station_start")
READINGS = ("G-6", "G-7", "G-8")


def facts(profile: Profile) -> frozenset[str]:
    """The station's days and results, the claim that is made, and key projects by level or field."""
    asked = {promise.asked_by for promise in profile.entitlements if promise.asked_by}
    asked |= {promise.rate.fact for promise in profile.entitlements if promise.rate}
    named = {r.fact for r in profile.award.results} if profile.award else set()
    beside = {
        "claim",
        "apprentice_level",
        "recognised_level",
        "event",
        "level",
        "levels_approved",
        "category",
    }
    return frozenset({"designated", *STATE_FACTS, *RESULT_FACTS, *beside, *asked, *named})


def answer(question: Question) -> Answer:
    """What is asked about is told by the facts that are given."""
    promise = _promise(question)
    if promise is not None:
        return _beside(question, promise)
    if question.profile.key_projects is not None:
        for name, answered in (("category", _scope), ("levels_approved", _year), ("level", _grant)):
            if name in question.given:
                return answered(question)
    if question.text("event", EVENTS) is not None:
        return _on_event(question)
    return _award(question)


# ---- key projects


def _scope(question: Question) -> Answer:
    category = question.text("category")
    chapter = question.profile.key_projects
    assert chapter is not None
    if category is None:
        told = f"项目领域不详。{question.article(chapter.scope.clause)}。"
        return Answer({"in_scope": None, "manual": True}, chapter.scope.clauses, (told,))
    found = key_project_scope(question.profile, category)
    fields = {"in_scope": found.in_scope, "manual": found.in_scope is None}
    return Answer(fields, found.clauses, (found.explanation,), ("G-10",))


def _year(question: Question) -> Answer:
    profile = question.profile
    counts = level_counts(question, "levels_approved")
    found = key_projects_in_a_year(profile, counts)
    fields: dict[str, Any] = {"year_total_yuan": found.amount_yuan}
    if found.amount_yuan is None:
        fields["missing"] = ("levels_approved",)
    over = key_project_caps_broken(profile, counts)
    if over:
        fields["blocked_by"] = tuple(clause for clause, _ in over)
    return Answer(fields, found.clauses, (found.explanation, *(told for _, told in over)), ("G-1",))


def _grant(question: Question) -> Answer:
    chapter, level = question.profile.key_projects, project_level(question, "level")
    assert chapter is not None
    if level is None:
        told = f"项目等级不详，资助金额不能确定。{question.article(chapter.grants.clause)}。"
        return Answer({"amount_yuan": None, "missing": ("level",)}, chapter.grants.clauses, (told,))
    found = key_project_grant(question.profile, level)
    return Answer({"amount_yuan": found.amount_yuan}, found.clauses, (found.explanation,))


# ---- money beside the award


def _promise(question: Question) -> Entitlement | None:
    """The promise that is claimed by its name, or by the fact that it asks for."""
    promises = question.profile.entitlements
    claim = question.text("claim")
    if claim is not None:
        found = next((p for p in promises if p.name == claim), None)
        if found is None:
            options = "、".join(p.name for p in promises) or "无"
            raise QuestionError("claim", f"文件没有“{claim}”，可选：{options}")
        return found
    return next((p for p in promises if {p.asked_by, p.rate and p.rate.fact} & set(question.given)), None)


def _beside(question: Question, promise: Entitlement) -> Answer:
    value = (
        question.text(promise.asked_by, tuple(v.value for v in promise.values)) if promise.asked_by else None
    )
    if promise.rate is not None:
        found = rated(question.profile, promise, question.number(promise.rate.fact))
    else:
        found = entitlement_of(question.profile, promise, value)
    fields: dict[str, Any] = {
        "amount_yuan": found.amount_yuan,
        "manual": found.manual,
        "manual_confirm": found.manual_confirm,
        "payable": None,
    }
    for name, told in (
        ("reason", found.reason),
        ("governed_by", found.governed_by),
        ("missing", found.missing),
        ("shares", found.shares),
    ):
        if told:
            fields[name] = told
    return Answer(fields, found.clauses, (found.explanation,))


# ---- the award


def _on_event(question: Question) -> Answer:
    """What designation itself brings: the payments that wait for nothing else."""
    plan = [t for t in award_plan(question.profile) if t.condition == "designated"]
    amount = sum(t.amount_yuan for t in plan)
    fields = {**_planned(question), "amount_yuan": amount}
    told = f"认定时可以拨付{amount}元" if amount else "认定本身没有补助"
    clauses = _award_clauses(question.profile)
    return Answer(fields, clauses, (f"{told}。{question.article(clauses[0])}。",), READINGS)


def _award_clauses(profile: Profile) -> tuple[str, ...]:
    if profile.award is not None:
        return tuple(
            dict.fromkeys((*profile.award.clauses, *(c for t in profile.award.tranches for c in t.clauses)))
        )
    return profile.key_projects.clauses if profile.key_projects else profile.designation.clauses


def _planned(question: Question) -> dict[str, Any]:
    """The plan as the text has it, and the years to which it binds payments."""
    profile = question.profile
    plan = award_plan(profile)
    total = sum(t.amount_yuan for t in plan)
    tranches = []
    for t in plan:
        share = {} if t.percent is None else {"percent": t.percent}
        tranches.append({"seq": t.seq, "amount_yuan": t.amount_yuan, **share, "condition": t.condition_name})
    fields: dict[str, Any] = {"tranches": tranches, "total_yuan": total, "max_total_yuan": total}
    designated = question.day("designated")
    if designated is not None and profile.award is not None:
        windows = tranche_windows(profile, designated)
        calendar = [t.seq for t in profile.award.tranches if _by_calendar(t)]
        if windows:
            fields["tranche_windows"] = windows
            fields["tranche_years"] = {s: start.year for s, (start, _) in windows.items() if s in calendar}
    return fields


def _by_calendar(tranche: Tranche) -> bool:
    condition = tranche.condition
    return isinstance(condition, AssessmentPassed) and condition.counted_in == "calendar_years"


def _award(question: Question) -> Answer:
    """The plan, and the state of the payment that is asked about."""
    profile, award = question.profile, question.profile.award
    clauses = list(_award_clauses(profile))
    fields = _planned(question)
    if award is None:
        fields |= {"amount_yuan": 0, "payable": False}
        return Answer(fields, tuple(clauses), (f"认定本身没有补助。{question.article(clauses[0])}。",))
    tranche = _asked(question, award)
    told = [
        f"{award.label}合计{award.total_yuan}元，分{len(award.tranches)}次。{question.article(award.clause)}。"
    ]
    if tranche is None:
        _add_obligations(profile, clauses)
        if question.has("revoked"):
            _add_stop(question, fields, clauses, told)
        return Answer(fields, tuple(dict.fromkeys(clauses)), tuple(told), READINGS)
    found = tranche_state(profile, tranche.seq, _known(question, award, tranche))
    clauses = [*found.clauses, *award.clauses]
    fields |= _state(found, tranche)
    if found.state == "ask" and not found.manual_reason:
        fields["missing"] = _wanted(award, found)
    return Answer(fields, tuple(dict.fromkeys(clauses)), (found.explanation,), READINGS)


def _wanted(award: Award, found: TrancheAnswer) -> tuple[str, ...]:
    """What is missing, under the names by which it is told in a question."""
    names = {of: result.fact for result in reversed(award.results) for of in result.of}
    names |= {"operating_since": "self_station_start", "tranche_paid": "reward_paid"}
    return tuple(names.get(name, name) for name in found.missing)


def _add_obligations(profile: Profile, clauses: list[str]) -> None:
    """The clauses of the assessments for which payments wait."""
    assert profile.award is not None
    for tranche in profile.award.tranches:
        if isinstance(tranche.condition, AssessmentPassed):
            clauses += profile.obligation(tranche.condition.obligation).clauses


def _add_stop(question: Question, fields: dict[str, Any], clauses: list[str], told: list[str]) -> None:
    """A revoked station, asked about without one payment: nothing more is paid."""
    fields["payable"] = False
    stop = question.profile.revocation
    if stop is not None and stop.stop_funding:
        fields["stop_remaining"] = True
        clauses.insert(0, stop.clause)
        told.append(f"已撤销，停止拨付后续资金。{question.article(stop.clause)}。")


def _asked(question: Question, award: Award) -> Tranche | None:
    """The payment that is asked about: the one that is named, the reward, or the only one."""
    if "tranche" in question.given:
        seq = question.integer("tranche")
        found = next((t for t in award.tranches if t.seq == seq), None)
        if found is None and seq is not None:
            raise QuestionError("tranche", f"没有第{seq}批资金")
        if found is not None:
            return found
    asked = [n for n in (*STATE_FACTS, *RESULT_FACTS) if n in question.given]
    reward = next((t for t in award.tranches if t.reward), None)
    if reward is not None and asked and asked != ["revoked"]:
        return reward
    return award.tranches[0] if len(award.tranches) == 1 and asked else None


def _state(found: TrancheAnswer, tranche: Tranche) -> dict[str, Any]:
    payable = {"due": True, "ask": None}.get(found.state, False)
    fields: dict[str, Any] = {
        "payable": payable,
        "amount_yuan": found.amount_yuan if payable else None if payable is None else 0,
        "manual": payable is None,
        "manual_confirm": found.manual_confirm,
        "stop_remaining": found.stop_remaining,
        "earliest": found.earliest,
    }
    if tranche.reward:
        fields["reward_payable"] = payable
    if found.manual_reason:
        fields["manual_reason"] = found.manual_reason
    return fields


# ---- what is known


def _known(question: Question, award: Award, tranche: Tranche) -> TrancheCircumstances:
    """The circumstances of a payment. `unknown` is what decides and has not been said."""
    as_of, revoked = question.day("as_of") or question.on, question.day("revoked")
    unknown: set[str] = set()
    grades = _grades(question, award, tranche, unknown)
    acceptance = question.text("acceptance", ACCEPTANCE)
    if acceptance is None and isinstance(tranche.condition, PeriodEndedAndAccepted):
        unknown.add("acceptance")
    if "paid_yuan" in question.given and not question.has("paid_yuan"):
        unknown.add("paid_yuan")
    if tranche.reward and "reward_paid" in question.given and not question.has("reward_paid"):
        unknown.add("tranche_paid")
    return TrancheCircumstances(
        designated=question.day("designated"),
        as_of=as_of,
        grades=grades,
        acceptance=None if acceptance is None else acceptance == "pass",
        acceptance_score=question.number("acceptance_score"),
        performs_well=question.flag("performs_well"),
        continuous=question.flag("continuous"),
        revoked=revoked is not None and (as_of is None or revoked <= as_of),
        operating_since=question.day("self_station_start"),
        paid_yuan=question.integer("paid_yuan") or 0,
        tranche_paid=tranche.reward and question.flag("reward_paid") is True,
        unknown=frozenset(unknown),
    )


def _grades(
    question: Question, award: Award, tranche: Tranche, unknown: set[str]
) -> dict[str, list[tuple[int, str]]]:
    """The results by obligation. One that is said to be null has not been held; one that is not said at all
    is unknown where the payment waits for it."""
    profile = question.profile
    grades: dict[str, list[tuple[int, str]]] = {}
    named = set()
    for result in award.results:
        if result.fact not in question.given:
            # Of results that come back every year a single one may end the claim.
            unknown |= set(result.of) if result.form == "repeated" else set()
            continue
        named |= set(result.of)
        told = question.entries(result.fact) if result.form != "one" else (question.given[result.fact],)
        if result.form == "repeated" and (not question.has(result.fact) or None in told):
            unknown |= set(result.of)
        if result.form == "in_order" and len(told) > len(result.of):
            raise QuestionError(result.fact, f"至多{len(result.of)}项，与各次评估一一对应")
        for index, value in enumerate(told):
            # Repeated results are of one year each, in order: none of them is that of looking again.
            of, order = (result.of[0], index + 1) if result.form == "repeated" else (result.of[index], 0)
            if value is not None:
                grades.setdefault(of, []).append((order, _grade(question, result.fact, value)))
    condition = tranche.condition
    wanted = condition.obligation if isinstance(condition, AssessmentPassed) else None
    for name in RESULT_FACTS:
        if question.has(name) and name not in {r.fact for r in award.results}:
            _check(question, name)
    again = question.text("rectification", tuple(g.value for g in profile.assessment.grades))
    if wanted is not None and again is not None:
        _put_right(profile, grades, wanted, again, named)
    if wanted is not None and wanted not in named and wanted not in grades:
        unknown.add(wanted)
    return grades


def _put_right(
    profile: Profile, grades: dict[str, list[tuple[int, str]]], wanted: str, again: str, named: set[str]
) -> None:
    """The result after rectification belongs to the assessment that failed.

    Only a station that failed is put right, so the first result need not be told beside the second.
    """
    failing = [g.value for g in profile.assessment.grades if not g.passing]
    failed = [of for of, told in grades.items() if told[-1][1] in failing]
    if wanted in failed:
        grades[wanted].append((grades[wanted][-1][0], again))
    elif not failed and wanted not in named:
        grades[wanted] = [(0, failing[0]), (0, again)]


def _grade(question: Question, name: str, value: Any) -> str:
    options = tuple(grade.value for grade in question.profile.assessment.grades)
    found = Question(question.profile, {name: value}).text(name, options)
    assert found is not None
    return found


def _check(question: Question, name: str) -> None:
    """A result that decides nothing here is still a grade of this text."""
    value = question.given[name]
    for entry in value if isinstance(value, list | tuple) else (value,):
        if entry is not None:
            _grade(question, name, entry)


KIND = Kind("funding", answer, facts)
