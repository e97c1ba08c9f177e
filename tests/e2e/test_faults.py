"""Killing the worker or Valkey in the middle loses nothing, and repeats nothing."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import hands
from tests.e2e.conftest import ROOT
from tests.e2e.test_launcher import System, until

pytestmark = pytest.mark.e2e

SLUG = "qinshui"
# By then the two stations of last year's round owe their first report.
REPORT_DUE = date(2025, 3, 31)
# What stands in the database about the tranche and the reminders, as one line of JSON.
LOOK = """
import json
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from deadlines.models import Notification, Reminder
from funding.models import Journal, LedgerEntry, Release, Tranche
with tenant_scope(Jurisdiction.objects.get(slug="qinshui")):
    due = Tranche.objects.filter(seq=1).order_by("pk").last()
    told = list(
        Notification.objects.filter(title__startswith="还有 7 天").values_list("recipient", "title")
    )
    print(json.dumps({
        "state": due.state,
        "releases": Release.objects.filter(tranche=due).count(),
        "sum": sum(LedgerEntry.objects.values_list("amount_fen", flat=True)),
        "bookings": Journal.objects.filter(award=due.award, kind="release").count(),
        "reminders": Reminder.objects.filter(rung=7, skipped=False).count(),
        "told": len(told),
        "twice": len(told) - len(set(told)),
    }))
"""


@pytest.fixture
def system() -> Iterator[System]:
    folder = ROOT / "var" / "e2e-faults" / str(time.time_ns())
    folder.mkdir(parents=True)
    system = System(folder, DEMO="1", BEAT_SECONDS="1")
    system.wait_until_ready()
    yield system
    system.launcher.terminate()
    system.launcher.wait(60)


@pytest.fixture
def person(browser: Browser, system: System) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{system.port}", locale="zh-CN")
    yield context.new_page()
    context.close()


def manage(system: System, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=system.environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def look(system: System) -> dict[str, int | str]:
    found: dict[str, int | str] = json.loads(manage(system, "shell", "-v0", "-c", LOOK).splitlines()[-1])
    return found


def kill(system: System, word: str) -> int:
    """SIGKILL for every process of the system whose command names this; how many."""
    struck = 0
    for process in system.processes():
        try:
            command = process.cmdline()
            if word in " ".join(command) and "keeper.py" not in command[-1]:
                process.kill()
                struck += 1
        except psutil.NoSuchProcess:
            # Celery's short-lived children come and go between listing and asking.
            continue
    return struck


def test_killing_worker_and_valkey_loses_nothing_and_repeats_nothing(system: System, person: Page) -> None:
    before = look(system)
    assert (before["state"], before["releases"]) == ("due", 0)
    hands.sign_in(person, "qs-maker")
    person.goto(f"/{SLUG}/funds/tranches/")
    hands.enter(person.locator("tbody tr", has_text="4.00 万元").locator("a").first)
    hands.press(person, "核准")
    tranche = person.url
    person.context.clear_cookies()
    hands.sign_in(person, "qs-checker")
    person.goto(tranche)

    assert kill(system, "celery") >= 2
    assert kill(system, "valkey-server") >= 1
    hands.press(person, "复核放款")
    expect(person.locator("main")).to_contain_text("待拨付")
    manage(system, "clock", SLUG, "--to", f"{REPORT_DUE - timedelta(days=7)}")
    for _ in range(3):
        time.sleep(1.5)
        kill(system, "celery")
        kill(system, "valkey-server")

    assert until(lambda: look(system)["state"] == "released", 90)
    assert until(lambda: look(system)["reminders"] == 2, 60)
    time.sleep(5)
    after = look(system)
    assert (after["releases"], after["bookings"], after["sum"]) == (1, 1, 0)
    # Two stations owe their report by the end of March; each of their people was told once.
    assert (after["reminders"], after["twice"]) == (2, 0)
    assert after["told"] == 2
