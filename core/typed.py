"""What somebody typed, read as people read it: not what nobody sees, and digits whatever their width."""

from __future__ import annotations

import unicodedata
from typing import Final

# A number of the database has as many at most.
MOST_DIGITS: Final = 18
# Characters of scripts that show nothing, beside those that Unicode calls format marks.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def said(text: str) -> str:
    """The text without marks that nobody sees and without blanks at its ends; empty when nothing was said.

    A reason is asked for through this: a zero-width space is none.
    """
    seen = (char for char in text if char not in _BLANK and unicodedata.category(char) != "Cf")
    return "".join(seen).strip()


def whole_in(text: str, *, otherwise: int) -> int:
    """The whole number that a page sent with a form; `otherwise` for whatever no page of ours sends."""
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if fits else otherwise


def plain_digits(text: str) -> str:
    """The text with ASCII for every digit, Latin letter and blank of another width, and no invisible mark.

    Full-width punctuation stays: only what a number is written with is made plain.
    """
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(char: str) -> str:
    if char.isascii():
        return char
    kind = unicodedata.category(char)
    if kind == "Cf" or char in _BLANK:
        return ""
    if kind == "Zs":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and folded.isascii() and (folded.isalnum() or folded in "-+") else char
