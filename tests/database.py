"""The database under other roles than the application's, for what only they can show or do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections
from django.test import TransactionTestCase

from core.database.owner import signed_in_as

SUPERUSER = {"USER": "postgres", "PASSWORD": ""}


@contextmanager
def connected_as(role: str) -> Iterator[psycopg.Connection]:
    """A connection of its own to the test database, as another role; commits at the end.

    Only what was committed is seen: for transactional tests.
    """
    known = connection.settings_dict
    with psycopg.connect(
        dbname=known["NAME"], user=role, host=known["HOST"], port=known["PORT"] or None, **known["OPTIONS"]
    ) as link:
        yield link


def let_flush_through() -> None:
    """Lets Django empty the tables between transactional tests; called once by conftest.

    The application may not truncate, and append-only tables refuse even their owner: the superuser
    steps around their triggers for that one statement.
    """
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        with signed_in_as(SUPERUSER), connections["default"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            flush(self)

    TransactionTestCase._fixture_teardown = teardown
