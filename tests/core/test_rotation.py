"""Rotating the keys: everything is sealed anew, and the old key may go."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from applications.models import ApplicationVersion
from core import rotation
from core.sealing import SealBroken
from core.vault import SealedText, seal_text
from tests.applications.filing import filed
from tests.sealed import plain
from tests.stations.builders import build_unit
from tests.world import World

OLD, NEW, INDEX = (base64.b64encode(bytes([n]) * 32).decode() for n in (11, 12, 13))
PHONE = "13803569876"


@pytest.fixture
def keys(settings: Any) -> Any:
    settings.FIELD_KEYS = f"old:{OLD}"
    return settings


def rotate(*args: str) -> str:
    from io import StringIO  # noqa: PLC0415 - used here only

    out = StringIO()
    call_command("rotate_field_keys", *args, stdout=out)
    return out.getvalue()


def test_after_a_rotation_the_old_key_may_go(keys: Any, world: World) -> None:
    """Planted bugs: the person's account forgotten; a batch that stops after the first."""
    rotation_batch(1)
    application = filed(world)
    unit = build_unit(world)
    user = User.objects.create(username="phoned", full_name="某", phone=PHONE)
    version = ApplicationVersion.objects.get()
    before = (version.digest, version.content)
    numbers = [plain(row["resident_id"]) for row in application.rosters["members"]]
    phone, account = plain(unit.contact_phone), plain(unit.bank_account)
    total = SealedText.objects.count()

    keys.FIELD_KEYS = f"new:{NEW},old:{OLD}"
    said = rotate()
    assert f"{world.jurisdiction}: {total}" in said
    assert "accounts.User.phone: 3" in said
    assert "sealed with the key 'new'" in said
    keys.FIELD_KEYS = f"new:{NEW}"
    application.refresh_from_db()
    assert [plain(row["resident_id"]) for row in application.rosters["members"]] == numbers
    assert (plain(unit.contact_phone), plain(unit.bank_account)) == (phone, account)
    assert plain(User.objects.get(pk=user.pk).phone) == PHONE
    # What was handed in is as it was, digest and all.
    version.refresh_from_db()
    assert (version.digest, version.content) == before
    assert f"{world.jurisdiction}: 0" in rotate()


def rotation_batch(size: int) -> None:
    rotation.BATCH = size  # type: ignore[misc]


@pytest.fixture(autouse=True)
def usual_batch() -> Any:
    usual = rotation.BATCH
    yield
    rotation_batch(usual)


def test_without_the_old_key_it_stops_with_a_sentence(keys: Any, world: World) -> None:
    sealed = seal_text(PHONE, "phone")
    keys.FIELD_KEYS = f"new:{NEW}"
    with pytest.raises(CommandError, match="no key 'old'"):
        rotate()
    with pytest.raises(SealBroken):
        plain(sealed)
    keys.FIELD_KEYS = f"new:{NEW},old:{OLD}"
    rotate()
    assert plain(sealed) == PHONE


def test_a_new_index_key_finds_the_same_rows(keys: Any, world: World) -> None:
    sealed = seal_text(PHONE, "phone")
    keys.INDEX_KEY = INDEX
    assert "1" in rotate("--index")
    assert seal_text(PHONE, "phone") == sealed
    assert SealedText.objects.filter(kind="phone").count() == 1


def test_a_room_takes_part_with_what_it_seals_itself(keys: Any, db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(rotation, "_others", {})
    rotation.rotates("second factors")(lambda: 7)
    assert "second factors: 7" in rotate()
