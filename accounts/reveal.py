"""The one way to see a personal number in plain: with a reason, and never without a trace."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem
from core.masking import redact
from core.models import LogEntry
from core.sealing import SealBroken
from core.typed import said
from core.vault import Sealed, open_texts

logger = logging.getLogger(__name__)
ACTION = "personal_data.reveal"


class Reason(models.TextChoices):
    """Why somebody looks at a number; a look for another reason says it in words."""

    REVIEW = "review", "核对证件和材料"
    CONTACT = "contact", "联系当事人"
    PAYMENT = "payment", "办理资金拨付"
    OBJECTION = "objection", "核查异议"
    OWN_ENTRY = "own_entry", "核对本单位填报"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True)
class Plain:
    """One number in plain, with what it is. Its `repr` stays out of logs by having none of it."""

    label: str
    text: str

    def __repr__(self) -> str:
        return f"Plain({self.label})"


@transaction.atomic
def reveal(
    *,
    subject: Any,
    field: str,
    actor: Any,
    reason: str,
    allowed: Callable[[Any, Any], bool],
    note: str = "",
) -> list[Plain]:
    """The numbers that stand in one field of an object; appends one row to the log, without them.

    `subject.sealed_at(field)` names them with their labels, so that nothing can be asked for that
    does not belong to the object; `allowed(actor, subject)` is the room's predicate. `reason` is one
    of `Reason`, "other" with a note. Raises `NotAllowed`, `InputRefused`, or `DomainError` for a
    field without numbers and for a number that does not open.
    """
    if not allowed(actor, subject):
        raise NotAllowed("您没有查看完整内容的权限。")
    words = _words(reason, note)
    found: list[tuple[str, Sealed]] = [(label, one) for label, one in subject.sealed_at(field) if one]
    if not found:
        raise DomainError("没有可以查看的内容，可能已被修改，请刷新页面。")
    try:
        texts = open_texts([one for _, one in found])
    except SealBroken:
        logger.exception("sealed text of %s %s does not open", subject._meta.label_lower, subject.pk)
        raise DomainError("内容无法解密，请联系系统管理员。") from None
    LogEntry.record(
        subject,
        action=ACTION,
        label="查看完整号码",
        actor=actor,
        at=clock.now(),
        reason=words,
        data={"field": "cell" if field.startswith("ref:") else field, "count": len(found)},
    )
    return [Plain(label, text) for (label, _), text in zip(found, texts, strict=True)]


def _words(reason: str, note: str) -> str:
    if reason not in Reason.values:
        raise InputRefused([Problem("请选择查看的理由。", "reason")])
    # The reason is read by auditors: it must not become the place where the number ends up.
    words = redact(said(note))
    if reason == Reason.OTHER and not words:
        raise InputRefused([Problem("请写明查看的理由。", "note")])
    label = str(Reason(reason).label)
    return f"{label}：{words}" if words else label
