"""Making a station: numbers without gaps, a team with a leader, nothing by halves."""

from datetime import date

import pytest
from django.db import transaction

from core.errors import DomainError
from core.models import LogEntry
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from stations.designation import Member, designate_station, take_station_number
from stations.models import ApplicantUnit, Station, StationMember
from stations.signals import station_designated
from tests.applications.builders import Play
from tests.world import World

TEAM = (Member("尉国强", "高级技师", is_leader=True), Member("延晋东", "技师", is_leader=False))


@pytest.fixture
def unit(world: World) -> ApplicantUnit:
    return Play(world).story.register("unit")


def designate(world: World, unit: ApplicantUnit, number: str, members=TEAM) -> Station:
    document, _ = OfficialDocument.objects.get_or_create(
        number="沁人社字〔2024〕6号",
        defaults={
            "kind": DocumentKind.DESIGNATION,
            "title": "认定文件",
            "subject": world.lead,
            "issued_on": date(2024, 6, 5),
            "html": "",
            "sha256": "0" * 64,
        },
    )
    return designate_station(
        unit=unit,
        authority=world.lead,
        local_authority=unit.home_authority,
        profile=world.profile,
        number=number,
        name=f"{unit.name}技师工作站",
        plaque_title=world.rules.terms.plaque,
        trade="矿山机电维修",
        members=members,
        designated_on=date(2024, 6, 5),
        document=document,
        facts={"employees_total": 326},
        actor=world.people["officer"],
    )


def test_station_keeps_what_designated_it(world, unit):
    station = designate(world, unit, "沁技站202401")
    assert (station.profile, station.leader_name, station.local_authority) == (
        world.profile,
        "尉国强",
        unit.home_authority,
    )
    assert list(station.members.values_list("name", "title", "is_leader")) == [
        ("尉国强", "高级技师", True),
        ("延晋东", "技师", False),
    ]
    entry = LogEntry.history_of(station).get(action="stations.designate")
    assert (entry.actor, entry.clause) == (world.people["officer"], world.rules.designation.clause)


def test_team_without_leader_is_refused(world, unit):
    with pytest.raises(DomainError, match="领办人"):
        designate(world, unit, "沁技站202401", members=TEAM[1:])
    assert Station.objects.count() == 0


def test_what_a_room_above_refuses_undoes_the_station(world, unit):
    def refuse(**_):
        raise DomainError("不行")

    station_designated.connect(refuse, weak=False, dispatch_uid="refuse")
    try:
        with pytest.raises(DomainError, match="不行"):
            designate(world, unit, "沁技站202401")
    finally:
        station_designated.disconnect(dispatch_uid="refuse")
    assert (Station.objects.count(), StationMember.objects.count()) == (0, 0)


def test_numbers_run_by_year_and_leave_no_gap(world):
    take = [take_station_number(profile=world.rules, year=2024) for _ in range(2)]

    with transaction.atomic():
        take_station_number(profile=world.rules, year=2024)
        transaction.set_rollback(True)
    take += [take_station_number(profile=world.rules, year=year) for year in (2024, 2025)]
    assert take == ["沁技站202401", "沁技站202402", "沁技站202403", "沁技站202501"]
