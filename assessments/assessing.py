"""Who assesses a station and who looks again, as the profile says."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine import assessors
from jurisdictions.models import Authority
from stations.models import Station

# The profile's word for a panel of experts in the place of an authority.
PANEL = "panel"


@dataclass(frozen=True, slots=True)
class Assessors:
    """The authority that assesses, whether through a panel, and the one that looks again."""

    assessor: Authority
    by_panel: bool
    reviewer: Authority | None
    clause: str
    explanation: str


def assessors_of(station: Station) -> Assessors:
    """Where the facts do not tell, the leading authority assesses, and the explanation says so."""
    answer = assessors(station.profile.rules, station.facts)
    if answer is None:
        rules = station.profile.rules.assessment
        return Assessors(
            station.authority, False, None, rules.clause, "事实不足以确定考核单位，由主管部门考核。"
        )
    by_panel = answer.by == PANEL
    kind = (answer.led_by or station.authority.kind) if by_panel else answer.by
    return Assessors(
        assessor=_of_kind(station, kind),
        by_panel=by_panel,
        reviewer=_of_kind(station, answer.reviewed_by) if answer.reviewed_by else None,
        clause=answer.clause,
        explanation=answer.explanation,
    )


def _of_kind(station: Station, kind: str) -> Authority:
    """The station's own authority of that kind; another of the kind only where it has none."""
    for own in (station.local_authority, station.authority):
        if own.kind == kind:
            return own
    return next((one for one in Authority.here().values() if one.kind == kind), station.authority)
