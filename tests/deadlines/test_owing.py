"""Writing down that something is owed: once, movable, met, reopened."""

from datetime import date

from deadlines.enums import DeadlineState
from deadlines.models import Deadline
from deadlines.owing import cancel, meet, open_deadline, owe
from tests.world import World


def _owe(world: World, due_on: str = "2024-04-30", **more: object) -> Deadline:
    return owe(
        subject=world.lead,
        bearer=world.lead,
        kind="report",
        label="年度报告",
        due_on=date.fromisoformat(due_on),
        rungs=[1, 30, 7],
        **more,
    )


def test_the_same_duty_twice_is_one_deadline(world: World) -> None:
    first = _owe(world)
    again = _owe(world)
    assert first == again
    assert list(Deadline.objects.filter(kind="report").values_list("due_on", "rungs")) == [
        (date(2024, 4, 30), [30, 7, 1])
    ]


def test_periods_are_duties_of_their_own(world: World) -> None:
    _owe(world, period="2024")
    _owe(world, "2025-04-30", period="2025")
    meet(subject=world.lead, kind="report", period="2024")
    assert list(Deadline.objects.filter(kind="report").values_list("period", "state").order_by("period")) == [
        ("2024", DeadlineState.MET),
        ("2025", DeadlineState.OPEN),
    ]


def test_met_and_cancelled_have_a_time_and_are_not_open(world: World) -> None:
    deadline = _owe(world)
    meet(subject=world.lead, kind="report")
    deadline.refresh_from_db()
    assert (deadline.state, deadline.closed_at is not None) == (DeadlineState.MET, True)
    assert open_deadline(world.lead, "report") is None
    # What is closed is not closed again.
    cancel(subject=world.lead, kind="report")
    deadline.refresh_from_db()
    assert deadline.state == DeadlineState.MET


def test_what_is_owed_again_is_open_again(world: World) -> None:
    deadline = _owe(world)
    meet(subject=world.lead, kind="report")
    _owe(world, "2024-05-31")
    deadline.refresh_from_db()
    assert (deadline.state, deadline.closed_at, deadline.due_on) == (
        DeadlineState.OPEN,
        None,
        date(2024, 5, 31),
    )


def test_overdue_is_the_day_after_and_never_where_the_text_has_no_last_day(world: World) -> None:
    deadline = _owe(world)
    assert not deadline.is_overdue(date(2024, 4, 30))
    assert deadline.is_overdue(date(2024, 5, 1))
    without = _owe(world, period="end", firm=False)
    assert not without.is_overdue(date(2030, 1, 1))
