"""200 experts save their sheets at once while web workers are killed: no accepted save is lost.

`make faults` starts a whole site as `make run` does, seats the experts on one panel, and lets every one of
them save a sheet every few seconds over HTTP. Meanwhile a web worker is killed now and then. In the end each
sheet is compared with what its expert was told: what was answered with 200 stands in the database, unless the
same expert saved again after it. EXPERTS, SECONDS and EVERY (seconds between two saves) choose the size.

An expert whose answer did not come, or who is told that the sheet was saved elsewhere (409: the answer was
lost, the save was not), opens the page again and goes on from there, as a person does.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from tests.e2e.conftest import ROOT
from tests.e2e.test_launcher import System

EXPERTS = int(os.environ.get("EXPERTS", "200"))
SECONDS = int(os.environ.get("SECONDS", "100"))
EVERY = float(os.environ.get("EVERY", "5"))
KILL_EVERY = 20
WANTED_MS = 500
SLUG = "qinshui"
TOKEN = "a" * 32
VERSION = re.compile(rb'name="version" value="(\d+)"')
SETTING_UP = Path(__file__).with_name("setting_up.py")
LOOKING = Path(__file__).with_name("looking.py")


@dataclass
class Saver(threading.Thread):
    """One expert at one sheet. `accepted` and `sent` are (version after it, text) and texts, in order."""

    port: int
    sheet: int
    session: str
    until: float
    accepted: list[tuple[int, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.version: int | None = None

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        chance = random.Random(self.sheet)
        time.sleep(chance.uniform(0, EVERY))
        while time.monotonic() < self.until:
            began = time.monotonic()
            try:
                self._save()
            except (OSError, http.client.HTTPException) as error:
                self.troubles[type(error).__name__] += 1
                self.version = None
            time.sleep(max(0.0, EVERY * chance.uniform(0.8, 1.2) - (time.monotonic() - began)))

    def _save(self) -> None:
        if self.version is None:
            self.version = self._read_version()
            if self.version is None:
                return
        text = f"第{len(self.sent) + 1}次 {self.sheet}"
        self.sent.append(text)
        form = urlencode({"version": self.version, "verdict": "recommend", "comment": text})
        began = time.monotonic()
        status, body = self._ask("POST", "autosave/", form)
        self.times.append(time.monotonic() - began)
        if status == http.client.OK:
            self.version = int(json.loads(body)["version"])
            self.accepted.append((self.version, text))
        else:
            self.troubles[str(status)] += 1
            self.version = None

    def _read_version(self) -> int | None:
        status, body = self._ask("GET", "")
        found = VERSION.search(body)
        if status != http.client.OK or found is None:
            self.troubles[f"page {status}"] += 1
            return None
        return int(found[1])

    def _ask(self, method: str, page: str, form: str = "") -> tuple[int, bytes]:
        # A line of its own for each request: the server hangs up on idle ones.
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(line):
            line.request(method, f"/{SLUG}/panel/sheets/{self.sheet}/{page}", form or None, headers)
            answer = line.getresponse()
            return answer.status, answer.read()


def main() -> int:
    """Starts the site, lets everybody save, and says what was found; 1 when a save was lost."""
    folder = ROOT / "var" / "faults" / str(time.time_ns())
    folder.mkdir(parents=True)
    system = System(folder, DEMO="1")
    try:
        system.wait_until_ready()
        print(f"The site runs; seating {EXPERTS} experts", flush=True)
        seats = _shell(system, SETTING_UP, EXPERTS=str(EXPERTS))
        until = time.monotonic() + SECONDS
        savers = [Saver(system.port, seat["sheet"], seat["session"], until) for seat in seats]
        for saver in savers:
            saver.start()
        killed = _kill_workers(system, until)
        for saver in savers:
            saver.join(60)
        stored = _shell(system, LOOKING, SHEETS=json.dumps([saver.sheet for saver in savers]))
        return report(savers, {int(pk): found for pk, found in stored.items()}, killed)
    finally:
        system.launcher.terminate()
        system.launcher.wait(60)


def lost_of(accepted: list[tuple[int, str]], sent: list[str], version: int, text: str) -> str:
    """What a sheet has lost of what its expert was told, in words; empty where it lost nothing.

    It stands at the last accepted save, or at one that the expert sent after it without hearing an answer.
    """
    if not accepted:
        return ""
    last, words = accepted[-1]
    if version < last:
        return f"version {version} is older than {last}, which was accepted"
    later = sent[sent.index(words) :] if version > last else [words]
    return "" if text in later else f"{text!r} stands where {words!r} was accepted"


def report(savers: list[Saver], stored: dict[int, dict[str, Any]], killed: int) -> int:
    """Prints what was found; 1 when an accepted save is lost or nothing was tried."""
    lost = {
        saver.sheet: words
        for saver in savers
        if (words := lost_of(saver.accepted, saver.sent, **stored[saver.sheet]))
    }
    times = sorted(took for saver in savers for took in saver.times)
    accepted = sum(len(saver.accepted) for saver in savers)
    troubles = sum((saver.troubles for saver in savers), Counter[str]())
    silent = sum(not saver.accepted for saver in savers)
    for sheet, words in lost.items():
        print(f"LOST sheet {sheet}: {words}")
    print(
        f"{len(savers)} experts, {SECONDS} s, {killed} web workers killed: {accepted} saves accepted"
        f" ({accepted / SECONDS:.0f}/s), {len(lost)} lost, {silent} experts never answered"
    )
    if times:
        p50, p95 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.95))
        word = "within" if p95 <= WANTED_MS else "beyond"
        print(
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms ({word} {WANTED_MS} ms), longest {times[-1] * 1000:.0f} ms"
        )
    print(f"answers that were no save: {dict(troubles) or 'none'}")
    return int(bool(lost) or not accepted or bool(silent))


def _kill_workers(system: System, until: float) -> int:
    """SIGKILL for one of the site's web workers now and then; how many."""
    killed = 0
    while time.monotonic() + KILL_EVERY < until:
        time.sleep(KILL_EVERY)
        workers = [one for one in system.processes() if _is_worker(one)]
        if workers:
            workers[killed % len(workers)].kill()
            killed += 1
    time.sleep(max(0.0, until - time.monotonic()))
    return killed


def _is_worker(process: psutil.Process) -> bool:
    """A gunicorn process whose parent is gunicorn too."""
    try:
        parent = process.parent()
        return (
            "gunicorn" in " ".join(process.cmdline())
            and parent is not None
            and ("gunicorn" in " ".join(parent.cmdline()))
        )
    except psutil.NoSuchProcess:
        return False


def _shell(system: System, script: Path, **more: str) -> Any:
    """What a script prints as its last line, run in the site's surroundings."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", script.read_text()],
        cwd=ROOT,
        env={**system.environment, **more},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
