"""Who approves money and who releases it. That they are two people, the database says."""

from typing import Any

from django.db.models import Q

from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where, holds


def can_approve(user: Any, tranche: Any) -> bool:
    return holds(user, Right.PREPARE_PAYMENT, tranche.award.authority)


def can_release(user: Any, tranche: Any) -> bool:
    """Checkers of the paying authority, except the person who approved this tranche."""
    return holds(user, Right.RELEASE_PAYMENT, tranche.award.authority) and user.pk != tranche.approved_by_id


def can_reveal_account(user: Any, tranche: Any) -> bool:
    """Whoever prepares or releases payments of the paying authority."""
    authority = tranche.award.authority
    return holds(user, Right.PREPARE_PAYMENT, authority) or holds(user, Right.RELEASE_PAYMENT, authority)


def can_record_basis(user: Any, tranche: Any) -> bool:
    return holds(user, Right.MANAGE, tranche.award.station.authority)


def visible_to(user: Any) -> Q:
    """Finance sees what its authority pays, the leading authority and auditors what they oversee."""
    finance = authorities_where(user, Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT, Right.AUDIT)
    led = authorities_where(user, Right.MANAGE, Right.AUDIT)
    return Q(award__authority__in=finance) | Q(award__station__authority__in=led)
