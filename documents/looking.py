"""Looking at a person's papers: what each look leaves in the log, and what is shown for it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError, ReasonRequired
from core.models import LogEntry
from core.pdf import PdfUnavailable
from core.typed import said
from documents import contents, previews
from documents.models import Attachment

VIEWED, TAKEN = "documents.view_personal", "documents.take_personal"
MAX_PURPOSE = 40


@transaction.atomic
def look_at(*, attachment: Attachment, purpose: str, actor: Any) -> tuple[bytes, str]:
    """A copy with the viewer, the purpose and the time drawn across it, and its media type; logged.

    Raises `DomainError` for a kind that has no such copy, or where none can be made.
    """
    made = None
    try:
        made = previews.watermarked(
            contents.content_of(attachment), attachment.content_type, words_of(purpose, actor)
        )
    except PdfUnavailable as error:
        raise DomainError("服务器现在不能生成带水印的副本，请联系管理员。") from error
    if made is None:
        raise DomainError("这种格式没有带水印的副本。")
    _log(attachment, VIEWED, "查看含个人信息的材料", actor, purpose=purpose)
    return made


@transaction.atomic
def take_original(*, attachment: Attachment, purpose: str, actor: Any, reason: str) -> None:
    """Records, with its reason, that somebody takes a personal file as it is; logged.

    The file itself follows (`documents.serving`). Raises `ReasonRequired`.
    """
    if not said(reason):
        raise ReasonRequired("取得原件必须写明理由。", path="reason")
    _log(attachment, TAKEN, "取得含个人信息的原件", actor, purpose=purpose, reason=said(reason))


@transaction.atomic
def take_own(*, attachment: Attachment, purpose: str, actor: Any) -> None:
    """Records that somebody of the unit that brought a personal file reads it again; logged."""
    _log(attachment, TAKEN, "下载本单位含个人信息的材料", actor, purpose=purpose)


def words_of(purpose: str, actor: Any) -> str:
    """What stands across a copy: for what, who looked, when."""
    return f"仅供{purpose[:MAX_PURPOSE]} {actor} {clock.local(clock.now()):%Y-%m-%d %H:%M}"


def _log(
    attachment: Attachment, action: str, label: str, actor: Any, *, purpose: str, reason: str = ""
) -> None:
    LogEntry.record(
        attachment,
        action=action,
        label=label,
        actor=actor,
        at=clock.now(),
        reason=reason,
        data={"sha256": attachment.sha256, "purpose": purpose[:MAX_PURPOSE]},
    )
