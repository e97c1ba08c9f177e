"""Files without a row go, rows without a file are named: what a crash between disk and database left."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core.tenancy import current_tenant
from documents.models import Attachment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What one sweep found in a jurisdiction: names of files removed, ids of rows whose file is gone."""

    removed: tuple[str, ...]
    missing: tuple[int, ...]


def sweep() -> Found:
    """Removes the files of the tenant in scope that no row names and that are older than
    `SWEEP_AFTER_HOURS` (a younger one may belong to a transaction that still runs); rows whose file is
    gone are only told to the server's log: they say what was handed in.
    """
    named = dict(Attachment.objects.values_list("file", "pk"))
    folder = Path(settings.MEDIA_ROOT) / str(current_tenant().pk)
    stored = {f"{folder.name}/{path.name}": path for path in folder.glob("*") if path.is_file()}
    before = time.time() - settings.SWEEP_AFTER_HOURS * 3600
    removed = []
    for name in sorted(stored.keys() - named.keys()):
        # Its row may have been committed since the rows were read.
        if stored[name].stat().st_mtime < before and not Attachment.objects.filter(file=name).exists():
            stored[name].unlink(missing_ok=True)
            removed.append(name)
    missing = sorted(
        pk
        for name, pk in named.items()
        if name not in stored and Attachment.objects.filter(pk=pk, file=name).exists()
    )
    if removed:
        logger.warning("sweep: removed %d files without a row: %s", len(removed), ", ".join(removed))
    if missing:
        logger.error("sweep: %d attachments without their file: %s", len(missing), missing)
    return Found(tuple(removed), tuple(missing))
