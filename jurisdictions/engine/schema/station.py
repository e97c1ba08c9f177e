"""After designation: dated obligations, assessment with rubric and grades, award and tranches."""

from __future__ import annotations

from calendar import monthrange
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import (
    Cited,
    ClauseId,
    Count,
    Days,
    Few,
    Figure,
    Label,
    Month,
    MonthDay,
    Months,
    Name,
    Node,
    Share,
    Years,
    Yuan,
)
from jurisdictions.engine.schema.form import Fact, Narrative
from jurisdictions.engine.schema.questions import Extension
from jurisdictions.engine.schema.tree import Level, Tree


class Renewal(Cited):
    """How a term is renewed."""

    opens_months_before: Months
    """From so many months before the end it may be asked for."""
    grades: tuple[Label, ...] = ()
    """The last grade must be one of these; empty: any."""
    times: Few | None = Field(default=None, gt=0)
    """How often; None: again and again."""
    late: Literal["refused", "ask"] = "ask"
    """What holds for whoever asks after the end; a text that is silent leaves it to a person."""


class Term(Cited):
    """A designation that holds for a time only."""

    months: Months = Field(gt=0)
    ends: Literal["anniversary", "year_end"] = "anniversary"
    renewal: Renewal | None = None


class ConstructionPeriod(Cited):
    """The time in which a station is built up."""

    months: Months | None = Field(gt=0)
    """None: the text gives no length, and nobody has entered one."""


class YearlyWindow(Node):
    """A whole month of every year, from so many years after designation."""

    schedule: Literal["yearly_window"]
    month: Month
    first_year_offset: Years = 1
    until: Literal["construction_end", "open"] = "open"
    times: Few | None = Field(default=None, gt=0)
    """Exactly so many of them, whenever the construction period ends."""


class OnceWindow(Node):
    """A whole month of one year."""

    schedule: Literal["once_window"]
    month: Month
    year_offset: Years = 1


class YearlyDate(Node):
    """A named day of every year."""

    schedule: Literal["yearly_date"]
    month: Month
    day: MonthDay
    first_year_offset: Years = 1

    @model_validator(mode="after")
    def _a_day_of_every_year(self) -> YearlyDate:
        if self.day > monthrange(2023, self.month)[1]:
            raise ValueError(f"month {self.month} has no day {self.day} in every year")
        return self


class BeforeMonth(Node):
    """Before a month begins, every year: the last day of the month before."""

    schedule: Literal["before_month"]
    month: Month
    first_year_offset: Years = 1
    end_of_month: bool = False
    """The other reading of 之前: by the end of that month."""


class MonthsAfter(Node):
    """So many months after designation, or after the last one that was done."""

    schedule: Literal["months_after"]
    months: Months = Field(gt=0)
    start: Literal["designation", "last"] = Field(default="designation", alias="from")
    year_end: bool = False
    """Due by the end of that calendar year instead of on the day."""


class AtConstructionEnd(Node):
    """When the construction period has ended; the text names no last day."""

    schedule: Literal["at_construction_end"]


Schedule = Annotated[
    YearlyWindow | OnceWindow | YearlyDate | BeforeMonth | MonthsAfter | AtConstructionEnd,
    Field(discriminator="schedule"),
]


class ObligationRule(Cited):
    """Something with a date that a station, or an authority for it, owes."""

    name: Name
    label: Label
    who: Name
    """`station`, or an authority kind."""
    kind: Literal["assessment", "filing", "report", "acceptance"]
    when: Schedule
    applies_when: Tree | None = None
    covers: Literal["previous_year", "construction_period", "since_last", "current_year"] = "previous_year"
    reminders: tuple[Days, ...] | None = None
    materials: tuple[Name, ...] = ()
    combined_with: Literal["acceptance"] | None = None
    late: Literal["reminder", "ground"] = "reminder"
    late_clause: ClauseId | None = None
    """The clause that speaks of not doing it at all."""
    path: Literal["route"] | tuple[Name, ...] | None = None
    """Through whose hands it goes: the route of the application, or these; None: the text does not say."""
    extension: Extension | None = None


class Grade(Node):
    """One grade of an assessment."""

    value: Label
    label: Label
    passing: bool
    excellent: bool = False


class Band(Node):
    """The totals from which a grade is reached; the lowest band has no start."""

    grade: Label
    start: Figure | None = Field(default=None, alias="from")


class UnitPoints(Node):
    """Points for each of a kind."""

    key: Name
    label: Label
    each: Figure
    fact: Name | None = None


class RubricItem(Cited):
    """One line of the score sheet."""

    label: Label
    max: Figure
    rule: Literal["reviewer", "threshold", "per_unit", "deduct_per_unit"] = "reviewer"
    """per_unit counts up from 0 to the maximum, deduct_per_unit down from the maximum to 0."""
    fact: Name | None = None
    at_least: Figure | None = None
    below: Literal["zero", "reviewer", "pro_rata"] = "reviewer"
    units: tuple[UnitPoints, ...] = ()

    @property
    def id(self) -> str:
        """A line is known by its clause."""
        return self.clause


class RubricCategory(Node):
    """A block of the score sheet."""

    name: Label
    max: Figure
    items: tuple[RubricItem, ...] = Field(min_length=1)


class Rubric(Cited):
    """The score sheet."""

    categories: tuple[RubricCategory, ...] = Field(min_length=1)
    total: Figure


class BonusKind(Node):
    """One ground for bonus points; points None: the text gives no figure and the reviewer enters one."""

    key: Name
    label: Label
    points: Figure | None = None
    aliases: tuple[Name, ...] = ()
    """Other names of this kind."""
    topics: tuple[Name, ...] = ()
    """What evidence of this kind is called: `talk` for talk_city, talk_at_city_meeting …"""
    level_at_least: Level = "none"
    level_at_most: Level = "national"
    """The levels of evidence that count: 市级以上 reaches from city to national."""


class Bonus(Cited):
    """Points beside the score sheet."""

    cap: Figure
    kinds: tuple[BonusKind, ...]
    per: Literal["occurrence", "kind"] = "occurrence"
    counts: bool = True
    total_cap: Figure | None = None
    cap_binds: Literal["graded_total", "total"] = "graded_total"
    """Whether the cap bounds only what is graded, or the total that is shown as well."""
    scored_already: tuple[ClauseId, ...] = ()
    """Lines of the score sheet whose evidence may not be used for the bonus once more."""


class ExcellentQuota(Cited):
    """How many may be excellent."""

    percent: Share = Field(gt=0)
    base: Literal["non_failing", "all"] = "non_failing"
    rounding: Literal["floor", "half_up", "ceiling", "floor_min_one"] = "floor"
    ties: Literal["manual", "downgrade", "base_score"] = "manual"


class AssessorRule(Cited):
    """Who assesses, and who looks again."""

    when: Tree | None = None
    by: Name
    """An authority kind, or `panel`."""
    led_by: Name | None = None
    reviewed_by: Name | None = None


class GradeConsequence(Cited):
    """What a grade brings about. The system proposes; a person decides."""

    on_grade: Label
    consecutive: Count = Field(default=1, gt=0)
    adjacent_years: bool = True
    after_rectification: bool = False
    effect: Literal["propose_revocation", "order_rectification", "refuse_tranche", "flag_for_review", "none"]
    tranche: Count | None = None


class Assessment(Cited):
    """How stations are looked at again."""

    method: Literal["rubric", "judgement", "filing"]
    grades: tuple[Grade, ...] = ()
    bands: tuple[Band, ...] | None = None
    rounding: Literal["none", "half_up_to_integer", "integers_only"] = "none"
    rubric: Rubric | None = None
    bonus: Bonus | None = None
    excellent_quota: ExcellentQuota | None = None
    assessed_by: tuple[AssessorRule, ...] = Field(min_length=1)
    areas: tuple[Label, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What a station reports in figures."""
    narratives: tuple[Narrative, ...] = ()
    consequences: tuple[GradeConsequence, ...] = ()


class _TrancheCondition(Node):
    """`name`: what the condition is called in an answer; its kind where none is given."""

    name: str = ""


class OnDesignation(_TrancheCondition):
    """Payable once the station is designated, or from the beginning of a later year."""

    kind: Literal["designated"]
    year_offset: Years = 0


class AssessmentPassed(_TrancheCondition):
    """Payable in or after a year of the station's life, once an assessment has been passed."""

    kind: Literal["assessment_passed"]
    obligation: Name
    year_offset: Years
    counted_in: Literal["calendar_years", "anniversary_years"] = "calendar_years"
    after_rectification: Literal["counts", "refused"] = "counts"
    rectification_clause: ClauseId | None = None


class PeriodEndedAndAccepted(_TrancheCondition):
    """Payable once the construction period has ended and acceptance has been passed."""

    kind: Literal["construction_period_ended_and_acceptance_passed"]
    min_score: Figure | None = None
    """Acceptance is passed from so many points; None: it is a decision, not a score."""


class YearsAndPerformsWell(_TrancheCondition):
    """Payable after months of continuous operation, with a recorded decision that it performs well."""

    kind: Literal["years_of_operation_and_performs_well"]
    months: Months = Field(gt=0)
    counted_from: Literal["designation", "self_station"] = "designation"


TrancheCondition = Annotated[
    OnDesignation | AssessmentPassed | PeriodEndedAndAccepted | YearsAndPerformsWell,
    Field(discriminator="kind"),
]


# The marks by which the two closed sets above are told apart.
UNION_KINDS = frozenset(
    str(get_args(model.model_fields[mark].annotation)[0])
    for union, mark in ((Schedule, "schedule"), (TrancheCondition, "kind"))
    for model in get_args(get_args(union)[0])
)


class RefusedWhen(Cited):
    """A grade in an assessment that ends the claim to a tranche."""

    obligation: Name
    any_grade: tuple[Label, ...] = Field(min_length=1)


class Tranche(Cited):
    """One payment."""

    seq: Count = Field(gt=0)
    label: Label
    amount_yuan: Yuan = Field(gt=0)
    percent: Share | None = None
    condition: TrancheCondition
    refused_when: tuple[RefusedWhen, ...] = ()
    reward: bool = False
    """A reward for good work on top of what a station is set up with."""


class ResultFact(Node):
    """The fact under which results of an obligation are told when money is asked for.

    one: a grade · repeated: a list, one grade for each time · in_order: one for each obligation.
    """

    fact: Name
    label: Label
    of: tuple[Name, ...] = Field(min_length=1)
    form: Literal["one", "repeated", "in_order"] = "one"


class StopOnRevocation(Cited):
    """The text itself says that a revoked station gets nothing more."""


class Award(Cited):
    """The money that comes with designation."""

    label: Label
    total_yuan: Yuan = Field(gt=0)
    payer: Name
    source: str = ""
    tranches: tuple[Tranche, ...] = Field(min_length=1)
    one_off: bool = False
    on_revocation: StopOnRevocation | None = None
    """Said in editions that have landed; `revocation.stop_funding` decides."""
    results: tuple[ResultFact, ...] = ()
