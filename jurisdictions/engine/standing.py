"""Every ground of a revocation, put to what is on record of one station."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from jurisdictions.engine.answers import GradeRecord
from jurisdictions.engine.periods import WorkCalendar
from jurisdictions.engine.revocation import GroundFinding, Outcome, check_ground, ground_finding
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.revocation import Ground
from jurisdictions.engine.schema.tree import facts_in


@dataclass(frozen=True, slots=True)
class GroundStanding:
    """One ground. `unrecorded`: nothing on record speaks of it, so nobody has asked it."""

    label: str
    outcome: Outcome | Literal["unrecorded"]
    clauses: tuple[str, ...]
    explanation: str
    missing: tuple[str, ...] = ()


def every_ground(
    profile: Profile,
    facts: Mapping[str, Any],
    *,
    events: Collection[str] = (),
    grades: Sequence[GradeRecord] = (),
    on: date,
    calendar: WorkCalendar,
) -> tuple[GroundStanding, ...]:
    """All grounds of the text in order, those that rest on grades first. Nothing is decided by it.

    `events` are those on record. Facts as for `check_ground`; an obligation left undone is asked for the
    `year` in the facts.
    """
    chapter = profile.revocation
    if chapter is None:
        return ()
    by_grades = check_ground(profile, {}, grades=grades, on=on, calendar=calendar).findings if grades else ()
    found = [_told("考核结果", finding) for finding in by_grades]
    for ground in chapter.grounds:
        if ground.effect == "none":
            continue
        given = _question(ground, facts, events)
        if given is None:
            found.append(_silent(profile, ground))
        else:
            found.append(_told(ground.label, ground_finding(profile, ground, given, on, calendar)))
    return tuple(found)


def _question(ground: Ground, facts: Mapping[str, Any], events: Collection[str]) -> dict[str, Any] | None:
    """The facts with which this ground is asked; None where nothing on record speaks of it."""
    if ground.events:
        event = next((name for name in ground.events if name in events), None)
        return None if event is None else {**facts, "event": event}
    if ground.overdue is not None:
        known = facts.get("year") is not None
        return {**facts, "task": ground.overdue.obligation} if known else None
    names = facts_in(ground.require) if ground.require is not None else ()
    return dict(facts) if any(facts.get(name) is not None for name in names) else None


def _told(label: str, finding: GroundFinding) -> GroundStanding:
    clauses = finding.clauses or (finding.clause,)
    return GroundStanding(label, finding.outcome, clauses, "".join(finding.explanation), finding.missing)


def _silent(profile: Profile, ground: Ground) -> GroundStanding:
    text = f"{ground.label}：没有这一情形的记录，未作判断。依据{profile.article(ground.clause)}。"
    return GroundStanding(ground.label, "unrecorded", ground.clauses, text)
