"""The ladder: each rung once, however often and by however many the task is run."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from core import clock, outbox
from core.tenancy import tenant_scope
from deadlines.models import Deadline, Notification, Reminder
from deadlines.owing import meet, owe
from deadlines.reminders import remind_all
from deadlines.tasks import send_reminders
from tests.world import World, furnish, make_jurisdiction

DUE = date(2024, 4, 30)


def owe_report(world: World, **more: Any) -> Deadline:
    """Owed by the officer's authority (one recipient), with the rungs 30, 7 and 1."""
    return owe(
        subject=world.lead,
        bearer=world.lead,
        kind="report",
        label="年度报告",
        due_on=more.pop("due_on", DUE),
        rungs=[30, 7, 1],
        clause="QS-9.2",
        **more,
    )


def titles() -> list[str]:
    told = Notification.objects.filter(recipient__username="qs-officer")
    return list(told.order_by("pk").values_list("title", flat=True))


def test_each_rung_is_given_once_however_often_the_task_runs(world: World) -> None:
    """Planted bug: without the unique row and the look at what is done every beat says it again."""
    owe_report(world)
    day, given = DUE - timedelta(days=40), []
    while day <= DUE + timedelta(days=5):
        world.at(day)
        given += [(day, count) for count in (remind_all(), remind_all(), remind_all()) if count]
        day += timedelta(days=1)
    assert given == [
        (date(2024, 3, 31), 1),
        (date(2024, 4, 23), 1),
        (date(2024, 4, 29), 1),
        (date(2024, 5, 1), 1),
    ]
    assert titles() == [
        "还有 30 天：年度报告",
        "还有 7 天：年度报告",
        "还有 1 天：年度报告",
        "已逾期：年度报告",
    ]
    assert {n.recipient for n in Notification.objects.all()} == {
        world.people[key] for key in ("officer", "officer2")
    }
    assert "2024年4月30日" in Notification.objects.first().text
    assert "QS-9.2" in Notification.objects.first().text


def test_a_scheduler_that_slept_says_one_thing_and_marks_the_rest(world: World) -> None:
    deadline = owe_report(world)
    world.at(DUE - timedelta(days=6))
    assert (remind_all(), remind_all()) == (1, 0)
    assert list(deadline.reminders.values_list("rung", "skipped").order_by("-rung")) == [
        (30, True),
        (7, False),
    ]
    world.at(DUE + timedelta(days=20))
    assert (remind_all(), remind_all()) == (1, 0)
    assert list(deadline.reminders.values_list("rung", "skipped").order_by("-rung")) == [
        (30, True),
        (7, False),
        (1, True),
        (-1, False),
    ]
    assert titles() == ["还有 6 天：年度报告", "已逾期：年度报告"]


def test_the_due_day_itself_is_not_overdue(world: World) -> None:
    owe_report(world)
    world.at(DUE, hour=23, minute=59)
    assert remind_all() == 1
    assert titles() == ["今日截止：年度报告"]
    world.at(DUE + timedelta(days=1), hour=0)
    assert remind_all() == 1
    assert titles()[-1] == "已逾期：年度报告"


def test_a_moved_date_is_a_new_ladder(world: World) -> None:
    deadline = owe_report(world)
    world.at(DUE - timedelta(days=7))
    assert remind_all() == 1
    owe_report(world, due_on=DUE + timedelta(days=60))
    assert not deadline.reminders.exists()
    assert remind_all() == 0
    world.at(DUE + timedelta(days=30))
    assert remind_all() == 1
    assert titles() == ["还有 7 天：年度报告", "还有 30 天：年度报告"]


def test_owing_the_same_again_does_not_repeat_what_was_said(world: World) -> None:
    owe_report(world)
    world.at(DUE - timedelta(days=7))
    assert remind_all() == 1
    owe_report(world)
    assert remind_all() == 0


def test_what_is_met_is_silent(world: World) -> None:
    owe_report(world)
    meet(subject=world.lead, kind="report")
    world.at(DUE + timedelta(days=3))
    assert remind_all() == 0
    assert titles() == []


def test_without_a_last_day_it_is_told_that_it_begins_and_never_that_it_is_late(world: World) -> None:
    owe_report(world, firm=False)
    for day in (DUE - timedelta(days=1), DUE, DUE + timedelta(days=1), DUE + timedelta(days=90)):
        world.at(day)
        remind_all()
    assert titles() == ["还有 1 天开始：年度报告", "可以办理：年度报告"]
    assert "文件未规定截止日期" in Notification.objects.order_by("pk").last().text


def test_every_tenant_by_its_own_clock(world: World) -> None:
    owe_report(world)
    world.at(DUE - timedelta(days=7))
    other_place = make_jurisdiction("yantai")
    with tenant_scope(other_place):
        other = furnish(other_place)
        owe_report(other)
        other.at(DUE - timedelta(days=60))
    assert (send_reminders(), send_reminders()) == (1, 0)
    assert titles() == ["还有 7 天：年度报告"]
    with tenant_scope(other_place):
        assert titles() == []


def test_the_email_goes_once_through_the_outbox(world: World, settings: Any) -> None:
    """Planted bug: without the claim (`emailed_at` null) a message delivered twice is mailed twice."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    owe_report(world)
    world.at(DUE - timedelta(days=7))
    remind_all()
    assert mail.outbox == []
    while outbox.relay_one():
        pass
    message = Notification.objects.get(recipient=world.people["officer"])
    from deadlines.messages import send_email  # noqa: PLC0415 - the handler itself, delivered again

    send_email({"notification": message.pk})
    assert sorted((m.to, m.subject) for m in mail.outbox) == sorted(
        ([world.people[key].email], "还有 7 天：年度报告") for key in ("officer", "officer2")
    )


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_give_each_reminder_once() -> None:
    """Planted bug: drop the constraint `reminder_once` and two workers both say it."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        for number in range(15):
            owe_report(world, period=str(number))
        world.at(DUE - timedelta(days=7))
    start, given = threading.Barrier(3), []

    def scheduler() -> None:
        try:
            start.wait()
            given.append(send_reminders())
        finally:
            connection.close()

    threads = [threading.Thread(target=scheduler) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with tenant_scope(jurisdiction):
        assert sum(given) == 15
        assert Reminder.objects.filter(skipped=False).count() == 15
        # Two officers are told, each once.
        assert Notification.objects.count() == 30
        assert clock.today() == DUE - timedelta(days=7)
