"""What no answer may do, whoever asked for whatever in whichever way."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.contrib.sessions.models import Session
from pypdf import PdfReader

from accounts.reveal import ACTION
from core.models import REFUSED, LogEntry
from documents.looking import TAKEN, VIEWED
from tests.crawl.addresses import LINK_TELLS, REVEALS
from tests.crawl.forms import TYPED_NUMBERS
from tests.crawl.planting import BOTH, MARK, Canaries, mark_of
from tests.crawl.visiting import SAFE, Answer, Visitor, Written
from tests.urls import Page

# Looks that a GET leaves in the log: of a person's papers.
LOOKS = {VIEWED, TAKEN}
# Refusals are logged whatever the method.
REFUSING = (403, 404, 429)
# A GET that keeps something in the person's own session: the secret that the QR code shows.
NOTED_IN_SESSION = ("accounts:second_factor", "accounts:replace_second_factor")
# A person who belongs to two places has one account: what happens to it is logged in both.
TOLD_IN_BOTH = ("settings:account_care",)
# A sign that a page may bring script or style of its own; then it is read properly.
MAYBE_INLINE = re.compile(
    rb"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:|<base\b", re.I
)
LOG_TABLE, SESSION_TABLE = LogEntry._meta.db_table, Session._meta.db_table
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
    # Pattern → kinds of people to whom it showed a number.
    revealed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
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
        for written in answer.writes:
            if method in SAFE and not self._may_write(page, answer, written):
                self.fault("a look wrote", page, f"{where}: {written.sql[:120]}")
        self._writes(who, page, place, where, answer.writes)
        if answer.is_html and MAYBE_INLINE.search(answer.body):
            for one in inline_parts(answer.body):
                self.fault("inline", page, f"{where}: {one}")

    # --- canaries -------------------------------------------------------------------

    def _canaries(self, who: Visitor, page: Page, place: str, where: str, answer: Answer) -> None:
        head = tokens_in(" ".join([*answer.headers.values(), *answer.cookies.values()]).encode())
        body = tokens_in(answer.body)
        self.files += answer.body[:5] == b"%PDF-"
        for token in self.strange(who, place, body | head, page.name):
            slug, column, _ = self.canaries.where[token]
            self.fault("leak", page, f"{where}: {token.decode()} of {slug} {column}")
        for token in (body | head) & self.canaries.sealed:
            self._number(who, page, where, answer, token, in_head=token in head)
        if body & self.canaries.papers and not _logged(answer) & LOOKS:
            self.fault("papers without a trace", page, where)
        if who.user is None:
            seen = {self.canaries.where[token][1] for token in body | head}
            self.seen_by_public |= seen - LINK_TELLS.get(page.name, set())

    def _number(
        self, who: Visitor, page: Page, where: str, answer: Answer, token: bytes, *, in_head: bool
    ) -> None:
        """A number in plain: in the body of an answer that reveals, with its trace in the log, alone."""
        if in_head or page.name not in REVEALS or not where.startswith("POST "):
            _, column, _ = self.canaries.where[token]
            self.fault("a number in plain", page, f"{where}: {token.decode()} of {column}")
        elif ACTION not in _logged(answer):
            self.fault("revealed without a trace", page, where)
        self.revealed[page.name].add(who.kind)

    def strange(self, who: Visitor, place: str, tokens: Iterable[bytes], page: str = "") -> set[bytes]:
        """The canaries that this visitor may not see at this address."""
        told = LINK_TELLS.get(page, set())
        strange = set()
        for token in set(tokens) & self.canaries.where.keys() - self.own.get(who.name, set()):
            slug, column, _ = self.canaries.where[token]
            public = column in self.public_columns or column in told
            at_home = place in ("", slug) and slug in who.slugs
            if slug == BOTH:
                # People who belong to both places: seen by those of the place one is at.
                at_home = bool(who.slugs) and place in ("", *who.slugs)
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
        if getattr(page.callback, "knows_nobody", False):
            if answer.cookies:
                self.fault("a cookie to a program", page, where)
        elif who.user is not None and "no-store" not in headers.get("Cache-Control", ""):
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
            tokens = tokens_in(text)
            for token in self.strange(who, place, tokens, page.name):
                slug, column, _ = self.canaries.where[token]
                # What a person does at another place is told there under the person's own name.
                if slug not in who.slugs:
                    self.fault("wrote another's words", page, f"{where}: {slug} {column} in {written.table}")
            for number in tokens & self.canaries.sealed | {one for one in TYPED_NUMBERS if one in text}:
                self.fault("wrote a number in plain", page, f"{where}: {number!r} in {written.table}")
            tenant = column_of(written, "tenant_id")
            if place and tenant not in (None, self.tenants[place]) and page.name not in TOLD_IN_BOTH:
                self.fault("wrote elsewhere", page, f"{where}: {written.sql[:120]} {tenant}")

    @staticmethod
    def _may_write(page: Page, answer: Answer, written: Written) -> bool:
        if written.table == SESSION_TABLE:
            return page.name in NOTED_IN_SESSION
        action = column_of(written, "action") if written.table == LOG_TABLE else None
        return action in LOOKS or (action == REFUSED and answer.status in REFUSING)


def _logged(answer: Answer) -> set[str]:
    """The acts that an answer left in the log."""
    return {str(column_of(one, "action")) for one in answer.writes if one.table == LOG_TABLE}


def beside_refusals(writes: Iterable[Written]) -> list[Written]:
    """What was written besides that somebody was refused."""
    return [one for one in writes if one.table != LOG_TABLE or column_of(one, "action") != REFUSED]


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
