"""Making a station: its number, its members, and the word to the rooms above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError
from core.models import LogEntry
from core.numbering import take_number
from core.web import tenant_url
from deadlines.messages import notify
from documents.models import OfficialDocument
from jurisdictions.engine import Profile, station_number
from jurisdictions.models import Authority, RuleProfile
from stations.certificates import issue_certificate
from stations.models import ApplicantUnit, Station, StationMember
from stations.signals import station_designated


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team: name and title, nothing else of the roster."""

    name: str
    title: str
    is_leader: bool


def take_station_number(*, profile: Profile, year: int) -> str:
    """The next number of the year, without gaps: taken in the caller's transaction."""
    return station_number(profile, year, take_number(f"station:{year}"))


@transaction.atomic
def designate_station(
    *,
    unit: ApplicantUnit,
    authority: Authority,
    local_authority: Authority,
    profile: RuleProfile,
    number: str,
    name: str,
    plaque_title: str,
    trade: str,
    members: Sequence[Member],
    designated_on: date,
    document: OfficialDocument,
    facts: dict[str, Any],
    actor: Any,
) -> Station:
    """Makes the station that the document designates; logged, the unit is told.

    Its award and its obligations follow in the same transaction, from `station_designated`.
    Refused when the team has no leader.
    """
    leader = next((member for member in members if member.is_leader), None)
    if leader is None:
        raise DomainError(f"“{unit.name}”的名册中没有{profile.rules.terms.leader}，不能认定。")
    station = Station.objects.create(
        unit=unit,
        authority=authority,
        local_authority=local_authority,
        profile=profile,
        number=number,
        name=name,
        plaque_title=plaque_title,
        trade=trade,
        leader_name=leader.name,
        designated_on=designated_on,
        document=document,
        facts=facts,
    )
    for member in members:
        StationMember.objects.create(
            station=station, name=member.name, title=member.title, is_leader=member.is_leader
        )
    issue_certificate(station=station, actor=actor)
    clause = profile.rules.designation.clause
    LogEntry.record(
        station,
        action="stations.designate",
        label="认定",
        actor=actor,
        at=clock.now(),
        target=station.state,
        clause=clause,
        data={"number": number, "document": document.pk, "plaque": plaque_title},
    )
    notify(
        recipients=unit.recipients(),
        title=f"{profile.rules.terms.station}已获认定",
        text=f"“{name}”已获认定，编号 {number}，牌匾“{plaque_title}”。认定文件：{document.number}",
        url=tenant_url("unit:station", pk=station.pk),
    )
    station_designated.send(Station, station=station, actor=actor)
    return station
