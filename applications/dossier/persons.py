"""The numbers of persons in an application's rosters: sealing them, finding them, comparing them.

A cell of a personal column is `{"ref": …, "mask": …}`, with `problem` where what was typed is no such
number (`core.vault`). Nothing here opens one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.vault import Sealed, from_cell, is_cell, ref_of, seal_texts
from jurisdictions.engine import Profile, cell_error
from jurisdictions.engine.schema.form import Column

Rows = Sequence[Mapping[str, Any]]
IDENTITY = "resident_id"


@dataclass(frozen=True, slots=True)
class Number:
    """One sealed number of a roster and where it stands."""

    roster: str
    index: int
    column: Column
    name: str
    sealed: Sealed

    @property
    def label(self) -> str:
        """`第2行 张三 身份证号码`."""
        return " ".join(part for part in (f"第{self.index + 1}行", self.name, self.column.label) if part)


def numbers_in(rules: Profile, rosters: Mapping[str, Any]) -> Iterator[Number]:
    """Every number of a person in the rosters, in the profile's order."""
    for roster in rules.rosters:
        columns = [column for column in roster.columns if column.is_personal]
        for index, row in enumerate(rosters.get(roster.name) or ()):
            for column in columns:
                if is_cell(row.get(column.name)):
                    yield Number(
                        roster.name, index, column, str(row.get("name") or ""), from_cell(row[column.name])
                    )


def seal_rosters(
    rules: Profile,
    rosters: Mapping[str, Rows],
    known: Mapping[str, Any],
    on: date,
    also: Mapping[str, Sealed] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Rosters as typed, with every number of a person sealed and judged; three queries at most.

    A cell that comes back as it was given out (`known` are the rosters stored so far, `also` what a page
    proves to have been given, by reference) stays; a reference that was never given out to this
    application is taken for text that somebody typed.
    """
    given_out = dict(also or {})
    given_out |= {
        number.sealed.ref: number.sealed for number in numbers_in(rules, known) if number.sealed.ref
    }
    sealed = {name: [dict(row) for row in rows] for name, rows in rosters.items()}
    places: list[tuple[dict[str, Any], Column]] = []
    for roster in rules.rosters:
        for row in sealed.get(roster.name, ()):
            for column in roster.columns:
                if column.is_personal and not _kept(row, column.name, given_out):
                    places.append((row, column))
    texts = [(column.type, _text(row.get(column.name))) for row, column in places]
    for (row, column), (_, text), found in zip(places, texts, seal_texts(texts), strict=True):
        problem = cell_error(column, text, on) if text else None
        row[column.name] = Sealed(str(found), found.ref, problem or "").cell if found else ""
    return sealed


def identities_in(rules: Profile, rosters: Mapping[str, Any]) -> list[str]:
    """The references of all persons' identity numbers, each once: what `Application.persons` keeps."""
    found = (number for number in numbers_in(rules, rosters) if number.column.type == IDENTITY)
    return sorted({number.sealed.ref for number in found if not number.sealed.problem})


def reference_of(resident_id: str) -> str | None:
    """The reference of an identity number in the tenant in scope; None where nobody gave it."""
    ref = ref_of(resident_id, IDENTITY)
    return str(ref) if ref else None


def _kept(row: dict[str, Any], name: str, given_out: Mapping[str, Sealed]) -> bool:
    cell = row.get(name)
    known = given_out.get(cell["ref"]) if is_cell(cell) else None
    if known is None or str(known) != str(cell["mask"]).strip():
        return False
    row[name] = known.cell
    return True


def _text(value: Any) -> str:
    """What was typed; of a cell that is not known here its mask, which no number is."""
    if is_cell(value):
        return str(value["mask"]).strip()
    return "" if value is None else str(value).strip()
