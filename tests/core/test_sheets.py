"""The writer of spreadsheets: every cell is the text that it was."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import load_workbook

from core import sheets


def read(handle: Any) -> list[list[Any]]:
    book = load_workbook(handle)
    return [[cell for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]


def test_no_cell_is_a_formula_a_number_or_a_date() -> None:
    """Planted bug: a cell whose type is left to openpyxl turns `=…` into a live formula."""
    nasty = [
        "=1+1", '=HYPERLINK("http://example.org","x")', "+1", "-1", "@SUM(A1)", "\t=1", 7, 1.5, True,
        "2026-01-01",
        "110105194912310021", "a\x00\x0bb", "𬭎", "", None,
    ]  # fmt: skip
    head, row = read(sheets.write_sheet(title="表", columns=[("列", 9)] * len(nasty), rows=[nasty]))
    assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
    assert [cell.value for cell in head] == ["列"] * len(nasty)
    expected = [str(value) if value is not None else None for value in nasty]
    expected[11] = "ab"
    assert [cell.value or "" for cell in row] == [value or "" for value in expected]


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 2)
    rows = read(sheets.write_sheet(title="表", columns=[("列", 9)], rows=[["一"], ["二"], ["三"]]))
    assert [row[0].value for row in rows] == ["列", "一", "二", "列", "三"]


def test_nothing_is_a_sheet_with_a_head() -> None:
    ((cell,),) = read(sheets.write_sheet(title="表", columns=[("列", 9)], rows=[]))
    assert cell.value == "列"
