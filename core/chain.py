"""Verifying the chain of the log, on a path of its own: other code than what wrote it, in another language.

PostgreSQL links the entries (migration `0006_chain`); here the rows are read back as they stand,
hashed again, and held against each other and against the sealed heads (`core.seals`). Reading is
all it does, so it runs under the audit role as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from core.seals import Head, heads_of, kept_lines, read_line
from core.tenancy import current_tenant

BATCH = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The columns of an entry in the order in which format 1 writes them, after format, link before and position.
_COLUMNS: Final = (
    "tenant_id", "id", "at", "recorded_at", "actor_id", "actor_name", "role", "origin", "session", "request",
    "subject_type", "subject_id", "action", "label", "source", "target", "reason", "clause",
    "data::text", "before::text", "after::text",
)  # fmt: skip
_CHAIN: Final = f"""
SELECT l.position, l.entry_id, l.version, l.previous, l.hash, e.id IS NOT NULL,
       {", ".join(f"e.{name}" for name in _COLUMNS)}
FROM core_loglink l LEFT JOIN core_logentry e ON e.id = l.entry_id AND e.tenant_id = l.tenant_id
WHERE l.tenant_id = %s AND l.position BETWEEN %s AND %s ORDER BY l.position
"""
_NEXT: Final = "SELECT min(position) FROM core_loglink WHERE tenant_id = %s AND position > %s"
_UNLINKED: Final = """
SELECT e.id FROM core_logentry e WHERE e.tenant_id = %s
AND NOT EXISTS (SELECT FROM core_loglink l WHERE l.tenant_id = e.tenant_id AND l.entry_id = e.id)
ORDER BY e.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: the place in the chain, the entry, what kind, in words."""

    kind: str
    text: str
    position: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What verifying one tenant's chain found."""

    entries: int
    heads: int
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class _Link:
    position: int
    entry: int
    version: int
    previous: str
    hash: str
    content: tuple[Any, ...] | None


def verify(*, lines: Iterable[str] | None = None) -> Outcome:
    """Verifies the chain of the tenant in scope from its first entry on; stops at the first fault.

    It is held against the heads in the database, and against `lines` of seals kept elsewhere (None: those
    of the house's own folder).
    """
    heads, broken_seal = _heads(list(kept_lines() if lines is None else lines))
    walked, fault = _walk(heads)
    return Outcome(walked, len(heads), fault or broken_seal or _unlinked())


# --- the chain ------------------------------------------------------------------


def _walk(heads: Sequence[Head]) -> tuple[int, Fault | None]:
    sealed: dict[int, list[Head]] = {}
    for head in heads:
        sealed.setdefault(head.position, []).append(head)
    expected, before = 1, ""
    for link in _links():
        fault = _fault_of(link, expected, before) or _broken_seal(sealed.get(link.position, ()), link)
        if fault is not None:
            return expected - 1, fault
        expected, before = expected + 1, link.hash
    return expected - 1, _doubled(expected - 1) or _cut_off(heads, expected - 1)


def _fault_of(link: _Link, expected: int, before: str) -> Fault | None:
    if link.position != expected:
        return _out_of_line(expected, link)
    if link.content is None:
        return Fault("deleted entry", f"记录 {link.entry} 已被删除", link.position, link.entry)
    if link.previous != before:
        return _wrong_link(link, before)
    found = recompute(link.version, link.previous, link.position, link.content)
    if found is None:
        return Fault("link edited", f"链环的格式 {link.version} 不存在", link.position, link.entry)
    if found != link.hash:
        return _wrong_hash(link, found)
    return None


def recompute(version: int, previous: str, position: int, content: Sequence[Any]) -> str | None:
    """The hash that a link with this content must have; None for a format that never was."""
    if version != 1:
        return None
    written = b"".join(_netstring(value) for value in ("stations.log.1", previous, position, *content))
    return sha256(written).hexdigest()


def _netstring(value: Any) -> bytes:
    if value is None:
        return b"-,"
    if isinstance(value, datetime):
        value = (value - _EPOCH) // _MICROSECOND
    text = (value if isinstance(value, str) else str(value)).encode()
    return b"%d:%b," % (len(text), text)


# --- what kind of fault ---------------------------------------------------------


def _out_of_line(expected: int, link: _Link) -> Fault:
    if link.position < expected:
        return Fault("reordered", f"序号 {link.position} 出现多次", link.position, link.entry)
    gone = _unlinked()
    which = f"，记录 {gone.entry} 失去链环" if gone else "，记录及其链环已被删除"
    return Fault("gap", f"缺少序号 {expected}{which}", expected, gone.entry if gone else None)


def _wrong_link(link: _Link, before: str) -> Fault:
    """The link names another one before it than stands there: was it moved, or written over?"""
    place = _one(
        "SELECT position FROM core_loglink WHERE tenant_id = %s AND previous = %s AND position <> %s LIMIT 1",
        [before, link.position],
    )
    if place is not None and before:
        return Fault("reordered", f"顺序被调换：此处应为现在序号 {place} 处的链环", link.position, link.entry)
    return Fault("link edited", "链环与前一条不相接", link.position, link.entry)


def _wrong_hash(link: _Link, found: str) -> Fault:
    """Entry and hash do not fit: the link after tells which of the two was touched."""
    following = _one(
        "SELECT previous FROM core_loglink WHERE tenant_id = %s AND position = %s", [link.position + 1]
    )
    if following == found:
        return Fault("link edited", "链环的哈希被修改", link.position, link.entry)
    for other in _entries():
        if other[1] != link.entry and link.hash == recompute(1, link.previous, link.position, other):
            return Fault("reordered", f"顺序被调换：此处应为记录 {other[1]}", link.position, link.entry)
    return Fault("edited entry", f"记录 {link.entry} 的内容被修改", link.position, link.entry)


def _unlinked() -> Fault | None:
    found = _one(_UNLINKED, [])
    if found is None:
        return None
    return Fault("inserted entry", f"记录 {found} 没有链环：绕过系统插入，或链环被删除", None, int(found))


def _broken_seal(heads: Iterable[Head], link: _Link) -> Fault | None:
    for head in heads:
        if head.hash != link.hash:
            return Fault(
                "rewritten",
                f"与 {head.day} 的封存不符：序号 {link.position} 及以前的记录被整体改写",
                link.position,
                link.entry,
            )
    return None


def _cut_off(heads: Iterable[Head], last: int) -> Fault | None:
    head = min((head for head in heads if head.position > last), key=lambda h: h.position, default=None)
    if head is None:
        return None
    text = f"尾部被截断：{head.day} 封存时有 {head.position} 条，现在只有 {last} 条"
    return Fault("truncated", text, last + 1)


def _doubled(last: int) -> Fault | None:
    """A position taken twice lies hidden between two batches of the walk."""
    count = _one("SELECT count(*) FROM core_loglink WHERE tenant_id = %s AND position <= %s", [last])
    if count == last:
        return None
    return Fault("reordered", f"有 {count} 个链环，序号却只到 {last}", last)


# --- the heads ------------------------------------------------------------------


def _heads(lines: Sequence[str]) -> tuple[list[Head], Fault | None]:
    """The heads whose seal holds, of the database and of the lines; and the first that is not as it was."""
    stored = list(heads_of())
    faults = [fault for head in stored if (fault := _seal_fault(head, "")) is not None]
    for before, head in zip(["", *(head.seal for head in stored)], stored, strict=False):
        if head.previous != before:
            faults.append(Fault("seal", f"{head.day} 之前的封存被删除或改动", head.position))
    known = {head.line for head in stored}
    kept = [read for line in lines if (read := read_line(line)) is not None]
    faults += [
        Fault("seal", f"封存文件中有无法识别的一行：{line[:40]}") for line in lines if not read_line(line)
    ]
    mine = [head for head in kept if head.slug == current_tenant().slug and head.line not in known]
    for lost in mine:
        missing = Fault("seal", f"{lost.day} 的封存在数据库中被删除或改动", lost.position)
        faults.append(_seal_fault(lost, "封存文件中 ") or missing)
    return [head for head in (*stored, *mine) if head.problem() is None], faults[0] if faults else None


def _seal_fault(head: Head, where: str) -> Fault | None:
    problem = head.problem()
    return None if problem is None else Fault("seal", f"{where}{head.day} 的封存{problem}", head.position)


# --- reading --------------------------------------------------------------------


def _links() -> Iterator[_Link]:
    """Every link by its position, a window at a time: no plan depends on how the table was last counted."""
    first = _one(_NEXT, [0])
    while first is not None:
        rows = _rows(_CHAIN, [first, first + BATCH - 1])
        for position, entry, version, previous, digest, there, *content in rows:
            yield _Link(position, entry, version, previous, digest, tuple(content) if there else None)
        first = _one(_NEXT, [rows[-1][0]])


def _entries() -> Iterator[tuple[Any, ...]]:
    last, columns = 0, ", ".join(_COLUMNS)
    query = f"SELECT {columns} FROM core_logentry WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT {BATCH}"
    while rows := _rows(query, [last]):
        yield from rows
        last = rows[-1][1]


def _one(query: str, parameters: Sequence[Any]) -> Any:
    rows = _rows(query, parameters)
    return rows[0][0] if rows else None


def _rows(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of the tenant in scope, whose number is the query's first parameter."""
    with connection.cursor() as cursor:
        cursor.execute(query, [current_tenant().pk, *parameters])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
