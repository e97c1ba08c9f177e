"""Fixtures of the crawl. This file is read before Django is set up: what needs it is imported inside."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.crawl.world import Crawled, Listener

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def seals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the heads of this process's log lie: another process has another log."""
    return tmp_path_factory.mktemp("seals")


@pytest.fixture(scope="session")
def crawled(django_db_setup: None, django_db_blocker: Any, seals: Path) -> Crawled:
    """The world, built once a process and committed, so that every request is a transaction of its own.

    Nothing is flushed between the tests of the crawl; it runs alone.
    """
    from django.template.base import Template  # noqa: PLC0415
    from django.test import TransactionTestCase, override_settings  # noqa: PLC0415
    from django.test.utils import _TestState  # noqa: PLC0415

    from tests.crawl.world import make_world  # noqa: PLC0415

    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK, AUDIT_SEAL_DIR=seals):
        world = make_world()
    TransactionTestCase._fixture_teardown = lambda self: None
    # What the tests' own recording of templates and the collector's walks over the world would cost.
    Template._render = _TestState.saved_data.template_render
    gc.collect()
    gc.freeze()
    return world


@pytest.fixture(autouse=True)
def media_folder() -> None:
    """The files of the world stay where they are (the usual fixture gives every test a folder of its own)."""


@pytest.fixture(autouse=True)
def seal_folder(settings: Any, seals: Path) -> None:
    """The seals of the world's log stay where they are."""
    settings.AUDIT_SEAL_DIR = seals


@pytest.fixture(autouse=True)
def long_sessions(settings: Any) -> None:
    """A visitor who has just confirmed stays so for the whole crawl; nobody is let off the second factor."""
    settings.REAUTHENTICATION_SECONDS = 24 * 3600
    settings.SECOND_FACTOR_EXEMPT_DEMO = False


@pytest.fixture
def logged() -> Iterator[Listener]:
    """What is logged meanwhile, and nobody else writes it down: thousands of 404 are told nobody."""
    from tests.crawl.world import Listener  # noqa: PLC0415

    listener = Listener()
    root = logging.getLogger()
    usual, root.handlers = root.handlers, [listener]
    yield listener
    root.handlers = usual


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The crawl leaves its world in the database: no other tests beside it."""
    crawling = [item.get_closest_marker("crawl") is not None for item in items]
    if any(crawling) and not all(crawling):
        raise pytest.UsageError("The crawl runs alone: make crawl.")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the crawl covered, at the end where it is read."""
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == "crawl":
                terminalreporter.write_line(value)
