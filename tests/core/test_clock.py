"""One clock a tenant: Shanghai days, forward only, in rehearsal mode only."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from core import clock
from core.errors import DomainError
from core.models import ClockOffset, LogEntry
from core.tenancy import tenant_scope
from tests.world import World, make_jurisdiction

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_day_begins_at_midnight_in_shanghai_wherever_the_server_stands(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    with time_machine.travel(datetime(2026, 3, 14, 15, 59, 59, 999_000, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 3, 14)
    with time_machine.travel(datetime(2026, 3, 14, 16, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 3, 15)
        assert clock.start_of(date(2026, 3, 15)) == clock.now()


def test_each_tenant_has_its_own_clock(world: World) -> None:
    world.at("2024-03-01")
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        clock.move_to(moment=clock.start_of(date(2019, 3, 1)), actor=None, allow_back=True)
        assert clock.today() == date(2019, 3, 1)
    assert clock.today() == date(2024, 3, 1)
    # And a new scope of the same tenant reads the same clock.
    with tenant_scope(world.jurisdiction):
        assert clock.today() == date(2024, 3, 1)


def test_the_clock_moves_forward_only_and_says_so_in_the_log(world: World) -> None:
    world.at("2024-03-01")
    with pytest.raises(DomainError, match="只能向前"):
        clock.move_to(moment=clock.now() - timedelta(days=1), actor=world.people["admin"])
    assert clock.today() == date(2024, 3, 1)
    clock.move_to(moment=clock.now() + timedelta(days=366), actor=world.people["admin"])
    assert clock.today() == date(2025, 3, 2)
    entry = LogEntry.objects.filter(action="clock.move").latest("id")
    assert entry.actor == world.people["admin"]
    assert ClockOffset.objects.count() == 1


def test_outside_rehearsal_the_offset_is_not_even_read(world: World, settings: object) -> None:
    world.at("2024-03-01")
    settings.REHEARSAL = False  # type: ignore[attr-defined]
    with time_machine.travel(datetime(2026, 11, 20, 3, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 11, 20)
    with pytest.raises(DomainError, match="只有演练模式"):
        clock.move_to(moment=clock.now() + timedelta(days=1), actor=None)
