"""What a station is asked in its report, as its profile says: texts, figures, materials, a score sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.enums import Kind
from assessments.models import Assessment
from jurisdictions.engine import Profile, assessment_form
from jurisdictions.engine.schema.form import Fact, Material, Narrative
from jurisdictions.engine.schema.station import Rubric, RubricItem

# Profiles that name no text of their own still owe an account of the year.
SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one report consists of."""

    narratives: tuple[Narrative, ...]
    facts: tuple[Fact, ...]
    materials: tuple[Material, ...]
    rubric: Rubric | None


def asked_of(assessment: Assessment) -> Asked:
    """The parts of this assessment's report."""
    rules = assessment.rules
    rule = rules.assessment
    narratives = rule.narratives or (_summary(rules, assessment),)
    return Asked(
        narratives=narratives,
        facts=tuple(fact for fact in rule.facts if fact.asked_of != "reviewer"),
        materials=materials_of(assessment),
        rubric=assessment_form(rules) if assessment.kind != Kind.FILING else None,
    )


def _summary(rules: Profile, assessment: Assessment) -> Narrative:
    return Narrative(
        name=SUMMARY, label=rules.terms.report, max_chars=5000, clause=assessment.clause or rules.assessment.clause
    )


def materials_of(assessment: Assessment) -> tuple[Material, ...]:
    """The papers that the obligation names and the profile describes."""
    rules = assessment.rules
    rule = next((r for r in rules.obligations if r.name == assessment.cycle.obligation), None)
    known = {material.name: material for material in _described(rules)}
    return tuple(known[name] for name in (rule.materials if rule else ()) if name in known)


def _described(rules: Profile) -> tuple[Material, ...]:
    """The profile's papers, those of its assessment before those of its applications."""
    return (*rules.materials, *getattr(rules.assessment, "materials", ()))


def rubric_items(rubric: Rubric) -> tuple[RubricItem, ...]:
    return tuple(item for category in rubric.categories for item in category.items)


def scoring_facts(rules: Profile, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as the score sheet reads them.

    Counts that the sheet keeps together under one name ({awards: {city: 1}}) are asked one by one
    (`awards_city`), because a form field holds one figure.
    """
    read = {name: value for name, value in facts.items() if value not in (None, "")}
    rubric = assessment_form(rules)
    for item in rubric_items(rubric) if rubric else ():
        for unit in item.units:
            count = read.get(f"{unit.fact}_{unit.key}") if unit.fact else None
            if unit.fact and count is not None:
                read[unit.fact] = {**_mapping(read.get(unit.fact)), unit.key: count}
    return read


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a JSON field: decimals as strings, so that no figure ever becomes a float."""
    return {
        name: str(value) if isinstance(value, Decimal) else value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
        if value not in (None, "")
    }
