"""One mask for each kind of number, and the sieve for texts that were not meant to hold one."""

import pytest

from core.masking import bare, holds_number, mask, redact


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("resident_id", "370602198001011234", "3706**********1234"),
        ("resident_id", "37060219800101123x", "3706**********123X"),
        ("resident_id", " 370602 19800101 1234", "3706**********1234"),
        ("resident_id", "1101081979060922", "1101********0922"),
        ("resident_id", "110108", "******"),
        ("phone", "13812345678", "138****5678"),
        ("phone", "138 1234 5678", "138****5678"),
        ("phone", "0356-7022222", "0356-***2222"),
        ("phone", "03567022222", "0356-***2222"),
        ("phone", "010-62345678", "010-****5678"),
        ("phone", "0356-7022222-801", "0356-***2222"),
        ("phone", "123", "***"),
        ("bank_account", "6222021608001234567", "**** 4567"),
        ("bank_account", "1234567", "*******"),
        ("contact", "13812345678", "138****5678"),
        ("contact", "zhao.fan@example.org", "z****@example.org"),
        ("contact", "wechat_zhao_1988", "we************88"),
        ("contact", "老赵", "**"),
        ("phone", "", ""),
    ],
)
def test_the_house_formats(kind: str, text: str, shown: str) -> None:
    assert mask(text, kind) == shown


def test_no_mask_shows_more_than_eight_characters_of_a_number() -> None:
    for kind in ("resident_id", "phone", "bank_account", "contact"):
        for length in range(1, 25):
            shown = mask("7" * length, kind)
            most = min(8, length - 4) if length >= 8 else 0
            assert shown.count("7") <= most, (kind, length, shown)


def test_numbers_are_compared_bare() -> None:
    assert bare(" 3706021980 0101-123ｘ") == "37060219800101123X"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("身份证370602198001011234重复", "身份证3706**********1234重复"),
        ("Key (resident_id)=(37060219800101123x) exists", "Key (resident_id)=(3706**********123X) exists"),
        ("call +86 13812345678 now", "call 138****5678 now"),
        ("?q=13812345678&page=2", "?q=138****5678&page=2"),
        ("电话0356-7022222。", "电话0356-***2222。"),
        ("{'bank_account': '6222 0216 0800 1234 567'}", "{'bank_account': '**** 4567'}"),
        ("/desk/units/?q=6222021608001234567", "/desk/units/?q=**** 4567"),
    ],
)
def test_numbers_are_taken_out_of_texts(text: str, left: str) -> None:
    assert redact(text) == left
    assert holds_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /qinshui/unit/applications/12/sections/staff/?checked=1 200 8312",
        "2026-11-25 03:17:22,104 INFO released 140521-0000000012 of 100000",
        "91140521MA0GXXXX1R",
        "121405210000000007",  # a social credit code of digits only
        "0f8fad5b-d9cb-469f-a165-708672895099",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "took 0.12345678901234 s",
        "沁人社字〔2024〕6号",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text
