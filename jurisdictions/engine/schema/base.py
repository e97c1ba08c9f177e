"""What every node of a profile shares: it is frozen, closed, and says which clause it rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

NAME = r"^[a-z][a-z0-9_]*$"
CLAUSE_ID = r"^[A-Z]+-[0-9A-Za-z.]+$"
READING_ID = r"^[A-Z]+-[0-9A-Za-z]+$"
HOUR = r"^(([01]\d|2[0-3]):[0-5]\d)?$"

Name = Annotated[str, StringConstraints(pattern=NAME)]
Label = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ClauseId = Annotated[str, StringConstraints(pattern=CLAUSE_ID)]
ReadingId = Annotated[str, StringConstraints(pattern=READING_ID)]

# Every figure has an end: a slip (a year of five digits, a length of a million months) is told where the text
# is brought, instead of breaking the page that counts by it later. A field may add `gt` and nothing else: of
# two bounds of one kind pydantic keeps the one that stands here.
MOST = 1_000_000_000_000
Months = Annotated[int, Field(ge=0, le=1200)]
Days = Annotated[int, Field(ge=0, le=3660)]
Years = Annotated[int, Field(ge=0, le=100)]
Year = Annotated[int, Field(ge=1900, le=2199)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
Month = Annotated[int, Field(ge=1, le=12)]
MonthDay = Annotated[int, Field(ge=1, le=31)]
Few = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Digits = Annotated[int, Field(ge=1, le=12)]
Share = Annotated[int, Field(ge=0, le=100)]
"""Percent of a whole; `Percent` may be more than the whole."""
Percent = Annotated[int, Field(ge=0, le=1000)]
Yuan = Annotated[int, Field(ge=0, le=MOST)]
Whole = Annotated[int, Field(ge=-MOST, le=MOST)]
Figure = Annotated[Decimal, Field(ge=-MOST, le=MOST, decimal_places=9)]


def _plain(value: Any) -> Any:
    """A value by itself. One reason where it is none: pydantic would give one for each type of the union."""
    if not isinstance(value, bool | int | Decimal | date | str):
        raise ValueError("a word, a number, a day or yes/no is needed")
    if isinstance(value, int | Decimal) and not -MOST <= value <= MOST:
        raise ValueError(f"a number beyond {MOST} is needed nowhere")
    return value


# A value as a profile writes it. Fractions arrive as Decimal (the loader never makes a float).
Scalar = Annotated[bool | int | Decimal | date | str, BeforeValidator(_plain)]


class Node(BaseModel):
    """A frozen part of a profile; an unknown key is an error, so a typing slip cannot switch a rule off."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Cited(Node):
    """A part that rests on the text: it names its clause, and the reading where the text is unclear."""

    clause: ClauseId
    clauses: tuple[ClauseId, ...] = ()
    reading: ReadingId | None = None
    note: str = ""
    """What a reader must know about the wording, e.g. a drafting slip of the text."""
    in_text: bool = True
    """False for a convention of this product where the text is silent; the clause is then the nearest one."""

    @model_validator(mode="before")
    @classmethod
    def _one_or_many_clauses(cls, data: Any) -> Any:
        """`clause: X` and `clauses: [X, Y]` are both allowed; afterwards both fields are filled."""
        if not isinstance(data, dict):
            return data
        filled = dict(data)
        many = filled.get("clauses")
        if isinstance(many, list | tuple) and many:
            filled.setdefault("clause", many[0])
        elif "clause" in filled:
            filled["clauses"] = (filled["clause"],)
        return filled


class Choice(Node):
    """One value of a closed list, with the words that a screen shows."""

    value: str
    label: Label
