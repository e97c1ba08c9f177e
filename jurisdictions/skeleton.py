"""A profile to be filled in: every chapter that is needed, with what belongs there beside it.

What is still to be filled is marked 〔填：…〕. A file with a mark in it founds no jurisdiction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent / "skeleton.yaml.template"
MARK = re.compile(r"〔填：([^〕]*)〕")
_BLANK = re.compile(r"%([a-z_]+)%")


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What is known of a jurisdiction before anybody has read its regulation closely."""

    slug: str
    name: str
    short_name: str
    level: str
    division_code: str
    effective: str
    """The day from which the regulation counts, ISO."""
    prefix: str
    """With what the ids of its clauses begin: QS for 沁水."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place that is still to be filled, by its line."""

    line: int
    what: str


def skeleton(known: Beginnings) -> str:
    """The text of the skeleton with what is known filled in."""
    text = TEMPLATE.read_text(encoding="utf-8")
    return _BLANK.sub(lambda blank: str(getattr(known, blank.group(1))), text)


def unfilled(text: str) -> list[Place]:
    """Every mark that is left; those in comments only explain."""
    return [
        Place(number, mark.group(1))
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.lstrip().startswith("#")
        for mark in MARK.finditer(line)
    ]
