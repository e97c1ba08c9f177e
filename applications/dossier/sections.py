"""The application form as the profile lays it out: chapters, what each asks, and where a problem belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from applications.dossier.answers import REASON, problems_of, soft_unmet, unit_facts
from core.errors import Problem
from documents.tables.table import Table
from jurisdictions.engine import Profile
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import evaluate
from jurisdictions.engine.schema.form import Column, Condition, Fact, Narrative
from jurisdictions.engine.schema.tree import facts_in

# The chapter for questions that the profile puts into none.
GENERAL = "general"
MATERIALS = "materials"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter of the form as far as the unit fills it in."""

    name: str
    label: str
    help: str
    facts: tuple[Fact, ...]
    derived: tuple[Fact, ...]
    narratives: tuple[Narrative, ...]
    tables: tuple[Table, ...]
    soft: tuple[Condition, ...]

    @property
    def has_inputs(self) -> bool:
        return bool(self.facts or self.narratives or self.tables)


def sections_of(rules: Profile) -> tuple[Section, ...]:
    """The chapters in which the unit has something to fill in, in the profile's order."""
    groups = [("", GENERAL, "基本情况", ""), *((g.name, g.name, g.label, g.help) for g in rules.groups)]
    sections = (_section(rules, group, name, label, help_) for group, name, label, help_ in groups)
    return tuple(section for section in sections if section.has_inputs)


def section_named(rules: Profile, name: str) -> Section | None:
    """The chapter of that name; None when there is none with anything to fill in."""
    return next((section for section in sections_of(rules) if section.name == name), None)


def asked_of_unit(rules: Profile) -> tuple[Fact, ...]:
    """The facts that the unit types itself. Its kind is not among them: its registration says that."""
    return tuple(
        fact
        for fact in rules.facts
        if fact.asked_of != "reviewer"
        and not fact.judged
        and fact.derived is None
        and fact.name != rules.unit_type_fact
    )


def _section(rules: Profile, group: str, name: str, label: str, help_: str) -> Section:
    asked = [fact for fact in asked_of_unit(rules) if fact.group == group]
    read_off = [
        f
        for f in rules.facts
        if f.group == group and (f.derived is not None or f.name == rules.unit_type_fact)
    ]
    plain = tuple(fact for fact in asked if fact.type != "list")
    rosters = [
        Table(f"rosters.{r.name}", r.label, r.help, r.clause, r.columns, r.min_rows)
        for r in rules.rosters
        if r.group == group
    ]
    names = {fact.name for fact in asked} | {fact.name for fact in read_off}
    return Section(
        name=name,
        label=label,
        help=help_,
        facts=plain,
        derived=tuple(fact for fact in read_off if fact.type != "list"),
        narratives=tuple(n for n in rules.narratives if n.group == group),
        tables=(*(_list_table(fact) for fact in asked if fact.type == "list"), *rosters),
        soft=tuple(c for c in rules.conditions if c.force == "soft" and _first_fact(rules, c) in names),
    )


def _list_table(fact: Fact) -> Table:
    """A list fact as a table; amounts stay text until the engine reads them."""
    columns = tuple(
        Column(name=f.name, label=f.label, type="integer" if f.type == "integer" else "text")
        for f in fact.fields
    )
    return Table(f"facts.{fact.name}", fact.label, fact.help, fact.clause, columns, 0)


def is_wanted(rules: Profile, fact: Fact, facts: dict[str, Any]) -> bool | None:
    """Whether a fact is asked of this unit: None while that hangs on an answer not given yet."""
    if fact.required_when is None:
        return True
    outcome = evaluate(fact.required_when, circumstances(rules, facts, None)).outcome
    return {"met": True, "unmet": False}.get(outcome)


# --- places ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is put right: the chapter (or `materials`, `review`) and the anchor on its page."""

    section: str
    anchor: str


def place_of(rules: Profile, path: str) -> Place:
    """The place of a problem's path (the paths are those of `applications.dossier.answers.problems_of`)."""
    kind, _, rest = path.partition(".")
    if kind == "materials":
        return Place(MATERIALS, f"material-{rest}")
    if kind == "conditions":
        return _place_of_fact(rules, _first_fact(rules, _condition(rules, rest)))
    if kind == "route":
        asked = [name for route in rules.routes if route.when is not None for name in facts_in(route.when)]
        return _place_of_fact(rules, asked[0]) if asked else Place(REVIEW, "")
    if kind == "reasons":
        section = _place_of_fact(rules, _first_fact(rules, _condition(rules, rest))).section
        return Place(section, f"id_{path}")
    if kind == "facts":
        return _place_of_fact(rules, rest)
    if kind == "narratives":
        group = next((n.group for n in rules.narratives if n.name == rest), "")
        return Place(group or GENERAL, f"id_{path}")
    if kind == "rosters":
        return _place_of_cell(rules, rest)
    return Place(REVIEW, f"id_{path}" if path else "")


def _condition(rules: Profile, key: str) -> Condition:
    return next(c for c in rules.conditions if (c.key or c.clause) == key)


def _first_fact(rules: Profile, condition: Condition) -> str:
    """The first of a condition's facts that the unit can do something about, else its first one."""
    names = facts_in(condition.require)
    known = {f.name: f for f in rules.facts}
    return next((n for n in names if n in known and known[n].asked_of != "reviewer"), names[0])


def _place_of_fact(rules: Profile, name: str) -> Place:
    fact = next((f for f in rules.facts if f.name == name), None)
    if fact is None:
        return Place(REVIEW, "")
    if fact.derived is not None:
        return _place_of_cell(rules, fact.derived.roster)
    anchor = f"table-facts.{name}" if fact.type == "list" else f"id_facts.{name}"
    return Place(fact.group or GENERAL, anchor)


def _place_of_cell(rules: Profile, rest: str) -> Place:
    """`members` is the table, `members.2.title` a cell of its third row."""
    name, *cell = rest.split(".")
    group = next((r.group for r in rules.rosters if r.name == name), "") or GENERAL
    if len(cell) == 2:
        return Place(group, f"id_rosters.{name}-{cell[0]}-{cell[1]}")
    return Place(group, f"table-rosters.{name}")


def row_of(rules: Profile, path: str) -> str:
    """`《名册》第3行：` for a problem in a row of a roster; empty for all others."""
    kind, _, rest = path.partition(".")
    name, *cell = rest.split(".")
    if kind != "rosters" or len(cell) != 2:
        return ""
    return f"《{rules.roster(name).label}》第{int(cell[0]) + 1}行："


# --- how far it has come --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """A line of the task list: `missing` is how many problems lie there, `started` whether anything does."""

    name: str
    label: str
    missing: int
    started: bool
    problems: tuple[Problem, ...]

    @property
    def done(self) -> bool:
        return self.missing == 0 and self.started


def progress_of(application: Any, problems: tuple[Problem, ...] | None = None) -> tuple[Progress, ...]:
    """The task list: every chapter, then the materials."""
    rules = application.rules
    found = problems_of(application) if problems is None else problems
    by_place: dict[str, list[Problem]] = {}
    for problem in found:
        by_place.setdefault(place_of(rules, problem.path).section, []).append(problem)
    lines = [
        Progress(
            section.name,
            section.label,
            len(by_place.get(section.name, ())),
            is_started(application, section),
            tuple(by_place.get(section.name, ())),
        )
        for section in sections_of(rules)
    ]
    materials = tuple(by_place.get(MATERIALS, ()))
    brought = application.materials.filter(files__isnull=False).exists()
    lines.append(Progress(MATERIALS, "申报材料", len(materials), brought or not materials, materials))
    return tuple(lines)


def is_started(application: Any, section: Section) -> bool:
    """Whether anything has been entered in a chapter."""
    values = [
        *(application.facts.get(f.name) for f in section.facts),
        *(application.narratives.get(n.name) for n in section.narratives),
        *(rows_of(application, table) for table in section.tables),
    ]
    return any(value not in (None, "", []) for value in values)


def rows_of(application: Any, table: Table) -> list[dict[str, Any]]:
    """The stored rows of a table."""
    kind, _, name = table.path.partition(".")
    stored = (application.rosters if kind == "rosters" else application.facts).get(name)
    return [row for row in stored if isinstance(row, dict)] if isinstance(stored, list) else []


def reasons_wanted(application: Any, section: Section) -> tuple[Condition, ...]:
    """The soft conditions of a chapter that are not met, or for which an explanation stands already."""
    unmet = {finding.key for finding in soft_unmet(application)}
    return tuple(
        c
        for c in section.soft
        if (c.key or c.clause) in unmet or application.narratives.get(REASON + (c.key or c.clause))
    )


def wanted_facts(application: Any, section: Section) -> dict[str, bool | None]:
    """For each fact of a chapter whether it is asked of this unit (see `is_wanted`)."""
    known = unit_facts(application)
    return {fact.name: is_wanted(application.rules, fact, known) for fact in section.facts}
