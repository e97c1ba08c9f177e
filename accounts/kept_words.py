"""A kept form in words: what its person typed and chose, as the page shows it before it is sent again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django import forms

from accounts.keeping import KeptForm
from core.masking import mask, redact
from core.redaction import PERSONAL

# Inputs that many pages have, under labels of their own.
COMMON: Final = {"reason": "理由", "note": "说明", "text": "意见", "field": ""}
LONGEST: Final = 300


def lines_of(kept: KeptForm) -> tuple[list[tuple[str, str]], int]:
    """Label and text of what a person knows to have typed, and how much else goes along.

    Labels and the words of choices are those of the site's own forms, where they agree on an input of this
    name; what has none and holds no Chinese text (a version, a row's number) is only counted.
    """
    lines, others = [], 0
    for name, value in kept.fields:
        if not value.strip():
            continue
        plain = name.rpartition("-")[2]
        fields = list(_fields(plain))
        label, words = _label(plain, fields), _chosen(value, fields)
        if label or words or not value.isascii():
            shown = words or (mask(value, "contact") if PERSONAL.search(plain) else redact(value))
            lines.append((label or "填写内容", shown[:LONGEST]))
        elif plain not in COMMON:
            others += 1
    return lines, others


def _fields(name: str) -> Iterator[forms.Field]:
    """Every input of this name that a form of the site has."""
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if name in (fields := getattr(form, "base_fields", {})):
            yield fields[name]


def _label(name: str, fields: Iterable[forms.Field]) -> str:
    if name in COMMON:
        return COMMON[name]
    labels = {str(field.label) for field in fields if field.label}
    return labels.pop() if len(labels) == 1 else ""


def _chosen(value: str, fields: Iterable[forms.Field]) -> str:
    """The words of a choice, where it is one and all forms call it the same."""
    fields = list(fields)
    if value == "on" and any(isinstance(field, forms.BooleanField) for field in fields):
        return "是"
    words = {
        str(text)
        for field in fields
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
        for choice, text in field.choices
        if str(choice) == value
    }
    return words.pop() if len(words) == 1 else ""
