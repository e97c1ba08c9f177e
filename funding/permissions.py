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


def lost_right(tranche: Any) -> str:
    """Why an ordered tranche is not paid after all: one of its two people may no longer answer for it.

    Asked when it is carried out: between the order and the worker a right may be taken back or an
    account disabled. Empty while both hold.
    """
    authority = tranche.award.authority
    for person, right, act in (
        (tranche.approved_by, Right.PREPARE_PAYMENT, "核准"),
        (tranche.ordered_by, Right.RELEASE_PAYMENT, "复核放款"),
    ):
        if not holds(person, right, authority):
            return f"{person}已不再具有{act}的权限，本次放款停止，请重新核准和复核。"
    return ""


def can_record_basis(user: Any, tranche: Any) -> bool:
    return holds(user, Right.MANAGE, tranche.award.station.authority)


def visible_to(user: Any) -> Q:
    """Finance sees what its authority pays, the leading authority and auditors what they oversee."""
    finance = authorities_where(user, Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT, Right.AUDIT)
    led = authorities_where(user, Right.MANAGE, Right.AUDIT)
    return Q(award__authority__in=finance) | Q(award__station__authority__in=led)
