"""Handing a stored file out. The room that owns its object checks the right first."""

from django.http import FileResponse

from documents.models import Attachment, OfficialDocument


def attachment_response(attachment: Attachment) -> FileResponse:
    """The file as a download that no browser executes or keeps."""
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.original_name,
        content_type=attachment.content_type,
    )
    return _guarded(response)


def paper_response(document: OfficialDocument) -> FileResponse:
    """The rendered PDF of an official paper."""
    response = FileResponse(
        document.pdf.open("rb"),
        as_attachment=True,
        filename=f"{document.title}.pdf",
        content_type="application/pdf",
    )
    return _guarded(response)


def _guarded(response: FileResponse) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
