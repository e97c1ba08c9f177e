"""What a station is granted at designation, in each jurisdiction as its text says."""

import pytest
from django.db import transaction
from django.test import Client

from core.models import LogEntry
from core.tenancy import tenant_scope
from funding.awards import grant_award
from funding.enums import JournalKind, TrancheState
from funding.ledger import balance
from funding.models import Award, Journal, Tranche
from tests.stations.builders import build_station
from tests.world import World, furnish, make_jurisdiction

# In fen, as issue A and the texts state them: seq → amount and where it stands on the day of designation.
EXPECTED = {
    "qinshui": [(4_000_000, TrancheState.DUE), (6_000_000, TrancheState.PLANNED)],
    "gaoming": [
        (3_000_000, TrancheState.DUE),
        (1_000_000, TrancheState.PLANNED),
        (1_000_000, TrancheState.PLANNED),
    ],
    "yantai": [(10_000_000, TrancheState.DUE), (5_000_000, TrancheState.PLANNED)],
    "wenzhou": [(3_000_000, TrancheState.DUE)],
    "shenzhen": [],
}


@pytest.mark.parametrize("world", list(EXPECTED), indirect=True)
def test_designation_makes_the_tranches_of_the_text(world: World) -> None:
    station = build_station(world)
    tranches = Tranche.objects.filter(award__station=station).order_by("seq")
    assert [(t.amount_fen, t.state) for t in tranches] == EXPECTED[world.slug]
    assert [t.seq for t in tranches] == list(range(1, len(EXPECTED[world.slug]) + 1))
    assert all(t.clause and t.explanation for t in tranches)


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_no_award_where_the_text_grants_nothing_at_set_up(world: World) -> None:
    build_station(world)
    assert Award.objects.count() == 0
    assert Journal.objects.count() == 0
    assert balance().holds


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_the_grant_is_booked_once_and_logged(world: World) -> None:
    station = build_station(world)
    award = Award.objects.get(station=station)
    assert grant_award(station=station, actor=None) == award
    journal = Journal.objects.get(award=award)
    assert journal.kind == JournalKind.AWARD
    assert list(journal.entries.values_list("account", "amount_fen")) == [
        ("awarded", 10_000_000),
        ("payable", -10_000_000),
    ]
    entry = LogEntry.history_of(award).get()
    assert (entry.action, entry.actor, entry.clause) == ("funding.grant", world.people["officer"], "QS-11.2")
    proof = balance()
    assert proof.holds
    assert (proof.owed_by_books_fen, proof.paid_by_books_fen) == (10_000_000, 0)


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_vouchers_are_numbered_from_one_without_gaps_whatever_other_tenants_book(world: World) -> None:
    """Planted bug: the row's id on the page, which counts every tenant's bookings."""
    build_station(world)
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        there = furnish(other)
        for _ in range(3):
            build_station(there)
        numbers = list(Journal.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [1, 2, 3]
    with transaction.atomic():
        build_station(world)
        # What is rolled back gives its number back.
        transaction.set_rollback(True)
    build_station(world)
    assert list(Journal.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]
    client = Client()
    client.force_login(world.people["maker"])
    page = client.get(world.url("funds/ledger/")).content.decode()
    assert all(f"第 {number} 号 核定补助" in page for number in (1, 2))
    assert "第 3 号" not in page
