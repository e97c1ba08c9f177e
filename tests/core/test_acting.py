"""Who acts from where: what the log says of a request, a task and a command."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from config.celery import app
from core import clock
from core.acting import acting, acts_from, afterwards
from core.models import LogEntry
from core.tenancy import tenant_scope
from tests.browsing import signed_in
from tests.processes import ROOT, environment
from tests.world import World, make_jurisdiction


def test_work_waits_for_the_end_of_a_request_only() -> None:
    done: list[str] = []
    afterwards(lambda: done.append("nowhere"))
    with acts_from("task:x"):
        afterwards(lambda: done.append("task"))
    assert done == ["nowhere", "task"]
    assert acting().origin == ""


def moved(client: Client, world: World, **headers: str) -> LogEntry:
    """What moving the rehearsal clock leaves in the log."""
    assert client.post(world.url("settings/clock/"), {"days": 1}, **headers).status_code == 302
    return LogEntry.objects.filter(action="clock.move").latest("id")


def test_a_request_leaves_address_role_session_and_number(world: World) -> None:
    officer = signed_in(world, "officer")
    first, second = (moved(officer, world, REMOTE_ADDR="203.0.113.7") for _ in range(2))
    assert (first.origin, first.role) == ("203.0.113.7", "bureau_officer")
    assert first.session == second.session != ""
    assert len(first.session) == 16
    assert first.session not in officer.cookies["sessionid"].value
    assert first.request != second.request
    other = moved(signed_in(world, "expert1"), world)
    assert other.role == "expert"
    assert other.session != first.session


def test_nobodys_roles_reach_another_tenant(world: World) -> None:
    with tenant_scope(make_jurisdiction("yantai")):
        entry = LogEntry.record(
            world.people["officer"], action="x", label="x", actor=world.people["officer"], at=clock.now()
        )
        assert entry.role == ""


def test_the_system_has_no_role_and_no_session(world: World) -> None:
    with acts_from("command:clock"):
        world.at("2026-01-01")
    entry = LogEntry.objects.latest("id")
    assert (entry.actor_name, entry.role, entry.origin, entry.session) == ("系统", "", "command:clock", "")


def test_a_task_is_logged_under_its_name(world: World) -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(acting().origin)

    app.task(name="tests.look")(look).apply()
    assert seen == ["task:tests.look"]
    assert acting().origin == ""


@pytest.mark.django_db(transaction=True)
def test_a_command_is_logged_under_its_name() -> None:
    make_jurisdiction("qinshui")
    subprocess.run(
        [sys.executable, "manage.py", "clock", "qinshui", "--to", "2026-01-01", "--allow-back"],
        cwd=ROOT, env=environment(), check=True, capture_output=True,
    )  # fmt: skip
    with tenant_scope(make_jurisdiction_again()):
        assert LogEntry.objects.get(action="clock.move").origin == "command:clock"


def make_jurisdiction_again() -> Any:
    from jurisdictions.models import Jurisdiction  # noqa: PLC0415

    return Jurisdiction.objects.get(slug="qinshui")
