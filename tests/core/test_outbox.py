"""Effects after commit: saved with the change, carried out at least once, never in the way of the others."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage
from core.tasks import relay_outbox
from core.tenancy import tenant_scope
from tests.broker import CLOSED_PORT, broker_at
from tests.world import World, make_jurisdiction


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A topic whose handler notes what it is given, and fails when told to."""
    done: list[Any] = []

    def handler(payload: dict[str, Any]) -> None:
        if payload.get("fail"):
            raise RuntimeError("坏了")
        done.append(payload["number"])

    monkeypatch.setitem(outbox._handlers, "test.note", handler)
    return done


@transaction.atomic
def _emit_and_roll_back() -> None:
    outbox.emit("test.note", number=1)
    raise RuntimeError


def test_an_effect_waits_for_the_commit_and_vanishes_with_a_rollback(
    world: World, carried: list[Any]
) -> None:
    with pytest.raises(RuntimeError):
        _emit_and_roll_back()
    assert not outbox.relay_one()
    outbox.emit("test.note", number=2)
    assert outbox.relay_one()
    assert not outbox.relay_one()
    assert carried == [2]
    assert OutboxMessage.objects.get().done_at is not None


def test_a_bad_message_never_stops_the_queue_and_waits_longer_each_time(
    world: World, carried: list[Any]
) -> None:
    outbox.emit("test.note", fail=True)
    outbox.emit("test.note", number=3)
    outbox.emit("no.such.topic")
    while outbox.relay_one():
        pass
    assert carried == [3]
    bad = OutboxMessage.objects.get(topic="test.note", payload={"fail": True})
    assert (bad.attempts, bad.done_at, bad.last_error) == (1, None, "RuntimeError: 坏了")
    waits = []
    for _ in range(13):
        OutboxMessage.objects.filter(pk=bad.pk).update(available_at=timezone.now())
        before = timezone.now()
        assert outbox.relay_one()
        bad.refresh_from_db()
        waits.append((bad.available_at - before).total_seconds())
    assert [round(wait) for wait in waits[:4]] == [4, 8, 16, 32]
    assert waits[-1] == pytest.approx(3600, abs=2)


def test_a_message_is_carried_out_in_its_own_tenants_scope(world: World, carried: list[Any]) -> None:
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        outbox.emit("test.note", number="yantai")
    assert not outbox.relay_one()
    assert relay_outbox() == 1
    assert carried == ["yantai"]


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_work_is_saved_and_relayed_later(carried: list[Any]) -> None:
    """M6: commit while the broker refuses connections: nothing raises, nothing is lost."""
    jurisdiction = make_jurisdiction("qinshui")
    with broker_at(CLOSED_PORT), tenant_scope(jurisdiction):
        before = timezone.now()
        for number in range(3):
            with transaction.atomic():
                outbox.emit("test.note", number=number)
        assert timezone.now() - before < timedelta(seconds=3)
    assert carried == []
    assert relay_outbox() == 3
    assert carried == [0, 1, 2]


def test_one_transaction_wakes_the_relay_once(
    world: World, carried: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(5):
            outbox.emit("test.note", number=number)
        with transaction.atomic():
            outbox.emit("test.note", number=5)
    assert len(callbacks) == 1


def test_a_rolled_back_savepoint_takes_no_wake_up_with_it(
    world: World, carried: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(RuntimeError):
            _emit_and_roll_back()
        outbox.emit("test.note", number=2)
    assert len(callbacks) == 1
    while outbox.relay_one():
        pass
    assert carried == [2]


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_carry_each_message_out_once(carried: list[Any]) -> None:
    """Planted bug: without SKIP LOCKED and the lock, numbers appear twice."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        for number in range(40):
            outbox.emit("test.note", number=number)
    start = threading.Barrier(2)

    def relay() -> None:
        try:
            start.wait()
            relay_outbox()
        finally:
            connection.close()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(carried) == list(range(40))
