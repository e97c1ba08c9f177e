"""What somebody who owns the database can do to the log, and undoing it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from core import clock
from core.database.owner import signed_in_as
from core.models import LogEntry, LogLink
from core.tenancy import current_tenant
from tests.database import SUPERUSER


def entries(count: int, subject: Any) -> list[LogEntry]:
    """So many entries of the tenant in scope, each in a transaction of its own, unlike each other."""
    return [
        LogEntry.record(
            subject,
            action=f"test.act{number % 3}",
            label=f"第{number}项",
            actor=None,
            at=clock.now(),
            source="draft",
            target="done",
            reason=f"理由{number}：𬭎",
            clause=f"QS-{number}",
            data={"number": number, "list": [number, None]},
            before={"state": "draft"},
            after={"state": "done", "on": f"2026-01-{number + 1:02}"},
        )
        for number in range(count)
    ]


@contextmanager
def tampering() -> Iterator[Any]:
    """A superuser's cursor, on which no trigger fires; everything done in the block is undone at its end."""
    with signed_in_as(SUPERUSER), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
        transaction.set_rollback(True)


def link_at(position: int) -> LogLink:
    return LogLink.objects.select_related("entry").get(position=position)


def rehash_from(cursor: Any, position: int) -> None:
    """Rewrites the chain from a position to its end, as its own function would have written it."""
    cursor.execute(
        "SELECT position FROM core_loglink WHERE tenant_id = %s AND position >= %s ORDER BY position",
        [current_tenant().pk, position],
    )
    for (place,) in cursor.fetchall():
        cursor.execute(
            """
            UPDATE core_loglink l SET previous = p.hash, hash = core_log_hash(p.hash, l.position, e)
            FROM core_logentry e,
                 (SELECT coalesce((SELECT hash FROM core_loglink
                                   WHERE tenant_id = %s AND position = %s - 1), '') AS hash) p
            WHERE l.tenant_id = %s AND l.position = %s AND e.id = l.entry_id
            """,
            [current_tenant().pk, place, current_tenant().pk, place],
        )
