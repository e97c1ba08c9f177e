"""An application on paper: a draft under its watermark, or a version that was handed in under its digest.

What carries a digest is made from the stored version, never from what stands in the form now, so that
paper and data can be matched (`version_of_digest`).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from applications.dossier.reading import chapters_of, explanations_of
from applications.dossier.records import materials_of
from core import clock, pdf
from documents.qr import drawing_of

# As many digits of a digest stand on the paper for a person to type: 64 bits.
SHORT_DIGITS = 16
# What the fonts do not have is printed so.
MISSING = "〓"


@dataclass(frozen=True, slots=True)
class Paper:
    """One material on the paper: what it is called, its files, whether it was declared not to exist."""

    label: str
    files: tuple[dict[str, Any], ...]
    declared_none: bool


def short(digest: str) -> str:
    """The digest as a person copies it: `3F2A-91BC-…`, four groups of four."""
    head = digest[:SHORT_DIGITS].upper()
    return "-".join(head[place : place + 4] for place in range(0, SHORT_DIGITS, 4))


def typed_digest(text: str) -> str:
    """The digits out of what was typed or scanned; empty when they are too few to name a version."""
    digits = re.sub(r"[\s\-—－_]", "", text).lower()
    return digits if re.fullmatch(rf"[0-9a-f]{{{SHORT_DIGITS},64}}", digits) else ""


def draft_pdf(application: Any) -> bytes:
    """What stands in the form now, marked on every page as not handed in."""
    rows = {row.name: row for row in materials_of(application)}
    papers = [
        Paper(
            rule.label,
            tuple(
                {"name": file.attachment.original_name, "size": file.attachment.size}
                for file in (rows[rule.name].files.all() if rule.name in rows else ())
            ),
            rule.name in rows and rows[rule.name].declared_none,
        )
        for rule in application.rules.materials
        if rule.brought_by == "unit"
    ]
    return _render(application, application, papers, {"unit_name": application.unit.name})


def version_pdf(version: Any) -> bytes:
    """A version that was handed in, with its number, digest and QR code on every page."""
    application, content = version.application, version.content
    said = type(application)(
        round=application.round,
        unit=application.unit,
        facts=content["facts"],
        narratives=content["narratives"],
        rosters=content["rosters"],
    )
    own = (rule for rule in application.rules.materials if rule.brought_by == "unit")
    labels = {rule.name: rule.label for rule in own}
    papers = [
        Paper(labels[row["name"]], tuple(row["files"]), row["declared_none"])
        for row in content["materials"]
        if row["name"] in labels
    ]
    extra = {
        "unit_name": content["unit"]["name"],
        "version": version,
        "short": short(version.digest),
        "code": _code(version.digest),
    }
    return _render(application, said, papers, extra)


def _render(application: Any, said: Any, papers: list[Paper], extra: dict[str, Any]) -> bytes:
    conditions = {c.key or c.clause: c.label for c in application.rules.conditions}
    context = {
        "application": application,
        "rules": application.rules,
        "chapters": chapters_of(said),
        "reasons": [(conditions.get(key, key), text) for key, text in explanations_of(said).items()],
        "papers": papers,
        "printed_at": clock.now(),
        **extra,
    }
    html = render_to_string("papers/application.html", context)
    shown = pdf.printable(html)
    if shown != html:
        shown = pdf.printable(render_to_string("papers/application.html", {**context, "missing": MISSING}))
    return pdf.render(shown)


def _code(digest: str) -> str:
    """The QR code of the digest as a picture within the page."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing_of(digest.upper()).encode()).decode()
