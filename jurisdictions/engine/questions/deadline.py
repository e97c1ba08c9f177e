"""When a task of a station or a stage of an application is due, and whether it was done in time."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.deadlines import (
    STATUS_WORDS,
    StageDue,
    TaskCircumstances,
    TaskDates,
    stage_chain,
    stage_due,
    task_dates,
)
from jurisdictions.engine.periods import calendar_for, filed_in_time, notice_period
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import AtConstructionEnd, MonthsAfter, ObligationRule
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.engine.values import say_day

OF_A_TASK = frozenset(
    {"task", "designated", "last_evaluation", "year", "submitted", "submitted_docs", "as_of", "actor"}
)
OF_A_STAGE = frozenset({"stage", "start_event_date", "working_days", "start_day_counted", "finished"})
OF_A_CHAIN = frozenset(
    {"chain", "received", "call_deadline", "each_stage_finished_on_due_date", "notice_published"}
)

OF_A_CALL = frozenset({"call_last_day", "handed_in_at"})


def facts(profile: Profile) -> frozenset[str]:
    """The facts of a task, of a stage and of a chain, and what decides whether a task binds."""
    binding = {
        name for rule in profile.obligations if rule.applies_when for name in facts_in(rule.applies_when)
    }
    closing = OF_A_CALL if profile.round and profile.round.closes_at else frozenset()
    return OF_A_TASK | OF_A_STAGE | OF_A_CHAIN | closing | binding


def answer(question: Question) -> Answer:
    """One of three questions, by what is named: a chain of stages, a stage, or a task."""
    if question.flag("chain"):
        return _chain(question)
    if "call_last_day" in question.given or "handed_in_at" in question.given:
        return _call(question)
    stage = question.text("stage", tuple(stage.name for stage in question.profile.stages))
    if stage is not None:
        return _stage(question, stage)
    task = question.text("task", tuple(rule.name for rule in question.profile.obligations))
    if task is not None:
        return _task(question, task)
    raise QuestionError("task", "须给出 task、stage 或 chain 之一")


def _call(question: Question) -> Answer:
    """Whether an application came in before the hour at which the call ends."""
    rule = question.profile.round
    assert rule is not None
    last = question.day("call_last_day")
    moment = question.moment("handed_in_at")
    missing = tuple(n for n, v in (("call_last_day", last), ("handed_in_at", moment)) if v is None)
    accepted = None if last is None or moment is None else filed_in_time(question.profile, last, moment)
    words = {None: "尚缺事实，不能判断", True: "按时", False: "逾期，不予受理"}[accepted]
    fields = {"accepted": accepted, "closes_at": rule.closes_at, "missing": missing}
    told = f"申报截止日当天{rule.closes_at}截止：{words}。{question.article(rule.clause)}。"
    return Answer(fields, rule.clauses, (told,))


def _chain(question: Question) -> Answer:
    """All stages with a limit, then the notice. A stage is named by its short name and `_due`."""
    profile, calendar = question.profile, calendar_for(question.profile)
    counted = question.flag("start_day_counted")
    dues = stage_chain(
        profile,
        received=question.day("received"),
        call_deadline=question.day("call_deadline"),
        finished_on_due_day=bool(question.flag("each_stage_finished_on_due_date")),
        calendar=calendar,
        start_day_counted=counted,
    )
    names = {stage.name: stage.short_name or stage.name for stage in profile.stages}
    fields: dict[str, Any] = {f"{names[due.name]}_due": due.due_on for due in dues}
    published = question.day("notice_published")
    clauses, words = [due.clause for due in dues], [due.explanation for due in dues]
    missing = [name for due in dues for name in due.missing]
    if profile.notice is not None:
        period = published and notice_period(profile, published, calendar, start_day_counted=counted)
        fields["notice_last_day"] = period.last_day if period else None
        fields["earliest_award_date"] = period.earliest_award if period else None
        clauses.append(profile.notice.clause)
        words += [period.explanation] if period else []
        missing += [] if period else ["notice_published"]
    return Answer(
        fields={**fields, "missing": tuple(dict.fromkeys(missing))},
        clauses=tuple(dict.fromkeys(clauses)),
        explanation=tuple(words),
        readings=_counting(question),
    )


def _stage(question: Question, name: str) -> Answer:
    """`due_date` null: the text sets no limit, or the stage has not begun."""
    asked_days = question.integer("working_days")
    finished = question.day("finished")
    found: StageDue = stage_due(
        question.profile,
        name,
        question.day("start_event_date"),
        calendar_for(question.profile),
        start_day_counted=question.flag("start_day_counted"),
    )
    status = None
    if finished is not None and found.due_on is not None:
        status = "on_time" if finished <= found.due_on else "late"
    words = [found.explanation]
    limit = next(stage.limit for stage in question.profile.stages if stage.name == name)
    if asked_days is not None and (limit is None or limit.working_days != asked_days):
        words.append(
            f"期限以文件为准，不按所给的{asked_days}个工作日计算。{question.article(found.clause)}。"
        )
    if status is not None:
        words.append(f"{say_day(finished)}办结，{STATUS_WORDS[status]}。{question.article(found.clause)}。")
    return Answer(
        fields={
            "due_date": found.due_on,
            "status": status,
            "provisional": found.provisional,
            "missing": found.missing,
        },
        clauses=(found.clause,),
        explanation=tuple(words),
        readings=_counting(question),
    )


def _counting(question: Question) -> tuple[str, ...]:
    """The readings by which days are counted; the question itself may overrule the first."""
    return ("G-3",) if question.has("start_day_counted") else ("G-2", "G-3")


def _task(question: Question, name: str) -> Answer:
    profile = question.profile
    found = task_dates(profile, name, _circumstances(question, name), calendar_for(profile))
    rule = found.rule
    clauses = (*rule.clauses, *([rule.late_clause] if found.status == "late" and rule.late_clause else []))
    words = found.explanation or (f"{rule.label}：尚缺事实，不能确定日期。{question.article(rule.clause)}。",)
    return Answer(
        fields={**_dates(found), **_done(found)},
        clauses=clauses,
        explanation=words,
        readings=(rule.reading,) if rule.reading else (),
    )


def _circumstances(question: Question, name: str) -> TaskCircumstances:
    profile = question.profile
    rule = profile.obligation(name)
    designated, last_done = question.day("designated"), question.day("last_evaluation")
    if designated is not None and last_done is not None and last_done < designated:
        raise QuestionError("last_evaluation", f"早于认定日期{say_day(designated)}，请核对")
    actors = ("station", *(authority.kind for authority in profile.authorities))
    return TaskCircumstances(
        designated=designated,
        last_done=last_done,
        year=question.year("year"),
        submitted=question.day("submitted"),
        not_submitted="submitted" in question.given and not question.has("submitted"),
        as_of=question.day("as_of") or question.on,
        papers=_papers(question, rule),
        actor=question.text("actor", actors),
        facts=question.form_facts(),
    )


def _papers(question: Question, rule: ObligationRule) -> tuple[str, ...] | None:
    if not question.has("submitted_docs"):
        return None
    papers = question.entries("submitted_docs")
    for paper in papers:
        if paper not in rule.materials:
            raise QuestionError("submitted_docs", f"{rule.label}没有材料“{paper}”")
    return papers


def _dates(found: TaskDates) -> dict[str, Any]:
    """When it falls due. Which fields there are depends on how the text dates the task."""
    rule = found.rule
    fields: dict[str, Any] = {"applicable": found.applicable}
    if isinstance(rule.when, MonthsAfter):
        fields |= {"next_due_by": found.due_on, "cycle_months": rule.when.months}
    if isinstance(rule.when, AtConstructionEnd):
        fields |= {"after": "construction_period_end", "due_date": None}
    else:
        fields |= {"due_date": found.due_on, "first_due": found.first_due}
    if found.windows:
        fields |= {"windows": found.windows, "window_start": found.window_start, "window_end": found.due_on}
    return fields | {
        "construction_end": found.construction_end,
        "combined_with_acceptance": rule.combined_with == "acceptance",
        "due": found.is_due,
        "provisional": found.provisional,
    }


def _done(found: TaskDates) -> dict[str, Any]:
    """Whether it was done, in time and in full."""
    papers = found.missing_papers
    return {
        "status": found.status,
        "auto_revoke": found.is_ground,
        "complete": None if papers is None else not papers,
        "missing": (*found.missing, *(papers or ())),
    }


KIND = Kind("deadline", answer, facts)
