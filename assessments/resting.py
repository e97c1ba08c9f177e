"""Where a text asks the station for a report and assesses it by that: two duties, one thing to write."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assessments.enums import Kind
from assessments.models import Assessment
from jurisdictions.engine import Profile

STATION = "station"


def rule_rests_on_report(rules: Profile, obligation: str) -> bool:
    """Whether the profile has the station report on what this obligation assesses."""
    rule = rules.obligation(obligation)
    return rule.kind == Kind.ASSESSMENT and any(
        other.kind == Kind.REPORT and other.who == STATION and other.covers == rule.covers
        for other in rules.obligations
    )


def rests_on_report(assessment: Assessment) -> bool:
    return rule_rests_on_report(assessment.rules, assessment.cycle.obligation)


def report_of(assessment: Assessment) -> Assessment | None:
    """The report that this assessment rests on; None where it stands on its own."""
    if not rests_on_report(assessment):
        return None
    found: Assessment | None = (
        _same_year(assessment).filter(kind=Kind.REPORT).select_related("cycle", "station__unit").first()
    )
    return found


def resting_on(report: Assessment) -> QuerySet[Any]:
    """The assessments that rest on this report."""
    if report.kind != Kind.REPORT:
        return Assessment.objects.none()
    return _same_year(report).filter(kind=Kind.ASSESSMENT)


def _same_year(assessment: Assessment) -> QuerySet[Any]:
    return Assessment.objects.filter(
        station=assessment.station_id, covers_year=assessment.covers_year
    ).exclude(pk=assessment.pk)
