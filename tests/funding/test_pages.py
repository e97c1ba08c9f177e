"""The money pages: whom they let in, what they offer to whom, what they never show."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import tenant_scope
from funding.enums import TrancheState
from funding.models import Tranche
from funding.release import release_ordered
from tests.funding.acts import tranche
from tests.sealed import plain
from tests.stations.builders import build_station
from tests.world import World, furnish, make_jurisdiction


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_maker_and_checker_pay_a_tranche_through_the_pages(world: World) -> None:
    station = build_station(world)
    subject = tranche(station, 1)
    path = world.url(f"funds/tranches/{subject.pk}/")
    maker, checker = client_of(world.people["maker"]), client_of(world.people["checker"])
    shown = maker.get(path).content.decode()
    assert f'action="{path}approve/"' in shown
    assert f'action="{path}release/"' not in shown
    assert plain(station.unit.bank_account) not in shown
    assert str(station.unit.bank_account) in shown
    assert f'action="{path}approve/"' not in checker.get(path).content.decode()
    # Not yet the checker's turn, never the maker's.
    checker.post(path + "release/")
    assert tranche(station, 1).state == TrancheState.DUE
    maker.post(path + "approve/")
    maker.post(path + "release/")
    assert tranche(station, 1).state == TrancheState.APPROVED
    answer = checker.post(path + "send-back/", {"reason": " "})
    assert answer.status_code == 422
    checker.post(path + "send-back/", {"reason": "账户名称不符"})
    assert tranche(station, 1).state == TrancheState.DUE
    maker.post(path + "approve/")
    assert f'action="{path}release/"' in checker.get(path).content.decode()
    checker.post(path + "release/")
    assert tranche(station, 1).state == TrancheState.ORDERED
    release_ordered()
    text = maker.get(path).content.decode()
    assert f"140521-{subject.pk:010d}" in text


def test_the_lists_show_what_waits_for_whom(world: World) -> None:
    station = build_station(world)
    maker, checker = client_of(world.people["maker"]), client_of(world.people["checker"])
    path = world.url("funds/tranches/")
    assert [t.seq for t in maker.get(path).context["page_obj"]] == [1]
    assert list(checker.get(path).context["page_obj"]) == []
    maker.post(world.url(f"funds/tranches/{tranche(station, 1).pk}/approve/"))
    assert list(maker.get(path).context["page_obj"]) == []
    assert [t.seq for t in checker.get(path).context["page_obj"]] == [1]
    everything = checker.get(path + "?view=all")
    assert [t.seq for t in everything.context["page_obj"]] == [1, 2]
    assert everything.context["total_fen"] == 10_000_000
    assert list(checker.get(path + "?view=all&q=没有这家").context["page_obj"]) == []
    assert [t.seq for t in checker.get(path + "?view=all&state=planned").context["page_obj"]] == [2]


@pytest.mark.parametrize(
    ("who", "status"),
    [("maker", 200), ("checker", 200), ("officer", 404), ("reviewer", 404), ("admin", 404), ("unit", 404)],
)
def test_only_finance_reads_the_finance_pages(world: World, who: str, status: int) -> None:
    station = build_station(world)
    user = station.person if who == "unit" else world.people[who]
    subject = tranche(station, 1)
    for path in ("funds/tranches/", f"funds/tranches/{subject.pk}/", "funds/ledger/"):
        assert client_of(user).get(world.url(path)).status_code == status, path
    for path in ("approve/", "send-back/", "release/"):
        answer = client_of(user).post(world.url(f"funds/tranches/{subject.pk}/{path}"))
        assert (answer.status_code == 404) == (status == 404)


def test_finance_of_one_place_finds_nothing_of_another(world: World) -> None:
    subject = tranche(build_station(world), 1)
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        maker = furnish(other).people["maker"]
    client = client_of(maker)
    assert client.get(f"/gaoming/funds/tranches/{subject.pk}/").status_code == 404
    assert client.get(world.url(f"funds/tranches/{subject.pk}/")).status_code == 404
    assert client.post(f"/gaoming/funds/tranches/{subject.pk}/approve/").status_code == 404


def test_the_ledger_shows_both_sides_and_that_the_books_hold(world: World) -> None:
    build_station(world)
    text = client_of(world.people["maker"]).get(world.url("funds/ledger/")).content.decode()
    assert "账账相符" in text
    assert text.count("100,000.00") >= 4


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_the_bureau_records_the_basis_on_its_page(world: World) -> None:
    station = build_station(world, designated_on="2021-06-01")
    second = tranche(station, 2)
    officer, path = client_of(world.people["officer"]), world.url(f"bureau/stations/tranches/{second.pk}/")
    assert client_of(world.people["reviewer"]).get(path).status_code == 404
    world.at("2023-06-01")
    question = world.url(f"bureau/stations/{station.pk}/determinations/")
    for name in ("performs_well", "continuous"):
        answer = officer.post(question, {"question": name, "answer": "true", "reason": "台账齐全"})
        assert answer.status_code == 302
    answer = officer.post(path, {"basis": ""})
    assert answer.status_code == 422
    assert officer.post(path, {"basis": "局长办公会纪要〔2023〕5号"}).status_code == 302
    assert tranche(station, 2).state == TrancheState.DUE
    assert (
        officer.post(question, {"question": "continuous", "answer": "true", "reason": ""}).status_code == 422
    )


def test_the_lists_cost_the_same_at_one_row_and_at_many(world: World) -> None:
    client = client_of(world.people["maker"])
    build_station(world)
    for path in ("funds/tranches/?view=all", "funds/ledger/"):
        client.get(world.url(path))
        with CaptureQueriesContext(connection) as few:
            client.get(world.url(path))
        build_station(world)
        build_station(world)
        with CaptureQueriesContext(connection) as many:
            client.get(world.url(path))
        assert len(many) == len(few), path
    assert Tranche.objects.count() == 10
