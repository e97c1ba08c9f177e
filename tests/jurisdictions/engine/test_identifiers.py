"""Unified social credit codes and resident identity numbers."""

from __future__ import annotations

import pytest
from stdnum.cn import ric

from jurisdictions.engine import check_resident_id, check_uscc, normalise_resident_id, normalise_uscc


def with_check_digit(first_17: str) -> str:
    return first_17 + ric.calc_check_digit(first_17 + "0")


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91370600J6F3YMC9G0",
        " 9135 0100-m000100y43 ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
    ],
)
def test_good_credit_codes(code: str) -> None:
    assert check_uscc(code) is None


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("91350100M000100Y4Z", "不允许的字符"),
        ("91350100M000100Y44", "校验位"),
        ("91350100M000100Y4", "18位"),
        ("", "请填写"),
    ],
)
def test_bad_credit_codes(code: str, part: str) -> None:
    error = check_uscc(code)

    assert error is not None
    assert part in error


@pytest.mark.parametrize(
    "number",
    [
        with_check_digit("11010119900307001"),
        with_check_digit("11010119900307001").lower(),
        with_check_digit("81000019940823002"),
        with_check_digit("82000019940823002"),
        with_check_digit("83000019940823002"),
    ],
)
def test_good_resident_numbers(number: str) -> None:
    assert check_resident_id(number) is None


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (with_check_digit("11010119900230001"), "出生日期"),
        (with_check_digit("99010119900307001"), "行政区划"),
        (with_check_digit("81000019940832002"), "出生日期"),
        ("110101900307001", "停用"),
        ("11010119900307", "18位"),
        ("", "请填写"),
    ],
)
def test_bad_resident_numbers(number: str, part: str) -> None:
    error = check_resident_id(number)

    assert error is not None
    assert part in error


def test_a_wrong_check_digit_is_told_for_every_kind_of_number() -> None:
    for first in ("11010119900307001", "81000019940823002"):
        good = with_check_digit(first)
        bad = good[:-1] + ("1" if good[-1] != "1" else "2")
        assert "校验位" in (check_resident_id(bad) or "")


def test_normalised_forms() -> None:
    assert normalise_resident_id(" 110101 19900307 001x") == "11010119900307001X"
    assert normalise_uscc("91350100-m000100y43") == "91350100M000100Y43"
