"""The whole system ends with its launcher, however that ends, and heals while it runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import ROOT, answers, free_port, site_environment

pytestmark = pytest.mark.e2e


class System:
    """`config.launch run` in a session of its own."""

    def __init__(self, var_dir: Path, **more: str) -> None:
        self.var_dir = var_dir
        self.port = free_port()
        self.environment = site_environment(var_dir, PORT=str(self.port), **{"DEMO": "0", **more})
        self.output = var_dir / "launch.txt"
        with self.output.open("w") as log:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "config.launch", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def processes(self) -> list[psutil.Process]:
        """Every process whose arguments, folder or environment name the data folder, but the launcher."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), process.cwd(), process.environ().get("VAR_DIR", "")]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if process.pid not in {os.getpid(), self.launcher.pid} and str(self.var_dir) in " ".join(words):
                found.append(process)
        return found

    def wait_until_ready(self) -> None:
        assert until(lambda: "Ready:" in self.output.read_text(), 300), self.output.read_text()


def until(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def folder() -> Path:
    folder = ROOT / "var" / "e2e-launcher" / str(time.time_ns())
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def system(folder: Path) -> Iterator[System]:
    system = System(folder)
    yield system
    if system.launcher.poll() is None:
        system.launcher.terminate()
        system.launcher.wait(60)
    for process in system.processes():
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_nothing_is_left_running(system, number):
    system.wait_until_ready()
    assert len(system.processes()) > 6
    system.launcher.send_signal(number)
    code = system.launcher.wait(30)
    assert code == (-9 if number == signal.SIGKILL else 0)
    # Without a launcher to wait for them, the children need a moment to see that it is gone.
    assert until(lambda: system.processes() == [], 15 if number == signal.SIGKILL else 0)


def test_a_signal_to_the_whole_group_while_it_prepares(system):
    assert until(lambda: "up to date" in system.output.read_text(), 30)
    os.killpg(system.launcher.pid, signal.SIGTERM)
    system.launcher.wait(30)
    assert until(lambda: system.processes() == [], 0)


def test_killed_parts_come_back(system):
    system.wait_until_ready()
    killed = [p for p in system.processes() if is_part(p)]
    assert len(killed) == 5
    for process in killed:
        process.kill()
    # Web, worker, beat, PostgreSQL and Valkey are all new, and the site answers again.
    assert until(
        lambda: len({p.pid for p in system.processes() if is_part(p)} - {k.pid for k in killed}) >= 5, 30
    )
    assert until(lambda: answers(f"http://127.0.0.1:{system.port}/healthz/"), 30)


def is_part(process: psutil.Process) -> bool:
    """Whether it is one of the five parts, and not a child of one or a keeper."""
    try:
        parent = " ".join(process.parent().cmdline())
        own = " ".join(process.cmdline())
    except (psutil.NoSuchProcess, AttributeError):
        return False
    return "keeper.py" not in own and ("config.launch" in parent or "keeper.py" in parent)
