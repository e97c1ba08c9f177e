"""Taking a file in: only what it says it is, not too large, under a name of our own."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import PurePath
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import DomainError
from core.tenancy import current_tenant
from documents.models import Attachment

# Extension → (media type, what the content must look like).
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf", (".pdf",)),
    "jpg": ("image/jpeg", (".jpg", ".jpeg", ".jfif")),
    "png": ("image/png", (".png",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ()),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ()),
}
ALIASES = {"jpeg": "jpg"}
# The part that every office file of this kind has in its zip directory.
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MAX_OFFICE_ENTRIES = 5_000
MAX_OFFICE_UNPACKED = 200 * 1024 * 1024


@transaction.atomic
def take_in(*, upload: UploadedFile, accepts: tuple[str, ...], actor: Any) -> Attachment:
    """Checks an upload and stores it. `accepts` are extensions without dot, e.g. ("pdf", "jpg").

    Raises `DomainError` in the uploader's words when it is empty, too large, of another
    kind, or not what its name says.
    """
    name = PurePath(upload.name or "").name[-255:].replace("\x00", "")
    kind = PurePath(name).suffix.lower().lstrip(".")
    kind = ALIASES.get(kind, kind)
    if kind not in accepts or kind not in KINDS:
        raise DomainError(f"“{name}”的格式不支持；可上传：{'、'.join(accepts)}。")
    if not upload.size:
        raise DomainError(f"“{name}”是空文件，请重新选择。")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise DomainError(
            f"“{name}”有 {upload.size / 1048576:.1f} MB，超过上限 {settings.MAX_UPLOAD_BYTES // 1048576} MB。"
        )
    if not _looks_like(upload, kind):
        raise DomainError(f"“{name}”的内容不是 {kind.upper()} 文件，请用原软件另存后再上传。")
    attachment = Attachment(
        original_name=name,
        content_type=KINDS[kind][0],
        size=upload.size,
        sha256=_sha256(upload),
        uploaded_by=actor,
        tenant=current_tenant(),
    )
    attachment.file.save(name, upload, save=False)
    attachment.save()
    return attachment


def _looks_like(upload: UploadedFile, kind: str) -> bool:
    upload.seek(0)
    try:
        if kind in OFFICE_PARTS:
            return _is_office(upload, OFFICE_PARTS[kind])
        head = upload.read(4096)
        found = puremagic.magic_string(head)
        return any(match.extension in KINDS[kind][1] for match in found)
    except (puremagic.PureError, ValueError, zipfile.BadZipFile):
        return False
    finally:
        upload.seek(0)


def _is_office(upload: UploadedFile, part: str) -> bool:
    """Reads the zip directory only: what it would unpack to is checked before anything opens it."""
    with zipfile.ZipFile(upload) as archive:
        entries = archive.infolist()
        return (
            len(entries) <= MAX_OFFICE_ENTRIES
            and sum(entry.file_size for entry in entries) <= MAX_OFFICE_UNPACKED
            and any(entry.filename == part for entry in entries)
        )


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
