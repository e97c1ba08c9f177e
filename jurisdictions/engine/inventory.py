"""Every clause of a text, and the places of its profile that rest on it."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from jurisdictions.engine.crosscheck.walking import nodes_of
from jurisdictions.engine.loader import PROFILES
from jurisdictions.engine.schema.profile import Profile

# Fields of nodes that name clauses.
_NAMING = re.compile(r"^(clause|clauses|\w+_clause|scored_by)$")
_INFORMATIVE = "I"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the inventory. `force`: M binding, S soft wording, D discretion, I informative."""

    id: str
    article: str
    kind: str
    force: str

    @property
    def operative(self) -> bool:
        """Whether it asks anything of anybody."""
        return self.force != _INFORMATIVE


def clauses_of(slug: str, folder: Path = PROFILES) -> tuple[Clause, ...]:
    """The clauses of a jurisdiction's text, in its order (`clauses.csv` beside its profiles)."""
    with (folder / slug / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Clause(row["clause"], row["article"], row["kind"], row["force"]) for row in csv.DictReader(file)
        )


def places_of(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Clause -> the nodes that rest on it, as paths without numbers (`assessment.rubric.categories`)."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for path, node in nodes_of(profile):
        place = re.sub(r"\[\d+\]", "", path)
        for clause in _named(node):
            found[clause].setdefault(place)
    return {clause: tuple(places) for clause, places in found.items()}


def _named(node: BaseModel) -> Iterator[str]:
    for name in type(node).model_fields:
        if _NAMING.match(name):
            value: Any = getattr(node, name)
            yield from filter(None, (value,) if isinstance(value, str) else value or ())
