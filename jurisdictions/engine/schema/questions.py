"""What only questions bring up: facts without effect, levels of stations, rules of a higher authority."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jurisdictions.engine.schema.base import Cited, Label, Months, Name, Node
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.tree import Level


class IdleFact(Fact):
    """A fact that other schemes judge by and to which this text attaches nothing: known, and without effect.

    `clause` is the one that a reader would expect to speak of it.
    """

    kinds: tuple[Name, ...] = Field(min_length=1)
    """The kinds of question in which it may stand."""


class StationLevel(Cited):
    """One level of station, and whether it is recognised under this text."""

    value: Name
    label: Label
    managed_by: Name
    """An authority kind."""
    in_process: bool


class StationLevels(Node):
    """The levels that the text tells apart."""

    fact: Name
    kinds: tuple[StationLevel, ...] = Field(min_length=1)


class SuperiorRule(Cited):
    """Requirements of a higher authority that prevail for stations of a level; their content is elsewhere."""

    level: Level
    by: Label
    prevails: bool = True


class Extension(Cited):
    """How the day of an obligation may be put off."""

    task: Name
    max_months: Months = Field(gt=0)
    limit: Literal["soft", "hard"] = "soft"
    """Soft (一般): more than that only with a recorded decision."""
    written: bool = True
    reasons: tuple[ExtensionReason, ...] = Field(min_length=1)
    unlisted: Literal["ask", "refused"] = "ask"
    """What holds for a reason outside the list (等)."""


class ExtensionReason(Node):
    """One ground that the text names."""

    value: Name
    label: Label


Extension.model_rebuild()
