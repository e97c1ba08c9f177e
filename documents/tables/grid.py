"""Rows of cells out of pasted text or a workbook: what a spreadsheet does to a value is undone or named.

Nothing here knows what the cells mean; `documents.tables.reading` puts them under columns.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import InputRefused, Problem
from documents.inspection import Refused, inspect

# A table has some hundred rows: what is beyond is another file, or formats without content.
MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_UNPACKED_BYTES = 6 * 1024 * 1024
MAX_TEXT_CHARACTERS = 300_000
MAX_LINES = 400
MAX_MERGED = 20_000
MAX_COLUMNS = 60
# Digits that a spreadsheet keeps of a number; it makes zeros of those behind.
KEPT_DIGITS = 15

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
# What no part of a workbook has; the last two are how a document of two bytes a sign begins.
_NO_WORKBOOK = (b"<!DOCTYPE", b"<!ENTITY", b"<\0?\0x\0m\0l\0", b"\0<\0?\0x\0m\0l")
_MERGED = re.compile(rb"""mergeCell\b[^>]*?\bref\s*=\s*["']([^"'>]*)""")
_ERRORS = "单元格里是表格软件的错误值“{value}”，请改成实际内容"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as text; `fault`: what is wrong with it whatever it means, `number`: it was a number there."""

    text: str = ""
    fault: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row that holds something; `number` is the one that the person sees beside it."""

    number: int
    cells: tuple[Cell, ...]

    def texts(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.cells)


def tidy(text: str) -> str:
    """Without what nobody sees: blanks at the ends, characters without width, the mark of a text cell."""
    return str(text).translate(_INVISIBLE).replace("\xa0", " ").replace("\x00", "").strip().removeprefix("'")


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def lines_of_text(text: str) -> list[Line]:
    """The lines of a text as spreadsheets copy it: cells between tabs, quoted where they hold a line break.

    Raises `InputRefused` for what is too long.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        _refuse(f"粘贴的内容超过 {MAX_TEXT_CHARACTERS // 10_000} 万字，请分几次粘贴，或上传工作簿。")
    lines = [
        Line(number, tuple(Cell(tidy(value)) for value in row)) for number, row in enumerate(_split(text), 1)
    ]
    return _checked(lines)


def _split(text: str) -> Iterator[list[str]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A quote that opens and never closes would swallow the rest: then quotes are characters like others.
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=quoting, strict=True)
        try:
            yield from list(reader)
        except csv.Error:
            continue
        return
    yield from (line.split("\t") for line in text.split("\n"))


def lines_of_workbook(upload: UploadedFile, *, sheet: str) -> list[Line]:
    """The lines of a workbook's sheet of that name, else of its first visible one.

    Raises `InputRefused` for what is no workbook, what would burst, merged cells and hidden rows, all named.
    """
    name = tidy(upload.name or "") or "文件"
    if not name.lower().endswith(".xlsx"):
        also = "旧的 .xls 请用表格软件另存为 .xlsx。" if name.lower().endswith((".xls", ".et")) else ""
        _refuse(f"“{name}”不是 .xlsx 工作簿。{also}")
    if not upload.size:
        _refuse(f"“{name}”是空文件，请重新选择。")
    if upload.size > MAX_FILE_BYTES:
        _refuse(f"“{name}”超过 {MAX_FILE_BYTES // 1048576} MB，请只保留要导入的一张表后再上传。")
    file: Any = upload
    try:
        inspect(file, "xlsx")
    except Refused as refusal:
        _refuse(f"“{name}”{refusal.words}")
    _check_size(file, name)
    try:
        file.seek(0)
        typed = _sheet(load_workbook(file), sheet)
        file.seek(0)
        # A second reading has the results of formulas in place of their texts.
        results = _sheet(load_workbook(file, data_only=True), sheet)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, zipfile.BadZipFile, SyntaxError):
        _refuse(f"“{name}”打不开，请用表格软件打开检查、另存后再上传。")
    return _lines(typed, results)


def _check_size(file: Any, name: str) -> None:
    """Before a library that reads it whole: nothing large unpacked, no document type that could grow, no
    merged area that it would fill with cells. A sheet may lie under any name, so every part is looked at.
    """
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            _refuse(f"“{name}”内容过多，或有大量只设了格式的空白行；请把内容复制到下载的模板里再上传。")
        for part in parts:
            content = archive.read(part)
            if any(mark in content for mark in _NO_WORKBOOK) or _merged_cells(content) > MAX_MERGED:
                _refuse(f"“{name}”的结构不是工作簿的结构，请用表格软件另存后再上传。")


def _merged_cells(content: bytes) -> int:
    """How many cells lie in merged areas; more than any sheet has where an area is none that can be read."""
    number = 0
    for area in _MERGED.findall(content):
        try:
            left, top, right, bottom = range_boundaries(area.decode("ascii"))
            number += (right - left + 1) * (bottom - top + 1)
        except (ValueError, TypeError):
            return MAX_MERGED + 1
    return number


def _sheet(book: Any, title: str) -> Worksheet:
    sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
    if not sheets:
        _refuse("工作簿里没有可见的工作表。")
    return next((one for one in sheets if one.title == title), sheets[0])


def _lines(typed: Worksheet, results: Worksheet) -> list[Line]:
    lines: list[Line] = []
    last = 0
    for number, row in sorted(_rows_of(typed).items()):
        cells = tuple(
            _cell(row[column], _value_of(results, number, column)) if column in row else Cell()
            for column in range(1, max(row) + 1)
        )
        if any(cell.text or cell.fault for cell in cells):
            last = number
            lines.append(Line(number, cells))
            if len(lines) > MAX_LINES:
                break
    problems = [*_merged(typed, last), *_hidden(typed, {line.number for line in lines})]
    if problems:
        raise InputRefused(problems)
    return _checked(lines)


def _rows_of(sheet: Worksheet) -> dict[int, dict[int, Any]]:
    """The cells that stand in the file, by row and column. To walk over a sheet would make every cell up to
    the farthest one: a file of some kilobytes can have it a million rows away.
    """
    rows: dict[int, dict[int, Any]] = defaultdict(dict)
    for (number, column), cell in sheet._cells.items():
        if column <= MAX_COLUMNS:
            rows[number][column] = cell
    return rows


def _value_of(sheet: Worksheet, row: int, column: int) -> Any:
    found = sheet._cells.get((row, column))
    return None if found is None else found.value


def _merged(sheet: Worksheet, last: int) -> Iterable[Problem]:
    for area in sheet.merged_cells.ranges:
        # A title over the whole table is no cell of a row.
        if area.min_row <= last and area.min_row > 1:
            yield Problem(
                f"{area.coord} 是合并的单元格，其中只有第一格有内容；请取消合并，在每一行里填写。",
                f"row.{area.min_row}",
            )


def _hidden(sheet: Worksheet, filled: set[int]) -> Iterable[Problem]:
    hidden = [n for n, row in sheet.row_dimensions.items() if row.hidden and n in filled]
    if hidden:
        rows = "、".join(str(n) for n in sorted(hidden)[:20])
        yield Problem(
            f"第 {rows} 行是隐藏的（可能被筛选掉了）；请取消筛选和隐藏，或把不要的行删去，再上传。",
            f"row.{min(hidden)}",
        )


def _cell(cell: Any, result: Any) -> Cell:
    place = f"{get_column_letter(cell.column)}{cell.row}"
    if cell.data_type == "f":
        if result is None:
            how = "请复制后“粘贴为数值”，或用表格软件打开、保存后再上传"
            return Cell(fault=f"{place} 是公式，文件里没有它的结果；{how}")
        return _of_value(result)
    if cell.data_type == "e":
        return Cell(fault=_ERRORS.format(value=cell.value))
    return _of_value(cell.value)


def _of_value(value: Any) -> Cell:
    match value:
        case None:
            return Cell()
        case bool():
            return Cell("是" if value else "否")
        case datetime() | date():
            day = value.date() if isinstance(value, datetime) else value
            return Cell(day.isoformat())
        case time():
            return Cell(value.isoformat())
        case int():
            return Cell(str(value), number=True)
        case float():
            whole = value.is_integer() and abs(value) < 1e22
            return Cell(str(int(value)) if whole else format(value, ".15g"), number=True)
        case _:
            text = tidy(str(value))
            if text.startswith("#") and text.rstrip("!?/A").isupper() and text.endswith(("!", "?", "/A")):
                return Cell(fault=_ERRORS.format(value=text))
            return Cell(text)


def _checked(lines: list[Line]) -> list[Line]:
    filled = [line for line in lines if any(cell.text or cell.fault for cell in line.cells)]
    if len(filled) > MAX_LINES:
        _refuse(f"超过 {MAX_LINES} 行，请分几次导入。")
    return filled


def _refuse(words: str) -> Any:
    raise InputRefused([Problem(words)])
