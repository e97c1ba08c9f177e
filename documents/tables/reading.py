"""From lines of a spreadsheet to values under a table's columns: what is wrong is named by row and column.

What the rows mean, and which values a rule forbids, says whoever reads them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from core.errors import InputRefused
from documents.tables.grid import KEPT_DIGITS, Cell, Line, lines_of_text, lines_of_workbook, narrow
from documents.tables.table import YES_NO, Table
from documents.tables.template import EXAMPLE_MARK, EXAMPLES, example_row, sheet_title
from jurisdictions.engine.schema.form import Column

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


@dataclass(slots=True)
class Rows:
    """What stands under the columns: each row with the number that it had, what is wrong, and `notes` on what
    was passed over on purpose."""

    numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def lines_given(text: str, upload: UploadedFile | None, table: Table) -> tuple[list[Line], list[Fault]]:
    """The lines of the workbook, or where none came of the pasted text; or what is wrong with the whole."""
    try:
        if upload is not None:
            return lines_of_workbook(upload, sheet=sheet_title(table)), []
        return lines_of_text(text), []
    except InputRefused as refused:
        return [], [
            Fault(int(one.path.removeprefix("row.") or 0) if one.path else 0, "", one.message)
            for one in refused.problems
        ]


def rows_in(table: Table, lines: Sequence[Line]) -> Rows:
    """The lines as rows of the table, every error with them; the template's example is no row."""
    if not lines:
        words = "没有读到内容；请从表格软件中选中要填的行，复制后粘贴，或选择工作簿。"
        return Rows(faults=[Fault(0, "", words)])
    columns, body, faults = _columns(table, lines)
    found = Rows(faults=faults)
    if faults:
        return found
    example = example_row(table)
    for line in body:
        if _is_example(line, example):
            found.notes.append(f"第{line.number}行是模板的示例，没有导入。")
            continue
        row, wrong = _row(table, columns, line)
        found.faults += wrong
        found.numbers.append(line.number)
        found.rows.append(row)
    if not found.rows:
        found.faults = [Fault(0, "", "除表头和示例以外没有内容。")]
    return found


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
                    f"没有认出表头，而每行有 {widest} 栏，表中只有 {len(table.columns)} 栏（{names}）。"
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
                Fault(line.number, cell.text, f"表中没有“{cell.text}”这一栏，请删去或改名；有：{names}。")
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
                faults.append(Fault(line.number, "", f"第{place + 1}栏超出了表的栏数", cell.text[:40]))
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
