"""People of a jurisdiction as tests of the administrations make them."""

from __future__ import annotations

from itertools import count

from accounts.models import User
from jurisdictions.enums import MembershipState, Role
from jurisdictions.models import Membership
from jurisdictions.offers import accept_offer, appoint_by_name
from jurisdictions.staffing import appoint, confirm_appointment
from tests.world import World

_serial = count(1)


def somebody(name: str = "新来") -> User:
    """An account with no place anywhere; of an invented person, so that no second factor is asked for."""
    number = next(_serial)
    return User.objects.create(
        username=f"somebody{number}", full_name=f"{name}{number}", is_demonstration=True
    )


def in_post(world: World, role: Role) -> User:
    """Somebody new with this role at the leading authority."""
    person = somebody()
    appoint(user=person, authority=world.lead, role=role, actor=None)
    return person


def pending(world: World, role: Role = Role.REVIEWER, *, user: User | None = None) -> Membership:
    """A post that the administrator gave, that the person accepted who is new here, and that waits."""
    user = user or somebody()
    post = {"authority": world.lead, "role": role}
    made = appoint_by_name(username=user.username, actor=world.people["admin"], **post)
    if made.membership:
        return made.membership
    offer: Membership = Membership.objects.get(user=user, state=MembershipState.OFFERED, **post)
    return accept_offer(membership=offer, actor=user)


def confirmed(world: World, role: Role = Role.REVIEWER, *, user: User | None = None) -> Membership:
    """A post given by the administrator and confirmed by the security administrator."""
    membership = pending(world, role, user=user)
    return confirm_appointment(membership=membership, actor=world.people["security"])
