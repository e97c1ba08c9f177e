"""From lines of a spreadsheet to rows of a roster: every error at once, and what taking them would change.

Numbers of persons go into the vault as they are read, so that a preview carries none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction

from applications.dossier.conflicts import Base, mark
from applications.dossier.forms import MAX_ROWS, YES_NO, as_text
from applications.dossier.persons import Number, numbers_in, seal_rosters
from applications.dossier.sections import Table, rows_of
from applications.filing.drafting import save_draft
from applications.filing.rosters.grid import KEPT_DIGITS, Cell, Line, narrow
from applications.filing.rosters.template import EXAMPLE_MARK, EXAMPLES, example_row
from core import clock
from core.errors import EditConflict, InputRefused, Problem
from core.models import LogEntry
from core.workflow import lock
from jurisdictions.engine import Profile, cell_error, check_rows
from jurisdictions.engine.schema.form import Column

# What is done with the rows that stand in the roster already.
MERGE, REPLACE = "merge", "replace"
ADDED, CHANGED, SAME, GONE = "added", "changed", "same", "gone"

_TRUE = {"是", "有", "真", "true", "yes", "y", "1", "√", "✓", "v"}
_FALSE = {"否", "无", "没有", "假", "false", "no", "n", "0", "×", "x"}
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_BARE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_DECORATION = re.compile(r"[*＊]|（必填）|\(必填\)|（选填）|\s")


@dataclass(frozen=True, slots=True)
class Fault:
    """One error: the row as the person sees it numbered, the column's label, the reason, and what stood there
    (nothing of a number of a person)."""

    row: int
    column: str
    reason: str
    found: str = ""


class Change(NamedTuple):
    """One row of the preview: what happens to it, and its cells as (column, what the page shows)."""

    kind: str
    number: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the rows, sealed, each with the number that it had, or every error that stands in the
    way; `notes` are what was passed over on purpose."""

    rows: tuple[tuple[int, dict[str, Any]], ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The roster as it would stand, and what happens to each row; `fault` where it cannot."""

    rows: tuple[dict[str, Any], ...]
    changes: tuple[Change, ...]
    fault: str = ""

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def read_rows(application: Any, table: Table, lines: Sequence[Line]) -> Reading:
    """Reads lines as rows of a roster: all of them, or every error and none of them."""
    with transaction.atomic():
        reading = _read(application.rules, table, lines)
        if reading.faults:
            # What is not taken leaves nothing in the vault.
            transaction.set_rollback(True)
    return reading


def _read(rules: Profile, table: Table, lines: Sequence[Line]) -> Reading:
    if not lines:
        words = "没有读到内容；请从表格软件中选中要填的行，复制后粘贴，或选择工作簿。"
        return Reading(faults=(Fault(0, "", words),))
    columns, body, faults = _columns(table, lines)
    if faults:
        return Reading(faults=tuple(faults))
    numbers, rows, notes = [], [], []
    example = example_row(table)
    for line in body:
        if _is_example(line, example):
            notes.append(f"第{line.number}行是模板的示例，没有导入。")
            continue
        row, wrong = _row(table, columns, line)
        faults += wrong
        numbers.append(line.number)
        rows.append(row)
    if not rows:
        return Reading(faults=(Fault(0, "", "除表头和示例以外没有内容。"),), notes=tuple(notes))
    kind, _, name = table.path.partition(".")
    if kind == "rosters":
        rows = seal_rosters(rules, {name: rows}, {}, clock.today())[name]
    faults += _faults_of_rules(rules, table, numbers, rows, faults)
    return Reading(
        tuple(zip(numbers, rows, strict=True)),
        tuple(sorted(faults, key=lambda one: one.row)),
        tuple(notes),
    )


@transaction.atomic
def import_rows(
    *, application: Any, actor: Any, table: Table, reading: Reading, mode: str, seen: str
) -> Outcome:
    """Puts the rows into the roster; logged with how many, not with whom.

    `seen` is the mark of the roster as it stood in the preview: raises `EditConflict` where it has changed
    since, `InputRefused` where it would hold too many rows, and what `save_draft` raises.
    """
    lock(application)
    if mark(rows_of(application, table)) != seen:
        raise EditConflict("名册在预览之后被修改过，下面是重新比对的结果，请核对后再导入。")
    outcome = outcome_of(application, table, reading, mode)
    if reading.faults or outcome.fault:
        raise InputRefused([Problem(outcome.fault or "导入的内容有错误，没有导入。")])
    kind, _, name = table.path.partition(".")
    numbers = {number.sealed.ref: number.sealed for number in _numbers(application.rules, name, reading)}
    save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        base=Base(numbers=numbers),
        **{kind: {name: list(outcome.rows)}},
    )
    counts = {kind: outcome.count(kind) for kind in (ADDED, CHANGED, GONE)}
    LogEntry.record(
        application,
        action="applications.import_rows",
        label="导入名册",
        actor=actor,
        at=clock.now(),
        data={"table": table.path, "mode": mode, **counts},
    )
    return outcome


def _numbers(rules: Profile, name: str, reading: Reading) -> Iterator[Number]:
    return numbers_in(rules, {name: [row for _, row in reading.rows]})


# --- which column is which --------------------------------------------------------------


def _columns(table: Table, lines: Sequence[Line]) -> tuple[list[Column | None], Sequence[Line], list[Fault]]:
    """The column of each place, by the head where there is one, else by order; and the lines below it."""
    known = {_bare(column.label): column for column in table.columns}
    for index, line in enumerate(lines[:5]):
        found = [known.get(_bare(cell.text)) for cell in line.cells]
        heads = [column for column in found if column is not None]
        if len(heads) >= min(2, len(table.columns)):
            return found, lines[index + 1 :], _head_faults(table, line, found)
    widest = max(len(_trimmed(line)) for line in lines)
    if widest > len(table.columns):
        names = "、".join(column.label for column in table.columns)
        return (
            [],
            (),
            [
                Fault(
                    lines[0].number,
                    "",
                    f"没有认出表头，而每行有 {widest} 栏，名册只有 {len(table.columns)} 栏（{names}）。"
                    "请连同表头一起复制，或使用下载的模板。",
                )
            ],
        )
    return list(table.columns), lines, []


def _head_faults(table: Table, line: Line, found: Sequence[Column | None]) -> list[Fault]:
    faults = []
    for cell, column in zip(line.cells, found, strict=True):
        if column is None and cell.text and not cell.text.startswith("序号"):
            names = "、".join(one.label for one in table.columns)
            faults.append(
                Fault(line.number, cell.text, f"名册没有“{cell.text}”这一栏，请删去或改名；有：{names}。")
            )
    heads = [column.name for column in found if column is not None]
    for column in table.columns:
        if column.required and column.name not in heads:
            faults.append(Fault(line.number, column.label, f"表头缺少“{column.label}”一栏，这一栏必填。"))
        if heads.count(column.name) > 1:
            faults.append(Fault(line.number, column.label, f"“{column.label}”一栏出现了多次，请只留一栏。"))
    return faults


def _bare(text: str) -> str:
    return _DECORATION.sub("", narrow(text).replace("(必填)", "")).lower()


def _trimmed(line: Line) -> tuple[Cell, ...]:
    cells = line.cells
    while cells and not (cells[-1].text or cells[-1].fault):
        cells = cells[:-1]
    return cells


def _is_example(line: Line, example: tuple[str, ...]) -> bool:
    return tuple(narrow(cell.text) for cell in _trimmed(line)) == tuple(map(narrow, example))


# --- one row ------------------------------------------------------------------------------


def _row(table: Table, columns: Sequence[Column | None], line: Line) -> tuple[dict[str, Any], list[Fault]]:
    row: dict[str, Any] = {column.name: "" for column in table.columns}
    faults = []
    cells = _trimmed(line)
    for place, cell in enumerate(cells):
        column = columns[place] if place < len(columns) else None
        if column is None:
            if (cell.text or cell.fault) and place >= len(columns):
                faults.append(Fault(line.number, "", f"第{place + 1}栏超出了名册的栏数", cell.text[:40]))
            continue
        value, reason = _value(column, cell)
        if reason:
            found = "" if column.is_personal else cell.text[:40]
            faults.append(Fault(line.number, column.label, reason, found))
        row[column.name] = value
    return row, faults


def _value(column: Column, cell: Cell) -> tuple[Any, str]:
    """The cell as the roster keeps it, and what is wrong with it."""
    if cell.fault:
        return "", cell.fault
    if cell.text.startswith(EXAMPLE_MARK) or cell.text == EXAMPLES["resident_id"]:
        return "", "还是模板的示例内容，请改成实际内容或删去这一行"
    if not cell.text:
        return "", ""
    text = cell.text if column.type == "text" else narrow(cell.text)
    match column.type:
        case "choice":
            return _choice(column, text)
        case "boolean":
            return _yes_no(column, text)
        case "integer":
            return _integer(text), ""
        case "date":
            return _day(text), ""
        case "resident_id" | "phone":
            return _number(column, cell, text)
        case _:
            return text, ""


def _choice(column: Column, text: str) -> tuple[str, str]:
    for choice in column.choices:
        if text in (choice.value, narrow(choice.label)):
            return choice.value, ""
    names = "、".join(choice.label for choice in column.choices)
    return "", f"“{column.label}”可填：{names}"


def _yes_no(column: Column, text: str) -> tuple[Any, str]:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE, ""
    return "", f"“{column.label}”可填：{'、'.join(label for _, label in YES_NO)}"


def _integer(text: str) -> Any:
    plain = text.replace(",", "")
    whole = plain.removesuffix(".0").removesuffix(".00")
    return int(whole) if re.fullmatch(r"-?\d{1,15}", whole) else text


def _day(text: str) -> str:
    found = _DAY.fullmatch(text) or _BARE_DAY.fullmatch(text)
    if found is None:
        return text
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def _number(column: Column, cell: Cell, text: str) -> tuple[str, str]:
    plain = re.sub(r"[\s-]", "", text) if column.type == "resident_id" else text
    spoilt = bool(_SCIENTIFIC.fullmatch(plain)) or (
        cell.number and len(plain.lstrip("-")) > KEPT_DIGITS and plain.isdecimal()
    )
    if spoilt:
        return "", (
            f"“{column.label}”被表格软件当成了数字，只保留前{KEPT_DIGITS}位，后面的已经变成0，不能还原；"
            "请把这一栏的格式设为“文本”后重新输入（下载的模板已经设好）"
        )
    return plain.upper() if column.type == "resident_id" else plain, ""


# --- what the rules say -------------------------------------------------------------------


def _faults_of_rules(
    rules: Profile,
    table: Table,
    numbers: Sequence[int],
    rows: Sequence[Mapping[str, Any]],
    said: Sequence[Fault],
) -> list[Fault]:
    """What is missing or wrong by the profile, in the lines themselves; a cell has one reason."""
    known = {(fault.row, fault.column) for fault in said}
    labels = {column.name: column.label for column in table.columns}
    faults = []
    kind, _, name = table.path.partition(".")
    if kind == "rosters":
        found = [
            (int(index), column, problem.message)
            for problem in check_rows(rules, rules.roster(name), rows, clock.today())
            for _, _, index, column in [problem.path.split(".")]
        ]
    else:
        found = [
            (index, column.name, message)
            for index, row in enumerate(rows)
            for column in table.columns
            if row[column.name] not in (None, "")
            and (message := cell_error(column, row[column.name], clock.today()))
        ]
    for index, column, message in found:
        if (numbers[index], labels[column]) not in known:
            words = re.sub(r"与第(\d+)行", lambda m: f"与第{numbers[int(m[1]) - 1]}行", message)
            shown = rows[index][column]
            text = "" if isinstance(shown, Mapping) else as_text(shown)[:40]
            faults.append(Fault(numbers[index], labels[column], words, text))
    return faults


# --- what it would change -----------------------------------------------------------------


def outcome_of(application: Any, table: Table, reading: Reading, mode: str) -> Outcome:
    """What taking the rows would change now. `mode` is `merge` (a person who is there already is brought up
    to date, others are added) or `replace` (what is not among the rows goes).
    """
    former = rows_of(application, table)
    key = _key_of(application.rules, table)
    places = {value: index for index, row in enumerate(former) if key and (value := mark(row.get(key, "")))}
    result: list[dict[str, Any]] = [] if mode == REPLACE else list(former)
    taken: set[int] = set()
    changes = []
    for number, row in reading.rows:
        place = _place_of(row, key, places, former)
        kind = ADDED if place is None else SAME if mark(former[place]) == mark(row) else CHANGED
        if place is not None:
            taken.add(place)
        if mode == MERGE and place is not None:
            result[place] = row
        else:
            result.append(row)
        changes.append(Change(kind, number, _shown(table, row)))
    if mode == REPLACE:
        changes += [
            Change(GONE, index + 1, _shown(table, row))
            for index, row in enumerate(former)
            if index not in taken
        ]
    fault = f"导入后共 {len(result)} 行，超过名册的上限 {MAX_ROWS} 行。" if len(result) > MAX_ROWS else ""
    return Outcome(tuple(result), tuple(changes), fault)


def _key_of(rules: Profile, table: Table) -> str:
    """The column by which a row is known again, where the roster has one."""
    kind, _, name = table.path.partition(".")
    return next(iter(rules.roster(name).unique), "") if kind == "rosters" else ""


def _place_of(
    row: Mapping[str, Any], key: str, places: Mapping[str, int], former: Sequence[Mapping[str, Any]]
) -> int | None:
    if key:
        return places.get(mark(row.get(key, "")))
    # Without one, a row is known again only when it is the same throughout.
    return next((index for index, one in enumerate(former) if mark(one) == mark(row)), None)


def _shown(table: Table, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    cells = []
    for column in table.columns:
        text = as_text(row.get(column.name))
        words = {choice.value: choice.label for choice in column.choices}
        words |= dict(YES_NO) if column.type == "boolean" else {}
        cells.append((column.label, words.get(text, text)))
    return tuple(cells)
