"""The vault: what a row of a table carries, how the same number is found, and what opens where."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.sealing import SealBroken
from core.tenancy import tenant_scope
from core.vault import Sealed, SealedText, from_cell, open_texts, seal_text, seal_texts
from stations.models import ApplicantUnit
from tests.sealed import plain
from tests.stations.builders import build_unit
from tests.world import World, make_jurisdiction

NUMBER, OTHER = "110105197803121012", "110105198209251012"
PHONE = "13803569876"


def test_a_sealed_text_is_its_mask_wherever_it_goes(world: World) -> None:
    sealed = seal_text(NUMBER, "resident_id")
    shown = engines["django"].from_string("{{ v }}{{ v|default:'—' }}").render({"v": sealed})
    everywhere = [
        str(sealed),
        repr(sealed),
        f"{sealed}",
        "%s" % sealed,  # noqa: UP031 - as log calls format
        json.dumps([sealed]),
        shown,
        str(sealed.cell),
        str(vars(sealed)),
    ]
    assert [text for text in everywhere if NUMBER in text or NUMBER[4:-4] in text] == []
    assert str(sealed) == "1101**********1012"
    assert plain(sealed) == NUMBER


def test_equal_masks_are_not_equal_numbers(world: World) -> None:
    one, other = seal_text(NUMBER, "resident_id"), seal_text(OTHER, "resident_id")
    assert str(one) == str(other)
    assert one != other
    assert one != str(one)
    assert len({one, other, seal_text(NUMBER, "resident_id")}) == 2
    for copied in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), from_cell(one.cell)):
        assert (copied, copied.ref) == (one, one.ref)


def test_a_number_has_one_row_a_tenant_and_kind(world: World) -> None:
    texts = [
        ("resident_id", NUMBER),
        ("resident_id", f" {NUMBER[:6]} {NUMBER[6:]}"),
        ("phone", PHONE),
        ("bank_account", PHONE),
        ("resident_id", ""),
    ]
    with CaptureQueriesContext(
        connection,
    ) as first:
        sealed = seal_texts(texts)
    with CaptureQueriesContext(connection) as second:
        assert seal_texts(texts) == sealed
    assert [len(q.captured_queries) for q in (first, second)] == [3, 1]
    assert sealed[0].ref == sealed[1].ref
    assert (len({one.ref for one in sealed[:4]}), sealed[4]) == (3, Sealed())
    assert SealedText.objects.filter(kind__in=["resident_id", "phone", "bank_account"]).count() == 3


def test_another_tenant_cannot_ask_about_it(world: World) -> None:
    sealed = seal_text(NUMBER, "resident_id")
    with tenant_scope(make_jurisdiction("yantai")):
        mine = seal_text(NUMBER, "resident_id")
        assert mine.ref != sealed.ref
        with pytest.raises(SealBroken):
            open_texts([sealed])
        there = SealedText.objects.get()
    here = SealedText.objects.get(pk=sealed.ref)
    assert here.index != there.index


@pytest.mark.parametrize("stolen", ["token", "kind"])
def test_a_token_opens_in_its_own_row_only(world: World, stolen: str) -> None:
    """Planted bug: sealed for its kind alone, the moved token opened as somebody else's number."""
    one, other = seal_text(NUMBER, "resident_id"), seal_text(OTHER, "resident_id")
    if stolen == "token":
        token = SealedText.objects.get(pk=other.ref).token
        SealedText.objects.filter(pk=one.ref).update(token=token)
    else:
        SealedText.objects.filter(pk=one.ref).update(kind="contact")
    with pytest.raises(SealBroken):
        open_texts([one])


# --- columns -----------------------------------------------------------------------


def in_table(table: str, column: str, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        text: str = cursor.fetchone()[0]
    return text


def test_a_column_holds_reference_and_mask(world: World) -> None:
    unit = build_unit(world)
    unit.contact_phone = PHONE
    unit.save()
    assert isinstance(unit.contact_phone, Sealed)
    assert (
        in_table("stations_applicantunit", "contact_phone", unit.pk)
        == f"{unit.contact_phone.ref} 138****9876"
    )
    again = ApplicantUnit.objects.get(pk=unit.pk)
    assert again.contact_phone == unit.contact_phone
    assert plain(again.contact_phone) == PHONE
    again.bank_account = ""
    again.save()
    assert not ApplicantUnit.objects.get(pk=unit.pk).bank_account


def test_rows_are_found_by_number_and_by_nothing_else(world: World) -> None:
    unit, other = build_unit(world), build_unit(world)
    unit.contact_phone = PHONE
    unit.save()
    assert list(ApplicantUnit.objects.filter(contact_phone__same=PHONE)) == [unit]
    assert list(ApplicantUnit.objects.filter(contact_phone__same="138-0356-9876")) == [unit]
    assert not ApplicantUnit.objects.filter(contact_phone__same="13803569877").exists()
    assert list(ApplicantUnit.objects.filter(contact_phone=unit.contact_phone)) == [unit]
    with pytest.raises(TypeError, match="__same"):
        ApplicantUnit.objects.filter(contact_phone=PHONE).exists()
    with pytest.raises(TypeError, match="__same"):
        ApplicantUnit.objects.filter(pk=other.pk).update(contact_phone=PHONE)


def test_an_account_of_no_tenant_is_sealed_in_its_own_row(db: None) -> None:
    user = User.objects.create(username="phoned", full_name="某", phone=PHONE)
    column = in_table("accounts_user", "phone", user.pk)
    assert PHONE not in column
    assert column.endswith(" 138****9876")
    assert plain(User.objects.get(pk=user.pk).phone) == PHONE
    assert list(User.objects.filter(phone__same=PHONE)) == [user]
    assert not User.objects.filter(phone__same="13803569877").exists()


def test_lists_neither_open_nor_carry_numbers(world: World, monkeypatch: Any) -> None:
    """Planted bug: a field that opens when it is read."""
    for _ in range(3):
        build_unit(world)

    def refuse(*_: Any, **__: Any) -> str:
        raise AssertionError("a number was opened")

    monkeypatch.setattr("core.vault.unseal", refuse)
    with CaptureQueriesContext(connection) as queries:
        shown = [str(unit.contact_phone) for unit in ApplicantUnit.objects.all()]
    assert len(queries.captured_queries) == 1
    assert all("****" in text for text in shown)
