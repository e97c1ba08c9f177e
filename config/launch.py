"""Run the whole system from one command: `python -m config.launch run` (what `make run` calls).

The launcher holds the data folder's run lock and the leases on the embedded
servers, brings the database up to date, starts web server, Celery worker and
beat as its children, and watches over them until it is told to stop:

* a child that dies is started again, more slowly each time it dies young;
* a keeper of an embedded server that was killed is replaced (`config.embedded`);
* SIGINT, SIGTERM and SIGHUP end the children in order, then the servers; should the
  launcher itself be killed, the kernel ends its children and the keepers see the
  leases gone.

`python -m config.launch reset` deletes the data of a folder that nobody uses.
"""

import argparse
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from config import embedded
from config.children import Child, say, stop
from config.keeper import dies_with_parent

BASE_DIR = Path(__file__).resolve().parent.parent
# What `reset` deletes of the data folder: what the application itself puts there.
DATA_NAMES = ("pg", "pg.new", "valkey", "services", "media", "mail", "seals", "static", "log", "secret_key")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 60
LARGEST_LOG = 10 * 1024 * 1024
# As `manage.py prepare` marks the beginning of a step: `> command: words`.
STEP_BEGINS = "> "


class LaunchError(RuntimeError):
    """What keeps the system from running; the message is one sentence for a person."""


class Stopped(BaseException):
    """A signal asked the launcher to end."""


@dataclass(frozen=True)
class Options:
    """What the environment chooses."""

    var_dir: Path
    host: str
    port: int
    demo: bool

    @classmethod
    def from_environment(cls) -> "Options":
        """Read VAR_DIR, HOST, PORT and DEMO; refuse what makes no sense."""
        text = os.environ.get("PORT") or "8000"
        if not (text.isdecimal() and 0 < int(text) < 65536):
            raise LaunchError(f"PORT is {text!r}, but must be a number from 1 to 65535.")
        return cls(
            var_dir=Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve(),
            host=os.environ.get("HOST") or "127.0.0.1",
            port=int(text),
            demo=(os.environ.get("DEMO") or "1") != "0",
        )

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the site."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "127.0.0.1"} else self.host
        return f"http://{host}:{self.port}/"


# --- before anything starts -------------------------------------------------------


def check_folder(var_dir: Path) -> None:
    """Make the data folder, or say in one sentence why it cannot be used."""
    try:
        (var_dir / "log").mkdir(parents=True, exist_ok=True)
        probe = var_dir / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (FileExistsError, NotADirectoryError):
        raise LaunchError(f"The data folder {var_dir} is not a folder; choose another VAR_DIR.") from None
    except OSError as error:
        raise LaunchError(
            f"The data folder {var_dir} cannot be written ({error.strerror}); choose another VAR_DIR."
        ) from None


def hold_run_lock(options: Options) -> IO[str]:
    """Claim the data folder for this launcher; the claim ends with the process."""
    handle = (options.var_dir / "run.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        raise LaunchError(
            f"The data folder {options.var_dir} is in use already, by the system at {handle.read().strip()}; "
            "stop that one or choose another VAR_DIR."
        ) from None
    handle.truncate(0)
    handle.write(options.address)
    handle.flush()
    return handle


def check_port(options: Options) -> None:
    """Refuse a port that somebody else listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            reason = (
                "is in use already" if error.errno == errno.EADDRINUSE else f"is refused ({error.strerror})"
            )
            other = 8080 if options.port != 8080 else 8081
            raise LaunchError(
                f"Port {options.port} {reason}; choose another one, as in: make run PORT={other}"
            ) from None


# --- the run ----------------------------------------------------------------------


def run(options: Options) -> None:
    """Prepare, start, announce, watch; returns only by `Stopped` or `LaunchError`."""
    check_folder(options.var_dir)
    with hold_run_lock(options):
        check_port(options)
        turn_logs(options.var_dir / "log")
        running: list[Child] = []
        try:
            environment, accounts = prepare(options)
            running = children(options, environment)
            for child in running:
                child.start()
            wait_until_ready(options, running)
            announce(options, accounts)
            watch(options, running)
        finally:
            # From here on nothing may interrupt: a second Ctrl-C would leave processes behind.
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            stop(running)
            embedded.release_all()


def prepare(options: Options) -> tuple[dict[str, str], str]:
    """Start the servers and bring the data up to date; the children's environment, and who can sign in."""
    say(
        "Starting PostgreSQL and Valkey" if not _has_own_servers() else "Using the servers of the environment"
    )
    environment = {**os.environ, **_addresses(options), "VAR_DIR": str(options.var_dir), "PYTHONUTF8": "1"}
    environment.setdefault("PUBLIC_ADDRESS", options.address)
    # The owner's address is for the preparations alone: what serves people must not know it.
    owner = {"DATABASE_OWNER_URL": embedded.service_urls(options.var_dir).owner_url}
    environment.pop("DATABASE_OWNER_URL", None)
    printed = manage(options, {**environment, **owner}, "prepare", *([] if options.demo else ["--no-demo"]))
    return environment, printed.partition(f"{STEP_BEGINS}demo_accounts: \n")[2].strip("\n")


def manage(options: Options, environment: dict[str, str], *command: str) -> str:
    """Run a management command and return what it prints; its log is kept, the steps it begins are said."""
    doing, printed = command[0], []
    log = options.var_dir / "log" / "prepare.log"
    with log.open("a") as handle, tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        handle.write(f"$ manage.py {' '.join(command)}\n")
        running = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        with running as process:
            for line in process.stdout or ():
                printed.append(line)
                handle.write(line)
                if line.startswith(STEP_BEGINS):
                    doing, _, words = line.removeprefix(STEP_BEGINS).strip().partition(": ")
                    if words:
                        say(words)
        errors.seek(0)
        told = errors.read()
        handle.write(told)
    if running.returncode:
        reason = (told.strip() or f"exit code {running.returncode}").splitlines()[-1]
        raise LaunchError(f"`manage.py {doing}` failed: {reason} (the whole of it is in {log})")
    return "".join(printed)


def children(options: Options, environment: dict[str, str]) -> list[Child]:
    """Web server, worker and beat."""
    log = options.var_dir / "log"
    web = ["gunicorn", "config.wsgi:application", "--bind", f"{options.host}:{options.port}"]
    web += ["--preload", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
    web += ["--access-logfile", "-"]
    celery = ["celery", "--app", "config.celery", "--quiet"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--schedule", str(options.var_dir / "celerybeat-schedule"), "--pidfile="]
    return [
        Child(name, [sys.executable, "-m", *command], environment, log / f"{name}.log", BASE_DIR)
        for name, command in {"web": web, "worker": worker, "beat": beat}.items()
    ]


def wait_until_ready(options: Options, running: list[Child]) -> None:
    """Wait until the site answers; give up when a child dies before that."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers(options.address + "healthz/"):
        for child in running:
            if child.ended:
                raise LaunchError(f"{child.name} ended while starting ({child.ending}); see {child.log}")
        if time.monotonic() > deadline:
            log = options.var_dir / "log" / "web.log"
            raise LaunchError(f"The site does not answer within {READY_SECONDS} s; see {log}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether a GET of `url` succeeds."""
    # This machine's proxy has no business with its own site.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce(options: Options, accounts: str) -> None:
    """Say where the site is and who can sign in."""
    if accounts:
        say(f"\n{accounts}")
    say(f"\nReady: {options.address}   (Ctrl-C stops everything; logs are in {options.var_dir / 'log'})")


def watch(options: Options, running: list[Child]) -> NoReturn:
    """Keep everything alive until a signal comes."""
    while True:
        time.sleep(0.5)
        for child in running:
            child.look_after()
        # Cheap while the keepers live; starts a new one at the old address when one was killed.
        try:
            _addresses(options)
        except embedded.ServicesError as error:
            say(str(error))


def _has_own_servers() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _addresses(options: Options) -> dict[str, str]:
    urls = embedded.service_urls(options.var_dir)
    return {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}


def turn_logs(folder: Path) -> None:
    """Set large logs aside, one generation of each."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))


# --- reset ------------------------------------------------------------------------


def reset(options: Options) -> None:
    """Delete the embedded data, unless something runs on it."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        if os.environ.get(name):
            raise LaunchError(
                f"{name} is set: make reset deletes only embedded data and leaves your server alone."
            )
    if not options.var_dir.is_dir():
        say(f"There is no data in {options.var_dir}.")
        return
    check_folder(options.var_dir)
    with hold_run_lock(options):
        if embedded.in_use(options.var_dir):
            raise LaunchError(f"A process still uses the data in {options.var_dir}; stop it first.")
        for path in [*(options.var_dir / name for name in DATA_NAMES), *options.var_dir.glob("celerybeat-*")]:
            try:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            except OSError as error:
                raise LaunchError(f"{error.filename} cannot be deleted ({error.strerror}).") from None
    say(f"The data in {options.var_dir} is deleted; make run starts afresh.")


# --- command line -----------------------------------------------------------------


def _stopped(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def main() -> int:
    """Run or reset; every failure that can be foreseen is one sentence."""
    parser = argparse.ArgumentParser(prog="config.launch", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=["run", "reset"], nargs="?", default="run")
    action = parser.parse_args().action
    for number in SIGNALS:
        signal.signal(number, _stopped)
    try:
        {"run": run, "reset": reset}[action](Options.from_environment())
    except Stopped:
        say("Stopped; nothing is left running.")
    except (LaunchError, embedded.ServicesError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
