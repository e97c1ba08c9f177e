"""Who speaks for a unit, who approves it, who looks after a station."""

from typing import Any

from jurisdictions.enums import Right
from jurisdictions.permissions import holds


def can_edit_unit(user: Any, unit: Any) -> bool:
    """Editors and submitters of the unit."""
    return user is not None and user.is_authenticated and user.has_perm("stations.edit_files", unit)


def can_submit_for_unit(user: Any, unit: Any) -> bool:
    return user is not None and user.is_authenticated and user.has_perm("stations.submit", unit)


def can_approve_unit(user: Any, unit: Any) -> bool:
    """Reviewers of the authority that the unit named as its own."""
    return holds(user, Right.REVIEW, unit.home_authority)


def can_manage_station(user: Any, station: Any) -> bool:
    return holds(user, Right.MANAGE, station.authority)


def can_edit_station(user: Any, station: Any) -> bool:
    return can_edit_unit(user, station.unit)


def can_submit_for_station(user: Any, station: Any) -> bool:
    return can_submit_for_unit(user, station.unit)
