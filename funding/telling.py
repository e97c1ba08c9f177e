"""Who hears of money: those who may take the next step, found by the right they hold."""

from typing import Any

from guardian.shortcuts import get_users_with_perms

from core.web import tenant_url
from deadlines.messages import notify
from funding.models import Tranche
from jurisdictions.enums import Right


def holders(authority: Any, *rights: Right) -> list[Any]:
    """The people who hold any of the rights on the authority."""
    people = get_users_with_perms(authority, only_with_perms_in=[right.value for right in rights])
    return [person for person in people.order_by("pk") if person.is_active]


def tell_finance(tranche: Tranche, title: str, text: str, *rights: Right) -> None:
    notify(
        recipients=holders(tranche.award.authority, *rights),
        title=title[:120],
        text=text,
        url=tenant_url("funds:tranche", pk=tranche.pk),
    )


def tell_unit(tranche: Tranche, title: str, text: str) -> None:
    notify(
        recipients=tranche.award.station.recipients(),
        title=title[:120],
        text=text,
        url=tenant_url("unit:stations"),
    )


def tell_bureau(tranche: Tranche, title: str, text: str) -> None:
    notify(
        recipients=holders(tranche.award.station.authority, Right.MANAGE),
        title=title[:120],
        text=text,
        url=tenant_url("bureau:tranche", pk=tranche.pk),
    )
