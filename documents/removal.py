"""Taking a stored file away for good, where nothing that was handed in names it."""

from __future__ import annotations

from django.db import transaction

from documents.models import Attachment


def discard(*, attachment: Attachment) -> None:
    """Deletes the row now and the stored file after commit. Logged by the verb that detaches it."""
    stored = attachment.file
    attachment.delete()
    transaction.on_commit(lambda: stored.storage.delete(stored.name))
