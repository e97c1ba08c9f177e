"""Computes the formulas of a workbook: as many functions as the panel's result uses, in binary fractions as
a spreadsheet program has them.
"""

from __future__ import annotations

import math
import re
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries

COMPARE = {"=": "==", "<>": "!=", "&": "+"}


class Workbook:
    """A workbook whose cells are asked for by sheet and address."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.book = load_workbook(handle)
        self.known: dict[tuple[str, str], Any] = {}

    def value(self, sheet: str, address: str) -> Any:
        """The value of a cell, computed where it is a formula."""
        address = address.replace("$", "")
        if (sheet, address) not in self.known:
            cell = self.book[sheet][address]
            value = self._compute(sheet, cell.value) if cell.data_type == "f" else cell.value
            self.known[sheet, address] = value
        return self.known[sheet, address]

    def table(self, sheet: str) -> list[list[Any]]:
        """All cells of a sheet, computed."""
        return [[self.value(sheet, cell.coordinate) for cell in row] for row in self.book[sheet].iter_rows()]

    def _compute(self, sheet: str, formula: str) -> Any:
        words = [self._word(sheet, token) for token in Tokenizer(formula).items]
        return eval("".join(words), {"__builtins__": {}}, {**FUNCTIONS, "ref": self._ref})

    def _word(self, sheet: str, token: Token) -> str:
        if token.type == Token.FUNC:
            return f"F{token.value}" if token.subtype == Token.OPEN else ")"
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            *other, address = token.value.rsplit("!", 1)
            name = other[0].strip("'") if other else sheet
            return f"ref({name!r}, {address!r})"
        if token.type == Token.OPERAND and token.subtype == Token.TEXT:
            return f"text({token.value})"
        if token.type == Token.OP_IN:
            return COMPARE.get(token.value, token.value)
        return token.value

    def _ref(self, sheet: str, address: str) -> Any:
        if ":" not in address:
            return self.value(sheet, address)
        left, top, right, bottom = range_boundaries(address.replace("$", ""))
        cells = self.book[sheet].iter_rows(top, bottom, left, right)
        return [self.value(sheet, cell.coordinate) for row in cells for cell in row]


def _numbers(*given: Any) -> list[float]:
    flat = [one for value in given for one in (value if isinstance(value, list) else [value])]
    return [float(one) for one in flat if isinstance(one, int | float) and not isinstance(one, bool)]


def _matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and (found := re.fullmatch(r">(-?[\d.e-]+)", wanted)):
        return value > float(found[1])
    return bool(value == wanted)


def _round(value: float, places: int, cut: bool = False) -> float:
    steps = value * 10**places
    # A spreadsheet program rounds what it would show with 15 digits.
    steps = float(f"{steps:.14e}")
    return (math.floor(steps) if cut else math.floor(steps + 0.5)) / 10**places


class _Text(str):
    """A text to which `&` joins numbers."""

    def __add__(self, other: Any) -> str:
        return str(self) + str(other)


def _count_if(cells: list[Any], wanted: Any) -> int:
    return sum(_matches(cell, wanted) for cell in (cells if isinstance(cells, list) else [cells]))


FUNCTIONS: dict[str, Any] = {
    "FSUM": lambda *given: sum(_numbers(*given)),
    "FSUMIF": lambda cells, wanted, values: sum(v for c, v in zip(cells, values, strict=True) if c == wanted),
    "FCOUNT": lambda *given: len(_numbers(*given)),
    "FCOUNTIF": _count_if,
    "FMIN": lambda *given: min(_numbers(*given)),
    "FMAX": lambda *given: max(_numbers(*given)),
    "FROUND": _round,
    "FROUNDDOWN": lambda value, places: _round(value, places, cut=True),
    "FIF": lambda test, yes, no: yes if test else no,
    "FAND": lambda *given: all(given),
    "FOR": lambda *given: any(given),
    "text": _Text,
}
