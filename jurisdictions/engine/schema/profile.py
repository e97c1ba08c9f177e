"""The whole profile: a regulation as data."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from jurisdictions.engine.schema.base import (
    Choice,
    Cited,
    ClauseId,
    Day,
    Days,
    Label,
    Name,
    Node,
    ReadingId,
    Year,
    Years,
)
from jurisdictions.engine.schema.duties import Duties
from jurisdictions.engine.schema.entitlements import Entitlement
from jurisdictions.engine.schema.exclusions import Exclusion
from jurisdictions.engine.schema.expenditure import Expenditure
from jurisdictions.engine.schema.form import (
    Condition,
    Consistency,
    Fact,
    FactGroup,
    Material,
    Narrative,
    Roster,
)
from jurisdictions.engine.schema.gates import Workflow
from jurisdictions.engine.schema.key_projects import KeyProjects
from jurisdictions.engine.schema.labels import labels_in
from jurisdictions.engine.schema.papers import Dossier
from jurisdictions.engine.schema.procedure import Authority, Designation, Notice, Panel, Round, Route, Stage
from jurisdictions.engine.schema.provisions import Provision
from jurisdictions.engine.schema.questions import IdleFact, StationLevels, SuperiorRule
from jurisdictions.engine.schema.revocation import Deregistration, Revocation
from jurisdictions.engine.schema.station import (
    Assessment,
    Award,
    ConstructionPeriod,
    ObligationRule,
    Term,
)


class Place(Node):
    """The jurisdiction a profile belongs to."""

    name: Label
    short_name: Label
    level: Literal["county", "district", "city", "province"]
    division_code: str = Field(pattern=r"^\d{6}$")
    """GB/T 2260."""


class Document(Node):
    """The regulation's own paper."""

    title: Label
    title_in_text: bool = True
    number: str = ""
    issuers: tuple[Label, ...] = Field(min_length=1)
    interpreted_by: str = ""
    signed_on: Day | None = None
    printed_on: Day | None = None
    issued_on: Day | None = None
    based_on: tuple[str, ...] = ()
    clause_prefix: str = Field(pattern=r"^[A-Z]+$")


class Validity(Cited):
    """When the text is in force, as far as the text says so."""

    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")
    end_inclusive: bool = True
    start_year: Year | None = None
    """Where the text gives only the year of its issue: that year is undetermined until the day is entered."""
    length_years: Years | None = Field(default=None, gt=0)
    """Where it ends so many years after its start instead of on a day."""
    start_required: bool = False
    """True where the text gives neither day nor year: the bureau must enter them with a source."""
    start_clause: ClauseId | None = None
    warning: str = ""
    decided_after_expiry: Literal["ask", "filing_date", "decision_date"] = "ask"
    existing_stations: Literal["ask", "accrued", "lapses"] = "ask"


class Option(Node):
    """One way to read an unclear place."""

    value: str
    label: Label
    changes: Mapping[str, Any] = Field(default_factory=dict)
    """What this reading sets elsewhere in the profile: path -> value. Empty for the first option."""


class Reading(Node):
    """An unclear place of the text, the ways to read it, and the one chosen."""

    id: ReadingId
    question: Label
    chosen: str
    options: tuple[Option, ...] = Field(min_length=1)
    why: Label
    clauses: tuple[ClauseId, ...] = ()


class Conventions(Node):
    """How words that every article uses are read; the readings G-1, G-3, G-4 and G-7 set these."""

    thresholds: Literal["inclusive", "exclusive"] = "inclusive"
    anniversary: Literal["reached", "day_after", "day_before"] = "reached"
    named_date: Literal["inclusive", "exclusive", "roll"] = "inclusive"
    calendar: Literal["state_council", "mon_fri"] = "state_council"
    unknown_facts: Literal["open", "pass", "fail"] = "open"


class Terms(Node):
    """The words that the screens use here."""

    station: Label
    leader: Label
    unit: Label
    member: Label
    application: Label
    assessment: Label
    notice: Label
    award: Label
    plaque: Label
    report: Label = "年度工作总结"


class Reminders(Node):
    """Default reminder ladders: days before the due day."""

    obligations: tuple[Days, ...] = (30, 7, 1)
    stages_working_days: tuple[Days, ...] = (2, 0)


class Profile(Node):
    """One regulation in one version."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Label
    jurisdiction: Place
    document: Document
    validity: Validity
    conventions: Conventions = Conventions()
    terms: Terms
    unit_type_fact: Name
    authorities: tuple[Authority, ...] = Field(min_length=1)
    groups: tuple[FactGroup, ...] = ()
    facts: tuple[Fact, ...] = Field(min_length=1)
    narratives: tuple[Narrative, ...] = ()
    rosters: tuple[Roster, ...] = ()
    consistency: tuple[Consistency, ...] = ()
    materials: tuple[Material, ...] = ()
    dossiers: tuple[Dossier, ...] = ()
    """What each bundle of papers must hold; the application's first."""
    exclusions: tuple[Exclusion, ...] = ()
    idle_facts: tuple[IdleFact, ...] = ()
    conditions: tuple[Condition, ...] = Field(min_length=1)
    routes: tuple[Route, ...] = Field(min_length=1)
    levels: StationLevels | None = None
    stages: tuple[Stage, ...] = Field(min_length=1)
    panel: Panel
    notice: Notice | None
    designation: Designation
    round: Round | None = None
    workflow: Workflow = Workflow()
    construction_period: ConstructionPeriod | None = None
    term: Term | None = None
    """For how long a designation holds; None: until it is ended."""
    duties: Duties = Duties()
    station_materials: tuple[Material, ...] = ()
    """Papers that belong to the obligations of a station, not to the application."""
    obligations: tuple[ObligationRule, ...] = ()
    assessment: Assessment
    award: Award | None
    expenditure: Expenditure | None = None
    revocation: Revocation | None = None
    deregistration: Deregistration | None = None
    superior_rules: tuple[SuperiorRule, ...] = ()
    key_projects: KeyProjects | None = None
    entitlements: tuple[Entitlement, ...] = ()
    """Money beside the award."""
    provisions: tuple[Provision, ...] = ()
    """What the text says beside all that: shown, and computed nowhere."""
    reminders: Reminders = Reminders()
    readings: tuple[Reading, ...] = ()
    articles: Mapping[ClauseId, str]
    """Clause id -> the article as the text prints it, for every clause cited in this profile."""

    _source: str = PrivateAttr(default="")
    _digest: str = PrivateAttr(default="")
    _document: Any = PrivateAttr(default=None)
    _variants: OrderedDict[Any, Any] = PrivateAttr(default_factory=OrderedDict)
    _findings: dict[Any, Any] = PrivateAttr(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 of the file's text; empty for a profile changed by readings."""
        return self._digest

    @property
    def source(self) -> str:
        """The file this came from."""
        return self._source

    @property
    def unit_types(self) -> tuple[Choice, ...]:
        """The kinds of unit that may be named in an application."""
        return self.fact(self.unit_type_fact).choices

    @property
    def lead(self) -> Authority:
        """The body in charge."""
        return next(a for a in self.authorities if a.level == "lead")

    def fact(self, name: str) -> Fact:
        """The fact of that name; KeyError when there is none."""
        return self.facts_by_name[name]

    def roster(self, name: str) -> Roster:
        """The roster of that name; KeyError when there is none."""
        for roster in self.rosters:
            if roster.name == name:
                return roster
        raise KeyError(name)

    def material(self, name: str) -> Material:
        """The material of that name; KeyError when there is none."""
        for material in self.materials:
            if material.name == name:
                return material
        raise KeyError(name)

    def authority(self, kind: str) -> Authority:
        """The authority of that kind; KeyError when there is none."""
        for authority in self.authorities:
            if authority.kind == kind:
                return authority
        raise KeyError(kind)

    def obligation(self, name: str) -> ObligationRule:
        """The obligation of that name; KeyError when there is none."""
        for rule in self.obligations:
            if rule.name == name:
                return rule
        raise KeyError(name)

    def article(self, clause: str) -> str:
        """The article as printed (第四条（一）); the id itself where none is recorded."""
        return self.articles.get(clause, clause)

    @cached_property
    def facts_by_name(self) -> Mapping[str, Fact]:
        """Every fact of the form by its name."""
        return {fact.name: fact for fact in self.facts}

    def entries_of(self, fact: Fact) -> tuple[str, ...]:
        """What may stand in a list fact that repeats one closed column of a roster; empty for any other."""
        rule = fact.derived
        if rule is None or len(rule.collect) != 1 or fact.fields:
            return ()
        columns = {column.name: column for column in self.roster(rule.roster).columns}
        return tuple(choice.value for choice in columns[rule.collect[0]].choices)

    @cached_property
    def fact_names(self) -> frozenset[str]:
        """The names of all facts of the form."""
        return frozenset(self.facts_by_name)

    @cached_property
    def declared_facts(self) -> Mapping[str, Fact]:
        """Every fact that any chapter declares, by its name; where two do, the form's counts."""
        ending = self.revocation.facts if self.revocation else ()
        steps = self.deregistration.steps if self.deregistration else ()
        chapters = (self.idle_facts, steps, ending, self.workflow.facts, self.duties.facts)
        return {f.name: f for facts in (*chapters, self.assessment.facts, self.facts) for f in facts}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What every name stands for by which parts speak of one another: bodies, papers, facts, tasks …"""
        return dict(labels_in(self))

    @cached_property
    def idle_by_kind(self) -> Mapping[str, Mapping[str, IdleFact]]:
        """Kind of question -> the facts that may stand in it and decide nothing."""
        kinds = {kind for fact in self.idle_facts for kind in fact.kinds}
        return {kind: {f.name: f for f in self.idle_facts if kind in f.kinds} for kind in kinds}

    @cached_property
    def judged_facts(self) -> frozenset[str]:
        """The facts that only a person can say."""
        return frozenset(fact.name for fact in self.facts if fact.judged)

    @cached_property
    def chosen_readings(self) -> dict[str, str]:
        """Reading id -> chosen option."""
        return {reading.id: reading.chosen for reading in self.readings}
