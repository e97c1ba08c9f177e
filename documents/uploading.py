"""Where an upload lies while its request lasts: in quarantine, without a name, within limits."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpResponse

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def open_to_files(view: View) -> View:
    """Lets people without an account bring files to this view, within `PUBLIC_UPLOAD_FILES` and `_BYTES`."""
    view.open_to_files = True  # type: ignore[attr-defined]
    return view


class QuarantinedFile(UploadedFile):
    """An upload in a file without a name: a process that is killed leaves nothing behind.

    `size` is what was sent, though no more than the limit was kept; `is_cut` says that the disk was
    full.
    """

    is_cut = False


class QuarantineUploadHandler(FileUploadHandler):
    """Keeps what is too large for memory in `QUARANTINE_ROOT`, and no byte beyond the limit of a file.

    A full disk becomes a file that `take_in` refuses in words, instead of a page that breaks. Who has
    not signed in has nothing to bring (theirs is read past), but to views `open_to_files`: a few, and small
    ones.
    """

    taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.limit = settings.MAX_UPLOAD_BYTES
        session = getattr(self.request, "session", None)
        if session is not None and SESSION_KEY not in session:
            # One more than allowed, so that the page can say that it is too many.
            self.taken += 1
            if not self._is_open() or self.taken > settings.PUBLIC_UPLOAD_FILES + 1:
                raise SkipFile("nobody has signed in")
            self.limit = settings.PUBLIC_UPLOAD_BYTES
        self.sent = 0
        self.file: Any = None
        self.is_cut = False
        try:
            Path(settings.QUARANTINE_ROOT).mkdir(parents=True, exist_ok=True)
            self.file = tempfile.TemporaryFile(dir=settings.QUARANTINE_ROOT)  # noqa: SIM115 - lives as long as the upload
        except OSError as error:
            self._cut(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.sent += len(raw_data)
        # One byte more than allowed is kept out as well: the size says enough.
        if self.file is None or self.is_cut or self.sent > self.limit:
            return
        try:
            self.file.write(raw_data)
        except OSError as error:
            self._cut(error)

    def file_complete(self, file_size: int) -> QuarantinedFile | None:
        if self.file is not None and not self.is_cut:
            try:
                self.file.seek(0)  # flushes what Python still holds
            except OSError as error:
                self._cut(error)
        upload = QuarantinedFile(
            self.file or tempfile.SpooledTemporaryFile(),  # noqa: SIM115 - handed on
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
        upload.is_cut = self.is_cut
        return upload

    def _is_open(self) -> bool:
        """Whether the view that is asked takes files from everybody."""
        match = getattr(self.request, "resolver_match", None)
        return match is not None and getattr(match.func, "open_to_files", False)

    def _cut(self, error: OSError) -> None:
        if not self.is_cut:
            logger.error("upload not kept: %s", error)
        self.is_cut = True
