"""Seeing a number in plain: who may, why, and the trace that it leaves."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.reveal import ACTION, reveal
from core.errors import DomainError, InputRefused, NotAllowed
from core.models import LogEntry
from core.vault import SealedText
from funding.models import Tranche
from stations.models import ApplicantUnit
from stations.permissions import can_reveal_unit
from tests.applications.filing import draft_of, filed, fill, submitter_of
from tests.stations.builders import build_station, build_unit
from tests.world import World

PHONE, ACCOUNT = "13803569876", "6222021608001234567"


def looked(subject: Any) -> list[LogEntry]:
    return list(LogEntry.history_of(subject).filter(action=ACTION))


def unit_with_numbers(world: World) -> ApplicantUnit:
    unit = build_unit(world)
    unit.contact_phone, unit.bank_account = PHONE, ACCOUNT
    unit.save()
    return ApplicantUnit.objects.get(pk=unit.pk)


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_look_gives_the_number_and_leaves_a_trace_without_it(world: World) -> None:
    unit, actor = unit_with_numbers(world), world.people["reviewer"]
    (plain,) = reveal(
        subject=unit,
        field="bank_account",
        actor=actor,
        reason="review",
        note=f"与开户证明{ACCOUNT}不符",
        allowed=can_reveal_unit,
    )
    assert (plain.label, plain.text) == ("银行账号", ACCOUNT)
    assert ACCOUNT not in repr(plain)
    (entry,) = looked(unit)
    assert (entry.actor, entry.reason) == (actor, "核对证件和材料：与开户证明**** 4567不符")
    assert entry.data == {"field": "bank_account", "count": 1}


@pytest.mark.parametrize(
    ("who", "field", "reason", "refusal"),
    [
        ("expert1", "bank_account", "review", NotAllowed),
        ("officer", "bank_account", "review", NotAllowed),
        ("reviewer", "bank_account", "", InputRefused),
        ("reviewer", "bank_account", "curiosity", InputRefused),
        ("reviewer", "bank_account", "other", InputRefused),
        ("reviewer", "legal_representative", "review", DomainError),
        ("reviewer", "no_such_field", "review", DomainError),
    ],
)
def test_a_look_that_is_refused_opens_nothing(
    world: World, monkeypatch: Any, who: str, field: str, reason: str, refusal: type[Exception]
) -> None:
    unit = unit_with_numbers(world)
    monkeypatch.setattr("accounts.reveal.open_texts", lambda _: pytest.fail("opened"))
    with pytest.raises(refusal):
        reveal(subject=unit, field=field, actor=world.people[who], reason=reason, allowed=can_reveal_unit)
    assert looked(unit) == []


def test_a_number_that_does_not_open_is_said_so(world: World) -> None:
    unit = unit_with_numbers(world)
    SealedText.objects.filter(pk=unit.contact_phone.ref).update(token="v1:gone:AAAA")
    with pytest.raises(DomainError, match="无法解密"):
        reveal(
            subject=unit,
            field="contact_phone",
            actor=world.people["reviewer"],
            reason="contact",
            allowed=can_reveal_unit,
        )


def shown_in(page: str) -> tuple[bool, ...]:
    return tuple(text in page for text in ("138****9876", "**** 4567", PHONE, ACCOUNT))


# --- the pages ---------------------------------------------------------------------


def ask(client: Client, url: str, field: str, reason: str = "review", **more: Any) -> Any:
    return client.post(url, {"field": field, "reason": reason}, **more)


def ask_noting(client: Client, url: str, note: str) -> Any:
    return client.post(url, {"field": "contact_phone", "reason": "other", "note": note})


def test_nobody_gives_a_reason_by_not_choosing_one(world: World) -> None:
    """Planted bug: the first reason stands chosen."""
    unit, client = unit_with_numbers(world), browser(world.people["reviewer"])
    page = client.get(world.url(f"desk/units/{unit.pk}/")).content.decode()
    (first, *_) = re.findall(r'<select[^>]*name="reason"[^>]*>\s*(<option[^>]*>)', page)
    assert first == '<option value="">'
    url = world.url(f"desk/units/{unit.pk}/reveal/")
    answer = ask(client, url, "contact_phone", reason="")
    assert (answer.status_code, looked(unit)) == (422, [])


@pytest.mark.parametrize(
    "written", ["１３８０３５６９８７６", "138\u200b0356\u200b9876", "138\u30000356\u30009876"]
)
def test_no_number_stays_in_the_note_however_it_is_written(world: World, written: str) -> None:
    unit, actor = unit_with_numbers(world), world.people["reviewer"]
    note = f"电话{written}不通"
    asked = {"field": "bank_account", "reason": "contact", "note": note}
    reveal(subject=unit, actor=actor, allowed=can_reveal_unit, **asked)
    (entry,) = looked(unit)
    assert entry.reason == "联系当事人：电话138****9876不通"


def test_pages_show_masks_until_somebody_asks(world: World) -> None:
    unit = unit_with_numbers(world)
    client = browser(world.people["reviewer"])
    page = client.get(world.url(f"desk/units/{unit.pk}/")).content.decode()
    assert [text in page for text in ("138****9876", "**** 4567", PHONE, ACCOUNT)] == [
        True,
        True,
        False,
        False,
    ]
    url = world.url(f"desk/units/{unit.pk}/reveal/")
    assert f'action="{url}"' in page
    assert client.get(url).status_code == 405
    answer = ask(client, url, "contact_phone")
    assert PHONE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    piece = ask(client, url, "contact_phone", HTTP_HX_REQUEST="true").content.decode()
    assert PHONE in piece
    assert "<html" not in piece
    for note in ("", " ", "\u200b", "\u3000\u2060"):
        refused = ask_noting(client, url, note)
        assert (refused.status_code, PHONE in refused.content.decode()) == (422, False)
        assert "已记入日志" not in refused.content.decode(), "nothing was shown, and nothing logged"
    assert len(looked(unit)) == 2


def test_a_unit_sees_its_own_and_no_other(world: World) -> None:
    unit, other = unit_with_numbers(world), build_unit(world)
    own = member_browser(unit)
    page = own.get(world.url("unit/profile/")).content.decode()
    assert [text in page for text in ("138****9876", "**** 4567", PHONE, ACCOUNT)] == [
        True,
        True,
        False,
        False,
    ]
    url = world.url("unit/profile/reveal/")
    assert ACCOUNT in ask(own, url, "bank_account", "own_entry").content.decode()
    theirs = member_browser(other)
    assert ACCOUNT not in ask(theirs, url, "bank_account", "own_entry").content.decode()
    assert ask(theirs, f"{url}?unit={unit.pk}", "bank_account", "own_entry").status_code == 404


def member_browser(unit: ApplicantUnit) -> Client:
    return browser(unit.members.first().user)


def test_a_saved_profile_keeps_a_number_that_was_left_masked(world: World) -> None:
    unit = unit_with_numbers(world)
    client, url = member_browser(unit), world.url("unit/profile/")
    sent = {
        "contact_name": "车晓宁",
        "contact_phone": "138****9876",
        "bank_account_name": unit.bank_account_name,
        "bank_name": unit.bank_name,
        "bank_account": "6222 0216 0800 1234 567",
    }
    client.post(url, sent)
    saved = ApplicantUnit.objects.get(pk=unit.pk)
    assert (saved.contact_name, saved.contact_phone, saved.bank_account) == (
        "车晓宁",
        unit.contact_phone,
        unit.bank_account,
    )
    (entry,) = LogEntry.history_of(unit).filter(action="stations.update_contact")
    assert entry.data == {"fields": ["contact_name"]}
    # A mask that is not this unit's own is a mistyped number, not somebody else's.
    assert client.post(url, {**sent, "contact_phone": "139****9876"}).status_code == 422


def test_finance_sees_the_account_that_is_paid_and_nobody_else_does(world: World) -> None:
    unit = unit_with_numbers(world)
    build_station(world, unit=_with_person(unit))
    subject = Tranche.objects.get(seq=1)
    url = world.url(f"funds/tranches/{subject.pk}/account/")
    for who, status in (
        ("maker", 200),
        ("checker", 200),
        ("officer", 404),
        ("reviewer", 404),
        ("expert1", 404),
    ):
        answer = ask(browser(world.people[who]), url, "payee", "payment")
        assert (who, answer.status_code, ACCOUNT in answer.content.decode()) == (who, status, status == 200)
    assert len(looked(subject)) == 2


def _with_person(unit: ApplicantUnit) -> ApplicantUnit:
    unit.person = unit.members.first().user
    return unit


# --- rosters -----------------------------------------------------------------------


def test_a_roster_is_revealed_to_reviewers_and_officers_and_to_no_expert(world: World) -> None:
    application = filed(world)
    names = [row["resident_id"] for row in typed_rows(world)]
    for who, room, status in (
        ("reviewer", "desk/files", 200),
        ("officer", "bureau/applications", 200),
        ("expert1", "desk/files", 404),
        ("expert1", "bureau/applications", 404),
        ("auditor", "bureau/applications", 404),
        ("maker", "desk/files", 404),
    ):
        url = world.url(f"{room}/{application.pk}/reveal/")
        answer = ask(browser(world.people[who]), url, "rosters.members")
        shown = [number in answer.content.decode() for number in names]
        assert (who, answer.status_code, set(shown)) == (who, status, {status == 200})
    entries = looked(application)
    assert [entry.data for entry in entries] == [{"field": "rosters.members", "count": len(names)}] * 2
    for number in names:
        assert number not in str([vars(entry) for entry in entries])


def typed_rows(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.demo["units"][0]["application"]["rosters"]["members"]
    return [row for row in rows if row.get("resident_id")]


def test_a_reference_of_another_application_opens_nothing(world: World) -> None:
    """Planted bug: opened by the reference alone, anybody's number could be asked for."""
    theirs = filed(world)
    mine = draft_of(world, "second", round_=theirs.round)
    ref = theirs.rosters["members"][0]["resident_id"]["ref"]
    client = browser(submitter_of(world, "second"))
    url = world.url(f"unit/applications/{mine.pk}/reveal/")
    answer = ask(client, url, f"ref:{ref}", "own_entry")
    assert (answer.status_code, looked(mine)) == (422, [])
    fill(world, mine, "second")
    own = mine.rosters["members"][0]["resident_id"]["ref"]
    assert ask(client, url, f"ref:{own}", "own_entry").status_code == 200
    assert client.post(world.url(f"unit/applications/{theirs.pk}/reveal/"), {}).status_code == 404


# --- the house ---------------------------------------------------------------------

ROOMS = (
    "core", "accounts", "jurisdictions", "documents", "deadlines", "notices", "panels", "stations",
    "applications", "assessments", "funding",
)  # fmt: skip
# The second factor's secret is opened by whoever checks the code; a form that waits for its person's
# confirmation by that person's second click; an identity paper by the one door of files.
MAY_OPEN = {
    "core/vault.py",
    "core/rotation.py",
    "accounts/reveal.py",
    "accounts/adapters.py",
    "accounts/keeping.py",
    "documents/contents.py",
    # A file that comes in parts, put together for the inspection.
    "documents/parts.py",
    # The seed of a draw: nobody's number.
    "panels/draws.py",
}
OPENERS = {"open_texts", "open_row", "unseal", "unseal_bytes"}


def test_numbers_are_opened_in_one_place() -> None:
    """Planted bug: a page that calls `open_texts` itself."""
    found = {
        str(path)
        for room in ROOMS
        for path in Path(room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id in OPENERS)
        or (isinstance(node, ast.Attribute) and node.attr in OPENERS)
        or (isinstance(node, ast.alias) and node.name in OPENERS)
    }
    # Sealing itself defines them.
    assert found - {"core/sealing.py"} == MAY_OPEN
