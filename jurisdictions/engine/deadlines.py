"""Due days as they are asked for: a task of a station, a stage of an application, its stages in a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.obligations import (
    Occurrence,
    construction_end,
    due_day,
    explain_dates,
    occurrences,
)
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.periods import WorkCalendar, due_after, notice_period
from jurisdictions.engine.schema.procedure import Stage
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import AtConstructionEnd, MonthsAfter, ObligationRule, OnceWindow

Status = Literal["early", "on_time", "late"]
STATUS_WORDS = {"early": "早于规定时间", "on_time": "按时", "late": "逾期"}


@dataclass(frozen=True, slots=True)
class TaskCircumstances:
    """What is known of a station, or of a year, when one of its tasks is asked about."""

    designated: date | None = None
    last_done: date | None = None
    year: int | None = None
    """The year in which the task falls due."""
    submitted: date | None = None
    not_submitted: bool = False
    as_of: date | None = None
    papers: Sequence[str] | None = None
    actor: str | None = None
    """Who acts: `station` or an authority kind."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskDates:
    """When a task is due. `has_limit` False: the text names a beginning and no last day.

    `applicable` False: it does not bind here; None: not known. `missing`: facts that are wanted.
    """

    rule: ObligationRule
    applicable: bool | None
    missing: tuple[str, ...]
    windows: tuple[tuple[date, date], ...] = ()
    first_due: date | None = None
    window_start: date | None = None
    due_on: date | None = None
    has_limit: bool = True
    provisional: bool = False
    construction_end: date | None = None
    status: Status | None = None
    is_due: bool | None = None
    """Whether it has fallen due, or its window has opened, on the day of the question."""
    is_ground: bool = False
    """Whether being late is itself a ground for revocation under the chosen reading."""
    missing_papers: tuple[str, ...] | None = None
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageDue:
    """The last day of a stage; `due_on` None: the text sets no limit, or its beginning is not known."""

    name: str
    has_limit: bool
    due_on: date | None
    provisional: bool
    clause: str
    explanation: str
    missing: tuple[str, ...] = ()


def task_dates(profile: Profile, name: str, known: TaskCircumstances, calendar: WorkCalendar) -> TaskDates:
    """When a task is due, and whether it was done in time. Raises KeyError for an unknown task."""
    rule = profile.obligation(name)
    applicable, missing = _binds(profile, rule, known)
    if applicable is False:
        words = f"{rule.label}：不适用。依据{profile.article(rule.clause)}。"
        return TaskDates(rule, False, (), missing_papers=None, explanation=(words,))
    papers = _missing_papers(rule, known)
    start = _start(rule, known)
    if start is None:
        wanted = "designated" if isinstance(rule.when, MonthsAfter | AtConstructionEnd) else "year"
        return TaskDates(rule, applicable, (*missing, wanted), missing_papers=papers)
    found = _dated(profile, rule, start, known, calendar)
    tied = isinstance(rule.when, MonthsAfter | AtConstructionEnd)
    current = _current(found, known, yearly=not tied)
    counted_from_station = tied or known.designated is not None
    if current is None:
        return _none_falls_due(profile, rule, known, missing, found)
    status = _status(current, known)
    return TaskDates(
        rule,
        applicable,
        missing,
        windows=_windows(found if counted_from_station else [current]),
        first_due=found[0].due if counted_from_station else None,
        window_start=current.opens,
        due_on=current.due,
        has_limit=current.has_limit,
        provisional=due_day(profile, rule, current, calendar)[1],
        construction_end=construction_end(profile, start) if counted_from_station else None,
        status=status,
        is_due=None if known.as_of is None else (current.opens or current.due) <= known.as_of,
        is_ground=status == "late" and rule.late == "ground",
        missing_papers=papers,
        explanation=_explain(profile, rule, current, status, papers),
    )


def _windows(found: Sequence[Occurrence]) -> tuple[tuple[date, date], ...]:
    return tuple((one.opens, one.due) for one in found if one.opens is not None and one.has_limit)


def _none_falls_due(
    profile: Profile,
    rule: ObligationRule,
    known: TaskCircumstances,
    missing: tuple[str, ...],
    found: Sequence[Occurrence],
) -> TaskDates:
    """Not in this year; or never, because the period on whose end it depends has no length."""
    article = profile.article(rule.clause)
    if not found:
        words = f"{rule.label}：文件未规定起算期间的长度，不能确定日期。依据{article}。"
        return TaskDates(rule, True, (*missing, "construction_period"), has_limit=False, explanation=(words,))
    words = f"{rule.label}：{known.year}年不适用。依据{article}。"
    return TaskDates(rule, False, missing, first_due=found[0].due, explanation=(words,))


def _binds(
    profile: Profile, rule: ObligationRule, known: TaskCircumstances
) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the task binds whoever acts, for this unit."""
    if known.actor is not None and known.actor != rule.who:
        return False, ()
    given = circumstances(profile, known.facts, None)
    verdict = MET if rule.applies_when is None else evaluate(rule.applies_when, given)
    if verdict.outcome == "unmet":
        return False, ()
    return (True, ()) if verdict.outcome == "met" else (None, verdict.missing)


def _start(rule: ObligationRule, known: TaskCircumstances) -> date | None:
    """The day from which the task is counted; a year alone stands for a station that is first due in it."""
    if isinstance(rule.when, MonthsAfter):
        return (known.last_done if rule.when.start == "last" else None) or known.designated
    if known.designated is not None or isinstance(rule.when, AtConstructionEnd):
        return known.designated
    day = known.submitted or known.as_of
    year = known.year or (day.year if day else None)
    if year is None:
        return None
    offset = rule.when.year_offset if isinstance(rule.when, OnceWindow) else rule.when.first_year_offset
    return date(year - offset, 1, 1)


def _dated(
    profile: Profile, rule: ObligationRule, start: date, known: TaskCircumstances, calendar: WorkCalendar
) -> list[Occurrence]:
    """The occurrences up to the year that is asked about, with the days that they are really due."""
    months = rule.when.months if isinstance(rule.when, MonthsAfter) else 12
    period = profile.construction_period
    span = max(months, (period.months or 0) if period else 0) // 12 + 2
    years = [known.year, *(day.year for day in (known.submitted, known.as_of) if day)]
    horizon = date(max(start.year + span, *(year for year in years if year), 0), 12, 31)
    found = occurrences(profile, rule, start, horizon, ())
    if isinstance(rule.when, MonthsAfter):
        found = iter([next(found)])
    return [
        Occurrence(one.opens, due_day(profile, rule, one, calendar)[0], one.has_limit, one.number)
        for one in found
    ]


def _current(found: Sequence[Occurrence], known: TaskCircumstances, yearly: bool) -> Occurrence | None:
    """The occurrence of the year that is asked about; else the last one before it, else the first."""
    if known.year is not None and yearly:
        return next((one for one in found if one.due.year == known.year), None)
    day = known.submitted or known.as_of
    if day is None:
        return found[0] if found else None
    earlier = [one for one in found if one.due.year <= day.year]
    return earlier[-1] if earlier else found[0] if found else None


def _status(current: Occurrence, known: TaskCircumstances) -> Status | None:
    if known.submitted is None:
        overdue = known.not_submitted and known.as_of is not None and known.as_of > current.due
        return "late" if overdue and current.has_limit else None
    if current.opens is not None and known.submitted < current.opens:
        return "early"
    return "on_time" if not current.has_limit or known.submitted <= current.due else "late"


def _missing_papers(rule: ObligationRule, known: TaskCircumstances) -> tuple[str, ...] | None:
    """Which papers of the task are wanting; None where nobody says what was handed in."""
    if known.papers is None:
        return None
    return tuple(name for name in rule.materials if name not in known.papers)


def _explain(
    profile: Profile,
    rule: ObligationRule,
    current: Occurrence,
    status: Status | None,
    papers: tuple[str, ...] | None,
) -> tuple[str, ...]:
    words = [explain_dates(profile, rule, current, current.due)]
    if status is not None:
        after = "，是否因此处理由人决定" if status == "late" and rule.late != "ground" else ""
        clause = rule.late_clause if status == "late" and rule.late_clause else rule.clause
        words.append(f"{rule.label}{STATUS_WORDS[status]}{after}。依据{profile.article(clause)}。")
    if papers:
        labels = {paper.name: paper.label for paper in profile.station_materials}
        wanting = "、".join(labels[name] for name in papers)
        words.append(f"{rule.label}材料不齐，缺{wanting}。依据{profile.article(rule.clause)}。")
    return tuple(words)


def stage_due(
    profile: Profile,
    name: str,
    started: date | None,
    calendar: WorkCalendar,
    *,
    start_day_counted: bool | None = None,
) -> StageDue:
    """The last day of a stage that began with an event on `started`. Raises KeyError for an unknown stage."""
    stage = next((one for one in profile.stages if one.name == name), None)
    if stage is None:
        raise KeyError(name)
    if stage.kind == "notice" and profile.notice is not None:
        return _notice_due(profile, stage, started, calendar, start_day_counted)
    if stage.limit is None:
        words = f"{stage.label}：文件未规定办理时限。依据{profile.article(stage.clause)}。"
        return StageDue(name, False, None, False, stage.clause, words)
    if started is None:
        return _not_begun(profile, stage, "start_event_date")
    limit = stage.limit
    if start_day_counted is not None:
        limit = limit.model_copy(update={"start_day_counted": start_day_counted})
    due = due_after(limit, started, calendar)
    words = f"{stage.label}：{due.explanation.removesuffix('。')}。依据{profile.article(stage.clause)}。"
    return StageDue(name, True, due.on, due.provisional, stage.clause, words)


def stage_start(profile: Profile, name: str, *, received: date, call_deadline: date) -> date:
    """The day from which a stage's limit counts: when the file came, or not before the end of the call.

    Raises KeyError for an unknown stage.
    """
    stage = next((one for one in profile.stages if one.name == name), None)
    if stage is None:
        raise KeyError(name)
    from_call = stage.limit is not None and stage.limit.starts == "call_deadline"
    return max(received, call_deadline) if from_call else received


def _not_begun(profile: Profile, stage: Stage, wanted: str) -> StageDue:
    words = f"{stage.label}：起算日期未知，不能确定截止日期。依据{profile.article(stage.clause)}。"
    return StageDue(stage.name, True, None, False, stage.clause, words, (wanted,))


def _notice_due(
    profile: Profile, stage: Stage, started: date | None, calendar: WorkCalendar, counted: bool | None
) -> StageDue:
    if started is None:
        return _not_begun(profile, stage, "start_event_date")
    period = notice_period(profile, started, calendar, start_day_counted=counted)
    assert period is not None
    return StageDue(stage.name, True, period.last_day, period.provisional, period.clause, period.explanation)


def stage_chain(
    profile: Profile,
    *,
    received: date | None,
    call_deadline: date | None,
    finished_on_due_day: bool,
    calendar: WorkCalendar,
    start_day_counted: bool | None = None,
) -> tuple[StageDue, ...]:
    """Every stage with a limit, each beginning when the one before is finished on its last day.

    Where the limits run from the end of the call (GM-A5), that is the beginning of the first.
    """
    found: list[StageDue] = []
    started: date | None = None
    for stage in (one for one in profile.stages if one.limit is not None):
        assert stage.limit is not None
        wanted = "each_stage_finished_on_due_date"
        if stage.limit.starts == "call_deadline":
            started, wanted = call_deadline, "call_deadline"
        elif not found:
            started, wanted = received, "received"
        if started is None:
            found.append(_not_begun(profile, stage, wanted))
            continue
        due = stage_due(profile, stage.name, started, calendar, start_day_counted=start_day_counted)
        found.append(due)
        started = due.due_on if finished_on_due_day else None
    return tuple(found)
