"""Issuing a paper: decided and hashed in the transaction, rendered to PDF after it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.template.loader import render_to_string

from core import clock, outbox, pdf
from core.models import LogEntry
from documents.enums import DocumentKind
from documents.models import OfficialDocument


@transaction.atomic
def issue(
    *,
    kind: DocumentKind,
    subject: models.Model,
    title: str,
    template: str,
    context: dict[str, Any],
    issued_on: date,
    actor: Any,
    number: str = "",
) -> OfficialDocument:
    """Issues an official paper about `subject` from a template under `templates/papers/`; logged.

    The template gets `context` and `document` (title, number, issued_on, verification_code).
    The PDF follows after commit; the hash is that of the text that was decided.
    """
    document = OfficialDocument(
        kind=kind, number=number, title=title, subject=subject, issued_on=issued_on, issued_by=actor
    )
    document.html = render_to_string(template, {**context, "document": document})
    document.sha256 = hashlib.sha256(document.html.encode()).hexdigest()
    document.save()
    LogEntry.record(
        document,
        action="documents.issue",
        label=f"印发{kind.label}",
        actor=actor,
        at=clock.now(),
        data={"number": number, "sha256": document.sha256},
    )
    outbox.emit("documents.render", document=document.pk)
    return document


@outbox.handles("documents.render")
def render_pdf(payload: dict[str, Any]) -> None:
    """Renders an issued paper; a second run finds it done."""
    document = OfficialDocument.objects.select_for_update().get(pk=payload["document"])
    if document.pdf:
        return
    document.pdf.save(f"{document.verification_code}.pdf", ContentFile(pdf.render(document.html)), save=False)
    document.save(update_fields=["pdf"])
