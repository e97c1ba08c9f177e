"""Who reports, who assesses, who confirms."""

from typing import Any

from django.db.models import Q

from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where, holds
from stations.permissions import can_edit_station, can_submit_for_station, units_of


def can_report(user: Any, assessment: Any) -> bool:
    return can_submit_for_station(user, assessment.station)


def can_edit_report(user: Any, assessment: Any) -> bool:
    return can_edit_station(user, assessment.station)


def can_assess(user: Any, assessment: Any) -> bool:
    """Officers of the authority that the profile makes the assessor of this station."""
    return holds(user, Right.ASSESS, assessment.assessor)


def can_finalise(user: Any, assessment: Any) -> bool:
    """The authority that re-checks where the profile names one, else the assessor itself."""
    return holds(user, Right.ASSESS, assessment.reviewer or assessment.assessor)


def can_fix(user: Any, cycle: Any) -> bool:
    return holds(user, Right.MANAGE, cycle.authority)


def can_determine(user: Any, determination: Any) -> bool:
    return holds(user, Right.MANAGE, determination.station.authority)


def visible_to(user: Any) -> Q:
    """The unit's own, those its authority assesses or re-checks, all of them for the leading authority."""
    units = units_of(user)
    assessors = authorities_where(user, Right.ASSESS)
    led = authorities_where(user, Right.MANAGE, Right.AUDIT)
    return (
        Q(station__unit__in=units)
        | Q(assessor__in=assessors)
        | Q(reviewer__in=assessors)
        | Q(station__authority__in=led)
    )
