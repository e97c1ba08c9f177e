"""Run in a mount namespace of its own: uploads until a disk of two megabytes is full (F7)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import django

FOLDER = Path(os.environ["VAR_DIR"])
for name in ("media", "quarantine"):
    (FOLDER / name).mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", FOLDER / name], check=True)
django.setup()

# ruff: noqa: E402 - models are there only after the set-up
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from core.errors import DomainError
from core.tenancy import tenant_scope
from documents.intake import take_in
from documents.models import Attachment
from documents.sweeping import sweep
from documents.uploading import QuarantineUploadHandler
from jurisdictions.models import Jurisdiction
from tests.documents.corpus import pdf, upload

CONTENT = pdf(f"<</Length 600000>>\nstream\n{'0' * 600_000}\nendstream")


def refusal_of(sent: UploadedFile, actor: User, *, personal: bool = False) -> str:
    """What the uploader reads; empty when it was stored."""
    try:
        take_in(upload=sent, accepts=("pdf",), actor=actor, personal=personal)
    except DomainError as error:
        return error.message
    return ""


def cut_in_quarantine() -> UploadedFile:
    """Three megabytes sent to the quarantine of two."""
    handler = QuarantineUploadHandler()
    handler.new_file("file", "大.pdf", "application/pdf", 3_000_000)
    for place in range(3):
        handler.receive_data_chunk(b"0" * 1_000_000, place * 1_000_000)
    sent = handler.file_complete(3_000_000)
    assert sent is not None
    return sent


def main(slug: str, username: str) -> None:
    actor = User.objects.get(username=username)
    with tenant_scope(Jurisdiction.objects.get(slug=slug)) as scope:
        media = FOLDER / "media" / str(scope.tenant.pk)
        kinds = (False, False, False, True, False)
        told = [refusal_of(upload("大.pdf", CONTENT), actor, personal=personal) for personal in kinds]
        files = sorted(f"{media.name}/{path.name}" for path in media.iterdir())
        rows = sorted(Attachment.objects.values_list("file", flat=True))
        stray = media / "stray"
        stray.touch()
        os.utime(stray, (0, time.time() - 3 * 24 * 3600))
        swept = sweep()
        found = {
            "told": told,
            "files": files,
            "rows": rows,
            "removed": swept.removed,
            "missing": swept.missing,
        }
        found["quarantine"] = refusal_of(cut_in_quarantine(), actor)
    print(json.dumps(found))


main(*sys.argv[1:])
