"""The only bytes that leave: as a download that no browser executes or keeps.

The room that owns the object has checked the right first; `documents.handing` has checked the rest.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from documents import contents
from documents.models import Attachment, OfficialDocument
from documents.naming import clean_name


def attachment_response(attachment: Attachment) -> HttpResponseBase:
    """The file as it was taken in. `ACCEL_LOCATION` leaves the sending of plain files to the web server."""
    if attachment.personal:
        return bytes_response(
            contents.content_of(attachment), attachment.content_type, attachment.original_name
        )
    name = clean_name(attachment.original_name)
    if settings.ACCEL_LOCATION:
        answer = HttpResponse(content_type=attachment.content_type)
        answer["Content-Disposition"] = content_disposition_header(True, name)
        answer["X-Accel-Redirect"] = f"{settings.ACCEL_LOCATION.rstrip('/')}/{quote(attachment.file.name)}"
        return _guarded(answer)
    return _guarded(
        FileResponse(
            attachment.file.open("rb"),
            as_attachment=True,
            filename=name,
            content_type=attachment.content_type,
        )
    )


def bytes_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Content that lies nowhere as it is sent: unsealed, or made for this look."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, clean_name(name))
    _guarded(answer)
    return answer


def paper_response(document: OfficialDocument) -> HttpResponseBase:
    """The rendered PDF of an official paper."""
    return _guarded(
        FileResponse(
            document.pdf.open("rb"),
            as_attachment=True,
            filename=clean_name(f"{document.title}.pdf"),
            content_type="application/pdf",
        )
    )


def _guarded(answer: HttpResponseBase) -> HttpResponseBase:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer
