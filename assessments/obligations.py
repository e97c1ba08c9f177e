"""What a station owes from its designation on: cycles, assessments and the dates for them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction

from assessments.assessing import Assessors, assessors_of
from assessments.enums import AssessmentState, Kind
from assessments.models import Assessment, Cycle
from assessments.resting import STATION, rests_on_report
from core import clock
from core.models import LogEntry
from core.web import tenant_url
from deadlines.enums import DeadlineState
from deadlines.models import Deadline
from deadlines.owing import meet, owe
from jurisdictions.engine import Obligation, ObligationDone, obligations_between
from jurisdictions.versions import work_calendar
from stations.enums import IN_BEING
from stations.models import Station

# How far ahead a date is written down: more than a year, so that a yearly one stands before its year begins.
HORIZON = timedelta(days=400)
REPORT_DEADLINE = "assessment"

logger = logging.getLogger(__name__)


@transaction.atomic
def open_obligations(*, station: Station, actor: Any = None) -> list[Assessment]:
    """Writes down what the station, or an authority for it, owes within the horizon; idempotent.

    The station's own obligations become a Cycle, an Assessment and a Deadline with the reminders of
    the profile; an authority's (a county that reports its result to the city) a Deadline borne by the
    authority that assesses this station. Each new assessment is logged. An ended station owes nothing new.
    """
    if station.state not in IN_BEING:
        return []
    opened = []
    who = assessors_of(station)
    for obligation in owed_by(station):
        if obligation.who == STATION:
            assessment, created = _open(station, obligation, who, actor)
            if created:
                opened.append(assessment)
        else:
            _owed_by_authority(station, obligation, who)
    return opened


def owed_by(station: Station) -> tuple[Obligation, ...]:
    """The dated obligations of this station up to the horizon, by its own profile."""
    done = Assessment.objects.filter(station=station, reported_at__isnull=False).values_list(
        "cycle__obligation", "reported_at"
    )
    return obligations_between(
        station.profile.rules,
        designated=station.designated_on,
        on_or_before=clock.today() + HORIZON,
        history=[ObligationDone(name, clock.local(at).date()) for name, at in done],
        calendar=work_calendar(),
        facts=station.facts,
    )


def _open(station: Station, obligation: Obligation, who: Assessors, actor: Any) -> tuple[Assessment, bool]:
    cycle, _ = Cycle.objects.get_or_create(
        profile=station.profile,
        obligation=obligation.name,
        year=obligation.year,
        defaults={"authority": station.authority, "label": obligation.label},
    )
    assessment, created = Assessment.objects.get_or_create(
        cycle=cycle,
        station=station,
        defaults={
            "assessor": who.assessor,
            "reviewer": who.reviewer,
            "by_panel": who.by_panel and obligation.kind == Kind.ASSESSMENT,
            "kind": obligation.kind,
            "period_label": obligation.period_label,
            "covers_year": obligation.covers_year,
            "window_start": obligation.window_start,
            "due_on": obligation.due_on,
            "has_limit": obligation.has_limit,
            "with_acceptance": obligation.combined_with == Kind.ACCEPTANCE,
            "clause": obligation.clause,
        },
    )
    if created:
        LogEntry.record(
            assessment,
            action="assessments.open",
            label=f"登记{obligation.label}",
            actor=actor,
            at=clock.now(),
            target=assessment.state,
            clause=obligation.clause,
            data={"due_on": obligation.due_on.isoformat(), "obligation": obligation.name},
        )
    elif assessment.state == AssessmentState.DUE and assessment.due_on != obligation.due_on:
        # A calendar year that was not known yet, or an earlier assessment done later than planned.
        assessment.due_on, assessment.window_start = obligation.due_on, obligation.window_start
        assessment.save(update_fields=["due_on", "window_start"])
    if assessment.state == AssessmentState.DUE and not rests_on_report(assessment):
        _owe_report(assessment, obligation)
    return assessment, created


def _owe_report(assessment: Assessment, obligation: Obligation) -> None:
    owe(
        subject=assessment,
        bearer=assessment.station,
        kind=REPORT_DEADLINE,
        label=f"{assessment.station.name}：{obligation.label}（{obligation.period_label}）",
        due_on=obligation.due_on,
        window_start=obligation.window_start,
        rungs=obligation.reminders,
        clause=obligation.clause,
        explanation=obligation.explanation,
        provisional=obligation.provisional,
        firm=obligation.has_limit,
        url=tenant_url("unit:assessment", pk=assessment.pk),
    )


def _owed_by_authority(station: Station, obligation: Obligation, who: Assessors) -> None:
    """A date that binds the assessing authority; met when the result has been given (`meet_authority`)."""
    period = str(obligation.year)
    # An acceptance is given by the leading authority, whoever prepares it.
    bearer = station.authority if obligation.kind == Kind.ACCEPTANCE else who.assessor
    known = Deadline.objects.filter(
        subject_type__app_label=station._meta.app_label,
        subject_type__model=station._meta.model_name,
        subject_id=station.pk,
        kind=obligation.name,
        period=period,
    ).first()
    if known is not None and (known.state != DeadlineState.OPEN or known.due_on == obligation.due_on):
        return
    owe(
        subject=station,
        bearer=bearer,
        kind=obligation.name,
        period=period,
        label=f"{station.name}：{obligation.label}（{obligation.period_label}）",
        due_on=obligation.due_on,
        window_start=obligation.window_start,
        rungs=obligation.reminders,
        clause=obligation.clause,
        explanation=obligation.explanation,
        provisional=obligation.provisional,
        firm=obligation.has_limit,
        url=tenant_url("bureau:determinations", pk=station.pk),
    )


def meet_authority(assessment: Assessment) -> None:
    """The assessor has given its result: what it owed for this station and year is done.

    Not the acceptance, which is a finding of its own (`assessments.determining`).
    """
    for rule in assessment.rules.obligations:
        if rule.who != STATION and rule.kind != Kind.ACCEPTANCE:
            meet(subject=assessment.station, kind=rule.name, period=str(assessment.cycle.year))


def open_all() -> int:
    """Opens what time has brought within the horizon, for every active station of the tenant in scope."""
    stations = Station.objects.filter(state__in=IN_BEING).select_related("profile", "authority")
    opened = 0
    for station in stations:
        try:
            opened += len(open_obligations(station=station))
        except Exception:
            # The next run tries it again; the other stations have theirs now.
            logger.exception("obligations of station %s could not be opened", station.pk)
    return opened
