"""Identification numbers: unified social credit code (GB 32100) and resident identity number (GB 11643)."""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

# Residence permits of Hong Kong, Macao and Taiwan residents (港澳台居民居住证) bear these area codes, which
# the list of administrative divisions does not know.
_RESIDENCE_PERMIT = re.compile(r"(810000|820000|830000)\d{11}[\dX]")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?")


def normalise_uscc(text: str) -> str:
    """The code without blanks and hyphens, in capitals."""
    return uscc.compact(_half_width(text))


def normalise_resident_id(text: str) -> str:
    """The number without blanks and hyphens, with a capital X."""
    return re.sub(r"[\s-]", "", _half_width(text)).upper()


def _half_width(text: str) -> str:
    """Full-width digits and letters, as Chinese keyboards give them, made half-width."""
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in text)


def check_uscc(text: str) -> str | None:
    """What is wrong with a unified social credit code, in Chinese; None when nothing is."""
    number = normalise_uscc(text)
    if not number:
        return "请填写统一社会信用代码"
    try:
        uscc.validate(number)
    except InvalidLength:
        return f"统一社会信用代码应为18位，现为{len(number)}位"
    except InvalidFormat:
        return "统一社会信用代码含有不允许的字符（不使用字母 I、O、S、V、Z，前8位为数字）"
    except InvalidChecksum:
        return "统一社会信用代码校验位不符，请核对是否有误"
    except ValidationError:
        return "统一社会信用代码不正确"
    return None


def check_resident_id(text: str) -> str | None:
    """What is wrong with a resident identity number, in Chinese; None when nothing is."""
    number = normalise_resident_id(text)
    if not number:
        return "请填写身份证号码"
    if len(number) == 15 and number.isdigit():
        return "15位身份证号码已停用，请填写18位号码"
    if _RESIDENCE_PERMIT.fullmatch(number):
        return _check_permit(number)
    try:
        ric.validate(number)
    except InvalidLength:
        return f"身份证号码应为18位，现为{len(number)}位"
    except InvalidFormat:
        return "身份证号码前17位应为数字"
    except InvalidChecksum:
        return "身份证号码校验位不符，请核对是否有误"
    except ValidationError:
        return "身份证号码中的行政区划或出生日期不正确"
    return None


def _check_permit(number: str) -> str | None:
    if number[-1] != ric.calc_check_digit(number):
        return "身份证号码校验位不符，请核对是否有误"
    if birth_date(number) is None:
        return "身份证号码中的行政区划或出生日期不正确"
    return None


def is_phone(text: str) -> bool:
    """Whether it is a mobile number of 11 digits or a fixed line with its area code."""
    return _PHONE.fullmatch(text.strip()) is not None


def birth_date(text: str) -> date | None:
    """The date of birth in a number; None when it has none."""
    number = normalise_resident_id(text)
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
