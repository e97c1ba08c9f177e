"""Exactly once, by the database (M1, M2, M3, M15): several real processes, duplicate deliveries, kill -9,
terminated connections, and a station that ends while it is paid."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum

from core import clock
from core.tenancy import tenant_scope
from core.workflow import perform
from deadlines.models import Notification
from funding.enums import TrancheState
from funding.ledger import balance, book_award, book_release
from funding.models import Award, Journal, LedgerEntry, Release, Tranche
from funding.release import release_ordered, release_tranche
from stations.models import Station
from stations.signals import station_ended
from tests.funding.acts import ordered, states
from tests.processes import start_python
from tests.stations.builders import build_station
from tests.world import World, furnish, make_jurisdiction

pytestmark = pytest.mark.django_db(transaction=True)

TRANCHES, DELIVERIES, PROCESSES = 200, 5, 4
AMOUNT = 4_000_000


@pytest.fixture
def place() -> Iterator[World]:
    """A furnished jurisdiction, committed, so that other processes see it."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        yield furnish(jurisdiction)


def order_many(world: World, count: int) -> list[int]:
    """So many ordered tranches, made in bulk."""
    first = build_station(world, tell=False)
    tenant, now = world.jurisdiction, clock.now()
    copies = Station.objects.bulk_create(
        Station(
            tenant=tenant,
            unit=first.unit,
            authority=first.authority,
            local_authority=first.local_authority,
            profile=first.profile,
            number=f"M1-{number}",
            name=f"工作站{number}",
            plaque_title="技师工作站",
            trade="机械",
            leader_name="尉国强",
            designated_on=first.designated_on,
            document=first.document,
        )
        for number in range(count)
    )
    made = []
    with transaction.atomic():
        for station in copies:
            award = Award.objects.create(
                station=station, authority=world.lead, total_fen=AMOUNT, clause="QS-11.2", granted_at=now
            )
            book_award(award)
            made.append(
                Tranche(
                    tenant=tenant,
                    award=award,
                    seq=1,
                    label="第一批",
                    amount_fen=AMOUNT,
                    clause="QS-11.3",
                    state=TrancheState.ORDERED,
                    approved_by=world.people["maker"],
                    approved_at=now,
                    ordered_by=world.people["checker"],
                    ordered_at=now,
                )
            )
        Tranche.objects.bulk_create(made)
    return [tranche.pk for tranche in made]


def assert_paid_exactly_once(ids: list[int]) -> None:
    assert Counter(Tranche.objects.values_list("state", flat=True)) == {TrancheState.RELEASED: len(ids)}
    assert sorted(Release.objects.values_list("tranche", flat=True)) == sorted(ids)
    assert Journal.objects.filter(kind="release").count() == len(ids)
    assert LedgerEntry.objects.aggregate(total=Sum("amount_fen"))["total"] == 0
    lines = LedgerEntry.objects.values("journal").annotate(lines=Count("pk"), total=Sum("amount_fen"))
    assert {(row["lines"], row["total"]) for row in lines} == {(2, 0)}
    told = (
        Notification.objects.filter(title__startswith="已拨付")
        .values_list("recipient")
        .annotate(n=Count("pk"))
    )
    assert {n for _, n in told} == {len(ids)}
    proof = balance()
    assert (proof.holds, proof.paid_by_books_fen, proof.owed_by_books_fen) == (True, AMOUNT * len(ids), 0)


def test_duplicate_deliveries_to_several_processes_pay_each_tranche_once(
    place: World, record_property: pytest.FixtureRequest
) -> None:
    """M1. Planted bugs seen red: state read first and paid afterwards, no lock and no unique release: 204
    payments of 200; without the lock alone: nothing double, but hundreds of deliveries fail on the keys."""
    ids = order_many(place, TRANCHES)
    deliveries = ids * DELIVERIES
    random.Random(2026).shuffle(deliveries)
    workers = [start_python("-m", "tests.funding.payer", place.slug, str(n), "0") for n in range(PROCESSES)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n", worker.stderr.read()
    started = time.monotonic()
    for number, worker in enumerate(workers):
        worker.stdin.write(" ".join(map(str, deliveries[number::PROCESSES])) + "\n")
        worker.stdin.flush()
    answers = [worker.communicate(timeout=60)[0].split() for worker in workers]
    took = time.monotonic() - started
    assert [broken for _, broken in answers] == ["0"] * PROCESSES
    assert sum(int(paid) for paid, _ in answers) == TRANCHES
    assert all(int(paid) > 0 for paid, _ in answers), "one process did all: nothing was raced for"
    assert_paid_exactly_once(ids)
    record_property("seconds", round(took, 1))
    print(f"M1: {len(deliveries)} deliveries, {PROCESSES} processes, {took:.1f} s")


def test_killed_workers_and_cut_connections_leave_nothing_half_paid(place: World) -> None:
    """M2 and M3 on the small scale: workers kill themselves inside a payment, connections are terminated;
    the next beat finishes what they left."""
    ids = order_many(place, 40)
    chance = random.Random(20)
    killed = cut = rounds = 0
    ends = time.monotonic() + 40
    while (
        Tranche.objects.filter(state=TrancheState.ORDERED).exists() and time.monotonic() < ends and rounds < 5
    ):
        rounds += 1
        deadly = "0.04" if rounds < 3 else "0"
        workers = [
            start_python(
                "-m", "tests.funding.payer", place.slug, str(rounds * 10 + n), deadly, PGAPPNAME="payer"
            )
            for n in range(3)
        ]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n", worker.stderr.read()
        for worker in workers:
            waiting = ids * 2
            chance.shuffle(waiting)
            worker.stdin.write(" ".join(map(str, waiting)) + "\n")
            worker.stdin.flush()
        while any(worker.poll() is None for worker in workers):
            time.sleep(0.08)
            if rounds < 3:
                cut += _cut_one(chance)
        killed += sum(worker.returncode == -9 for worker in workers)
        for worker in workers:
            worker.communicate()
    release_ordered()
    assert killed > 0, "no worker was killed: nothing was proved"
    assert cut > 0, "no connection was cut: nothing was proved"
    assert_paid_exactly_once(ids)
    print(f"M2/M3: 40 tranches, {rounds} rounds, {killed} kill -9, {cut} connections cut")


def _cut_one(chance: random.Random) -> int:
    """Terminates one payer's connection, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'payer'")
        pids = [pid for (pid,) in cursor.fetchall()]
        if not pids:
            return 0
        cursor.execute("SELECT pg_terminate_backend(%s)", [chance.choice(pids)])
        return 1


def test_the_database_itself_refuses_a_second_release(place: World) -> None:
    """The last fence, whatever the code does. Planted bug: drop the unique key of funding_release."""
    subject = ordered(place, build_station(place))
    assert release_tranche(tranche_id=subject.pk)
    with pytest.raises(IntegrityError, match="one_release_a_tranche"), transaction.atomic():
        Release.objects.create(tranche=subject, journal=book_release(subject), reference="另一流水号")
    assert Release.objects.count() == 1
    assert balance().holds


def test_a_station_that_ends_while_it_is_paid_ends_before_or_after_never_in_between(place: World) -> None:
    """M15: the end and the payment race; the outcome is that of one of them coming first."""
    outcomes = Counter()
    for _ in range(6):
        station = build_station(place)
        subject = ordered(place, station)
        _race(place, station, subject)
        outcome = tuple(states(station))
        assert outcome in {
            (TrancheState.RELEASED, TrancheState.STOPPED),
            (TrancheState.STOPPED, TrancheState.STOPPED),
        }
        paid = Release.objects.filter(tranche=subject).count()
        assert paid == (outcome[0] == TrancheState.RELEASED)
        outcomes[outcome] += 1
    assert balance().holds


def _race(world: World, station: Station, subject: Tranche) -> None:
    start, errors = threading.Barrier(2), []

    def end() -> None:
        with transaction.atomic():
            perform(
                station, "revoke", actor=world.people["officer"], reason="提供虚假材料", ended_at=clock.now()
            )
            station_ended.send(Station, station=station, actor=world.people["officer"])

    def run(act: object) -> None:
        try:
            with tenant_scope(world.jurisdiction):
                start.wait()
                act()  # type: ignore[operator]
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[act])
        for act in (end, lambda: release_tranche(tranche_id=subject.pk))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
