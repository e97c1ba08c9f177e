"""Who reports, who assesses, who confirms."""

from typing import Any

from django.db.models import Q

from assessments.enums import EndingKind
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


def can_propose_revocation(user: Any, station: Any) -> bool:
    return holds(user, Right.MANAGE, station.authority)


def can_ask_to_deregister(user: Any, station: Any) -> bool:
    return can_submit_for_station(user, station)


def can_decide_ending(user: Any, ending: Any) -> bool:
    """An officer of the leading authority, never the one who proposed it."""
    return holds(user, Right.MANAGE, ending.station.authority) and user.pk != ending.proposed_by_id


def why_not_decide_ending(user: Any, ending: Any) -> str:
    if holds(user, Right.MANAGE, ending.station.authority):
        return "提出的人不能自己决定，须由本部门另一名经办人决定。"
    return ""


def can_withdraw_ending(user: Any, ending: Any) -> bool:
    """Whoever proposed it, and still may; a unit's request, anybody who submits for it."""
    if ending.kind == EndingKind.DEREGISTRATION:
        return can_submit_for_station(user, ending.station)
    return holds(user, Right.MANAGE, ending.station.authority) and user.pk == ending.proposed_by_id


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
