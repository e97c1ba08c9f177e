"""The one writer of spreadsheets: rows in, an xlsx file out, row by row, and every cell is text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
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
