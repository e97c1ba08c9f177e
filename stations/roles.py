"""What a person is for the units of the tenant in scope, for the log."""

from collections.abc import Iterable
from typing import Any

from core.audit import names_roles
from stations.models import UnitMember


@names_roles(unit="申报单位成员")
def units(person: Any) -> Iterable[str]:
    """The units that the person acts for now."""
    acts_for = UnitMember.objects.filter(user=person, ended_at__isnull=True)
    return [f"unit:{unit}" for unit in acts_for.values_list("unit_id", flat=True)]
