"""The launcher's children: started, restarted when they die, ended together."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.keeper import dies_with_parent

STOP_SECONDS = 15


def say(text: str) -> None:
    """One line for the person at the terminal, at once."""
    print(text, flush=True)


@dataclass
class Child:
    """One process of the system, restarted when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    born: float = 0.0
    pause: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that the terminal's Ctrl-C reaches only the launcher."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self.born = time.monotonic()

    def look_after(self) -> None:
        """Start it again if it died; wait longer each time that it died young."""
        now = time.monotonic()
        if self.ended:
            self.pause = min(max(self.pause * 2, 1.0), 30.0) if now - self.born < 30 else 1.0
            self.due = now + self.pause
            say(f"{self.name} ended ({self.ending}), again in {self.pause:.0f} s; its log is {self.log}")
            self.kill()
        if self.process is None and now >= self.due:
            self.start()

    @property
    def ended(self) -> bool:
        """Whether it was started and is no more."""
        return self.process is not None and self.process.poll() is not None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode if self.process is not None else None
        if code is None:
            return "not ended"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End whatever is left of it and of the processes it started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def stop(running: list[Child]) -> None:
    """End all children: politely, then for certain."""
    for child in running:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        if child.process is not None:
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{child.name} does not end by itself and is killed")
        child.kill()
