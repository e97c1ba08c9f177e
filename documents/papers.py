"""Issuing a paper: decided and hashed in the transaction, rendered to PDF after it."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.template.loader import render_to_string

from core import clock, outbox, pdf
from core.models import LogEntry
from documents.enums import DocumentKind
from documents.models import OfficialDocument

# Characters of size 2 (22 pt) on a line of 156 mm.
TITLE_WIDTH = 20
_TITLE_BREAK = re.compile(r"拟认定|认定|公布|撤销|关于[^的]{1,12}(?=的)")


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

    The template gets `context` (with `issuers`, the full names in order; `printed_by` where it is
    numbered), `title_lines` and `document` (title, number, issued_on, verification_code).
    The PDF follows after commit; the hash is that of the text that was decided.
    """
    document = OfficialDocument(
        kind=kind,
        number=number,
        title=title,
        subject=subject,
        issuers="、".join(context["issuers"]),
        issued_on=issued_on,
        issued_by=actor,
    )
    document.html = render_to_string(
        template, {"title_lines": title_lines(title), **context, "document": document}
    )
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


def title_lines(title: str) -> list[str]:
    """The title in lines of the width that GB/T 9704 leaves it, broken by meaning, the shorter one first."""
    if _width(title) <= TITLE_WIDTH:
        return [title]
    ends = [found.end() for found in _TITLE_BREAK.finditer(title)]
    fitting = [end for end in ends if max(_width(title[:end]), _width(title[end:])) <= TITLE_WIDTH]
    middle = len(title) // 2
    cut = min(fitting or [middle], key=lambda end: abs(end - middle))
    return [title[:cut], *title_lines(title[cut:])]


def _width(text: str) -> float:
    """Full-width characters; what is Latin takes half the room."""
    return sum(0.5 if char.isascii() else 1 for char in text)


@outbox.handles("documents.render")
def render_pdf(payload: dict[str, Any]) -> None:
    """Renders an issued paper; a second run finds it done."""
    document = OfficialDocument.objects.select_for_update().get(pk=payload["document"])
    if document.pdf:
        return
    document.pdf.save(f"{document.verification_code}.pdf", ContentFile(pdf.render(document.html)), save=False)
    document.save(update_fields=["pdf"])
