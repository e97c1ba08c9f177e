"""Flushing between transactional tests: append-only tables refuse TRUNCATE, and only the test's own
superuser may step around their triggers, for that one statement."""

from typing import Any

from django.db import connections
from django.test import TransactionTestCase


def let_flush_through() -> None:
    """Wraps Django's flush; called once by conftest."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            flush(self)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")

    TransactionTestCase._fixture_teardown = teardown
