"""Fields that no form asked for, and what a request wrote, plainly enough to be compared with another's."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models

from tests.crawl.building import Place
from tests.crawl.visiting import Written
from tests.database import SUPERUSER, connected_as

HOSTILE_NUMBER = 7
UUID, TOKEN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"v\d+:\w+:[\w=-]+"
SESSION = r"\b[0-9a-z]{32}\b|[\w.-]+:\w{6}:[\w-]{43}"
RANDOM = re.compile(rf"{UUID}|{TOKEN}|{SESSION}|[0-9a-f]{{12,}}|md5\$\S+|\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d\S*")
NUMBER = re.compile(r"\b\d+\b")


def everything_else(stranger: Place) -> dict[str, Any]:
    """A value for the name of every column there is: another place, another person, states and sums."""
    found: dict[str, Any] = {}
    someone = stranger.people["admin"].pk
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname} - {"id"}:
                found.setdefault(name, _hostile(column, stranger.jurisdiction.pk, someone))
    return found


def _hostile(column: models.Field, tenant: int, someone: int) -> Any:
    if column.is_relation:
        return tenant if column.name == "tenant" else someone
    if column.choices:
        return str(column.choices[-1][0])
    match column.get_internal_type():
        case "BooleanField":
            return "on"
        case "DateField":
            return "2001-02-03"
        case "DateTimeField":
            return "2001-02-03 04:05"
        case "CharField" | "TextField" | "SlugField":
            return "HOSTILE"
        case _:
            return HOSTILE_NUMBER


def newest_id() -> int:
    """The greatest id there is. Every table counts on from there: what is greater, a request has made."""
    tables = [
        (model._meta.db_table, model._meta.pk.column)
        for model in apps.get_models(include_auto_created=True)
        if isinstance(model._meta.pk, models.AutoField)
    ]
    # Of every place: a query that only the superuser may make.
    with connected_as(SUPERUSER["USER"]) as link:
        found = [link.execute(f'SELECT max("{key}") FROM "{table}"').fetchone() for table, key in tables]
        newest = max((row[0] or 0 for row in found if row), default=0)
        for table, key in tables:
            link.execute(
                "SELECT setval(seq, greatest(nextval(seq), %s)) FROM pg_get_serial_sequence(%s, %s) AS seq",
                (newest + 1, table, key),
            )
    return newest


def plainly(writes: list[Written], newest: int) -> list[tuple[str, str]]:
    """The statements without what differs from one run to the next: times, new ids, random words."""
    return [(written.sql, " ".join(_plain(value, newest) for value in written.params)) for written in writes]


def _plain(value: Any, newest: int) -> str:
    if isinstance(value, datetime | date):
        return "DAY"
    if isinstance(value, bytes | memoryview):
        return "BYTES"
    text = RANDOM.sub("RANDOM", str(getattr(value, "obj", getattr(value, "adapted", value))))
    return NUMBER.sub(lambda found: "NEW" if int(found[0]) > newest else found[0], text)
