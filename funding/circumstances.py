"""What is known of a station when money is asked for: gathered for the engine, decided by the engine."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from assessments.determining import answer_to
from assessments.enums import AssessmentState, Question
from assessments.models import Assessment
from funding.models import Tranche
from jurisdictions.engine import TrancheCircumstances
from jurisdictions.engine.exclusions import CLAIMED, own_claim
from stations.enums import IN_BEING
from stations.models import Station


def claim_facts(tranche: Tranche) -> dict[str, Any]:
    """What is known of other money that the unit claimed in the year of its application."""
    station = tranche.award.station
    return {
        "unit": station.unit.name,
        "year": station.designated_on.year,
        "claim": own_claim(station.profile.rules),
        "tranche": 1,
        CLAIMED: station.facts.get(CLAIMED) if tranche.seq == 1 else [],
    }


def circumstances_of(station: Station, *, as_of: date) -> TrancheCircumstances:
    """Final grades by obligation, acceptance, recorded determinations, and whether the station ended.

    A grade after rectification stands behind the first one.
    """
    grades: dict[str, list[tuple[int, str]]] = defaultdict(list)
    accepted = answer_to(station, Question.ACCEPTANCE)
    final = (
        Assessment.objects.filter(station=station, state=AssessmentState.FINAL)
        .select_related("cycle")
        .prefetch_related("rectification")
        .order_by("cycle__year", "pk")
    )
    for assessment in final:
        if assessment.grade:
            results = grades[assessment.cycle.obligation]
            results.append((assessment.cycle.year, assessment.grade))
            again = getattr(assessment, "rectification", None)
            if again is not None and again.grade:
                results.append((assessment.cycle.year, again.grade))
        if assessment.accepted is not None and accepted is None:
            accepted = assessment.accepted
    return TrancheCircumstances(
        designated=station.designated_on,
        as_of=as_of,
        grades=grades,
        acceptance=accepted,
        performs_well=answer_to(station, Question.PERFORMS_WELL),
        continuous=answer_to(station, Question.CONTINUOUS),
        revoked=station.state not in IN_BEING,
    )
