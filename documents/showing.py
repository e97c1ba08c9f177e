"""A stored file as the pages show it: one row for the `file_list` component."""

from __future__ import annotations

from typing import Any

from documents.enums import ScanState
from documents.models import Attachment
from documents.scanning import is_servable

INFECTED_NOTE = "查出病毒，任何人都不能打开；请移除后重新上传。"
PENDING_NOTE = "查毒完成后才能打开。"
PERSONAL_NOTE = "含个人信息：加密存放，查看留痕。"


def file_row(attachment: Attachment, *, url: str, **more: Any) -> dict[str, Any]:
    """Name, size, time, state and, where it may be opened, its address; `more` goes on top."""
    servable = is_servable(attachment)
    return {
        "name": attachment.original_name,
        "size": attachment.size,
        "uploaded_at": attachment.uploaded_at,
        "url": url if servable else "",
        "scan_state": attachment.status,
        "note": note_of(attachment, servable),
        **more,
    }


def note_of(attachment: Attachment, servable: bool) -> str:
    """What a reader must know of it besides its state."""
    if attachment.scan_state == ScanState.INFECTED:
        return INFECTED_NOTE
    if attachment.scan_note:
        return f"{attachment.scan_note}。" + ("" if servable else "不能打开，请联系管理员。")
    if not servable:
        return PENDING_NOTE
    return PERSONAL_NOTE if attachment.personal else ""
