"""The one writer of spreadsheets: rows in, an xlsx file out; what somebody typed is always text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# What a sheet and a cell of the format hold.
SHEET_ROWS = 1_000_000
CELL_CHARACTERS = 32_000
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_sheet(
    *, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> IO[bytes]:
    """An open temporary file with the rows under a head; `columns` are (word, width in characters).

    Text stays text: what looks like a formula, a number or a date to a spreadsheet program is
    written as the words that it is. Memory holds one row at a time; more rows than a sheet takes
    go on in the next one.
    """
    book = Workbook(write_only=True)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % SHEET_ROWS == 0:
            sheet = _new_sheet(book, title, columns)
        sheet.append([_text(sheet, value) for value in row])
    if sheet is None:
        _new_sheet(book, title, columns)
    handle = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(handle)
    handle.seek(0)
    return handle


def _new_sheet(book: Workbook, title: str, columns: Sequence[tuple[str, int]]) -> Any:
    count = len(book.worksheets)
    sheet: Any = book.create_sheet(title if not count else f"{title} {count + 1}")
    sheet.freeze_panes = "A2"
    for place, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    head = [_text(sheet, word) for word, _ in columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    return sheet


def _text(sheet: Any, value: Any) -> Any:
    words = "" if value is None else ILLEGAL_CHARACTERS_RE.sub("", str(value))[:CELL_CHARACTERS]
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula, without its equals sign: written by code, never with what somebody typed in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook: widths in characters, and rows of texts, numbers and formulas."""

    title: str
    widths: Sequence[int]
    rows: Sequence[Sequence[Any]]
    # How many rows at the top are heads: bold, and held in place.
    heads: int = 1


def write_book(pages: Iterable[Page]) -> IO[bytes]:
    """An open temporary file with one sheet a page, for workbooks that go on computing.

    Numbers (`int`, `Decimal`) and `Formula` are live; everything else is text and stays text, as in
    `write_sheet`. The program that opens it computes the formulas.
    """
    book = Workbook(write_only=True)
    for page in pages:
        sheet: Any = book.create_sheet(page.title)
        sheet.freeze_panes = f"A{page.heads + 1}"
        for place, width in enumerate(page.widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        for number, row in enumerate(page.rows):
            cells = [_live(sheet, value) for value in row]
            for cell in cells if number < page.heads else ():
                cell.font = Font(bold=True)
            sheet.append(cells)
    book.calculation.fullCalcOnLoad = True
    handle = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(handle)
    handle.seek(0)
    return handle


def _live(sheet: Any, value: Any) -> Any:
    if isinstance(value, Formula):
        return WriteOnlyCell(sheet, value=f"={value.text}")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value=value)
    return _text(sheet, value)
