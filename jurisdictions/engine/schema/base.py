"""What every node of a profile shares: it is frozen, closed, and says which clause it rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-Z]+-[0-9A-Za-z.]+$")]
ReadingId = Annotated[str, StringConstraints(pattern=r"^[A-Z]+-[0-9A-Za-z]+$")]

# A value as a profile writes it. Fractions arrive as Decimal (the loader never makes a float).
Scalar = bool | int | Decimal | date | str


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
