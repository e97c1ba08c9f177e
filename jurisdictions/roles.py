"""What a person is at the authorities of the tenant in scope, for the log."""

from collections.abc import Iterable
from typing import Any

from core.audit import names_roles
from jurisdictions.enums import MembershipState, Role
from jurisdictions.models import Membership


@names_roles(**dict(Role.choices))
def posts(person: Any) -> Iterable[str]:
    """The roles of the posts that the person holds now."""
    return Membership.objects.filter(user=person, state=MembershipState.LIVE).values_list("role", flat=True)
