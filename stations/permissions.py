"""Who speaks for a unit, who approves it, who looks after a station."""

from typing import Any

from django.db.models import Q

from core.grants import granted, is_granted
from jurisdictions.enums import OPEN_STATES, Right
from jurisdictions.models import Membership
from jurisdictions.permissions import authorities_where, holds, holds_somewhere, rights_of
from jurisdictions.platform import is_operator


def can_edit_unit(user: Any, unit: Any) -> bool:
    """Editors and submitters of the unit."""
    return is_granted(user, unit, "stations.edit_files")


def can_submit_for_unit(user: Any, unit: Any) -> bool:
    return is_granted(user, unit, "stations.submit")


def can_approve_unit(user: Any, unit: Any) -> bool:
    """Reviewers of the authority that the unit named as its own."""
    return holds(user, Right.REVIEW, unit.home_authority)


def can_reveal_unit(user: Any, unit: Any) -> bool:
    """The unit's own people, and the reviewers who check its registration."""
    return can_edit_unit(user, unit) or can_approve_unit(user, unit)


def can_withdraw_invitation(user: Any, invitation: Any) -> bool:
    """The unit's submitters; the system when whoever invited has left."""
    return user is None or can_submit_for_unit(user, invitation.unit)


def can_decide_for(user: Any, unit: Any) -> bool:
    """A reviewer of the unit's own authority, or an officer of the bureau."""
    return can_approve_unit(user, unit) or holds_somewhere(user, Right.MANAGE)


def can_confirm_succession(user: Any, invitation: Any) -> bool:
    """Somebody else than whoever proposed; nobody, once that one may no longer propose."""
    proposer = invitation.invited_by
    if user is None or user.pk == proposer.pk or not can_approve_unit(proposer, invitation.unit):
        return False
    return can_decide_for(user, invitation.unit)


def can_refuse_succession(user: Any, invitation: Any) -> bool:
    """Whoever decides for the unit; whoever proposed takes it back."""
    return user is not None and can_decide_for(user, invitation.unit)


def whoever_has_the_link(user: Any, invitation: Any) -> bool:
    """The link itself is the right to accept: it is known to the invited person alone."""
    return True


def can_manage_station(user: Any, station: Any) -> bool:
    return holds(user, Right.MANAGE, station.authority)


def can_edit_station(user: Any, station: Any) -> bool:
    return can_edit_unit(user, station.unit)


def can_submit_for_station(user: Any, station: Any) -> bool:
    return can_submit_for_unit(user, station.unit)


def units_of(user: Any) -> Any:
    """The units that the person acts for."""
    from stations.models import ApplicantUnit  # noqa: PLC0415 - its transitions read these predicates

    return granted(user, ApplicantUnit.objects.all(), "stations.edit_files")


def station_visible_to(user: Any) -> Q:
    """The stations in a person's care: led or assessed by an authority of theirs, or of their unit.

    What everybody may know of all the others, the directory shows.
    """
    leads = authorities_where(user, Right.MANAGE, Right.RUN_PANEL, Right.PUBLISH)
    assesses = authorities_where(user, Right.ASSESS)
    return Q(authority__in=leads) | Q(local_authority__in=assesses) | Q(unit__in=units_of(user))


def acts_for_a_unit(user: Any) -> bool:
    """Whether the person acts for a unit of the tenant in scope."""
    return bool(member_ids().filter(user=user).exists())


def works_here(user: Any) -> bool:
    """Staff of the tenant in scope, live or waiting, and who runs the platform: never people of a unit."""
    posts = Membership.objects.filter(user=user, state__in=OPEN_STATES)
    return posts.exists() or bool(rights_of(user)) or is_operator(user)


def member_ids() -> Any:
    """The accounts that act for a unit of the tenant in scope."""
    from stations.models import UnitMember  # noqa: PLC0415 - its units' transitions read these predicates

    return UnitMember.objects.filter(ended_at__isnull=True).values("user")
