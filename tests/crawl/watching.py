"""What no answer may do, whoever asked for whatever in whichever way."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from pypdf import PdfReader

from tests.crawl.planting import MARK, Canaries, mark_of
from tests.crawl.visiting import SAFE, Answer, Visitor, Written
from tests.urls import Page

# What a GET may write all the same: pattern → tables.
LOOKS: dict[str, set[str]] = {}
# A sign that a page may bring script or style of its own; then it is read properly.
MAYBE_INLINE = re.compile(
    rb"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:|<base\b", re.I
)
INSERT = re.compile(r'INSERT INTO "(\w+)" \(([^)]*)\)')


def tokens_in(content: bytes) -> set[bytes]:
    """The canaries in a body, also where it is a PDF or a packed file."""
    if content.startswith(b"%PDF-") or content.startswith(b"PK\x03\x04"):
        return set(_unpacked(hashlib.sha256(content).hexdigest(), content))
    return {found[0] for found in MARK.finditer(content)}


@cache
def _unpacked_by(digest: str) -> dict[str, frozenset[bytes]]:
    return {}


def _unpacked(digest: str, content: bytes) -> frozenset[bytes]:
    known = _unpacked_by("all")
    if digest not in known:
        texts = [content]
        if content.startswith(b"%PDF-"):
            reader = PdfReader(io.BytesIO(content))
            # Kerning and the ends of lines are read as spaces.
            texts += ["".join(page.extract_text().split()).encode() for page in reader.pages]
            texts.append(str(dict(reader.metadata or {})).encode())
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                texts += [archive.read(name) for name in archive.namelist()]
        known[digest] = frozenset(found[0] for text in texts for found in MARK.finditer(text))
    return known[digest]


@dataclass
class Watch:
    """Reads every answer, and remembers what is wrong once for each page."""

    canaries: Canaries
    # Slug → id of the place.
    tenants: dict[str, int]
    # Canaries of the visitors' own accounts.
    own: dict[str, set[bytes]]
    public_columns: set[str]
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    seen_by_public: set[str] = field(default_factory=set)
    files: int = 0

    def fault(self, rule: str, page: Page | str, detail: str) -> None:
        name = page if isinstance(page, str) else page.name
        self.faults.setdefault((rule, name), detail)

    def look(self, who: Visitor, page: Page, place: str, method: str, path: str, answer: Answer) -> None:
        """One answer; `place` is the slug of its address, empty outside every place."""
        self.asked[method] += 1
        where = f"{method} {path} as {who.name}: {answer.status}"
        if answer.status >= 500:
            self.fault("failed", page, f"{where} {answer.error}")
        self._canaries(who, page, place, where, answer)
        self._headers(who, page, where, answer)
        if method in SAFE:
            for written in answer.writes:
                if written.table not in LOOKS.get(page.name, set()):
                    self.fault("a look wrote", page, f"{where}: {written.sql[:120]}")
        self._writes(who, page, place, where, answer.writes)
        if answer.is_html and MAYBE_INLINE.search(answer.body):
            for one in inline_parts(answer.body):
                self.fault("inline", page, f"{where}: {one}")

    # --- canaries -------------------------------------------------------------------

    def _canaries(self, who: Visitor, page: Page, place: str, where: str, answer: Answer) -> None:
        head = " ".join([*answer.headers.values(), *answer.cookies.values()]).encode()
        found = tokens_in(answer.body) | tokens_in(head)
        self.files += answer.body[:5] == b"%PDF-"
        for token in self.strange(who, place, found):
            slug, column, _ = self.canaries.where[token]
            self.fault("leak", page, f"{where}: {token.decode()} of {slug} {column}")
        if not who.slug:
            self.seen_by_public |= {self.canaries.where[token][1] for token in found}

    def strange(self, who: Visitor, place: str, tokens: Iterable[bytes]) -> set[bytes]:
        """The canaries that this visitor may not see at this address."""
        strange = set()
        for token in set(tokens) - self.own.get(who.name, set()):
            slug, column, _ = self.canaries.where[token]
            public = column in self.public_columns
            at_home = who.slug == slug and place in ("", slug)
            # Outside their own place people see what everybody sees, of the place they are at.
            if not at_home and not (public and place in ("", slug)):
                strange.add(token)
        return strange

    # --- headers --------------------------------------------------------------------

    def _headers(self, who: Visitor, page: Page, where: str, answer: Answer) -> None:
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self.fault("policy", page, f"{where}: {policy!r}")
        if who.user is not None and "no-store" not in headers.get("Cache-Control", ""):
            self.fault("kept", page, f"{where}: {headers.get('Cache-Control')!r}")
        location = answer.location
        if location and (not location.startswith("/") or location.startswith(("//", "/\\"))):
            self.fault("leads elsewhere", page, f"{where} to {location}")
        if "attachment" in headers.get("Content-Disposition", "") and not getattr(page.callback, "limit", ""):
            self.fault("a file without a limit", page, where)

    # --- writes ---------------------------------------------------------------------

    def _writes(self, who: Visitor, page: Page, place: str, where: str, writes: list[Written]) -> None:
        for written in writes:
            text = " ".join(_text(value) for value in written.params).encode()
            for token in self.strange(who, place, tokens_in(text)):
                slug, column, _ = self.canaries.where[token]
                # What a person does at another place is told there under the person's own name.
                if who.slug != slug:
                    self.fault("wrote another's words", page, f"{where}: {slug} {column} in {written.table}")
            tenant = column_of(written, "tenant_id")
            if place and tenant is not None and tenant != self.tenants[place]:
                self.fault("wrote elsewhere", page, f"{where}: {written.sql[:120]} {tenant}")


def column_of(written: Written, column: str) -> Any:
    """What an INSERT or an UPDATE puts into a column; None when it does not."""
    if found := INSERT.match(written.sql):
        columns = [one.strip().strip('"') for one in found[2].split(",")]
        return written.params[columns.index(column)] if column in columns else None
    before = re.match(rf'UPDATE .*? SET (.*?)"{column}" = %s', written.sql.partition(" WHERE ")[0])
    return written.params[before[1].count("%s")] if before else None


def _text(value: Any) -> str:
    """A parameter as text; JSON as what it says."""
    return str(getattr(value, "obj", getattr(value, "adapted", value)))


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("style", "base") or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if (
                name == "style"
                or name.startswith("on")
                or (value or "").strip().lower().startswith("javascript:")
            ):
                self.found.append(f"<{tag} {name}={value!r}>")


def inline_parts(body: bytes) -> list[str]:
    """Scripts, styles and handlers that stand in the page itself."""
    reader = _Inline()
    reader.feed(body.decode("utf-8", "replace"))
    return reader.found


def other(slug: str, slugs: Iterable[str]) -> str:
    """The place beside this one."""
    return next(one for one in slugs if mark_of(one) != mark_of(slug))
