"""Spreadsheets that leave the system: each goes out with its row in the log, and stays in no cache."""

from __future__ import annotations

from typing import IO, Any

from django.db import models, transaction
from django.http import FileResponse

from core import clock
from core.models import LogEntry
from core.sheets import CONTENT_TYPE

ACTION = "export"


@transaction.atomic
def hand_out(
    handle: IO[bytes],
    *,
    filename: str,
    of: models.Model,
    label: str,
    actor: Any,
    content_type: str = CONTENT_TYPE,
) -> FileResponse:
    """The workbook as a download; the log says who took it, of what. For a POST: it writes."""
    LogEntry.record(of, action=ACTION, label=label, actor=actor, at=clock.now())
    return as_download(handle, filename, content_type)


def as_download(handle: IO[bytes], filename: str, content_type: str = CONTENT_TYPE) -> FileResponse:
    """A workbook as an answer that no cache keeps, of which the log says already who took it."""
    answer = FileResponse(handle, as_attachment=True, filename=filename, content_type=content_type)
    answer["Cache-Control"] = "no-store"
    return answer
