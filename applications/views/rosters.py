"""A roster from a spreadsheet: the template, pasting or uploading, the preview, and taking it over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications.dossier.conflicts import mark
from applications.dossier.sections import Section, rows_of, section_named
from applications.filing.rosters import intake
from applications.models import Application
from applications.views.own import with_draft
from core.errors import DomainError, EditConflict
from core.limits import READING, limited
from core.web import say_refusal, tenant_url
from documents.serving import bytes_response
from documents.tables import grid
from documents.tables.reading import lines_given
from documents.tables.table import MAX_ROWS, Table
from documents.tables.template import KINDS, XLSX, sheet_title, template_of
from jurisdictions.versions import cited

MODES = (
    (intake.MERGE, "补充和更新", "名册中已有的人按新内容更新，其余的增加，没有列出的保留"),
    (intake.REPLACE, "全部替换", "名册改为只有这次的内容，没有列出的删去"),
)
KIND_WORDS = {
    intake.ADDED: ("新增", "success", "plus"),
    intake.CHANGED: ("更新", "progress", "pencil"),
    intake.SAME: ("不变", "neutral", "equal"),
    intake.GONE: ("删去", "warning", "trash"),
}


def _place(application: Application, chapter: str, path: str) -> tuple[Section, Table]:
    section = section_named(application.rules, chapter)
    table = next((one for one in section.tables if one.path == path), None) if section else None
    if section is None or table is None:
        raise Http404
    return section, table


@require_safe
@limited("export", methods=READING)
@with_draft
def template(request: HttpRequest, found: Application, chapter: str, table: str) -> HttpResponse:
    """The workbook to fill in."""
    _, roster = _place(found, chapter, table)
    content = template_of(roster, version=found.round.profile.version)
    return bytes_response(content, XLSX, f"{sheet_title(roster)}模板.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload")
@with_draft
def import_roster(request: HttpRequest, found: Application, chapter: str, table: str) -> HttpResponse:
    """Reads what was pasted or uploaded and shows every error, or what would change; takes it on the
    second press.
    """
    section, roster = _place(found, chapter, table)
    if request.method != "POST":
        return _page(request, found, section, roster)
    if "reading" in request.POST:
        return _take(request, found, section, roster)
    return _read(request, found, section, roster)


def _read(request: HttpRequest, found: Application, section: Section, roster: Table) -> HttpResponse:
    text, upload, mode = request.POST.get("rows", ""), request.FILES.get("file"), _mode(request)
    lines, faults = lines_given(text, upload, roster)
    reading = intake.Reading(faults=tuple(faults)) if faults else intake.read_rows(found, roster, lines)
    if reading.faults:
        return _page(request, found, section, roster, text=text, mode=mode, reading=reading)
    return _preview(request, found, section, roster, reading, mode)


def _take(request: HttpRequest, found: Application, section: Section, roster: Table) -> HttpResponse:
    mode = _mode(request)
    reading = _opened(found, roster, request.POST["reading"])
    if reading is None:
        messages.error(request, "预览已失效，没有导入，请重新粘贴或选择文件。")
        return redirect(_url(found, section, roster))
    try:
        outcome = intake.import_rows(
            application=found,
            actor=request.user,
            table=roster,
            reading=reading,
            mode=mode,
            seen=request.POST.get("seen", ""),
        )
    except EditConflict as conflict:
        found.refresh_from_db()
        return _preview(request, found, section, roster, reading, mode, notice=conflict.message)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(_url(found, section, roster))
    parts = [f"{KIND_WORDS[kind][0]} {outcome.count(kind)} 行" for kind in KIND_WORDS if outcome.count(kind)]
    messages.success(request, f"“{roster.label}”已导入：{'，'.join(parts)}。")
    here = tenant_url("unit:section", pk=found.pk, chapter=section.name)
    return redirect(f"{here}?checked=1#table-{roster.path}")


def _page(
    request: HttpRequest,
    found: Application,
    section: Section,
    roster: Table,
    *,
    text: str = "",
    mode: str = intake.MERGE,
    reading: intake.Reading | None = None,
) -> HttpResponse:
    context = {
        **_context(found, section, roster, mode),
        "text": text,
        "reading": reading,
        "uploaded": "file" in request.FILES,
        "columns": [(column, KINDS[column.type]) for column in roster.columns],
        "limits": f"一次不超过 {MAX_ROWS} 行；工作簿不超过 {grid.MAX_FILE_BYTES // 1048576} MB。",
    }
    status = 422 if reading is not None and reading.faults else 200
    return render(request, "applications/unit_roster_import.html", context, status=status)


def _preview(
    request: HttpRequest,
    found: Application,
    section: Section,
    roster: Table,
    reading: intake.Reading,
    mode: str,
    *,
    notice: str = "",
) -> HttpResponse:
    outcome = intake.outcome_of(found, roster, reading, mode)
    context = {
        **_context(found, section, roster, mode),
        "outcome": outcome,
        "counts": [(*KIND_WORDS[kind], outcome.count(kind)) for kind in KIND_WORDS if outcome.count(kind)],
        "changes": [(*KIND_WORDS[change.kind], change) for change in outcome.changes],
        "notes": reading.notes,
        "notice": notice,
        "reading": _sealed(found, roster, reading),
        "seen": mark(rows_of(found, roster)),
        "former": len(rows_of(found, roster)),
    }
    return render(request, "applications/unit_roster_preview.html", context, status=409 if notice else 200)


def _context(found: Application, section: Section, roster: Table, mode: str) -> dict[str, Any]:
    return {
        "application": found,
        "section": section,
        "table": roster,
        "mode": mode,
        "modes": MODES,
        "here": _url(found, section, roster),
        **cited(found.round.profile),
    }


def _url(found: Application, section: Section, roster: Table) -> str:
    return tenant_url("unit:import_roster", pk=found.pk, chapter=section.name, table=roster.path)


def _mode(request: HttpRequest) -> str:
    return intake.REPLACE if request.POST.get("mode") == intake.REPLACE else intake.MERGE


def _sealed(found: Application, roster: Table, reading: intake.Reading) -> str:
    """What was read, for the second press: signed for this roster, numbers of persons as references."""
    return signing.dumps([reading.rows, reading.notes], salt=_salt(found, roster), compress=True)


def _opened(found: Application, roster: Table, text: str) -> intake.Reading | None:
    try:
        rows, notes = signing.loads(text, salt=_salt(found, roster))
    except signing.BadSignature:
        return None
    return intake.Reading(rows=tuple((number, row) for number, row in rows), notes=tuple(notes))


def _salt(found: Application, roster: Table) -> str:
    return f"applications.roster:{found.tenant_id}:{found.pk}:{roster.path}"
