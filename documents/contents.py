"""The stored bytes: plain, or sealed where they show a person's papers."""

from __future__ import annotations

from typing import IO

from django.core.files.base import ContentFile, File
from django.db import transaction

from core.rotation import rotates
from core.sealing import first_key_id, key_id_of_bytes, seal_bytes, unseal_bytes
from core.tenancy import tenant_scope
from documents.models import Attachment
from jurisdictions.models import Jurisdiction

HEAD = 64


def store(attachment: Attachment, content: IO[bytes]) -> None:
    """Writes the content of a new row to the disk, sealed where it is personal; the row is not saved."""
    content.seek(0)
    if attachment.personal:
        sealed = seal_bytes(content.read(), purpose=_purpose(attachment))
        attachment.file.save("", ContentFile(sealed), save=False)
    else:
        attachment.file.save("", File(content, name=""), save=False)


def content_of(attachment: Attachment) -> bytes:
    """The content as it was taken in. Raises `SealBroken`, or `OSError` when the file is not there."""
    with attachment.file.storage.open(attachment.file.name, "rb") as file:
        stored: bytes = file.read()
    return unseal_bytes(stored, purpose=_purpose(attachment)) if attachment.personal else stored


@rotates("documents.Attachment")
def reseal_all() -> int:
    """Seals every personal file anew that is not under the first key, each in its own transaction;
    how many, in jurisdictions that are switched off too. The new file is whole on the disk before the
    row names it; the sweep takes the old one.
    """
    done = 0
    for place in Jurisdiction.objects.order_by("pk"):
        with tenant_scope(place):
            for pk in Attachment.objects.filter(personal=True).values_list("pk", flat=True):
                with transaction.atomic():
                    done += _reseal(Attachment.objects.select_for_update().get(pk=pk))
    return done


def _reseal(attachment: Attachment) -> bool:
    with attachment.file.storage.open(attachment.file.name, "rb") as file:
        if key_id_of_bytes(file.read(HEAD)) == first_key_id():
            return False
    sealed = seal_bytes(content_of(attachment), purpose=_purpose(attachment))
    attachment.file.save("", ContentFile(sealed), save=False)
    attachment.save(update_fields=["file"])
    return True


def _purpose(attachment: Attachment) -> str:
    """A sealed file moved under another row, or into another jurisdiction, does not open."""
    return f"attachment:{attachment.tenant_id}:{attachment.sha256}"
