"""The application's own PostgreSQL and Valkey, for machines that have none.

`DATABASE_URL` and `REDIS_URL` name real servers. For whichever is unset, a
server from a wheel runs below `VAR_DIR`, watched by a small process of its own
(`config/keeper.py`). Any number of processes may use it at the same time:

* each user holds a shared lock (a *lease*) on the server's folder for as long as
  it lives, and the operating system drops the lease however the process ends;
* the keeper stops the server as soon as nobody holds a lease, so the first user
  starts it, the last one ends it, and nothing is left behind.

Settings import this module in every process: it knows nothing of Django and
costs a few system calls when the server runs already.
"""

import atexit
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
# Answers nobody: for commands that load the settings but need no data (lint, collectstatic).
NOWHERE = {"postgres": "postgresql://nobody@127.0.0.1:1/nowhere", "valkey": "redis://127.0.0.1:1/0"}
MODES = ("embedded", "fast", "none")
OWNER_ROLE = "stations_owner"


class ServicesError(RuntimeError):
    """A server cannot be started; the message is one sentence for a person."""


@dataclass(frozen=True)
class ServiceUrls:
    """Where the database and the broker answer.

    `owner_url` is the same database for the role that owns its tables, which migrations need;
    empty where the environment names a database but no owner.
    """

    database_url: str
    redis_url: str
    owner_url: str = ""


def service_urls(var_dir: Path) -> ServiceUrls:
    """The servers of this process: from the environment, else embedded below `var_dir`.

    `SERVICES` chooses what "embedded" means: `embedded` (the default), `fast`
    (PostgreSQL without fsync, for tests) or `none` (addresses where nothing listens).
    """
    database = os.environ.get("DATABASE_URL")
    redis = os.environ.get("REDIS_URL")
    own = database or _embedded_url("postgres", var_dir)
    return ServiceUrls(
        database_url=own,
        redis_url=redis or _embedded_url("valkey", var_dir),
        owner_url=os.environ.get("DATABASE_OWNER_URL", "") if database else as_role(own, OWNER_ROLE),
    )


def as_role(embedded_url: str, role: str) -> str:
    """The address of the embedded database for another of its roles: its socket trusts who reaches it."""
    scheme, _, rest = embedded_url.partition("://")
    return f"{scheme}://{role}@{rest.partition('@')[2]}"


def release_all() -> None:
    """Give up every lease of this process and wait for servers that nobody else uses to stop."""
    for lease in list(_leases.values()):
        lease.release()
    _leases.clear()


def stored_secret(var_dir: Path, make: Callable[[], str], *, name: str = "secret_key") -> str:
    """The secret kept in `var_dir/<name>`, made on first use and readable by its owner only."""
    path = var_dir / name
    with suppress(FileNotFoundError):
        return path.read_text()
    # Linked into place when complete, so that two first starts agree on one secret.
    own = path.with_name(f".{name}.{os.getpid()}")
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        own.unlink(missing_ok=True)
        with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(make())
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    except OSError as error:
        raise ServicesError(f"The data folder {var_dir} cannot be written: {error.strerror}.") from error
    return path.read_text()


def service_dir(var_dir: Path, name: str) -> Path:
    """Where a server's locks, address and keeper's log are; shared with the keeper."""
    return var_dir / "services" / name


def in_use(var_dir: Path) -> bool:
    """Whether any process holds a lease on an embedded server below `var_dir`, or one still runs."""
    return any(
        is_locked(service_dir(var_dir, name) / lock)
        for name in NOWHERE
        for lock in ("users.lock", "keeper.lock")
    )


def is_locked(path: Path) -> bool:
    """Whether some open file holds a lock on `path`."""
    return not _can_lock(path, fcntl.LOCK_EX)


def _is_shared(path: Path) -> bool:
    return not _can_lock(path, fcntl.LOCK_EX) and _can_lock(path, fcntl.LOCK_SH)


def _can_lock(path: Path, kind: int) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


# --- leases -------------------------------------------------------------------

_leases: dict[tuple[str, Path], "_Lease"] = {}


def _embedded_url(name: str, var_dir: Path) -> str:
    mode = os.environ.get("SERVICES") or "embedded"
    if mode not in MODES:
        raise ServicesError(f"SERVICES is {mode!r}, but must be one of {', '.join(MODES)}.")
    if mode == "none":
        return NOWHERE[name]
    key = (name, var_dir.resolve())
    lease = _leases.get(key)
    if lease is None:
        lease = _leases[key] = _Lease(name, key[1])
    return lease.url(fast=mode == "fast")


class _Lease:
    """This process's share in one embedded server."""

    def __init__(self, name: str, var_dir: Path) -> None:
        self.name = name
        self.var_dir = var_dir
        self.folder = service_dir(var_dir, name)
        self.pid = os.getpid()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.handle = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ServicesError(f"The data folder {var_dir} cannot be written: {error.strerror}.") from error
        # Waits for a keeper that is just stopping the server, then keeps the next one alive.
        fcntl.flock(self.handle, fcntl.LOCK_SH)
        atexit.register(self.release)

    def url(self, *, fast: bool) -> str:
        """The server's address, after starting it unless it runs already."""
        with _alone(self.folder / "start.lock"):
            if not is_locked(self.folder / "keeper.lock"):
                self._start(fast=fast)
            return (self.folder / "url").read_text()

    def _start(self, *, fast: bool) -> None:
        # -P: the folder of keeper.py must not be searched for modules, it holds a celery.py.
        command = [sys.executable, "-P", str(KEEPER), self.name, str(self.var_dir)]
        done = subprocess.run(
            command + ["--fast"] * fast, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
            raise ServicesError(f"The embedded {self.name} server does not start: {reason}")

    def release(self) -> None:
        """Give up the share; the last one out waits until the server has stopped."""
        # A forked child shares the lease with its parent and must not end it.
        if self.handle < 0 or os.getpid() != self.pid:
            return
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except BlockingIOError:
            last = False
        os.close(self.handle)
        self.handle = -1
        atexit.unregister(self.release)
        if last:
            self._wait_for_keeper()

    def _wait_for_keeper(self) -> None:
        # Until the server has stopped, or somebody else has come and it goes on for them.
        while is_locked(self.folder / "keeper.lock") and not _is_shared(self.folder / "users.lock"):
            time.sleep(0.05)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`, waiting for it as long as needed."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
