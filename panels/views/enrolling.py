"""Lists of experts, pasted or uploaded: every error at once, a preview, new passwords once."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.reauthentication import recently_authenticated
from core.errors import DomainError, EditConflict
from core.limits import READING, limited
from core.tenancy import current_tenant
from core.web import say_refusal, tenant_url
from documents.serving import bytes_response
from documents.tables.grid import MAX_FILE_BYTES
from documents.tables.reading import lines_given
from documents.tables.template import KINDS, XLSX, template_of
from jurisdictions.access import requires
from jurisdictions.enums import Right
from panels.enrolling import ADDED, CHANGED, MOST, SAME, TABLE, Plan, enrol, plan_of, read

# A preview is taken within an hour.
LASTS = 3600
# What happens to a row: word, tone, sign.
KIND_WORDS = {
    ADDED: ("新登记", "success", "plus"),
    CHANGED: ("更新", "warning", "pencil"),
    SAME: ("没有变化", "neutral", "minus"),
}


@limited("upload", methods=("POST",))
@never_cache
@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def experts_import(request: HttpRequest) -> HttpResponse:
    """Reads what was pasted or uploaded and shows every error, or what would change."""
    if request.method != "POST":
        return _page(request, "", None)
    text, upload = request.POST.get("rows", ""), request.FILES.get("file")
    lines, faults = lines_given(text, upload, TABLE)
    plan = Plan(faults=tuple(faults)) if faults else read(lines)
    return _page(request, text, plan) if plan.faults else _preview(request, plan)


@limited("upload")
@never_cache
@requires(Right.ADMINISTER)
@require_POST
@recently_authenticated(act="登记专家和开设账号")
def experts_enter(request: HttpRequest) -> HttpResponse:
    """Takes what was shown, and shows the passwords of the accounts that were opened, this once."""
    try:
        person, seen, kept = signing.loads(request.POST.get("reading", ""), salt=_salt(), max_age=LASTS)
    except signing.BadSignature:
        person = None
    if person != request.user.pk:
        say_refusal(request, DomainError("预览已失效，没有导入，请重新粘贴或选择文件。"))
        return redirect(tenant_url("settings:experts_import"))
    rows = [(number, row) for number, row in kept]
    try:
        entered = enrol(rows=rows, seen=seen, actor=request.user)
    except EditConflict as conflict:
        return _preview(request, plan_of(rows), notice=conflict.message)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("settings:experts_import"))
    context = {"entered": entered, "new": [one for one in entered if one.password]}
    return render(request, "panels/settings_experts_done.html", context)


@limited("export", methods=READING)
@require_GET
@requires(Right.ADMINISTER)
def experts_template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    return bytes_response(template_of(TABLE, version="1"), XLSX, f"{TABLE.label}模板.xlsx")


def _page(request: HttpRequest, text: str, plan: Plan | None) -> HttpResponse:
    context = {
        "text": text,
        "faults": plan.faults if plan else (),
        "uploaded": "file" in request.FILES,
        "columns": [(column, column.help or KINDS[column.type]) for column in TABLE.columns],
        "limits": f"一次不超过 {MOST} 名；工作簿不超过 {MAX_FILE_BYTES // 1048576} MB。",
    }
    return render(request, "panels/settings_experts.html", context, status=422 if plan else 200)


def _preview(request: HttpRequest, plan: Plan, *, notice: str = "") -> HttpResponse:
    rows = [(row.number, row.values) for row in plan.rows]
    context = {
        "counts": [(*words, plan.count(kind)) for kind, words in KIND_WORDS.items() if plan.count(kind)],
        "changes": [(*KIND_WORDS[row.kind], row, _cells(row.values)) for row in plan.rows],
        "new": sum(row.is_new_account for row in plan.rows),
        "columns": TABLE.columns,
        "notes": plan.notes,
        "notice": notice,
        "reading": signing.dumps([request.user.pk, plan.mark, rows], salt=_salt(), compress=True),
        "changed": plan.count(ADDED) + plan.count(CHANGED),
    }
    return render(request, "panels/settings_experts_preview.html", context, status=409 if notice else 200)


def _cells(values: Any) -> list[tuple[str, str]]:
    cells = []
    for column in TABLE.columns:
        words = {choice.value: choice.label for choice in column.choices} | {True: "是", False: "否"}
        value = values[column.name]
        cells.append((column.label, words.get(value, value)))
    return cells


def _salt() -> str:
    return f"panels.enrolling:{current_tenant().pk}"
