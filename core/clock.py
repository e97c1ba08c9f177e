"""The only clock. Decisions are taken in Asia/Shanghai, moments are stored in UTC.

In rehearsal mode each tenant may have a clock of its own, so that a bureau can play
three years in ten minutes, and so that demonstration data can lie in the years in which
each regulation was in force. Outside rehearsal mode the offset is not even read.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from core.acting import acting
from core.errors import DomainError
from core.models import ClockOffset, LogEntry
from core.tenancy import active_scope, current_tenant

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, by the clock of the tenant in scope."""
    return timezone.now() + _offset()


def began() -> datetime:
    """The moment at which the running request began, by the clock of the tenant in scope; `now` outside one.

    Whoever must be in time is judged by it: what the server does afterwards takes nobody's last second.
    """
    return (acting().began or timezone.now()) + _offset()


def today() -> date:
    """This day in Shanghai, by the clock of the tenant in scope."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as a Shanghai wall clock shows it."""
    return moment.astimezone(SHANGHAI)


def start_of(day: date) -> datetime:
    """The first moment of a day in Shanghai; periods are half-open, so it also ends the day before."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _offset() -> timedelta:
    scope = active_scope()
    if scope is None or not settings.REHEARSAL:
        return timedelta()
    if scope.clock_offset is None:
        row = ClockOffset.objects.first()
        scope.clock_offset = timedelta(seconds=row.seconds) if row else timedelta()
    return scope.clock_offset


def move_to(*, moment: datetime, actor: object | None, allow_back: bool = False) -> None:
    """Moves the clock of the tenant in scope; rehearsal mode only, logged.

    Forward only: a step back would let later entries precede earlier ones. `allow_back`
    is for setting a tenant up before anything has happened in it.
    """
    if not settings.REHEARSAL:
        raise DomainError("只有演练模式可以调整日期。")
    before = now()
    if moment < before and not allow_back:
        raise DomainError(f"演练时钟只能向前调整：当前为 {local(before):%Y-%m-%d %H:%M}。")
    offset = moment - timezone.now()
    row, _ = ClockOffset.objects.update_or_create(
        tenant=current_tenant(), defaults={"seconds": int(offset.total_seconds())}
    )
    scope = active_scope()
    assert scope is not None
    scope.clock_offset = offset
    LogEntry.record(
        row,
        action="clock.move",
        label="调整演练时钟",
        actor=actor,
        at=now(),
        data={"from": before.isoformat(), "to": moment.isoformat()},
    )
