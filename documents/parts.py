"""Files that arrive in parts, so that a broken connection costs one part: begun, gone on with, put together.

Every part lies sealed in quarantine, whatever is in it, under the token of its upload. What is declared
counts as stored while it is under way; a day after the last part nobody goes on with it any more.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum

from core import clock
from core.errors import DomainError, StateConflict
from core.sealing import seal_bytes, unseal_bytes
from core.tenancy import current_tenant, on_commit
from documents import quotas
from documents.intake import DISK_TROUBLE, check_outside
from documents.models import Attachment, PartialUpload
from documents.naming import clean_name, kind_of
from documents.quotas import Allowance
from documents.uploading import QuarantinedFile


class NoSuchUpload(StateConflict):
    """Nothing of this token is under way here for this person: ended, swept, or never begun."""


PART_BYTES = 1024 * 1024
MOST_OPEN = 30


@transaction.atomic
def begin(
    *, place: str, name: str, size: int, accepts: tuple[str, ...], allowance: Allowance, actor: Any
) -> PartialUpload:
    """Opens an upload, or gives back the one that this person began for the same file and place.

    Raises `DomainError` for a wrong kind, for what is empty or too large, and where no room is left,
    counting what else is under way.
    """
    name = clean_name(name)
    check_outside(size, name, kind_of(name), accepts, limit=settings.MAX_PARTIAL_BYTES)
    unfinished = PartialUpload.objects.filter(finished_at__isnull=True)
    own = unfinished.filter(place=place, name=name, size=size, uploaded_by=actor)
    if (found := own.first()) is not None:
        return found
    under_way = unfinished.filter(holder_type=allowance.holder_type, holder_id=allowance.holder_id)
    # Locks the unit's row: no two begin with the last room.
    quotas.require_room(
        allowance=allowance,
        files=Attachment.objects.all(),
        size=size + (under_way.aggregate(bytes=Sum("size"))["bytes"] or 0),
        name=name,
    )
    if under_way.count() >= MOST_OPEN:
        raise DomainError(f"还有 {MOST_OPEN} 个文件没有传完，请先传完，或一天后再传。")
    return PartialUpload.objects.create(
        place=place,
        name=name,
        size=size,
        holder_type=allowance.holder_type,
        holder_id=allowance.holder_id,
        uploaded_by=actor,
    )


@transaction.atomic
def receive(*, token: str, place: str, offset: int, content: bytes, actor: Any) -> PartialUpload:
    """Keeps the next part; one that was received already (its answer was lost) changes nothing, the last one
    of a file that is stored by now included.

    Raises `NoSuchUpload` for one that is not under way, `StateConflict` for a part that is not the next one;
    `DomainError` when the disk does not take it.
    """
    upload = find(token=token, place=place, actor=actor, lock=True)
    if offset < upload.received:
        return upload
    if offset > upload.received or not content or len(content) > PART_BYTES:
        raise StateConflict("这一段不接在已收到的后面，请从断开处继续。")
    if upload.received + len(content) > upload.size:
        raise StateConflict("收到的比文件还长，文件可能已改动，请重新选择。")
    try:
        _write(upload, offset, seal_bytes(content, purpose=_purpose(upload, offset)))
    except OSError as error:
        raise DomainError(DISK_TROUBLE.format(name=upload.name)) from error
    upload.received += len(content)
    upload.touched_at = clock.now()
    upload.save(update_fields=["received", "touched_at"])
    return upload


def find(*, token: str, place: str, actor: Any, lock: bool = False) -> PartialUpload:
    """The upload of this person for this place. Raises `NoSuchUpload` when there is none."""
    rows = PartialUpload.objects.select_for_update() if lock else PartialUpload.objects.all()
    found: PartialUpload | None = rows.filter(token=token, place=place, uploaded_by=actor).first()
    if found is None:
        raise NoSuchUpload("这次上传已经结束或过期，请重新选择文件。")
    return found


def put_together(upload: PartialUpload) -> QuarantinedFile:
    """The whole file as `documents.intake.take_in` takes it, in a file without a name."""
    if upload.received != upload.size:
        raise StateConflict("文件还没有传完。")
    Path(settings.QUARANTINE_ROOT).mkdir(parents=True, exist_ok=True)
    whole = tempfile.TemporaryFile(dir=settings.QUARANTINE_ROOT)  # noqa: SIM115 - handed on
    for part in sorted(_folder(upload.token).iterdir(), key=lambda path: int(path.name)):
        whole.write(unseal_bytes(part.read_bytes(), purpose=_purpose(upload, int(part.name))))
    size = whole.tell()
    whole.seek(0)
    return QuarantinedFile(whole, upload.name, None, size)


def finish(upload: PartialUpload) -> None:
    """The file is stored: the parts go after commit, the row answers for a day whoever asks once more."""
    upload.finished_at = clock.now()
    upload.save(update_fields=["finished_at"])
    _clear(upload)


def drop(upload: PartialUpload) -> None:
    """Ends an upload: its row now, its parts after commit."""
    _clear(upload)
    upload.delete()


def _clear(upload: PartialUpload) -> None:
    folder = _folder(upload.token)
    on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def sweep_parts() -> int:
    """Ends the uploads of the tenant in scope that nobody has gone on with for a day, and removes parts
    that no row names; how many.
    """
    before = clock.now() - timedelta(hours=settings.SWEEP_AFTER_HOURS)
    done = 0
    with transaction.atomic():
        for upload in PartialUpload.objects.filter(touched_at__lt=before).select_for_update():
            drop(upload)
            done += 1
    known = set(PartialUpload.objects.values_list("token", flat=True))
    oldest = time.time() - settings.SWEEP_AFTER_HOURS * 3600
    root = _root()
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in known and folder.stat().st_mtime < oldest:
            # A part that a crash left behind is a file.
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink(missing_ok=True)
            done += 1
    return done


def _root() -> Path:
    return Path(settings.QUARANTINE_ROOT) / "parts" / str(current_tenant().pk)


def _folder(token: str) -> Path:
    return _root() / token


def _write(upload: PartialUpload, offset: int, content: bytes) -> None:
    """Whole or not at all: a part that a crash cut short is not among the parts."""
    folder = _folder(upload.token)
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(dir=folder.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(path).replace(folder / str(offset))
    except OSError:
        Path(path).unlink(missing_ok=True)
        raise


def _purpose(upload: models.Model, offset: int) -> str:
    return f"part:{upload.tenant_id}:{upload.token}:{offset}"  # type: ignore[attr-defined]
