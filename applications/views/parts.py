"""A file of a material in parts, asked for by the script of the materials page alone."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from applications.filing.drafting import add_material_file, part_allowance
from applications.models import Application
from applications.views.own import with_draft
from core.errors import DomainError, StateConflict
from core.limits import limited
from core.typed import whole_in
from core.web import tenant_url
from documents import parts


@require_POST
@limited("upload")
@with_draft
def begin(request: HttpRequest, found: Application, material: str) -> HttpResponse:
    """Opens an upload by name and size, or finds the one that was broken off: where and from which byte."""
    size = request.POST.get("size", "")
    try:
        accepts, allowance = part_allowance(application=found, name=material, actor=request.user)
        upload = parts.begin(
            place=_place(found, material),
            name=request.POST.get("name", ""),
            size=int(size) if size.isdecimal() and len(size) < 12 else 0,
            accepts=accepts,
            allowance=allowance,
            actor=request.user,
        )
    except DomainError as refused:
        return JsonResponse({"error": refused.message}, status=422)
    url = tenant_url("unit:part", pk=found.pk, material=material, token=upload.token)
    return JsonResponse({"url": url, "received": upload.received, "part": parts.PART_BYTES})


@require_http_methods(["GET", "HEAD", "POST"])
@limited("part")
@with_draft
def part(request: HttpRequest, found: Application, material: str, token: str) -> HttpResponse:
    """How much was received; takes the next part (the body, from `?offset=`), after the last the whole.

    404 where nothing of this token is under way; 415 for a form, whose body is read before it gets here.
    """
    place, offset = _place(found, material), request.GET.get("offset", "")
    try:
        known = parts.find(token=token, place=place, actor=request.user)
        if request.method != "POST":
            return JsonResponse({"received": known.received})
        if request.content_type != "application/octet-stream":
            return JsonResponse({"error": "文件的一段应原样上传。"}, status=415)
        upload = parts.receive(
            token=token,
            place=place,
            offset=whole_in(offset, otherwise=0),
            content=request.body,
            actor=request.user,
        )
    except DomainError as refused:
        return _refused(refused)
    if upload.received < upload.size:
        return JsonResponse({"received": upload.received})
    try:
        with transaction.atomic():
            # Whoever sent the last part twice, because its answer was lost, has one file of it.
            upload = parts.find(token=token, place=place, actor=request.user, lock=True)
            if upload.finished_at is None:
                add_material_file(
                    application=found,
                    name=material,
                    upload=parts.put_together(upload),
                    actor=request.user,
                    limit=settings.MAX_PARTIAL_BYTES,
                )
                parts.finish(upload)
                messages.success(request, f"“{upload.name}”已上传。")
    except DomainError as refused:
        if not isinstance(refused, StateConflict):
            parts.drop(upload)
        return _refused(refused)
    return JsonResponse({"received": upload.size, "done": True})


def _refused(refused: DomainError) -> JsonResponse:
    status = (
        404 if isinstance(refused, parts.NoSuchUpload) else 409 if isinstance(refused, StateConflict) else 422
    )
    return JsonResponse({"error": refused.message}, status=status)


def _place(found: Application, material: str) -> str:
    return f"applications.application/{found.pk}/{material}"
