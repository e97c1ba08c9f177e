"""Telling whoever uploaded a file that the scanner found something in it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from deadlines.messages import notify
from documents.models import Attachment
from documents.signals import attachment_infected


@receiver(attachment_infected)
def tell_uploader(sender: Any, *, attachment: Attachment, **_: Any) -> None:
    """In the transaction that records the verdict."""
    notify(
        recipients=[attachment.uploaded_by] if attachment.uploaded_by else [],
        title="上传的文件查出病毒",
        text=f"“{attachment.original_name}”查出病毒（{attachment.scan_note}），任何人都不能打开。"
        "请检查电脑，移除该文件后重新上传。",
    )
