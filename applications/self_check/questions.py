"""The questions of the self-check as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine.schema.form import Fact


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to answer. `several`: any number of the choices."""

    fact: Fact
    path: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Questions that belong together."""

    name: str
    label: str
    help: str
    questions: tuple[Question, ...]
