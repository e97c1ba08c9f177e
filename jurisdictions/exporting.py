"""Taking the log out of the house: a spreadsheet of entries, which is an act of its own in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired
from core.models import LogEntry
from core.sheets import write_sheet
from core.tenancy import current_tenant
from core.typed import said
from jurisdictions.enums import Right
from jurisdictions.logbook import role_names, state_name, subject_name
from jurisdictions.permissions import holds_somewhere

EXPORTED = "audit.export"
# Word, width, and where it stands.
_COLUMNS = (
    ("序号", 8, "links__position"), ("记录编号", 10, "id"), ("办理时间", 20, "at"),
    ("入库时间", 20, "recorded_at"), ("操作人", 12, "actor_name"), ("身份", 20, "role"),
    ("来源", 18, "origin"), ("会话", 18, "session"), ("请求", 18, "request"), ("动作", 20, "label"),
    ("动作代码", 26, "action"), ("对象", 14, "subject_type"), ("对象编号", 10, "subject_id"),
    ("原状态", 12, "source"), ("新状态", 12, "target"), ("理由", 40, "reason"), ("依据", 12, "clause"),
    ("附记", 40, "data"), ("变更前", 40, "before"), ("变更后", 40, "after"), ("哈希", 66, "links__hash"),
)  # fmt: skip
COLUMNS = tuple((word, width) for word, width, _ in _COLUMNS)
_FIELDS = tuple(name for _, _, name in _COLUMNS)


@transaction.atomic
def export_log(
    *, entries: QuerySet[LogEntry], narrowed_by: dict[str, Any], reason: str, actor: Any
) -> IO[bytes]:
    """The entries as an xlsx file, oldest first; the export itself is logged, with its reason and extent.

    `narrowed_by` says how the entries were chosen, in ids and words without a person's data. Refused to
    whoever does not audit here, without a reason, and beyond `AUDIT_EXPORT_ROWS`.
    """
    if not holds_somewhere(actor, Right.AUDIT):
        raise NotAllowed("您没有导出办理记录的权限。")
    if not said(reason):
        raise ReasonRequired("导出办理记录必须写明理由。", path="reason")
    most = settings.AUDIT_EXPORT_ROWS
    count = entries.order_by()[: most + 1].count()
    if count > most:
        raise DomainError(f"一次最多导出 {most} 条，请按日期或其他条件缩小范围。")
    title = f"{current_tenant().short_name}办理记录"
    handle = write_sheet(title=title, columns=COLUMNS, rows=_rows(entries))
    LogEntry.record(
        current_tenant(),
        action=EXPORTED,
        label="导出办理记录",
        actor=actor,
        at=clock.now(),
        reason=said(reason),
        data={"entries": count, "filter": narrowed_by},
    )
    return handle


def _rows(entries: QuerySet[LogEntry]) -> Iterator[list[Any]]:
    for row in entries.order_by("id").values(*_FIELDS).iterator(chunk_size=2000):
        kind = row["subject_type"]
        yield [_word(name, row[name], kind) for name in _FIELDS]


def _word(name: str, value: Any, kind: str) -> Any:
    if name in ("at", "recorded_at"):
        return f"{clock.local(value):%Y-%m-%d %H:%M:%S}"
    if name in ("data", "before", "after"):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    if name in ("source", "target"):
        return state_name(kind, value)
    if name == "role":
        return role_names(value)
    return subject_name(value) if name == "subject_type" else value
