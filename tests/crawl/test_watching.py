"""The watch itself: it sees what it is there to see. Not part of the crawl, it costs nothing."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from core import pdf
from tests.crawl.forms import forms_of
from tests.crawl.loading import plainly
from tests.crawl.planting import Canaries
from tests.crawl.visiting import Answer, Visitor, Written
from tests.crawl.watching import Watch, column_of, inline_parts, tokens_in
from tests.urls import Page

PAGE = Page("unit:home", "", lambda request: None, ())
GOOD = {
    "Content-Type": "text/html",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'",
    "Cache-Control": "private, no-store",
}


def canaries() -> tuple[Canaries, str, str, str]:
    """One of a place, one that is public, one of the other place."""
    found = Canaries()
    mine = found.new("qinshui", "stations.ApplicantUnit.contact_phone", 1)
    public = found.new("gaoming", "stations.Station.name", 1)
    theirs = found.new("gaoming", "stations.ApplicantUnit.contact_phone", 1)
    return found, mine, public, theirs


def watch(found: Canaries) -> Watch:
    return Watch(
        canaries=found,
        tenants={"qinshui": 1, "gaoming": 2},
        own={},
        public_columns={"stations.Station.name"},
    )


def visitor(slug: str) -> Visitor:
    return Visitor(slug or "anybody", frozenset({slug} - {""}))


def answer(body: str = "", *, status: int = 200, writes: Any = (), **headers: str) -> Answer:
    given = {**GOOD, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Answer(status, given, {}, body.encode(), list(writes))


def rules(of: Watch) -> list[str]:
    return sorted(rule for rule, _ in of.faults)


@pytest.mark.parametrize(
    ("who", "place", "which", "fault"),
    [
        ("qinshui", "qinshui", "mine", []),
        ("qinshui", "qinshui", "theirs", ["leak"]),
        ("qinshui", "gaoming", "theirs", ["leak"]),
        ("qinshui", "gaoming", "public", []),
        ("qinshui", "qinshui", "public", ["leak"]),
        ("", "qinshui", "mine", ["leak"]),
        ("", "gaoming", "public", []),
        ("gaoming", "gaoming", "theirs", []),
        ("gaoming", "", "mine", ["leak"]),
        ("gaoming", "", "public", []),
    ],
)
def test_whose_words_may_stand_where(who: str, place: str, which: str, fault: list[str]) -> None:
    found, mine, public, theirs = canaries()
    token = {"mine": mine, "public": public, "theirs": theirs}[which]
    for said in (answer(f"<p>{token}</p>"), answer(Location=f"/x/?q={token}", status=302)):
        of = watch(found)
        of.look(visitor(who), PAGE, place, "GET", "/", said)
        assert rules(of) == fault


def test_words_in_papers_and_packed_files() -> None:
    _, mine, _, theirs = canaries()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{mine}</t>")
    assert tokens_in(packed.getvalue()) == {mine.encode()}
    printed = pdf.render(f"<html><body><p>{theirs}</p></body></html>")
    assert theirs.encode() not in printed
    assert tokens_in(printed) == {theirs.encode()}


@pytest.mark.parametrize(
    "part",
    [
        "<script>x</script>",
        "<style>p{}</style>",
        "<p style='x'>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<base href='//x'>",
    ],
)
def test_inline_parts(part: str) -> None:
    of = watch(canaries()[0])
    of.look(visitor(""), PAGE, "qinshui", "GET", "/", answer(f"<html>{part}"))
    assert rules(of) == ["inline"]


def test_what_only_looks_inline() -> None:
    page = '<script src="/x.js" defer></script><p title="a style=b" data-confirm="x">on x = y style = z</p>'
    assert inline_parts(page.encode()) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (answer(status=500), "failed"),
        (answer(Content_Security_Policy=""), "policy"),
        (answer(Content_Security_Policy="default-src 'none'; script-src 'unsafe-inline'"), "policy"),
        (answer(Cache_Control="max-age=60"), "kept"),
        (answer(status=302, Location="//evil.example/"), "leads elsewhere"),
        (answer(status=302, Location="https://evil.example/"), "leads elsewhere"),
        (answer(status=302, Location="/\\evil.example/"), "leads elsewhere"),
        (answer(Content_Disposition="attachment; filename=x"), "a file without a limit"),
        (answer(writes=[Written('UPDATE "x" SET "a" = %s', (1,))]), "a look wrote"),
        (
            answer(writes=[Written('INSERT INTO "x" ("a", "tenant_id") VALUES (%s, %s)', (1, 2))]),
            "wrote elsewhere",
        ),
    ],
)
def test_every_fault_is_seen(said: Answer, fault: str) -> None:
    of = watch(canaries()[0])
    of.look(signed("qinshui"), PAGE, "qinshui", "GET", "/", said)
    assert fault in rules(of)


def signed(slug: str) -> Visitor:
    """Somebody of a place who is signed in."""
    who = visitor(slug)
    who.user = "somebody"
    return who


def test_a_good_answer_has_none() -> None:
    of = watch(canaries()[0])
    of.look(signed("qinshui"), PAGE, "qinshui", "GET", "/", answer("<p>x</p>"))
    assert rules(of) == []


def test_another_place_s_words_in_what_is_written() -> None:
    found, mine, _, theirs = canaries()
    of = watch(found)
    written = Written('INSERT INTO "log" ("reason", "tenant_id") VALUES (%s, %s)', (theirs, 1))
    of.look(signed("qinshui"), PAGE, "qinshui", "POST", "/", answer(writes=[written], status=302))
    assert rules(of) == ["wrote another's words"]
    of = watch(found)
    own = Written('INSERT INTO "log" ("reason", "tenant_id") VALUES (%s, %s)', (mine, 1))
    of.look(signed("qinshui"), PAGE, "qinshui", "POST", "/", answer(writes=[own], status=302))
    assert rules(of) == []


def test_which_place_a_row_is_written_for() -> None:
    assert column_of(Written('INSERT INTO "x" ("a", "tenant_id") VALUES (%s, %s)', (1, 2)), "tenant_id") == 2
    assert column_of(Written('UPDATE "x" SET "a" = %s, "tenant_id" = %s WHERE 1=1', (1, 2)), "tenant_id") == 2
    assert (
        column_of(Written('UPDATE "x" SET "a" = %s WHERE "x"."tenant_id" = %s', (1, 2)), "tenant_id") is None
    )


def test_two_runs_are_told_apart_by_what_matters() -> None:
    def once(*params: Any) -> list[tuple[str, str]]:
        return plainly([Written("INSERT", params)], newest=100)

    assert once(101, "0123456789abcdef", "2024-01-02T03:04") == once(
        205, "fedcba9876543210", "2025-02-03T04:05"
    )
    assert once(99) != once(98)
    assert once("HOSTILE") != once("")


def test_a_form_is_filled_as_a_person_would(db: None) -> None:
    page = b"""
    <form method="post" action="/x/" id="f" data-autosave="/x/auto/">
      <input type="hidden" name="csrfmiddlewaretoken" value="t">
      <input name="name" maxlength="2"><input type="number" name="n" min="3">
      <textarea name="t">kept</textarea>
      <input type="radio" name="r" value="a"><input type="radio" name="r" value="b" checked>
      <select name="s"><option value=""></option><option value="7">x</option></select>
      <template><input name="row-__prefix__"></template><button name="go" value="1">x</button></form>
    <input type="checkbox" name="c" value="8" form="f"><form action="/search/"><input name="q"></form>"""
    form, by_itself = forms_of(page)
    assert (form.action, by_itself.action) == ("/x/", "/x/auto/")
    assert by_itself.filled() == form.filled()
    assert form.filled() == {"name": "演练", "n": "3", "t": "kept", "r": "b", "s": "7", "c": ["8"]}
    assert form.choices() == {"r": ["a", "b"], "s": ["7"], "c": ["8"]}
