"""Rosters from a spreadsheet: all errors at once, nothing half, what Excel spoils undone or named."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from applications.dossier.sections import Table, section_named
from applications.filing.drafting import save_draft
from applications.filing.rosters import intake
from applications.models import Application
from core.errors import InputRefused
from core.models import LogEntry
from core.vault import SealedText
from documents.tables import grid
from documents.tables.template import example_row, sheet_title, template_of
from tests.applications.filing import browser_of, draft_of, submitter_of
from tests.sealed import plain
from tests.world import World

ONE, TWO, THREE = "11010819790609225X", "110108197906092217", "110108197906092225"
HEAD = ["姓名", "身份证号码", "职业资格/等级", "职务", "在工作站的身份", "专长、业绩成果及获奖情况"]
PLACE = "unit/applications/{}/sections/staff/rosters.members/{}/"


def row_of(name: str, number: Any, title: str = "技师", role: str = "") -> list[Any]:
    return [name, number, title, "班长", role or ROLE, "省级技术能手"]


ROLE = "成员"


def members(application: Application) -> Table:
    section = section_named(application.rules, "staff")
    assert section is not None
    return section.tables[0]


def pasted(*rows: list[Any]) -> str:
    return "\r\n".join("\t".join(str(cell) for cell in row) for row in rows)


def workbook(*rows: list[Any], change: Callable[[Any], None] = lambda sheet: None) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def read_text(application: Application, *rows: list[Any]) -> intake.Reading:
    return intake.read_rows(application, members(application), grid.lines_of_text(pasted(*rows)))


def read_book(application: Application, upload: SimpleUploadedFile) -> intake.Reading:
    table = members(application)
    return intake.read_rows(application, table, grid.lines_of_workbook(upload, sheet=sheet_title(table)))


# --- reading ------------------------------------------------------------------------------


def test_every_error_is_told_at_once_by_row_and_column_and_nothing_is_taken(world: World) -> None:
    application = draft_of(world)
    before = SealedText.objects.count()
    rows = [HEAD, row_of("王某", "1234"), row_of("", TWO), row_of("李某", ONE, "中级工"), row_of("赵某", ONE)]
    reading = read_text(application, *rows)
    assert [(fault.row, fault.column) for fault in reading.faults] == [
        (2, "身份证号码"),
        (3, "姓名"),
        (4, "职业资格/等级"),
        (5, "身份证号码"),
    ]
    reasons = [fault.reason for fault in reading.faults]
    assert "18位" in reasons[0]
    assert "高级技师" in reasons[2]
    assert "与第4行重复" in reasons[3]
    assert SealedText.objects.count() == before
    # Of a number of a person the error shows nothing; of anything else what stood there.
    assert [fault.found for fault in reading.faults] == ["", "", "中级工", ""]


@pytest.mark.parametrize("number", ["1.10108E+17", "1.10108197906092E+17", 110108197906092227, 1.1e17])
def test_a_number_that_excel_has_spoilt_is_explained(world: World, number: Any) -> None:
    application = draft_of(world)
    rows = [HEAD, row_of("王某", number)]
    read = read_book(application, workbook(*rows))
    assert [(fault.row, fault.column) for fault in read.faults] == [(2, "身份证号码")]
    assert "只保留前15位" in read.faults[0].reason
    assert "文本" in read.faults[0].reason


def test_full_width_blanks_dates_and_order_of_columns_are_undone(world: World) -> None:
    application = draft_of(world)
    head = [HEAD[1], f" {HEAD[0]}* ", *HEAD[2:]]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in ONE.lower())
    row = [f" {wide[:6]} {wide[6:]}\u200b", "王某　 ", " 技师 ", date(2024, 5, 6), ROLE, 12.0]
    reading = read_book(application, workbook(["技师名册"], head, row))
    assert reading.faults == ()
    ((number, read),) = reading.rows
    assert (number, read["name"], plain(read["resident_id"])) == (3, "王某", ONE)
    assert (read["post"], read["achievements"]) == ("2024-05-06", "12")
    assert read["title"] in [choice.value for choice in members(application).columns[2].choices]


def _merge(sheet: Any) -> None:
    sheet.merge_cells("C2:C3")


def _hide(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _formula(sheet: Any) -> None:
    sheet["A3"] = '="李"&"某"'


def _error(sheet: Any) -> None:
    sheet["D3"] = "#N/A"


@pytest.mark.parametrize(
    ("change", "words"),
    [(_merge, "C2:C3 是合并"), (_hide, "第 3 行是隐藏"), (_formula, "A3 是公式"), (_error, "#N/A")],
)
def test_what_a_workbook_hides_is_named(world: World, change: Callable[[Any], None], words: str) -> None:
    application = draft_of(world)
    book = workbook(HEAD, row_of("王某", ONE), row_of("李某", TWO), change=change)
    try:
        reasons = [fault.reason for fault in read_book(application, book).faults]
    except InputRefused as refused:
        reasons = [problem.message for problem in refused.problems]
    assert len(reasons) == 1
    assert words in reasons[0]


def test_files_that_are_no_workbook_or_would_burst_are_refused(world: World) -> None:
    many = workbook(*([["甲" * 30] * 40] * 390))
    wide = io.BytesIO()
    book = Workbook()
    for number in range(1, 5000):
        book.active.cell(number, 1).value = "x" * 1800 + str(number)
    book.save(wide)
    for name, content, words in (
        ("a.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("a.xlsx", b"PK\x03\x04 nothing", "不完整"),
        ("a.xlsx", wide.getvalue(), "内容过多"),
        ("a.xlsx", b"", "空文件"),
        ("a.xlsx", b"x" * (grid.MAX_FILE_BYTES + 1), "超过 2 MB"),
    ):
        with pytest.raises(InputRefused, match=words):
            grid.lines_of_workbook(SimpleUploadedFile(name, content), sheet="")
    assert len(grid.lines_of_workbook(many, sheet="")) == 390


def test_a_cell_far_away_costs_nothing() -> None:
    """Planted bug: the sheet is walked over, which makes every cell up to the farthest."""
    book = Workbook()
    book.active.append(["姓名", "身份证号码"])
    book.active.cell(1_048_576, 16_384).value = "x"
    out = io.BytesIO()
    book.save(out)
    tracemalloc.start()
    (line,) = grid.lines_of_workbook(SimpleUploadedFile("a.xlsx", out.getvalue()), sheet="")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert line.texts() == ("姓名", "身份证号码")
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("xl/worksheets/sheet1.dat", b"<worksheet", b"<!DOCTYPE worksheet><worksheet"),
        (
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
        (
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1&#58;XFD1048576"/></mergeCells>',
        ),
    ],
)
def test_a_workbook_that_would_grow_is_refused_before_it_is_read(name: str, old: bytes, new: bytes) -> None:
    """Planted bugs: only parts of a usual name are looked at; merged areas are not measured."""
    sheet = "xl/worksheets/sheet1.xml"
    source = zipfile.ZipFile(io.BytesIO(workbook(["姓名"]).read()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for part in source.infolist():
            content = source.read(part).replace(sheet.encode(), name.encode())
            is_sheet = part.filename == sheet
            made.writestr(
                name if is_sheet else part.filename, content.replace(old, new, 1) if is_sheet else content
            )
    with pytest.raises(InputRefused, match="不是工作簿的结构"):
        grid.lines_of_workbook(SimpleUploadedFile("a.xlsx", out.getvalue()), sheet="")


def test_columns_that_nobody_knows_and_missing_ones_are_named(world: World) -> None:
    application = draft_of(world)
    reading = read_text(application, ["姓名", "职务", "年龄"], ["王某", "班长", "40"])
    reasons = "".join(fault.reason for fault in reading.faults)
    assert "没有“年龄”这一栏" in reasons
    assert "表头缺少“身份证号码”" in reasons
    too_many = read_text(application, [*row_of("王某", ONE), "多", "余"])
    assert "没有认出表头" in too_many.faults[0].reason


def test_the_template_keeps_numbers_as_text_and_comes_back_without_its_example(world: World) -> None:
    application = draft_of(world)
    table = members(application)
    content = template_of(table, version="v")
    book = load_workbook(io.BytesIO(content))
    sheet = book[sheet_title(table)]
    assert [cell.value.rstrip("*") for cell in sheet[1]] == HEAD
    assert {sheet.cell(row, 2).number_format for row in range(1, 300)} == {"@"}
    assert tuple(cell.value for cell in sheet[2]) == example_row(table)
    lists = [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
    assert lists == ["C2:C302", "E2:E302"]
    empty = read_book(application, SimpleUploadedFile("a.xlsx", content))
    assert [fault.reason for fault in empty.faults] == ["除表头和示例以外没有内容。"]
    sheet.append(row_of("王某", ONE))
    for place, value in enumerate(row_of("王某", ONE), start=1):
        sheet.cell(3, place).value = value
    sheet.delete_rows(303, 5)
    out = io.BytesIO()
    book.save(out)
    reading = read_book(application, SimpleUploadedFile("a.xlsx", out.getvalue()))
    assert (reading.faults, [row["name"] for _, row in reading.rows]) == ((), ["王某"])
    assert "示例" in reading.notes[0]


# --- the pages ----------------------------------------------------------------------------


@pytest.fixture
def filled_roster(world: World) -> Application:
    application = draft_of(world)
    rows = [
        {"name": "王某", "resident_id": ONE, "title": "technician"},
        {"name": "旧人", "resident_id": THREE, "title": "technician"},
    ]
    actor = submitter_of(world)
    save_draft(application=application, actor=actor, revision=0, rosters={"members": rows})
    return application


@pytest.mark.parametrize(
    ("mode", "counts", "names"),
    [
        ("merge", {"更新": 1, "新增": 1}, ["王新名", "旧人", "李某"]),
        ("replace", {"更新": 1, "新增": 1, "删去": 1}, ["王新名", "李某"]),
    ],
)
def test_a_paste_is_previewed_and_taken_on_the_second_press(
    world: World, filled_roster: Application, mode: str, counts: dict[str, int], names: list[str]
) -> None:
    client, url = browser_of(submitter_of(world)), world.url(PLACE.format(filled_roster.pk, "import"))
    text = pasted(HEAD, row_of("王新名", ONE), row_of("李某", TWO))
    preview = client.post(url, {"rows": text, "mode": mode})
    assert preview.status_code == 200
    assert {word: count for word, _, _, count in preview.context["counts"]} == counts
    assert ONE not in preview.content.decode()
    filled_roster.refresh_from_db()
    assert [row["name"] for row in filled_roster.rosters["members"]] == ["王某", "旧人"]
    sent = {"mode": mode, "seen": preview.context["seen"], "reading": preview.context["reading"]}
    assert client.post(url, sent).status_code == 302
    filled_roster.refresh_from_db()
    stored = filled_roster.rosters["members"]
    assert [row["name"] for row in stored] == names
    assert {plain(row["resident_id"]) for row in stored} <= {ONE, TWO, THREE}
    assert len(filled_roster.persons) == len(names)
    entry = LogEntry.objects.get(action="applications.import_rows")
    gone = counts.get("删去", 0)
    assert entry.data == {"table": "rosters.members", "mode": mode, "added": 1, "changed": 1, "gone": gone}


def test_a_roster_that_changed_since_the_preview_is_compared_again(
    world: World, filled_roster: Application
) -> None:
    client, url = browser_of(submitter_of(world)), world.url(PLACE.format(filled_roster.pk, "import"))
    preview = client.post(url, {"rows": pasted(HEAD, row_of("李某", TWO)), "mode": "merge"})
    sent = {"mode": "merge", "seen": preview.context["seen"], "reading": preview.context["reading"]}
    save_draft(application=filled_roster, actor=submitter_of(world), revision=1, rosters={"members": []})
    again = client.post(url, sent)
    assert again.status_code == 409
    filled_roster.refresh_from_db()
    assert filled_roster.rosters["members"] == []
    assert client.post(url, {**sent, "seen": again.context["seen"]}).status_code == 302
    filled_roster.refresh_from_db()
    assert [row["name"] for row in filled_roster.rosters["members"]] == ["李某"]


def test_errors_keep_what_was_pasted_and_a_forged_preview_takes_nothing(
    world: World, filled_roster: Application
) -> None:
    client, url = browser_of(submitter_of(world)), world.url(PLACE.format(filled_roster.pk, "import"))
    text = pasted(HEAD, row_of("李某", "1234"))
    page = client.post(url, {"rows": text, "mode": "replace"})
    assert page.status_code == 422
    assert page.context["text"] == text
    forged = client.post(url, {"reading": "[[[2, {}]], []]:x:y", "seen": "", "mode": "replace"})
    assert forged.status_code == 302
    filled_roster.refresh_from_db()
    assert len(filled_roster.rosters["members"]) == 2


def test_the_template_is_handed_to_the_unit_s_own_people_alone(
    world: World, filled_roster: Application
) -> None:
    url = world.url(PLACE.format(filled_roster.pk, "template"))
    answer = browser_of(submitter_of(world)).get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert browser_of(world.people["officer"]).get(url).status_code in (403, 404)
