"""Two people at one chapter: what was saved meanwhile is kept beside what was typed, field by field.

A page carries its base: for every field a mark of what it showed. With it a save tells three
things apart: a field that only this person changed is saved, one that only another changed stays
as that one left it, and one that both changed, differently, is a collision that they decide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from applications.dossier.answers import REASON
from applications.dossier.forms import as_text, stored_data
from applications.dossier.persons import numbers_in
from applications.dossier.sections import Section, rows_of
from core.errors import EditConflict
from core.vault import Sealed, is_cell
from documents.tables.table import Table

Typed = dict[str, dict[str, Any]]
"""`facts`, `narratives` and `rosters` as `Application` stores them, as far as they were typed."""
# What a person may do with a field that both changed.
MINE, THEIRS, BOTH = "mine", "theirs", "both"


class Collision(EditConflict):
    """Both changed the same fields, differently; `paths` are theirs."""

    def __init__(self, message: str, paths: Sequence[str]) -> None:
        super().__init__(message)
        self.paths = tuple(paths)


@dataclass(frozen=True, slots=True)
class Base:
    """What a page was made from: a mark of each field, and the numbers of persons that it was given.

    A number stays known to the page although another person takes its row out meanwhile.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Sealed] = field(default_factory=dict)


def base_of(application: Any, section: Section) -> Base:
    """The base of a page that shows this chapter as it is stored now."""
    paths = [
        *(f"facts.{fact.name}" for fact in section.facts),
        *(f"narratives.{narrative.name}" for narrative in section.narratives),
        *(f"narratives.{REASON}{condition.key or condition.clause}" for condition in section.soft),
        *(table.path for table in section.tables),
    ]
    shown = {table.path for table in section.tables}
    numbers = {
        number.sealed.ref: number.sealed
        for number in numbers_in(application.rules, application.rosters)
        if f"rosters.{number.roster}" in shown
    }
    return Base({path: mark(stored_at(application, path)) for path in paths}, numbers)


def written(application: Any, base: Base) -> str:
    """The base as a page carries it: signed for this application, without a number of a person."""
    numbers = {ref: [str(sealed), sealed.problem] for ref, sealed in base.numbers.items()}
    return signing.dumps([dict(base.marks), numbers], salt=_salt(application), compress=True)


def read(application: Any, text: str) -> Base | None:
    """The base that a page of this application sent back; None for anything else."""
    try:
        marks, numbers = signing.loads(text, salt=_salt(application))
    except signing.BadSignature:
        return None
    return Base(marks, {ref: Sealed(mask, ref, problem) for ref, (mask, problem) in numbers.items()})


def _salt(application: Any) -> str:
    return f"applications.base:{application.tenant_id}:{application.pk}"


def stored_at(application: Any, path: str) -> Any:
    """What is stored under a path such as `facts.trade` or `rosters.members`."""
    kind, _, name = path.partition(".")
    return getattr(application, kind).get(name)


def mark(value: Any) -> str:
    """Equal for values that read alike: a digest that says nothing of its value to a reader of the page."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if is_cell(value):
        return [value["ref"], str(value["mask"])]
    if isinstance(value, Mapping):
        # A blank cell and one that is not there are the same.
        return {name: _plain(cell) for name, cell in value.items() if cell not in (None, "")}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return as_text(value).strip().replace("\r\n", "\n")


def reconcile(application: Any, actor: Any, typed: Typed, base: Base | None) -> tuple[Typed, tuple[str, ...]]:
    """Of what was typed on an older base: what is to be saved, and the paths that others had changed and
    that stay theirs. Raises `Collision` where both changed a field, or where nobody knows the base.
    """
    kept: Typed = {kind: {} for kind in typed}
    others, collisions = [], []
    for kind, values in typed.items():
        for name, value in values.items():
            path = f"{kind}.{name}"
            there, mine = mark(stored_at(application, path)), mark(value)
            was = base.marks.get(path) if base else None
            if mine == there or was == there:
                kept[kind][name] = value
            elif was == mine:
                others.append(path)
            else:
                collisions.append(path)
    if collisions:
        raise Collision(_words(application, actor, collisions), collisions)
    return kept, tuple(others)


def _words(application: Any, actor: Any, paths: Iterable[str]) -> str:
    where = "、".join(label_of(application, path) for path in paths)
    if application.saved_by == actor:
        return f"您已在另一个页面保存过“{where}”，这一页的内容尚未保存。请核对后再保存。"
    who = str(application.saved_by or "他人")
    return f"{who}在您打开本页之后也改了“{where}”，您的内容尚未保存。请核对后再保存。"


def label_of(application: Any, path: str) -> str:
    """What a field is called."""
    rules, (kind, _, name) = application.rules, path.partition(".")
    if name.startswith(REASON):
        key = name.removeprefix(REASON)
        return next((f"“{c.label}”的理由" for c in rules.conditions if (c.key or c.clause) == key), "理由")
    parts = {"facts": rules.facts, "narratives": rules.narratives, "rosters": rules.rosters}[kind]
    return next((part.label for part in parts if part.name == name), name)


# --- both versions, for the page that asks --------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that both changed, each version in words; of a table the rows, under `columns`."""

    path: str
    label: str
    theirs: str = ""
    mine: str = ""
    columns: tuple[str, ...] = ()
    their_rows: tuple[tuple[str, ...], ...] = ()

    @property
    def stored_path(self) -> str:
        """Where it is stored (see `shown_path`)."""
        return _stored_path(self.path)


def differences(application: Any, section: Section, typed: Mapping[str, Any]) -> list[Difference]:
    """The fields of a chapter in which the stored text is another than the typed one."""
    stored = stored_data(application, section)
    labels: dict[str, Any] = {f"facts.{fact.name}": fact for fact in section.facts}
    labels |= {f"narratives.{narrative.name}": narrative for narrative in section.narratives}
    labels |= {f"reasons.{c.key or c.clause}": c for c in section.soft}
    found = []
    for path, part in labels.items():
        mine = str(typed.get(path, "")).strip().replace("\r\n", "\n")
        if path in typed and stored.get(path, "") != mine:
            found.append(Difference(path, part.label, _shown(part, stored.get(path, "")), _shown(part, mine)))
    for table in section.tables:
        rows = rows_of(application, table)
        sent = {
            name: str(value).strip() for name, value in typed.items() if name.startswith(f"{table.path}-")
        }
        cells = {
            f"{table.path}-{index}-{column.name}": as_text(row.get(column.name))
            for index, row in enumerate(rows)
            for column in table.columns
        }
        # A row more, or one that was marked to go, is a difference too.
        names = {column.name for column in table.columns}
        more = any(
            value and name not in cells
            for name, value in sent.items()
            if name.rpartition("-")[2] in names | {"DELETE"}
        )
        if f"{table.path}-TOTAL_FORMS" in sent and (
            more or any(sent.get(name, "") != text for name, text in cells.items())
        ):
            found.append(_of_table(table, rows))
    return found


def merged(
    application: Any, section: Section, typed: Mapping[str, Any], base: Base | None, collided: Sequence[str]
) -> tuple[dict[str, Any], list[Difference]]:
    """The inputs for a page that asks: what was typed, but what others alone changed as they left it; and
    the differences to decide on.
    """
    stored = stored_data(application, section)
    paths = {shown_path(path) for path in collided}
    data = {name: value for name, value in typed.items() if name not in ("version", "base")}
    asked = []
    for one in differences(application, section, typed):
        if one.path in paths:
            asked.append(one)
        elif base and base.marks.get(one.stored_path) != mark(stored_at(application, one.stored_path)):
            data = {name: value for name, value in data.items() if not _belongs(name, one.path)}
            data |= {name: value for name, value in stored.items() if _belongs(name, one.path)}
    return data, asked


def _belongs(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}-")


def shown_path(path: str) -> str:
    """The name of the input for a stored path: the reasons that a unit gives lie among the narratives."""
    head = f"narratives.{REASON}"
    return f"reasons.{path.removeprefix(head)}" if path.startswith(head) else path


def _stored_path(path: str) -> str:
    kind, _, name = path.partition(".")
    return f"narratives.{REASON}{name}" if kind == "reasons" else path


def _of_table(table: Table, rows: list[dict[str, Any]]) -> Difference:
    return Difference(
        table.path,
        table.label,
        columns=tuple(column.label for column in table.columns),
        their_rows=tuple(
            tuple(_shown(column, as_text(row.get(column.name)), "") for column in table.columns)
            for row in rows
        ),
    )


def choose(application: Any, typed: Typed, chosen: Mapping[str, str]) -> Typed:
    """What was typed, as far as the person decided for it: `chosen` is `mine`, `theirs` or `both` by path.

    `both` puts the other one's rows behind the own ones, each once.
    """
    kept: Typed = {kind: dict(values) for kind, values in typed.items()}
    for path, choice in chosen.items():
        kind, _, name = _stored_path(path).partition(".")
        if name not in kept.get(kind, {}):
            continue
        if choice == THEIRS:
            del kept[kind][name]
        elif choice == BOTH and isinstance(kept[kind][name], list):
            mine = kept[kind][name]
            marks = {mark(row) for row in mine}
            theirs = stored_at(application, f"{kind}.{name}") or []
            kept[kind][name] = [*mine, *(row for row in theirs if mark(row) not in marks)]
    return kept


def _shown(part: Any, text: str, nothing: str = "（空）") -> str:
    """A stored text as the person reads it: the label of a choice, 是 and 否."""
    choices = {choice.value: choice.label for choice in getattr(part, "choices", ())}
    choices |= {"true": "是", "false": "否"} if getattr(part, "type", "") == "boolean" else {}
    return choices.get(text, text) or nothing
