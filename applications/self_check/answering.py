"""A unit asks where it stands before it applies: questions made from the profile, answers that nobody keeps.

No database, no person: figures instead of lists of people, and what only a reviewer can say stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from applications.self_check import exclusions
from applications.self_check.questions import Part, Question
from jurisdictions.engine import (
    BadValue,
    ExclusionAnswer,
    Finding,
    Profile,
    RouteAnswer,
    check_conditions,
    find_route,
    read_value,
)
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.counting import MOST, counted_terms, lists_of
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.form import Consistency, Fact, Material
from jurisdictions.engine.schema.gates import APPLYING
from jurisdictions.engine.schema.tree import CountTerm, Tree, facts_in
from jurisdictions.engine.values import show
from jurisdictions.engine.wording import explain, term_label
from jurisdictions.rulebook.papers import originals_words, whole_words

GENERAL = "general"
COUNTED = "count_"


@dataclass(frozen=True, slots=True)
class Bring:
    """A paper, and whether it is wanted of this unit: True, False, or None while an answer is open."""

    material: Material
    wanted: bool | None
    originals: str = ""
    """Whether the original is looked at, and whether a copy goes with it."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What came of the answers. `refused`: path → why a value cannot be read."""

    findings: tuple[Finding, ...]
    exclusions: tuple[tuple[str, ExclusionAnswer], ...]
    contradictions: tuple[Consistency, ...]
    papers: tuple[Bring, ...]
    whole: tuple[tuple[str, str], ...]
    """What is asked of the papers as a bundle, each with its clause."""
    route: RouteAnswer
    refused: Mapping[str, str]

    @property
    def binding(self) -> tuple[Finding, ...]:
        """The conditions that must be met: the figures of the headline count these."""
        return tuple(f for f in self.findings if f.force == "hard")

    @property
    def wishes(self) -> tuple[Finding, ...]:
        """General wishes and preferences; none of them keeps a unit from applying."""
        return tuple(f for f in self.findings if f.force != "hard")

    @property
    def unmet(self) -> int:
        """How many binding conditions are not met."""
        return sum(f.outcome == "unmet" for f in self.binding)

    @property
    def open(self) -> int:
        """How many binding conditions wait for an answer of the unit."""
        return sum(f.outcome == "unknown" for f in self.binding)

    @property
    def judged(self) -> int:
        """How many binding conditions wait for a person."""
        return sum(f.outcome == "judged" for f in self.binding)

    @property
    def barred(self) -> int:
        """How many exclusions bar the application."""
        return sum(a.allowed is False and a.affects == "application" for _, a in self.exclusions)

    @property
    def open_bars(self) -> int:
        """How many exclusions of an application wait for an answer of the unit."""
        return sum(
            a.allowed is None and not a.manual and a.affects == "application" for _, a in self.exclusions
        )


def parts_of(rules: Profile) -> tuple[Part, ...]:
    """The questions, in the groups of the application form, then what shuts an application out."""
    questions = [*_facts(rules), *_counts(rules)]
    groups = [(g.name, g.label, g.help) for g in rules.groups]
    known = {name for name, _, _ in groups}
    parts = [
        Part(name, label, "", tuple(q for q in questions if q.fact.group == name))
        for name, label, _ in groups
    ]
    others = tuple(q for q in questions if q.fact.group not in known)
    parts.append(Part(GENERAL, "其他情况", "", others))
    parts += exclusions.parts_of(rules)
    return tuple(part for part in parts if part.questions)


def asked(rules: Profile) -> tuple[Question, ...]:
    """Every question, in order."""
    return tuple(question for part in parts_of(rules) for question in part.questions)


def _facts(rules: Profile) -> Iterator[Question]:
    """The facts that decide anything and that a unit itself knows; lists are counted instead."""
    deciding = set(_deciding(rules))
    for fact in rules.facts:
        if fact.name not in deciding or fact.judged or fact.asked_of == "reviewer" or fact.type == "list":
            continue
        yield Question(_typed(rules, fact), f"facts.{fact.name}")


def _deciding(rules: Profile) -> Iterator[str]:
    for condition in rules.conditions:
        yield from condition.deciding_facts
    trees: list[Tree | None] = [route.when for route in rules.routes]
    trees += [material.required_when for material in rules.materials]
    for tree in trees:
        yield from facts_in(tree) if tree is not None else ()
    for fact in rules.facts:
        yield from facts_in(fact.required_when) if fact.required_when is not None else ()


def _typed(rules: Profile, fact: Fact) -> Fact:
    """The fact as it is asked here: what a roster would give is typed, from its column's list if any."""
    if fact.derived is None:
        return fact
    columns = rules.roster(fact.derived.roster).columns
    column = next((c for c in columns if c.name == fact.derived.take), None)
    changes: dict[str, Any] = {"derived": None, "help": "", "required": False}
    if fact.type == "text" and column is not None and column.choices:
        changes |= {"type": "choice", "choices": column.choices}
    return fact.model_copy(update=changes)


def _counts(rules: Profile) -> Iterator[Question]:
    for position, term in enumerate(counted_terms(rules)):
        base = rules.declared_facts[term.count]
        fact = Fact(
            name=f"{COUNTED}{position}",
            type="integer",
            label=f"{term_label(rules, term)}的数量",
            help=base.help,
            group=base.group,
            min=0,
            max=MOST,
            required=False,
            clause=base.clause,
        )
        yield Question(fact, f"counts.{fact.name}")


# --- reading and answering ------------------------------------------------------


def read(questions: Iterable[Question], typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(path → value, path → why it cannot be read). What was left blank stands in neither."""
    values: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for question in questions:
        try:
            value = _value(question, typed.get(question.path))
        except BadValue as error:
            refused[question.path] = str(error)
            continue
        if value is not None:
            values[question.path] = value
    return values, refused


def _value(question: Question, raw: Any) -> Any:
    fact = question.fact
    if question.several:
        chosen = tuple(raw or ())
        known = {choice.value for choice in fact.choices}
        if not set(chosen) <= known:
            raise BadValue("不在可选范围内")
        return chosen or None
    value = None if raw is None or not str(raw).strip() else read_value(fact, raw)
    if value is None or fact.type not in ("integer", "decimal"):
        return value
    if fact.min is not None and value < fact.min:
        raise BadValue(f"不能小于{show(fact.min)}{fact.unit}")
    if fact.max is not None and value > fact.max:
        raise BadValue(f"不能大于{show(fact.max)}{fact.unit}")
    return value


def facts_from(rules: Profile, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The facts of the conditions: typed values, and lists with as many entries as were counted."""
    facts = {
        path.removeprefix("facts."): value for path, value in values.items() if path.startswith("facts.")
    }
    counts: dict[CountTerm, int] = {}
    for position, term in enumerate(counted_terms(rules)):
        number = values.get(f"counts.{COUNTED}{position}")
        if number is not None:
            counts[term] = number
    return {**facts, **lists_of(counts, on)}


def answer(rules: Profile, typed: Mapping[str, Any], *, on: date) -> SelfCheck:
    """The engine's answers to what was typed. Nothing is kept; what is not known stays open."""
    values, refused = read(asked(rules), typed)
    facts = facts_from(rules, values, on)
    given = circumstances(rules, facts, on)
    return SelfCheck(
        findings=tuple(_plain(rules, finding) for finding in check_conditions(rules, facts, on=on).findings),
        exclusions=exclusions.answers(rules, values, on),
        contradictions=tuple(
            rule for rule in rules.consistency if evaluate(rule.require, given).outcome == "unmet"
        ),
        papers=tuple(
            Bring(material, _holds(material.required_when, given), originals_words(rules, material))
            for material in rules.materials
        ),
        whole=tuple(
            (whole_words(check), check.clause)
            for one in rules.dossiers
            if one.scope == APPLYING
            for check in one.whole
        ),
        route=find_route(rules, facts),
        refused=refused,
    )


def _plain(rules: Profile, finding: Finding) -> Finding:
    """What waits for a decision of the bureau waits for a person, and nobody is asked for its answers."""
    if finding.outcome != "unknown":
        return finding
    theirs = {fact.name for fact in rules.facts if fact.asked_of == "reviewer"}
    # A condition may ask for one of several under a name that is none of theirs (`missing_as`).
    several = any(name not in rules.facts_by_name for name in finding.missing)
    wanted = (*finding.missing, *(finding.facts if several else ()))
    known = {*finding.figures, *theirs}
    missing = tuple(name for name in wanted if name in rules.facts_by_name and name not in known)
    if finding.needs_decision or (finding.missing and not missing):
        return replace(finding, outcome="judged")
    condition = next(one for one in rules.conditions if one.name == finding.key)
    if not missing or not theirs & set(condition.deciding_facts):
        return finding
    words = explain(rules, condition, finding.outcome, finding.figures, missing, False)
    return replace(finding, missing=missing, explanation=words)


def _holds(tree: Tree | None, given: Any) -> bool | None:
    outcome = (MET if tree is None else evaluate(tree, given)).outcome
    return {"met": True, "unmet": False}.get(outcome)


def concerned(rules: Profile, typed: Mapping[str, Any], *, on: date) -> frozenset[str]:
    """The paths of the questions that matter for this unit, as far as it has answered.

    A question that hangs on another one is among them once that is answered so.
    """
    values, _ = read(asked(rules), typed)
    facts = facts_from(rules, values, on)
    given = circumstances(rules, facts, on)
    for_some = {n for c in rules.conditions if c.when is not None for n in c.asked_facts}
    for_all = {n for c in rules.conditions if c.when is None for n in c.asked_facts}
    for_all |= {n for c in rules.conditions if c.when is not None for n in facts_in(c.when)}
    holding = {n for c in rules.conditions if c.when and _holds(c.when, given) for n in c.asked_facts}
    hidden = for_some - for_all - holding
    hidden |= {
        fact.name for fact in rules.facts if fact.required_when and not _holds(fact.required_when, given)
    }
    terms = counted_terms(rules)
    by_path = {f"counts.{COUNTED}{position}": term.count for position, term in enumerate(terms)}
    return frozenset(
        question.path
        for question in asked(rules)
        if by_path.get(question.path, question.fact.name) not in hidden
    )
