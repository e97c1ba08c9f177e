"""What is kept beside an application, each kind read in one query: materials, opinions, what happened to it.

A page asks many questions of the same rows: a request that only looks reads them once (`core.scope.once`).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from core.models import LogEntry
from core.scope import once


def materials_of(application: Any) -> list[Any]:
    """Its materials with their files and attachments; two queries."""

    def read() -> list[Any]:
        rows = list(application.materials.all())
        if rows:
            files = rows[0].files.model.objects.select_related("attachment")
            prefetch_related_objects(rows, Prefetch("files", files))
        return rows

    return once(f"applications.materials:{application.pk}", read)


def opinions_on(application: Any) -> list[Any]:
    """The signed opinions, oldest first, with their authorities and authors."""
    found = application.opinions.select_related("authority", "author").order_by("pk")
    return once(f"applications.opinions:{application.pk}", lambda: list(found))


def history_of(application: Any) -> list[LogEntry]:
    """Everything that happened to it, oldest first."""
    found = LogEntry.history_of(application).order_by("id")
    return once(f"applications.history:{application.pk}", lambda: list(found))
