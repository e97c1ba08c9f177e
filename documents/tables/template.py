"""The workbook that somebody fills in: a table's columns, what each may say, and one example row."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from documents.tables.table import MAX_ROWS, YES_NO, Table
from jurisdictions.engine.schema.form import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE_MARK = "示例："
_FORBIDDEN = re.compile(r"[\\/*?:\[\]]")
# The number of the national standard's own example (GB 11643): nobody's.
EXAMPLES = {
    "resident_id": "11010519491231002X",
    "phone": "13800000000",
    "date": "2024-05-06",
    "integer": "1",
    "boolean": "是",
}
WIDTHS = {"resident_id": 24, "phone": 18, "date": 14, "integer": 12, "boolean": 10}
KINDS = {
    "text": "文字",
    "choice": "从可填内容中选一项",
    "resident_id": "18位身份证号码",
    "phone": "11位手机号码或带区号的固定电话",
    "integer": "整数",
    "date": "日期，如 2024-05-06",
    "boolean": "是或否",
}


def sheet_title(table: Table) -> str:
    """The name of the sheet to fill in."""
    return _FORBIDDEN.sub("", table.label)[:31] or "表"


def example_row(table: Table) -> tuple[str, ...]:
    """One row that shows how each column is meant; a line that equals it is no row."""
    return tuple(_example(column) for column in table.columns)


def _example(column: Column) -> str:
    if column.type == "choice":
        return column.choices[0].label
    if column.type == "integer" and column.min is not None:
        return str(column.min)
    return EXAMPLES.get(column.type, f"{EXAMPLE_MARK}{column.label}")


def template_of(table: Table, *, version: str) -> bytes:
    """The xlsx: the sheet to fill in, with texts as texts and lists to choose from, and one that explains."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_title(table)
    book.properties.title = table.label
    book.properties.keywords = f"{table.path} {version}"
    options: Any = book.create_sheet("填写说明")
    _explain(options, table)
    sheet.append([f"{column.label}{'*' if column.required else ''}" for column in table.columns])
    sheet.append(list(example_row(table)))
    sheet.freeze_panes = "A2"
    last = MAX_ROWS + 2
    for place, column in enumerate(table.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(WIDTHS.get(column.type, 20), len(column.label) * 2 + 4)
        for number in range(1, last + 1):
            # Text from the start: a spreadsheet keeps 15 digits of a number, an identity number has 18.
            sheet.cell(number, place).number_format = "@"
        head = sheet.cell(1, place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
        sheet.cell(2, place).font = Font(italic=True, color="808080")
        _offer(sheet, options, column, place, last)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(sheet: Any, table: Table) -> None:
    sheet.append(["栏目", "必填", "怎样填", "可填内容"])
    for column in table.columns:
        keep = "本栏已设为“文本”格式，请勿改动，否则后几位会变成0" if column.type == "resident_id" else ""
        how = "；".join(part for part in (KINDS[column.type], keep, column.help) if part)
        need = "是" if column.required else "按情况" if column.required_when is not None else "否"
        sheet.append([column.label, need, how, "、".join(_words(column))])
    sheet.append([])
    sheet.append(["第2行是示例，可以改成实际内容，也可以留着：不改动的示例不会导入。"])
    sheet.append(["请勿合并单元格；隐藏的行、没有结果的公式不能导入。"])
    for letter, width in zip("ABCD", (26, 8, 60, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=cell.row <= len(table.columns) + 1, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _words(column: Column) -> list[str]:
    if column.type == "boolean":
        return [label for _, label in YES_NO]
    return [choice.label for choice in column.choices]


def _offer(sheet: Any, options: Any, column: Column, place: int, last: int) -> None:
    """A list to choose from; its words stand beside the explanations, for a list in a cell has 255 signs."""
    words = _words(column)
    if not words:
        return
    letter = get_column_letter(place + 6)
    options.cell(1, place + 6, column.label)
    for number, word in enumerate(words, start=2):
        options.cell(number, place + 6, word)
    options.column_dimensions[letter].hidden = True
    source = f"'{options.title}'!${letter}$2:${letter}${len(words) + 1}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column.label, "请从列表中选择"
    rule.add(f"{get_column_letter(place)}2:{get_column_letter(place)}{last}")
    sheet.add_data_validation(rule)
