"""The forms of a page, and how a person would fill them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo_story import SAMPLE
from core import clock

TYPED = "演练填写"
PASSWORD = "A-long-enough-Pass-2026"
PHONE, ACCOUNT, RESIDENT_ID = "13955550123", "6222021608001234567", "110101199003070011"
# Personal numbers that are typed into forms: nothing may be written with one in plain.
TYPED_NUMBERS = (PHONE.encode(), ACCOUNT.encode(), RESIDENT_ID.encode())
# By the end of a field's name, what has a form of its own.
NAMED = {
    "phone": PHONE,
    "contact": PHONE,
    "bank_account": ACCOUNT,
    "resident_id": RESIDENT_ID,
    "uscc": "91110000MA0CRAW11D",
    "username": "crawl-typed",
}
VOID = {"submit", "button", "reset", "image"}


@dataclass
class Field:
    """One input of a form."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    attributes: dict[str, str | None] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def names(self) -> set[str]:
        return {one.name for one in self.fields}

    def choices(self) -> dict[str, list[str]]:
        """The fields in which one chooses, with what there is to choose from."""
        found: dict[str, list[str]] = {}
        for one in self.fields:
            if one.kind == "select":
                found.setdefault(one.name, []).extend(value for value in one.options if value)
            elif one.kind in ("radio", "checkbox"):
                found.setdefault(one.name, []).append(one.value)
        return found

    def filled(self) -> dict[str, Any]:
        """Every field with something that it may take; what is there already stays."""
        data: dict[str, Any] = {}
        for one in self.fields:
            if one.kind in VOID or one.name == "csrfmiddlewaretoken":
                continue
            if one.kind == "radio":
                if one.checked or one.name not in data:
                    data[one.name] = one.value
            elif one.kind == "checkbox":
                data[one.name] = [*data.get(one.name, []), one.value or "on"]
            elif one.kind == "file":
                data[one.name] = SimpleUploadedFile("填写.pdf", SAMPLE.read_bytes(), "application/pdf")
            elif one.kind == "select":
                data[one.name] = one.value or next((value for value in one.options if value), "")
            else:
                data[one.name] = one.value or _typed(one)
        return data


def _typed(one: Field) -> str:
    attributes = one.attributes
    for end, text in NAMED.items():
        if one.kind in ("text", "tel") and one.name.endswith(end):
            return text
    match one.kind:
        case "number":
            return attributes.get("min") or "1"
        case "date":
            return (clock.today() + timedelta(days=5)).isoformat()
        case "datetime-local":
            return (clock.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
        case "email":
            return "drill@example.org"
        case "tel":
            return PHONE
        case "password":
            return PASSWORD
        case "hidden":
            return ""
        case _:
            most = attributes.get("maxlength")
            return TYPED[: int(most)] if most else TYPED


class _Reader(HTMLParser):
    """Forms of a page; what stands in a `<template>` is not part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.current: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None
        self.templates = 0
        self.outside: list[tuple[str, Field]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "template":
            self.templates += 1
        if self.templates:
            return
        if tag == "form":
            self.current = Form(given.get("action") or "", (given.get("method") or "get").lower())
            self.forms.append(self.current)
            # What a page sends by itself while one is typing are the same fields.
            if by_itself := given.get("data-autosave"):
                self.forms.append(Form(by_itself, "post", self.current.fields))
            if given.get("id"):
                self.by_id[str(given["id"])] = self.current
        elif tag == "option" and self.select is not None:
            value = given.get("value") or ""
            self.select.options.append(value)
            if "selected" in given:
                self.select.value = value
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            kind = (given.get("type") or "text") if tag == "input" else tag
            if tag == "button":
                kind = "submit"
            one = Field(str(given["name"]), kind, given.get("value") or "", "checked" in given, given)
            self._add(one, given.get("form"))
            self.select = one if tag == "select" else self.select
            self.area = one if tag == "textarea" else self.area

    def _add(self, one: Field, form: str | None) -> None:
        if form:
            self.outside.append((form, one))
        elif self.current is not None:
            self.current.fields.append(one)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.templates -= 1
        elif tag == "form":
            self.current = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            # The line break after the opening tag is none of the text's.
            self.area.value = (self.area.value + data).removeprefix("\n")


def forms_of(page: bytes) -> list[Form]:
    """The forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    for form, one in reader.outside:
        if form in reader.by_id:
            reader.by_id[form].fields.append(one)
    return [form for form in reader.forms if form.method == "post"]
