"""Sealed texts: what a token keeps, what it refuses, and the blind index beside it."""

import base64
from typing import Any

import pytest
from django.core.management import call_command

from core import sealing
from core.checks import field_keys as check
from core.sealing import (
    KeysMissing,
    SealBroken,
    blind_index,
    is_sealed,
    key_id_of,
    key_id_of_bytes,
    seal,
    seal_bytes,
    unseal,
    unseal_bytes,
)

OLD, NEW, INDEX = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
NUMBER = "140521198001011234"


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.FIELD_KEYS, settings.INDEX_KEY = f"old:{OLD}", INDEX


@pytest.mark.parametrize("text", [NUMBER, "", "0356-7022222", "张三 ☃", "x" * 10_000])
def test_a_token_gives_back_its_text_and_shows_none_of_it(text: str) -> None:
    token = seal(text)
    assert token.startswith("v1:old:")
    assert is_sealed(token)
    assert unseal(token) == text
    assert not text or text not in token


def test_equal_texts_have_different_tokens() -> None:
    assert seal(NUMBER) != seal(NUMBER)


def test_the_first_key_writes_and_every_key_reads(settings: Any) -> None:
    before = seal(NUMBER)
    settings.FIELD_KEYS = f"new:{NEW},old:{OLD}"
    after = seal(NUMBER)
    assert (key_id_of(before), key_id_of(after)) == ("old", "new")
    assert (unseal(before), unseal(after)) == (NUMBER, NUMBER)
    settings.FIELD_KEYS = f"new:{NEW}"
    assert unseal(after) == NUMBER
    with pytest.raises(SealBroken, match="no key 'old'"):
        unseal(before)


def _changed(token: str) -> str:
    head, _, body = token.rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[-1] ^= 1
    return f"{head}:{base64.urlsafe_b64encode(bytes(raw)).decode()}"


@pytest.mark.parametrize(
    "spoil",
    [
        _changed,
        lambda token: token.replace("v1:", "v2:", 1),
        lambda token: token[:20],
        lambda token: token.removeprefix("v1:"),
        lambda token: NUMBER,
        lambda token: "",
    ],
)
def test_a_spoilt_token_opens_to_nothing(spoil: Any) -> None:
    with pytest.raises(SealBroken) as refusal:
        unseal(spoil(seal(NUMBER)))
    assert NUMBER not in str(refusal.value)


def test_what_was_sealed_for_one_purpose_does_not_open_for_another() -> None:
    token = seal(NUMBER, purpose="second factor")
    assert unseal(token, purpose="second factor") == NUMBER
    with pytest.raises(SealBroken):
        unseal(token)


def test_a_token_under_another_keys_name_does_not_open(settings: Any) -> None:
    settings.FIELD_KEYS = f"old:{OLD},new:{NEW}"
    with pytest.raises(SealBroken):
        unseal(seal(NUMBER).replace(":old:", ":new:"))


def test_the_index_finds_equal_texts_within_one_purpose_only(settings: Any) -> None:
    index = blind_index(NUMBER, purpose="resident_id/1")
    assert index == blind_index(NUMBER, purpose="resident_id/1")
    assert len(index) == 64
    others = [
        blind_index(NUMBER, purpose="resident_id/2"),
        blind_index(NUMBER[:-1] + "5", purpose="resident_id/1"),
    ]
    settings.INDEX_KEY = NEW
    others.append(blind_index(NUMBER, purpose="resident_id/1"))
    assert len({index, *others}) == 4


SHORT = base64.b64encode(b"x" * 16).decode()


@pytest.mark.parametrize(
    ("field_keys", "index_key", "problem"),
    [
        ("", INDEX, "FIELD_KEYS is not set."),
        (f"old:{SHORT}", INDEX, "The key 'old' of FIELD_KEYS has 16 bytes instead of 32."),
        (f"new:{NEW},old:{SHORT}", INDEX, "The key 'old' of FIELD_KEYS has 16 bytes instead of 32."),
        (OLD, INDEX, "FIELD_KEYS must be id:base64 pairs, comma-separated, each id once."),
        (f"a:{OLD},a:{NEW}", INDEX, "FIELD_KEYS must be id:base64 pairs, comma-separated, each id once."),
        ("old:!!!", INDEX, "The key 'old' of FIELD_KEYS is not base64."),
        (f"old:{OLD}", "", "INDEX_KEY is not set."),
        (f"old:{OLD}", SHORT, "INDEX_KEY has 16 bytes instead of 32."),
        (f"old:{OLD}", INDEX, ""),
        (f" new:{NEW} , old:{OLD}", INDEX, ""),
    ],
)
def test_the_check_names_what_is_wrong_with_the_keys(
    settings: Any, field_keys: str, index_key: str, problem: str
) -> None:
    settings.FIELD_KEYS, settings.INDEX_KEY = field_keys, index_key
    assert [message.msg for message in check()] == [problem] * bool(problem)


def test_without_a_key_nothing_is_sealed(settings: Any) -> None:
    settings.FIELD_KEYS = settings.INDEX_KEY = ""
    with pytest.raises(KeysMissing):
        seal(NUMBER)
    with pytest.raises(KeysMissing):
        blind_index(NUMBER, purpose="p")


def test_a_made_key_is_one_that_the_settings_take(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_field_key")
    key = capsys.readouterr().out.strip()
    assert sealing.keys_problem(f"a:{key}", key) == ""


# --- files ------------------------------------------------------------------------


def test_content_opens_again_for_its_purpose_alone() -> None:
    content = bytes(range(256)) * 40
    sealed = seal_bytes(content, purpose="file")
    assert content[:32] not in sealed
    assert unseal_bytes(sealed, purpose="file") == content
    with pytest.raises(SealBroken):
        unseal_bytes(sealed, purpose="other")
    with pytest.raises(SealBroken):
        unseal_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]), purpose="file")
    with pytest.raises(SealBroken):
        unseal_bytes(content, purpose="file")


def test_content_names_its_key_and_an_old_one_still_opens_it(settings: Any) -> None:
    sealed = seal_bytes(b"copy", purpose="file")
    assert key_id_of_bytes(sealed[:40]) == "old"
    settings.FIELD_KEYS = f"new:{NEW},old:{OLD}"
    assert unseal_bytes(sealed, purpose="file") == b"copy"
    assert key_id_of_bytes(seal_bytes(b"copy", purpose="file")) == "new"
    settings.FIELD_KEYS = f"new:{NEW}"
    with pytest.raises(SealBroken, match="no key 'old'"):
        unseal_bytes(sealed, purpose="file")
