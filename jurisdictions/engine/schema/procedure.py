"""The way of an application: routes, stages with limits, panel, notice, designation, rounds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from jurisdictions.engine.schema.base import (
    HOUR,
    Cited,
    ClauseId,
    Count,
    Days,
    Digits,
    Label,
    Months,
    Name,
    Node,
    Share,
)
from jurisdictions.engine.schema.tree import Tree

StageKind = Literal["filing", "first_pass", "recheck", "panel", "notice", "decision", "designation"]


class Authority(Node):
    """A kind of public body that takes part, with the name that it bears here."""

    kind: Name
    label: Label
    level: Literal["lead", "first_pass", "cosigner", "payer", "office"]
    role: str = ""


class Consent(Node):
    """A body on the way that must have agreed before the next one takes the file; the fact that says so."""

    by: Name
    fact: Name


class Route(Cited):
    """Who sees the application before and with the lead; the first route whose `when` is met wins."""

    key: str = ""
    when: Tree | None = None
    path: tuple[Name, ...] | None
    """None: the text names no way for this unit, and a person must say."""
    manual_confirm: bool = False
    consents: tuple[Consent, ...] = ()
    label: str = ""


class Limit(Node):
    """How long a step may take."""

    working_days: Days | None = Field(default=None, gt=0)
    calendar_days: Days | None = Field(default=None, gt=0)
    months: Months | None = Field(default=None, gt=0)
    starts: Literal["received", "call_deadline"] = "received"
    start_day_counted: bool = False
    roll_to_working_day: bool = False
    """A last day that is a rest day moves to the next working day."""
    clause: str = ""

    @model_validator(mode="after")
    def _one_length(self) -> Limit:
        if sum(x is not None for x in (self.working_days, self.calendar_days, self.months)) != 1:
            raise ValueError("exactly one of working_days, calendar_days, months is needed")
        return self


class Stage(Cited):
    """One step of the procedure."""

    name: Name
    label: Label
    kind: StageKind
    by: Name
    """An authority kind; `route`: the bodies of the route before the lead in order; `unit`: the applicant."""
    only_via: tuple[Name, ...] = ()
    """Only for routes that pass through one of these bodies."""
    limit: Limit | None = None
    reminders: tuple[Days, ...] | None = None
    short_name: Name | None = None
    """How a chain of due days names it, where not by its name."""
    checks: tuple[Name, ...] = ()
    """What the body must have confirmed before it passes the file on (originals seen, copies stamped)."""


class Panel(Cited):
    """How experts judge applications."""

    method: Literal["opinion", "rubric"]
    min_experts: Count | None = None
    bodies: tuple[Name, ...] = ()
    """The authorities that call the experts together."""
    methods: tuple[Label, ...] = ()


class Notice(Cited):
    """The public notice before designation."""

    days: Days = Field(gt=0)
    unit: Literal["working_day", "calendar_day"]
    start_day_counted: bool = False
    roll_to_working_day: bool = False
    place: str = ""
    objection: Literal["not_upheld_allows", "not_upheld_allows_after_confirmation", "any_blocks"] = (
        "not_upheld_allows"
    )
    upheld: Literal["refuses", "refuses_if_unmet_else_manual"] = "refuses"
    upheld_but_met: Literal["manual", "allows", "refuses"] = "manual"
    """Where the text removes only units that fall short: an upheld objection to one that does not."""


class Plaque(Cited):
    """A title that may stand on the plaque."""

    title: Label
    """May hold the placeholders of a station's name."""
    when: Tree | None = None
    replaces_others: bool = False
    """Hung instead of the other titles, not beside them."""


class Designation(Cited):
    """Number, name, plaque and document of a station."""

    number_format: str
    """Placeholders: {year} and {seq}; `seq_digits` pads the running number."""
    seq_digits: Digits = 3
    station_name: str
    """Placeholders: {unit} {leader} {trade}."""
    name_prescribed: bool = False
    """True where the text itself prescribes the name, so that another proposal is refused."""
    plaques: tuple[Plaque, ...] = Field(min_length=1)
    document_title: Label
    issuers: tuple[Name, ...] = Field(min_length=1)
    signoffs: tuple[Name, ...] = ()


class GroupCap(Cited):
    """How many of one group there may be, or must be: of a recommender, a host, a tier, a category.

    All but `most` look at the year's `cap`: a share of its places, or places kept for this group.
    """

    key: Name
    label: Label
    by: Literal["recommender", "host", "tier", "category"]
    group: str | None = None
    """The one tier or category that is meant; None: each for itself."""
    fact: Name | None = None
    """The fact of an application that tells its tier or category; None: the fact that is called so."""
    of: Literal["applications", "designations"] = "designations"
    most: Count | None = Field(default=None, gt=0)
    most_percent: Share | None = Field(default=None, gt=0)
    least: Count | None = Field(default=None, gt=0)
    least_percent: Share | None = Field(default=None, gt=0)

    @property
    def told_by(self) -> str | None:
        """The fact that tells the group; None where the route or the unit itself does."""
        return self.fact or (self.by if self.by in ("tier", "category") else None)

    @property
    def keeps(self) -> bool:
        """Whether it keeps places for its group, instead of bounding it."""
        return self.least is not None or self.least_percent is not None

    @model_validator(mode="after")
    def _one_bound(self) -> GroupCap:
        bounds = (self.most, self.most_percent, self.least, self.least_percent)
        if sum(bound is not None for bound in bounds) != 1:
            raise ValueError("exactly one of most, most_percent, least, least_percent is needed")
        if self.keeps and self.group is None:
            raise ValueError("least needs the group for which places are kept")
        return self


class Waitlist(Cited):
    """Those for whom no place was left stand by (候补), until a place comes free or the time is over."""

    places: Count | None = Field(default=None, gt=0)
    """How many may stand by; None: the text does not say."""
    months: Months | None = Field(default=None, gt=0)
    """How long they stand by after the decision; None: until the next round."""


class Round(Cited):
    """How often stations are recognised, and how many."""

    per_year: Count | None = None
    target: Count | None = None
    cap: Count | None = None
    total_target: Count | None = None
    """How many stations there shall be in all; `total_cap`: may be."""
    total_cap: Count | None = None
    total_clause: ClauseId | None = None
    needs_call: bool = False
    closes_at: str = Field(default="", pattern=HOUR)
    """The hour at which the last day of a call ends ("18:00"); empty: the whole day counts."""
    group_caps: tuple[GroupCap, ...] = ()
    waitlist: Waitlist | None = None
