"""An obligation left undone for months: from which day on that is a ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jurisdictions.engine.months import anniversary
from jurisdictions.engine.obligations import obligations_between
from jurisdictions.engine.operators import MET, UNMET, Verdict
from jurisdictions.engine.periods import WorkCalendar, calendar_for
from jurisdictions.engine.readings import with_readings
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.revocation import Overdue
from jurisdictions.engine.values import say_day


@dataclass(frozen=True, slots=True)
class OverdueVerdict:
    """The verdict, sentences with the days, and whether another reading of the due day says otherwise."""

    verdict: Verdict
    notes: tuple[str, ...] = ()
    doubtful: bool = False


def overdue_verdict(
    profile: Profile,
    rule: Overdue,
    facts: Mapping[str, Any],
    on: date | None = None,
    calendar: WorkCalendar | None = None,
) -> OverdueVerdict:
    """Met from the day on which the obligation of `year` has been overdue for so long without good reason.

    Facts: `year`, `submitted` (a day, or nothing), `extension_until`, `as_of` (else `on`), and the excuse.
    One that was submitted after that day is left to a person.
    """
    if facts.get(rule.excused_by) is True:
        return OverdueVerdict(UNMET)
    year = facts.get("year")
    if year is None:
        return OverdueVerdict(Verdict("unknown", ("year",)))
    start = overdue_from(profile, rule, year, facts.get("extension_until"), calendar)
    verdict = _on_day(rule, facts, start, on)
    notes = [f"自{say_day(start)}起逾期满{rule.months}个月。"]
    doubtful = False
    for label, other in _other_readings(profile, rule):
        day = overdue_from(other, rule, year, facts.get("extension_until"), calendar)
        if day != start:
            notes.append(f"按“{label}”的读法，自{say_day(day)}起逾期满{rule.months}个月。")
            doubtful = doubtful or _on_day(rule, facts, day, on).outcome != verdict.outcome
    return OverdueVerdict(verdict, tuple(notes), doubtful)


def overdue_from(
    profile: Profile,
    rule: Overdue,
    year: int,
    extended_until: date | None = None,
    calendar: WorkCalendar | None = None,
) -> date:
    """The first day on which the obligation of that year has been overdue for so many months."""
    due = _due(profile, rule.obligation, year, calendar or calendar_for(profile))
    if extended_until is not None and rule.counted_from == "effective_due":
        due = max(due, extended_until)
    strict = rule.strict or profile.conventions.thresholds == "exclusive"
    full = anniversary(due, rule.months, profile.conventions.anniversary)
    return full + timedelta(days=1) if strict else full


def _due(profile: Profile, name: str, year: int, calendar: WorkCalendar) -> date:
    """The due day of that year, for a station that already owed it then."""
    owed = obligations_between(
        profile, designated=date(year - 2, 1, 1), on_or_before=date(year, 12, 31), calendar=calendar
    )
    return next(o.due_on for o in owed if o.name == name and o.year == year)


def _on_day(rule: Overdue, facts: Mapping[str, Any], start: date, on: date | None) -> Verdict:
    as_of, submitted = facts.get("as_of") or on, facts.get("submitted")
    if submitted is not None and (as_of is None or submitted <= as_of):
        return UNMET if submitted < start else Verdict("judged")
    if as_of is None:
        return Verdict("unknown", ("as_of",))
    if as_of < start:
        return UNMET
    return MET if facts.get(rule.excused_by) is False else Verdict("unknown", (rule.excused_by,))


def _other_readings(profile: Profile, rule: Overdue) -> list[tuple[str, Profile]]:
    for reading in profile.readings:
        if reading.id == rule.also_under:
            others = [option for option in reading.options if option.value != reading.chosen]
            return [(o.label, with_readings(profile, {reading.id: o.value})) for o in others]
    return []
