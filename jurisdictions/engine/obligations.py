"""Dated obligations of a station, from its designation to a horizon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jurisdictions.engine.answers import Obligation, ObligationDone
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.months import add_months, anniversary, month_end
from jurisdictions.engine.operators import evaluate
from jurisdictions.engine.periods import WorkCalendar
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AtConstructionEnd,
    BeforeMonth,
    MonthsAfter,
    ObligationRule,
    OnceWindow,
    YearlyDate,
    YearlyWindow,
)
from jurisdictions.engine.values import say_day


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence: when it opens, when it is due, and whether the text names a last day."""

    opens: date | None
    due: date
    has_limit: bool = True
    number: int = 1


def construction_end(profile: Profile, designated: date) -> date | None:
    """The day on which the construction period is full; None where the text has no such period."""
    period = profile.construction_period
    if period is None or period.months is None:
        return None
    return anniversary(designated, period.months, profile.conventions.anniversary)


def obligations_between(
    profile: Profile,
    *,
    designated: date,
    on_or_before: date,
    history: Sequence[ObligationDone] = (),
    calendar: WorkCalendar,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Obligation, ...]:
    """Every obligation whose window opens (or that falls due) up to the horizon, by date.

    The same question gives the same list, so that deadlines may be made from it again and again.
    `facts` of the station leave out what does not bind it (reports of a county for a municipal unit).
    """
    found: list[Obligation] = []
    for rule in profile.obligations:
        if _binds(profile, rule, facts or {}):
            for dates in occurrences(profile, rule, designated, on_or_before, history):
                found.append(_obligation(profile, rule, dates, calendar))
    return tuple(sorted(found, key=lambda o: (o.due_on, o.name)))


def _binds(profile: Profile, rule: ObligationRule, facts: Mapping[str, Any]) -> bool:
    """An obligation that may bind is kept: what is not known never takes a duty away."""
    if rule.applies_when is None:
        return True
    return evaluate(rule.applies_when, circumstances(profile, facts, None)).outcome != "unmet"


def occurrences(
    profile: Profile, rule: ObligationRule, designated: date, until: date, history: Sequence[ObligationDone]
) -> Iterator[Occurrence]:
    match rule.when:
        case YearlyWindow() as when:
            yield from _yearly_windows(profile, when, designated, until)
        case OnceWindow() as when:
            yield from _window(designated.year + when.year_offset, when.month, until)
        case YearlyDate() as when:
            for year in range(designated.year + when.first_year_offset, until.year + 2):
                due = _named_date(profile, year, when)
                if due >= designated:
                    yield from _upto(Occurrence(None, due), until)
        case BeforeMonth() as when:
            for year in range(designated.year + when.first_year_offset, until.year + 2):
                yield from _upto(Occurrence(None, _before_month(year, when)), until)
        case MonthsAfter() as when:
            yield from _months_after(rule, when, designated, until, history)
        case AtConstructionEnd():
            end = construction_end(profile, designated)
            if end is not None and end <= until:
                yield Occurrence(end, end, has_limit=False)


def _upto(dates: Occurrence, until: date) -> Iterator[Occurrence]:
    if (dates.opens or dates.due) <= until:
        yield dates


def _window(year: int, month: int, until: date) -> Iterator[Occurrence]:
    yield from _upto(Occurrence(date(year, month, 1), month_end(year, month)), until)


def _yearly_windows(
    profile: Profile, when: YearlyWindow, designated: date, until: date
) -> Iterator[Occurrence]:
    """次年起至建设期结束: every such month that begins within the construction period."""
    first = designated.year + when.first_year_offset
    end = construction_end(profile, designated) if when.until == "construction_end" else None
    last = until.year if when.times is None else first + when.times - 1
    for year in range(first, min(last, until.year) + 1):
        if when.times is not None or end is None or date(year, when.month, 1) <= end:
            yield from _window(year, when.month, until)


def _named_date(profile: Profile, year: int, when: YearlyDate) -> date:
    """X月X日前, by the reading of named dates (G-4); rolling is done where the calendar is known."""
    day = date(year, when.month, when.day)
    return day - timedelta(days=1) if profile.conventions.named_date == "exclusive" else day


def _before_month(year: int, when: BeforeMonth) -> date:
    """在每年3月份之前: the last day of February, or of March under the other reading."""
    if when.end_of_month:
        return month_end(year, when.month)
    return date(year, when.month, 1) - timedelta(days=1)


def _months_after(
    rule: ObligationRule, when: MonthsAfter, designated: date, until: date, history: Sequence[ObligationDone]
) -> Iterator[Occurrence]:
    """Every so many months: from the last one done where there is one, else from the day it fell due."""
    done = sorted(entry.done_on for entry in history if entry.name == rule.name)
    base, number = designated, 1
    while True:
        due = add_months(base, when.months)
        due = date(due.year, 12, 31) if when.year_end else due
        if due > until:
            return
        yield Occurrence(None, due, number=number)
        if when.start == "designation":
            return
        base = done[number - 1] if number <= len(done) else due
        number += 1


def _obligation(
    profile: Profile, rule: ObligationRule, dates: Occurrence, calendar: WorkCalendar
) -> Obligation:
    due, provisional = due_day(profile, rule, dates, calendar)
    covers = {"previous_year": due.year - 1, "current_year": due.year}.get(rule.covers)
    return Obligation(
        name=rule.name,
        label=rule.label,
        kind=rule.kind,
        who=rule.who,
        period_label=_period_label(rule, covers, dates),
        year=due.year,
        covers_year=covers,
        window_start=dates.opens,
        due_on=due,
        clause=rule.clause,
        explanation=explain_dates(profile, rule, dates, due),
        provisional=provisional,
        has_limit=dates.has_limit,
        combined_with=rule.combined_with,
        reminders=rule.reminders if rule.reminders is not None else profile.reminders.obligations,
    )


def due_day(
    profile: Profile, rule: ObligationRule, dates: Occurrence, calendar: WorkCalendar
) -> tuple[date, bool]:
    """The due day, and whether it is provisional; a named day that is a rest day rolls where G-4 says so."""
    if isinstance(rule.when, YearlyDate) and profile.conventions.named_date == "roll":
        return calendar.next_workday(dates.due)
    return dates.due, False


def _period_label(rule: ObligationRule, covers: int | None, dates: Occurrence) -> str:
    if covers is not None:
        return f"{covers}年度"
    return "建设期" if rule.covers == "construction_period" else f"第{dates.number}次"


def explain_dates(profile: Profile, rule: ObligationRule, dates: Occurrence, due: date) -> str:
    article = profile.article(rule.clause)
    if not dates.has_limit:
        return f"{rule.label}：自{say_day(dates.opens)}起办理，文件未规定截止日期。依据{article}。"
    if dates.opens is not None:
        return f"{rule.label}：{say_day(dates.opens)}至{say_day(due)}提交。依据{article}。"
    return f"{rule.label}：{say_day(due)}前完成（含当日）。依据{article}。"
