"""What a designated station must bring about every year, and what it must keep in writing."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import Cited, ClauseId, Figure, Label, Months, Name, Node
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.tree import Tree, facts_in

Record = Literal[
    "ledger",
    "image_archive",
    "apprentice_files",
    "mentoring_plan",
    "tackling_plan",
    "annual_plan",
    "internal_rules",
    "reward_mechanism",
    "school_enterprise_mechanism",
]
RECORDS: tuple[Record, ...] = get_args(Record)


class StartsAfter(Cited):
    """Yearly outputs are asked only from a time after designation."""

    months: Months = Field(gt=0)
    first_year: Literal["first_full_year", "year_of_anniversary"] = "first_full_year"
    """The first whole calendar year after that time, or the year in which that time is reached."""


class YearlyAverage(Node):
    """People of a level or above, on average over the years that are stated.

    `by_year` names the fact that maps years to numbers; `level` the one that holds the lowest level among
    the people counted there. `<part_prefix><level>` says how many of them are of one level; those below
    `counted_from` do not count.
    """

    by_year: Name
    level: Name
    levels: tuple[str, ...] = Field(min_length=1)
    """From the lowest to the highest."""
    counted_from: str
    part_prefix: Name
    at_least: Figure
    of: Literal["average", "each_year"] = "average"

    @property
    def parts(self) -> dict[str, str]:
        """Fact -> level, for every level of which a part may be stated."""
        return {f"{self.part_prefix}{level}": level for level in self.levels}

    @property
    def names(self) -> tuple[str, ...]:
        """Every fact that this speaks of."""
        return (self.by_year, self.level, *self.parts)

    @model_validator(mode="after")
    def _a_level(self) -> YearlyAverage:
        if self.counted_from not in self.levels:
            raise ValueError(f"{self.counted_from} is not among the levels")
        return self


class Output(Cited):
    """One thing that a station must bring about."""

    label: Label
    require: Tree | None = None
    average: YearlyAverage | None = None
    when: Tree | None = None
    """Asked of some stations only."""
    unstated: Literal["open", "not_asked"] = "open"
    """Where nothing at all is said of it, `when` included: still open, or no duty of this station."""
    within: Literal["year", "construction_period"] = "year"
    """Over a whole period a year without it decides nothing."""
    scored_by: tuple[ClauseId, ...] = ()
    """The lines of the score sheet that weigh it (or the clause of the sheet as a whole)."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that it speaks of."""
        trees = [tree for tree in (self.when, self.require) if tree is not None]
        return (*(n for t in trees for n in facts_in(t)), *(self.average.names if self.average else ()))

    @model_validator(mode="after")
    def _one_measure(self) -> Output:
        if (self.require is None) == (self.average is None):
            raise ValueError("exactly one of require and average is needed")
        return self


class RecordRule(Cited):
    """Something to be kept in writing: by an article, or only as a line of the score sheet."""

    record: Record
    label: Label
    basis: Literal["article", "rubric"] = "article"


class Task(Cited):
    """A task without a measure: shown to whoever it binds, and asked by nobody."""

    label: Label
    of: Literal["station", "unit", "authority"] = "station"


class Duties(Node):
    """The standing duties of a designated station."""

    starts_after: StartsAfter | None = None
    facts: tuple[Fact, ...] = ()
    """What outputs are read from, beside the figures of the assessment."""
    outputs: tuple[Output, ...] = ()
    records: tuple[RecordRule, ...] = ()
    tasks: tuple[Task, ...] = ()
