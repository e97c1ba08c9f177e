"""Stations for tests, made directly: as a designation leaves them, without the application that led there."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from guardian.shortcuts import assign_perm

from accounts.models import User
from assessments.content import stored
from core import clock
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from jurisdictions.engine import assessors
from stations.enums import UnitRole, UnitState
from stations.models import ApplicantUnit, Station, UnitMember
from stations.signals import station_designated
from tests.world import World

_serial = count(1)


def build_unit(world: World, *, bank: bool = True, home: str | None = None) -> ApplicantUnit:
    """An approved unit with one person who fills in and hands in (`unit.person`)."""
    number = next(_serial)
    row = world.demo["units"][0]
    unit = ApplicantUnit.objects.create(
        name=f"{row['name']}{number}",
        uscc=f"TEST{number:014d}",
        unit_type=row["unit_type"],
        home_authority=world.authorities[home or row["home"]],
        address=row["address"],
        legal_representative=row["legal_representative"],
        contact_name=row["contact_name"],
        contact_phone=row["contact_phone"],
        bank_account_name=row["bank_account_name"] if bank else "",
        bank_name=row["bank_name"] if bank else "",
        bank_account=row["bank_account"] if bank else "",
        state=UnitState.APPROVED,
    )
    unit.person = build_member(unit, f"unit-{world.slug}-{number}")
    return unit


def build_member(unit: ApplicantUnit, username: str, role: UnitRole = UnitRole.SUBMITTER) -> User:
    user = User.objects.create(
        username=username, full_name=f"经办{username}", email=f"{username}@example.org"
    )
    UnitMember.objects.create(unit=unit, user=user, role=role)
    assign_perm("stations.edit_files", user, unit)
    if role == UnitRole.SUBMITTER:
        assign_perm("stations.submit", user, unit)
    return user


def build_station(
    world: World,
    *,
    designated_on: date | str | None = None,
    unit: ApplicantUnit | None = None,
    facts: dict[str, Any] | None = None,
    tell: bool = True,
) -> Station:
    """A station designated on that day (today by default); `tell` sends the signal of designation."""
    number = next(_serial)
    unit = unit or build_unit(world)
    day = date.fromisoformat(designated_on) if isinstance(designated_on, str) else designated_on
    if day is not None:
        world.at(day)
    else:
        day = clock.today()
    facts = stored(facts if facts is not None else world.demo["units"][0]["application"]["facts"])
    document = OfficialDocument.objects.create(
        kind=DocumentKind.DESIGNATION,
        title="认定文件",
        subject=unit,
        issued_on=day,
        html="<p></p>",
        sha256="0" * 64,
    )
    station = Station.objects.create(
        unit=unit,
        authority=world.lead,
        local_authority=_local(world, unit, facts),
        profile=world.profile,
        number=f"{world.slug}-{day.year}-{number}",
        name=f"{unit.name}工作站",
        plaque_title="技师工作站",
        trade="机械",
        leader_name="尉国强",
        designated_on=day,
        document=document,
        facts=facts,
    )
    station.person = unit.person
    if tell:
        station_designated.send(Station, station=station, actor=world.people["officer"])
    return station


def _local(world: World, unit: ApplicantUnit, facts: dict[str, Any]) -> Any:
    answer = assessors(world.rules, facts)
    if answer is not None and answer.by == world.lead.kind:
        return world.lead
    return unit.home_authority
