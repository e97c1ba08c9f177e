"""Taking a file in: only what it says it is, not too large, under a name of our own."""

from __future__ import annotations

import hashlib
import io
import logging
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import DomainError
from core.tenancy import current_tenant
from documents import contents, quotas, scanning
from documents.inspection import Refused, inspect
from documents.models import Attachment
from documents.naming import clean_name, kind_of
from documents.quotas import Allowance

logger = logging.getLogger(__name__)

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DISK_TROUBLE = "服务器暂时无法保存文件，“{name}”没有上传；请稍后再试，仍不成功请联系管理员。"


@transaction.atomic
def take_in(
    *,
    upload: UploadedFile,
    accepts: tuple[str, ...],
    actor: Any,
    allowance: Allowance | None = None,
    personal: bool = False,
    limit: int | None = None,
) -> Attachment:
    """Checks an upload and stores it. `accepts` are extensions without dot, e.g. ("pdf", "jpg").

    A picture is stored as made anew from its pixels. `personal` content lies sealed. `limit` in bytes; left
    out, that of a plain upload. With a scanner it is pending, and handed to the scanner after commit. Not
    logged here: the verb that attaches it does. Raises `DomainError` in the uploader's words when it is
    empty, too large, of another kind, not what its name says, active, beyond the `allowance`, or when the
    disk does not take it.
    """
    name = clean_name(upload.name)
    kind = kind_of(name)
    check_outside(upload.size, name, kind, accepts, limit=limit, is_cut=getattr(upload, "is_cut", False))
    received = _sha256(upload)
    content = _inspected(upload, name, kind, received, actor)
    size = len(content.getbuffer()) if isinstance(content, io.BytesIO) else int(upload.size or 0)
    if allowance is not None:
        quotas.require_room(allowance=allowance, files=Attachment.objects.all(), size=size, name=name)
    stored = _sha256(content)
    attachment = Attachment(
        tenant=current_tenant(),
        original_name=name,
        content_type=MEDIA_TYPES[kind],
        size=size,
        sha256=stored,
        received_sha256=received if received != stored else "",
        personal=personal,
        holder_type=allowance.holder_type if allowance else "",
        holder_id=allowance.holder_id if allowance else None,
        scan_state=scanning.first_state(),
        uploaded_by=actor,
    )
    try:
        contents.store(attachment, content)
    except OSError as error:
        logger.exception("an upload of %d bytes could not be stored", size)
        raise DomainError(DISK_TROUBLE.format(name=name)) from error
    attachment.save()
    scanning.ask_for(attachment)
    return attachment


def check_outside(
    size: int | None,
    name: str,
    kind: str,
    accepts: tuple[str, ...],
    *,
    limit: int | None = None,
    is_cut: bool = False,
) -> None:
    """What can be said before the content is read. Raises `DomainError` in the uploader's words."""
    most = limit or settings.MAX_UPLOAD_BYTES
    if kind not in accepts or kind not in MEDIA_TYPES:
        raise DomainError(f"“{name}”的格式不支持；可上传：{'、'.join(accepts)}。")
    if is_cut:
        raise DomainError(DISK_TROUBLE.format(name=name))
    if not size:
        raise DomainError(f"“{name}”是空文件，请重新选择。")
    if size > most:
        raise DomainError(f"“{name}”有 {size / 1048576:.1f} MB，超过上限 {most // 1048576} MB。")


def _inspected(upload: UploadedFile, name: str, kind: str, received: str, actor: Any) -> IO[bytes]:
    """The content to store. The server's log learns of a refusal without the name: people stand there."""
    file: Any = upload
    try:
        remade = inspect(file, kind)
    except Refused as refusal:
        logger.warning(
            "upload refused: %s, %s of %d bytes, sha256 %s, user %s",
            refusal.code,
            kind,
            upload.size,
            received,
            getattr(actor, "pk", None),
        )
        raise DomainError(f"“{name}”{refusal.words}") from refusal
    return io.BytesIO(remade) if remade is not None else file


def _sha256(content: Any) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while chunk := content.read(1024 * 1024):
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()
