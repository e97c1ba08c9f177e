"""The real worker, through the real broker: what is ordered is paid, what is due is said, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from core.models import OutboxMessage
from core.tenancy import tenant_scope
from deadlines.models import Notification
from deadlines.owing import owe
from deadlines.tasks import send_reminders
from funding.enums import TrancheState
from funding.models import Release
from funding.release import approve_tranche, order_release
from funding.tasks import release_ordered_tranches
from tests.broker import CLOSED_PORT, broker_at
from tests.funding.acts import tranche
from tests.processes import start_python
from tests.stations.builders import build_station
from tests.world import furnish, make_jurisdiction

pytestmark = pytest.mark.django_db(transaction=True)


def until(done: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it came true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if done():
            return True
        time.sleep(0.1)
    return done()


@pytest.fixture
def worker() -> Iterator[None]:
    process = start_python(
        "-m", "celery", "-A", "config", "worker", "--pool=solo", "--loglevel=ERROR",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    )  # fmt: skip
    yield
    process.terminate()
    process.communicate(timeout=15)


def test_orders_and_reminders_reach_the_worker_through_the_broker(worker: None) -> None:
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        subject = tranche(build_station(world, designated_on="2024-05-20"), 1)
        approve_tranche(tranche=subject, actor=world.people["maker"])
        # The broker is down at the commit: the order stands, the worker does not know of it yet.
        with broker_at(CLOSED_PORT), transaction.atomic():
            order_release(tranche=subject, actor=world.people["checker"])
        subject.refresh_from_db()
        assert subject.state == TrancheState.ORDERED
        owe(
            subject=world.lead, bearer=world.lead, kind="report", label="年度报告",
            due_on=subject.award.station.designated_on, rungs=[7, 1],
        )  # fmt: skip
        # The next beats ring, more often than needed.
        for _ in range(5):
            release_ordered_tranches.delay()
            send_reminders.delay()
        assert until(lambda: Release.objects.filter(tranche=subject).exists())
        assert until(lambda: Notification.objects.filter(title="今日截止：年度报告").exists())
        assert until(lambda: not OutboxMessage.objects.filter(done_at__isnull=True).exists())
        assert Release.objects.count() == 1
        told = Notification.objects.filter(title="今日截止：年度报告").values_list("recipient", flat=True)
        # Two officers, each once.
        assert len(told) == len(set(told)) == 2
        subject.refresh_from_db()
        assert subject.state == TrancheState.RELEASED
