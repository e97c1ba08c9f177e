"""Where a station stands with its text: what it must bring about and keep, and the grounds that end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.enums import AssessmentState
from assessments.grading import history_of
from assessments.models import Assessment
from core import clock
from core.scope import once
from jurisdictions.engine import (
    BadValue,
    DeregistrationAnswer,
    DutyAnswer,
    RecordDuty,
    deregistration_state,
    duties_met,
    normalise_facts,
    read_value,
    records_required,
)
from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.schema.duties import Task
from jurisdictions.engine.schema.questions import StationLevel
from jurisdictions.engine.standing import GroundStanding, every_ground
from jurisdictions.engine.superior import SuperiorAnswer, superior_requirements
from jurisdictions.versions import work_calendar
from stations.enums import StationState
from stations.models import Station

# What the rules call the event that a year's report brings: its figures are on record.
YEARS_FIGURES = "annual_output"
NOT_SUBMITTED, LATE, SUBMITTED = "not_submitted", "submitted_late", "submitted"


@dataclass(frozen=True, slots=True)
class Duties:
    """The outputs by the figures of the last report, the records that are kept, tasks without a measure."""

    report: Assessment | None
    answer: DutyAnswer
    records: tuple[RecordDuty, ...]
    tasks: tuple[Task, ...]


def duties_of(station: Station) -> Duties:
    """What the text asks of the station, answered from the figures that it last handed in."""
    rules, report = station.profile.rules, last_report(station)
    return Duties(
        report,
        duties_met(rules, facts_of(station, report)),
        tuple(record for record in records_required(rules) if record.clauses),
        rules.duties.tasks,
    )


def grounds_of(station: Station) -> tuple[GroundStanding, ...]:
    """Every ground of a revocation with what is on record; what only a person can know is left open."""
    return once(f"assessments.grounds:{station.pk}", lambda: _grounds(station))


def _grounds(station: Station) -> tuple[GroundStanding, ...]:
    report = last_report(station)
    return every_ground(
        station.profile.rules,
        {**facts_of(station, report), **_handing_in(station)},
        events=(YEARS_FIGURES,) if report else (),
        grades=history_of(station),
        on=clock.today(),
        calendar=work_calendar(),
    )


def ending_of(station: Station) -> DeregistrationAnswer:
    """How far an ending by the unit's own wish has gone; the end itself is all that is on record."""
    rule = station.profile.rules.deregistration
    done = station.state == StationState.DEREGISTERED
    known = {step.name: True for step in rule.steps} if rule and done else {}
    return deregistration_state(station.profile.rules, known)


def levels_of(station: Station) -> tuple[tuple[StationLevel, str], ...]:
    """The levels that the text tells apart, each with the body that manages it."""
    rules = station.profile.rules
    kinds = rules.levels.kinds if rules.levels else ()
    return tuple((level, rules.authority(level.managed_by).label) for level in kinds)


def superior_of(station: Station) -> SuperiorAnswer | None:
    """Whether requirements of a higher authority go before the text's; a station's level is not on record."""
    return superior_requirements(station.profile.rules, None)


def last_report(station: Station) -> Assessment | None:
    """The newest report that was handed in."""
    return once(f"assessments.last_report:{station.pk}", lambda: _last_report(station))


def _last_report(station: Station) -> Assessment | None:
    found: Assessment | None = (
        Assessment.objects.filter(station=station, reported_at__isnull=False)
        .exclude(facts={})
        .select_related("cycle")
        .order_by("-cycle__year", "-pk")
        .first()
    )
    return found


def facts_of(station: Station, report: Assessment | None) -> dict[str, Any]:
    """The figures of a report in their own types, with what the application said of the station."""
    rules = station.profile.rules
    declared, known = station_facts(rules), dict(normalise_facts(rules, station.facts))
    for name, value in (report.facts if report else {}).items():
        if name in declared:
            try:
                known[name] = read_value(declared[name], value)
            except BadValue:
                known.pop(name, None)
    year = (report.covers_year or report.cycle.year) if report else None
    return {**known, "designated": station.designated_on, "year": year}


def _handing_in(station: Station) -> dict[str, Any]:
    """Whether the last thing that had to be handed in was, and when."""
    due = (
        Assessment.objects.filter(station=station, due_on__lte=clock.today(), has_limit=True)
        .select_related("cycle")
        .order_by("due_on")
        .last()
    )
    if due is None:
        return {}
    handed_in = clock.local(due.reported_at).date() if due.reported_at else None
    open_ = due.state in (AssessmentState.DUE, AssessmentState.CLOSED)
    overdue = handed_in is None and open_ and due.due_on < clock.today()
    late = handed_in is not None and handed_in > due.due_on
    word = NOT_SUBMITTED if overdue else LATE if late else SUBMITTED if handed_in else None
    return {"year": due.cycle.year, "submitted": handed_in, "evaluation_application": word}
