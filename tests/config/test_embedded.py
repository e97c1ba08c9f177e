"""The embedded servers: who starts them, who ends them, what survives.

Real processes in a folder of their own; no Django.
"""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
USER = """
import sys
from pathlib import Path
from config import embedded
urls = embedded.service_urls(Path(sys.argv[1]))
print(urls.database_url, urls.redis_url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment that names no server."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SERVICES", "fast")
    return dict(os.environ)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder; afterwards nothing may run in it."""
    # Not tmp_path: pytest closes that to other accounts, such as the one PostgreSQL runs as.
    folder = Path(os.environ["VAR_DIR"]) / f"embedded-{time.monotonic_ns()}"
    folder.mkdir()
    yield folder
    for process in processes(folder):
        process.kill()


def is_keeper(process: psutil.Process) -> bool:
    return "keeper.py" in " ".join(process.cmdline())


def is_server(process: psutil.Process) -> bool:
    """Whether it is the keeper's own child, and not one of that child's."""
    try:
        parent = process.parent()
        return parent is not None and is_keeper(parent)
    except psutil.NoSuchProcess:
        # PostgreSQL's short-lived helpers come and go between listing and asking.
        return False


def processes(folder: Path) -> list[psutil.Process]:
    """What runs on this folder: keepers by their arguments, servers below the keepers."""
    found = []
    for process in psutil.process_iter():
        try:
            if is_keeper(process) and str(folder) in process.cmdline():
                found += [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def user(folder: Path, environment: dict[str, str]) -> tuple["subprocess.Popen[str]", list[str]]:
    """A process that uses both servers until its input is closed, and their addresses."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def wait_until(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_first_user_starts_and_the_last_one_ends_the_servers(data, environment):
    first, addresses = user(data, environment)
    second, same = user(data, environment)
    assert same == addresses
    first.communicate()
    with psycopg.connect(addresses[0]) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("stations",)
    assert redis.Redis.from_url(addresses[1]).ping()
    second.communicate()
    assert processes(data) == []
    assert not embedded.in_use(data)


def test_nothing_is_left_when_the_user_is_killed(data, environment):
    only, _ = user(data, environment)
    assert len(processes(data)) > 3
    only.kill()
    only.communicate()
    assert wait_until(lambda: processes(data) == [])


def test_a_killed_server_comes_back_at_its_address(data, environment):
    # Not "fast", which may lose the latest commits.
    only, (database, broker) = user(data, {**environment, "SERVICES": "embedded"})
    owner = embedded.as_role(database, embedded.OWNER_ROLE)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    killed = [process for process in processes(data) if is_server(process)]
    assert sorted(process.name() for process in killed) == ["postgres", "valkey-server"]
    for process in killed:
        process.kill()

    def answers() -> bool:
        try:
            with psycopg.connect(owner) as connection:
                return connection.execute("SELECT value FROM kept").fetchone() == (7,) and bool(
                    redis.Redis.from_url(broker).ping()
                )
        except (psycopg.OperationalError, redis.ConnectionError):
            return False

    assert wait_until(answers)
    only.communicate()
    assert processes(data) == []


def test_a_killed_keeper_is_replaced_at_the_same_address(data, environment):
    before = embedded.service_urls(data)
    try:
        killed = [process for process in processes(data) if is_keeper(process)]
        for keeper in killed:
            keeper.kill()
        psutil.wait_procs(killed, timeout=20)
        assert embedded.service_urls(data) == before
        assert redis.Redis.from_url(before.redis_url).ping()
        with psycopg.connect(before.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        release(data)
    assert processes(data) == []


def release(folder: Path) -> None:
    """Give up this process's leases on `folder` alone: those of the test run stay."""
    for key in [key for key in embedded._leases if key[1] == folder.resolve()]:
        embedded._leases.pop(key).release()


def test_a_path_too_long_for_a_socket_is_no_hindrance(data, environment):
    long = data / ("long-" * 20) / "data"
    long.mkdir(parents=True)
    only, (database, _) = user(long, environment)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    only.communicate()
    assert processes(long) == []


def test_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://there/x")
    monkeypatch.setenv("REDIS_URL", "redis://there/3")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    assert embedded.service_urls(tmp_path) == embedded.ServiceUrls("postgresql://there/x", "redis://there/3")
    assert list(tmp_path.iterdir()) == []


def test_without_services_nothing_is_started(tmp_path, environment, monkeypatch):
    monkeypatch.setenv("SERVICES", "none")
    embedded.service_urls(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_of_services_is_refused(tmp_path, environment, monkeypatch):
    monkeypatch.setenv("SERVICES", "sqlite")
    with pytest.raises(embedded.ServicesError) as refusal:
        embedded.service_urls(tmp_path)
    assert str(refusal.value) == "SERVICES is 'sqlite', but must be one of embedded, fast, none."


def test_the_secret_is_made_once_and_private(tmp_path):
    made = iter(["first", "second"])
    assert embedded.stored_secret(tmp_path, make=lambda: next(made)) == "first"
    assert embedded.stored_secret(tmp_path, make=lambda: next(made)) == "first"
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_servers_are_closed_to_strangers(data, environment):
    """PostgreSQL behind a folder of mode 0700, Valkey behind a password."""
    only, (_, broker) = user(data, environment)
    assert stat.S_IMODE((data / "pg").stat().st_mode) == 0o700
    port = broker.rsplit(":", 1)[1].split("/")[0]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=int(port)).ping()
    only.communicate()
