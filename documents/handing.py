"""One answer for every address of a file, whatever room it belongs to.

The room's view has fetched the attachment through what the person may see. What remains is the
same everywhere: is it servable, does it show a person's papers, what is logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.reauthentication import recently_authenticated
from core.errors import DomainError
from documents.looking import look_at, take_original, take_own
from documents.models import Attachment
from documents.scanning import is_servable
from documents.serving import attachment_response, bytes_response

# `?copy=1` asks for the bytes of the watermarked copy that the page shows.
COPY = "copy"
PICTURES = ("image/jpeg", "image/png")
WITH_COPY = (*PICTURES, "application/pdf")


@dataclass(frozen=True, slots=True)
class Reader:
    """For what a person reads, on which pages, and what is theirs to take.

    `own`: of the unit that brought it, so the file as it is. `originals`: may have it as it is with
    a reason; the others see the watermarked copy alone.
    """

    purpose: str
    layout: str
    back: str
    own: bool = False
    originals: bool = False


def hand_out(request: HttpRequest, attachment: Attachment, reader: Reader) -> HttpResponseBase:
    """The file, or the page that says why not yet, or how a person's papers are looked at.

    GET and HEAD only, but for the POST with a reason by which an original is taken.
    """
    allowed = ["GET", "HEAD"] + (["POST"] if attachment.personal and reader.originals else [])
    if request.method not in allowed:
        return HttpResponseNotAllowed(allowed)
    if not is_servable(attachment):
        return _page(request, "documents/held.html", attachment, reader, status=409)
    if not attachment.personal:
        return attachment_response(attachment)
    if reader.own:
        take_own(attachment=attachment, purpose=reader.purpose, actor=request.user)
        return attachment_response(attachment)
    if request.method == "POST":
        return _original(request, attachment, reader)
    if COPY in request.GET:
        return _copy(request, attachment, reader)
    return _page(request, "documents/personal.html", attachment, reader)


def _copy(request: HttpRequest, attachment: Attachment, reader: Reader) -> HttpResponse:
    try:
        content, media_type = look_at(attachment=attachment, purpose=reader.purpose, actor=request.user)
    except DomainError as error:
        return _page(
            request, "documents/personal.html", attachment, reader, status=409, problem=error.message
        )
    return bytes_response(content, media_type, f"带水印-{attachment.original_name}")


@recently_authenticated(act="取得含个人信息的原件")
def _original(request: HttpRequest, attachment: Attachment, reader: Reader) -> HttpResponseBase:
    reason = request.POST.get("reason", "")
    try:
        take_original(attachment=attachment, purpose=reader.purpose, actor=request.user, reason=reason)
    except DomainError as error:
        return _page(
            request, "documents/personal.html", attachment, reader, status=422, reason_error=error.message
        )
    return attachment_response(attachment)


def _page(
    request: HttpRequest,
    template: str,
    attachment: Attachment,
    reader: Reader,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "attachment": attachment,
        "reader": reader,
        "is_picture": attachment.content_type in PICTURES,
        "has_copy": attachment.content_type in WITH_COPY,
        "purpose_text": f"用途：{reader.purpose}",
        "scanner": bool(settings.CLAMD_ADDRESS),
        "copy_url": f"{request.path}?{COPY}=1",
        **more,
    }
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer
