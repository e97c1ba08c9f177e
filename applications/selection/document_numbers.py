"""The number of a designation document: as typed, or the next one under the bureau's own word."""

from __future__ import annotations

import re

from applications.models import Round
from core import clock
from core.errors import InputRefused, Problem
from core.numbering import take_number
from documents.models import OfficialDocument

# A document number as GB/T 9704 writes it: hexagonal brackets, full year, no leading zero, no 第.
NUMBER = re.compile(r"[^\s\d〔〕第]{2,20}〔\d{4}〕[1-9]\d{0,4}号")
BRACKETS = str.maketrans("[【［(（]】］)）", "〔〔〔〔〔〕〕〕〕〕")
FIELD = "document_number"


def number_for(round_: Round, typed: str) -> str:
    """The number to issue under: the typed one, else the next one. Refused as in `check_number`."""
    check_number(round_, typed)
    return normal_number(typed) if typed.strip() else _next_number(round_)


def check_number(round_: Round, typed: str) -> None:
    """Refuses a malformed number, one that is taken, and none where the bureau's word is not recorded."""
    if not typed.strip():
        if not round_.authority.document_word:
            text = f"请填写文号：系统没有登记{round_.authority.name}的机关代字，不能自动编号。"
            raise InputRefused([Problem(text, FIELD)])
    elif _is_taken(normal_number(typed)):
        raise InputRefused([Problem("这个文号已经用过，请核对。", FIELD)])


def normal_number(typed: str) -> str:
    """A document number with proper brackets; refused when it is none."""
    number = re.sub(r"〔(\d{4})〕0*", r"〔\1〕", re.sub(r"\s", "", typed).translate(BRACKETS))
    if not NUMBER.fullmatch(number):
        raise InputRefused(
            [Problem("文号的写法应为：机关代字〔年份〕序号号，例如 某人社字〔2024〕6号。", FIELD)]
        )
    return number


def _next_number(round_: Round) -> str:
    """The next number of the year that no paper bears; typed numbers are passed over."""
    year = clock.today().year
    while True:
        number = f"{round_.authority.document_word}〔{year}〕{take_number(f'designation:{year}')}号"
        if not _is_taken(number):
            return number


def _is_taken(number: str) -> bool:
    return OfficialDocument.objects.filter(number=number).exists()
