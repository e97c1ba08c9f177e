"""The API of the directory: what the public pages show, found as they find it, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import SHANGHAI
from core.tenancy import tenant_scope
from stations.models import Station, StationMember
from tests.asking import looked, place, problem_of
from tests.stations.builders import build_station
from tests.stations.test_directory import copies
from tests.world import World, furnish, make_jurisdiction

LIST = place("qinshui", "stations/")


def test_a_station_as_its_page_shows_it(world: World, client: Client) -> None:
    station = build_station(world, designated_on="2024-06-05")
    found = looked(client, f"{LIST}{station.pk}/")
    assert found == {
        "id": station.pk,
        "number": station.number,
        "name": station.name,
        "unit": station.unit.name,
        "trade": "机械",
        "local_authority": {
            "id": station.local_authority.pk,
            "name": station.local_authority.name,
            "short_name": station.local_authority.short_name,
        },
        "designated_on": "2024-06-05",
        "state": "active",
        "state_label": "正常",
        "page": f"/qinshui/stations/{station.pk}/",
        "plaque_title": "技师工作站",
        "leader_name": "尉国强",
        "authority": world.lead.name,
        "rules": world.rules.document.title,
        "rules_version": world.profile.version,
        "clause": world.rules.designation.clause,
        "ended_on": None,
        "document": {
            "title": "认定文件",
            "number": "",
            "issued_on": "2024-06-05",
            "verification_code": station.document.verification_code,
            "file": f"/qinshui/papers/{station.document.verification_code}/",
            "verification": f"/verify/{station.document.verification_code}/",
        },
    }
    listed = looked(client, LIST)["results"]
    assert listed == [{name: found[name] for name in listed[0]}]
    page = client.get(found["page"]).content.decode()
    for name in ("number", "name", "unit", "trade", "plaque_title", "leader_name", "authority", "rules"):
        assert found[name] in page
    assert found["document"]["file"] in page


def test_nobody_is_reached_through_it(world: World, client: Client) -> None:
    station = build_station(world)
    StationMember.objects.create(station=station, name="成员某甲", title="技师")
    unit = station.unit
    shown = str(looked(client, LIST)) + str(looked(client, f"{LIST}{station.pk}/"))
    row = world.demo["units"][0]
    secrets = [row["contact_phone"], row["bank_account"], row["contact_name"], row["legal_representative"]]
    for secret in (*secrets, unit.uscc, unit.address, row["bank_name"], "成员某甲"):
        assert secret
        assert str(secret) not in shown


def test_an_ended_station_says_since_when(world: World, client: Client) -> None:
    from datetime import datetime  # noqa: PLC0415 - beside its one use

    station = build_station(world)
    # Late in the evening, when it is still the day before by the world's clock.
    ended = datetime(2025, 3, 2, 0, 30, tzinfo=SHANGHAI)
    Station.objects.filter(pk=station.pk).update(state="revoked", ended_at=ended)
    found = looked(client, f"{LIST}{station.pk}/")
    assert (found["state_label"], found["ended_on"]) == ("已撤销", "2025-03-02")


def test_found_as_on_the_page(world: World, client: Client) -> None:
    first = build_station(world, designated_on="2023-05-01")
    second = build_station(world, designated_on="2024-06-05")
    Station.objects.filter(pk=second.pk).update(trade="采煤", local_authority=world.authorities["lead"])
    second.refresh_from_db()

    def found(**query: Any) -> list[int]:
        return [one["id"] for one in looked(client, LIST, **query)["results"]]

    assert found() == [second.pk, first.pk]
    assert found(q=first.number) == [first.pk]
    assert found(q=second.unit.name) == [second.pk]
    assert found(trade="采") == [second.pk]
    assert found(year=2023) == [first.pk]
    assert found(state="revoked") == []
    assert found(state="active", year=2024) == [second.pk]
    district = looked(client, f"{LIST}{second.pk}/")["local_authority"]["id"]
    assert second.pk in found(district=district)
    assert found(q="没有", next="//evil.example/") == []


@pytest.mark.parametrize("query", [{"state": "revked"}, {"year": "1066"}, {"district": "x"}])
def test_a_filter_that_is_not_understood_is_said(world: World, client: Client, query: dict[str, str]) -> None:
    build_station(world)
    found = problem_of(client.get(LIST, query), 400)
    assert found["culprit"] == next(iter(query))
    assert [error["name"] for error in found["errors"]] == list(query)


def test_another_place_s_station_is_not_there(world: World, client: Client) -> None:
    station = build_station(world)
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        furnish(other)
    assert looked(client, place("gaoming", "stations/"))["count"] == 0
    problem_of(client.get(place("gaoming", f"stations/{station.pk}/")), 404)
    # Nor can one search for it by the other place's office.
    problem_of(client.get(place("gaoming", "stations/"), {"district": station.local_authority_id}), 400)


def test_pages_keep_the_filter_and_the_cost(world: World, client: Client) -> None:
    station = build_station(world, designated_on=date(2024, 6, 5))

    def cost() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            looked(client, LIST)
        return len(queries)

    once = cost()
    copies(station, 24)
    assert cost() == once
    first = looked(client, LIST, trade="钳工")
    assert (first["count"], len(first["results"])) == (24, 20)
    second = looked(client, first["next"])
    assert (second["count"], len(second["results"]), second["next"]) == (24, 4, None)
