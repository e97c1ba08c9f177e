"""The unit's materials: bringing files, taking them out, reading them again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from applications.dossier.sections import MATERIALS
from applications.filing.drafting import add_material_file, declare_none, remove_material_file
from applications.filing.tracking import corrections_of
from applications.models import Application, MaterialFile
from applications.views.own import mine, with_draft
from core.errors import DomainError
from core.limits import READING, limited
from core.web import attempt, tenant_url
from documents.handing import Reader, hand_out
from documents.showing import file_row


@require_safe
@with_draft
def materials(request: HttpRequest, found: Application) -> HttpResponse:
    """Every material with what was brought, what it must hold, and what is still wanted."""
    return _page(request, found, {})


@require_POST
@limited("upload")
@with_draft
def add(request: HttpRequest, found: Application, material: str) -> HttpResponse:
    """Brings one or several files; each refusal stands beside its material, the good ones are kept."""
    errors = []
    brought = 0
    for upload in request.FILES.getlist("file"):
        try:
            add_material_file(application=found, name=material, upload=upload, actor=request.user)
            brought += 1
        except DomainError as error:
            errors += [problem.message for problem in error.problems]
    if not request.FILES.getlist("file"):
        errors.append("请先选择文件。")
    if brought:
        messages.success(request, f"已上传 {brought} 个文件。")
    if errors:
        return _page(request, found, {material: errors}, status=422)
    return redirect(f"{tenant_url('unit:materials', pk=found.pk)}#material-{material}")


@require_POST
@with_draft
def remove(request: HttpRequest, found: Application, file: int) -> HttpResponse:
    """Takes a file out."""
    row = get_object_or_404(MaterialFile.objects.filter(material__application=found), pk=file)
    name = row.material.name
    attempt(
        request, remove_material_file, done="文件已移除。", application=found, file=row, actor=request.user
    )
    return redirect(f"{tenant_url('unit:materials', pk=found.pk)}#material-{name}")


@require_POST
@with_draft
def declare(request: HttpRequest, found: Application, material: str) -> HttpResponse:
    """Declares that there is no such material, or takes that back."""
    attempt(
        request,
        declare_none,
        application=found,
        name=material,
        actor=request.user,
        declared=request.POST.get("declared") == "yes",
    )
    return redirect(f"{tenant_url('unit:materials', pk=found.pk)}#material-{material}")


@require_safe
@limited("export", methods=READING)
def download(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """One file of the unit's own application, in whatever state that is."""
    found = mine(request, pk)
    files = MaterialFile.objects.filter(material__application=found).select_related("attachment")
    reader = Reader(
        purpose=f"{found.round.title}填报",
        layout="layouts/unit.html",
        back=tenant_url("unit:application", pk=found.pk),
        own=True,
    )
    return hand_out(request, get_object_or_404(files, pk=file).attachment, reader)


def _page(
    request: HttpRequest, found: Application, errors: dict[str, list[str]], *, status: int = 200
) -> HttpResponse:
    rows = {row.name: row for row in found.materials.prefetch_related("files__attachment")}
    points = {item["path"]: item["text"] for item in corrections_of(found)}
    lines = [
        {
            "rule": rule,
            "row": rows.get(rule.name),
            "files": [
                file_row(
                    file.attachment,
                    url=tenant_url("unit:file", pk=found.pk, file=file.pk),
                    remove_url=tenant_url("unit:remove_file", pk=found.pk, file=file.pk),
                )
                for file in (rows[rule.name].files.all() if rule.name in rows else ())
            ],
            "errors": errors.get(rule.name, []),
            "correction": points.get(f"{MATERIALS}.{rule.name}", ""),
            "accept": ",".join(f".{kind}" for kind in rule.accepts),
            "kinds": "、".join(kind.upper() for kind in rule.accepts),
        }
        for rule in found.rules.materials
        if rule.brought_by == "unit"
    ]
    context = {
        "application": found,
        "lines": lines,
        "plain_limit": settings.MAX_UPLOAD_BYTES // 1048576,
        "part_limit": settings.MAX_PARTIAL_BYTES // 1048576,
        "others": [rule for rule in found.rules.materials if rule.brought_by != "unit"],
        "summary": [(f"material-{name}", text) for name, texts in errors.items() for text in texts],
    }
    return render(request, "applications/unit_materials.html", context, status=status)
