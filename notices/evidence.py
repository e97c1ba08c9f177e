"""Files that come with an objection, or that its investigation brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from core.errors import DomainError, InputRefused, Problem
from documents.intake import take_in
from documents.models import Attachment
from documents.quotas import Allowance
from notices.models import InvestigationStep, Objection, ObjectionFile

ACCEPTS = ("pdf", "jpg", "png", "docx")


def add_files(
    *,
    objection: Objection,
    uploads: Sequence[UploadedFile],
    actor: Any,
    step: InvestigationStep | None = None,
) -> None:
    """Stores files that belong to an objection, sealed: they may show who raised it. Its notice is locked.

    Logged by the verb that calls. Refused with the file's name, under `files`.
    """
    lying = Attachment.objects.filter(objection_file__objection__notice=objection.notice_id)
    for upload in uploads:
        try:
            attachment = take_in(
                upload=upload,
                accepts=ACCEPTS,
                actor=actor,
                allowance=Allowance(holder=None, dossier=lying, whose="本公示的异议材料"),
                personal=True,
            )
        except DomainError as error:
            raise InputRefused([Problem(error.message, "files")]) from error
        ObjectionFile.objects.create(objection=objection, step=step, attachment=attachment)
