"""The servers of a test run, then the fixtures that all rooms share.

Every run has a real PostgreSQL and Valkey of its own in a fresh folder below
`var/test/` (so two runs, or a run beside `make run`, never meet), started once by
the controlling process and shared by the xdist workers. The tests sign in as the
application's role, as the program does; `tests/database.py` lends them others.
`TEST_SERVERS` names a folder whose servers somebody else keeps (`tests/planted/run.py`).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import django
import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from config import embedded

if TYPE_CHECKING:
    from tests.world import World

TEST_DATA = Path(__file__).resolve().parent.parent / "var" / "test"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
LENT_FOLDER = os.environ.get("TEST_SERVERS", "")


def _own_folder() -> Path:
    """This run's folder, made after clearing away those of runs that were killed."""
    if TEST_DATA.is_dir():
        for old in TEST_DATA.iterdir():
            if not embedded.in_use(old) and not _is_alive(old.name):
                shutil.rmtree(old, ignore_errors=True)
    folder = TEST_DATA / str(os.getpid())
    # Where collected static files would be: there are none, and WhiteNoise asks for the folder.
    (folder / "static").mkdir(parents=True)
    return folder


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _own_broker_database(redis_url: str) -> str:
    """A Valkey database number for each worker: what one flushes, the others keep."""
    number = 1 + int(WORKER.removeprefix("gw") or -1)
    return urlsplit(redis_url)._replace(path=f"/{number % 16}").geturl()


# How long an example takes says something about the machine, not about the program.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

if settings.configured:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests choose their servers before loading it.")
# The workers inherit what the controlling process sets here.
if not WORKER:
    OWN_FOLDER = Path(LENT_FOLDER) if LENT_FOLDER else _own_folder()
    os.environ["VAR_DIR"] = str(OWN_FOLDER)
    os.environ.setdefault("SERVICES", "fast")
    # Only an embedded database lets a test be its superuser for a moment.
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    _urls = embedded.service_urls(OWN_FOLDER)
    os.environ["DATABASE_URL"] = _urls.database_url
    os.environ["DATABASE_OWNER_URL"] = _urls.owner_url
    os.environ["REDIS_URL"] = _urls.redis_url
# Tests are in a hurry; those of the limits switch them on.
os.environ["RATE_LIMITING"] = "0"
os.environ["REDIS_URL"] = _own_broker_database(os.environ["REDIS_URL"])


def pytest_configure() -> None:
    """Load the settings now that the servers are chosen; pytest-django would do so too early.

    The variable goes again, so that the workers load theirs here as well.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]
    # Every test client would otherwise read the whole folder of assets first.
    settings.WHITENOISE_AUTOREFRESH = True
    from tests.database import let_flush_through  # noqa: PLC0415 - needs the settings

    let_flush_through()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop this run's servers and delete its folder; the workers have ended by now."""
    if not WORKER:
        embedded.release_all()
        if not LENT_FOLDER:
            shutil.rmtree(OWN_FOLDER, ignore_errors=True)


# --- fixtures that all rooms share --------------------------------------------


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> Iterator["World"]:
    """One furnished jurisdiction in whose scope the test runs; qinshui unless parametrised:

    `@pytest.mark.parametrize("world", ["yantai", "gaoming"], indirect=True)`.
    """
    from core.tenancy import tenant_scope  # noqa: PLC0415 - Django is set up after this file is read
    from tests.world import furnish, make_jurisdiction  # noqa: PLC0415

    jurisdiction = make_jurisdiction(getattr(request, "param", "qinshui"))
    with tenant_scope(jurisdiction):
        yield furnish(jurisdiction)


@pytest.fixture(autouse=True)
def no_scope_is_left() -> Iterator[None]:
    """A scope that a test leaves open would let the next ones pass that ask for a tenant."""
    yield
    from core.scope import active_scope, scope_in_force  # noqa: PLC0415 - Django is set up by now

    left = active_scope()
    scope_in_force.set(None)
    assert left is None, "the test has left a tenant's scope open"


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def seal_folder(settings: Any, tmp_path: Path) -> Path:
    """The seals of a test's log go to a folder of its own."""
    settings.AUDIT_SEAL_DIR = tmp_path / "seals"
    return tmp_path / "seals"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Slow hashing protects people's passwords; the tests have none."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
