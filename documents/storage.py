"""The disk: a file is there whole and for good, or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible(path="documents.storage.WholeFileStorage")
class WholeFileStorage(FileSystemStorage):
    """Files below `MEDIA_ROOT`, which no web server serves.

    What a full disk cut short is removed before the error goes up; what was written has reached the
    disk before its row is committed.
    """

    def _save(self, name: str, content: Any) -> str:
        try:
            stored: str = super()._save(name, content)
            with open(self.path(stored), "rb") as file:
                os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.remove(self.path(name))
            raise
        return stored
