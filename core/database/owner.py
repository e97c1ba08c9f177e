"""Lending the owner's rights for a piece of work: migrations, and nothing that serves a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def as_owner(alias: str = DEFAULT_DB_ALIAS) -> Iterator[Any]:
    """The connection, signed in as the owner for the length of the block.

    Raises `ImproperlyConfigured` where the environment names no owner, as it should be in
    the processes that serve people.
    """
    if not settings.DATABASE_OWNER:
        raise ImproperlyConfigured(
            "DATABASE_OWNER_URL is not set: only the owner of the database may migrate."
        )
    with signed_in_as(settings.DATABASE_OWNER, alias) as connection:
        yield connection


@contextmanager
def signed_in_as(credentials: dict[str, str], alias: str = DEFAULT_DB_ALIAS) -> Iterator[Any]:
    """The connection under other credentials (`USER`, `PASSWORD`); not inside a transaction."""
    connection = connections[alias]
    before = {name: connection.settings_dict[name] for name in credentials}
    connection.close()
    connection.settings_dict.update(credentials)
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.update(before)
