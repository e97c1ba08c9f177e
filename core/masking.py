"""How a personal number looks to whoever has no business with all of it.

One format for each kind of number, here and nowhere else: two masks that hide different
parts of one number can be laid together to read it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from stdnum.cn import uscc

from core.typed import plain_digits

HIDDEN: Final = "****"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0\d{3})-?(\d{7,8})(?:-\d{1,6})?")
_EMAIL = re.compile(r"([^@\s])[^@\s]*(@[^@\s]+)")


def mask(text: Any, kind: str) -> str:
    """A number with its middle hidden; kind is `resident_id`, `phone`, `bank_account`, `contact` or a
    short name of the first three (`id`, `bank`). An empty text stays empty; an odd one shows next to nothing.
    """
    given = str(text or "").strip()
    return _MASKS[kind](given) if given else ""


def bare(text: str) -> str:
    """A number as numbers are compared: half-width, in capitals, without blanks and hyphens."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in text)
    return re.sub(r"[\s-]", "", half).upper()


def _resident_id(text: str) -> str:
    number = bare(text)
    if len(number) >= 15:
        return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
    return _odd(number)


def _phone(text: str) -> str:
    if _MOBILE.fullmatch(bare(text)):
        number = bare(text)
        return f"{number[:3]}{HIDDEN}{number[-4:]}"
    if found := _LANDLINE.fullmatch(re.sub(r"\s", "", text)):
        area, number = found.groups()
        return f"{area}-{'*' * (len(number) - 4)}{number[-4:]}"
    return _odd(text)


def _bank_account(text: str) -> str:
    number = bare(text)
    return f"{HIDDEN} {number[-4:]}" if len(number) >= 8 else "*" * len(number)


def _contact(text: str) -> str:
    """A telephone number, an e-mail address, or some other name to be reached under."""
    if found := _EMAIL.fullmatch(text):
        return f"{found[1]}{HIDDEN}{found[2]}"
    return _phone(text)


def _odd(text: str) -> str:
    """What has not the form of its kind: two characters at either end of a long one, none of a short one."""
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"


_MASKS: Final = {
    "resident_id": _resident_id,
    "phone": _phone,
    "bank_account": _bank_account,
    "contact": _contact,
    "id": _resident_id,
    "bank": _bank_account,
}


# --- texts that nobody meant to hold a number -----------------------------------

# Behind a letter, a digit, a dot or a hyphen stands no number of a person, but part of a reference.
_FRONT, _BACK = r"(?<![\w.-])", r"(?![\w-])"
_GROUPED = r"\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{0,3}"
# In the name of a file it stands behind whatever separates there (`张三_1101…`, `ID1101…`).
_ALONE = (r"(?<!\d)", r"(?!\d)")
_PATTERNS: Final = (
    # Six digits of a place, a date of birth, three digits and the check character.
    (r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", "resident_id"),
    (r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}", "phone"),
    (r"(?:010|02\d|0[3-9]\d{2})-\d{7,8}", "phone"),
    (_GROUPED, "bank_account"),
)


def _compiled(front: str, back: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    # ASCII: a Chinese character before a number belongs to the sentence, not to the number.
    return tuple((re.compile(front + pattern + back, re.ASCII), kind) for pattern, kind in _PATTERNS)


_IN_TEXT: Final = _compiled(_FRONT, _BACK)
_IN_NAMES: Final = _compiled(*_ALONE)


def redact(text: str) -> str:
    """A text in which everything that looks like a person's number is masked.

    For logs, error reports and whatever else was not meant to hold one: it may hide a number
    too many. Digits of another width count, and no invisible mark parts a number.
    """
    return _masked(text, _IN_TEXT)


def redact_name(text: str) -> str:
    """The same for the name of a file, where a number stands right behind letters and underscores."""
    return _masked(text, _IN_NAMES)


def _masked(text: str, numbers: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    plain = masked = plain_digits(text)
    for pattern, kind in numbers:
        masked = pattern.sub(lambda found, kind=kind: _redacted(found[0], kind), masked)  # type: ignore[misc]
    return masked if masked != plain else text


def holds_number(text: str) -> bool:
    """Whether anything in a text looks like a person's number."""
    return redact(text) != text


def _redacted(number: str, kind: str) -> str:
    if kind == "bank_account":
        digits = bare(number)
        # A unit's social credit code is public, and some have digits only.
        return number if not 16 <= len(digits) <= 19 or uscc.is_valid(digits) else mask(number, kind)
    if kind == "phone":
        return mask(re.sub(r"^\+?86[ -]?(?=1[3-9])", "", number), kind)
    return mask(number, kind)
