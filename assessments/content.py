"""What a station is asked in its report, as its profile says: texts, figures, materials, a score sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.enums import Kind
from assessments.models import Assessment
from jurisdictions.engine import Profile, assessment_form
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import evaluate
from jurisdictions.engine.schema.form import Fact, Material, Narrative
from jurisdictions.engine.schema.station import Rubric

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
        rubric=assessment_form(rules) if assessment.kind == Kind.ASSESSMENT else None,
    )


def _summary(rules: Profile, assessment: Assessment) -> Narrative:
    return Narrative(
        name=SUMMARY,
        label=rules.terms.report,
        max_chars=5000,
        clause=assessment.clause or rules.assessment.clause,
    )


def materials_of(assessment: Assessment) -> tuple[Material, ...]:
    """The papers that the obligation names and the profile describes."""
    rules = assessment.rules
    rule = next((r for r in rules.obligations if r.name == assessment.cycle.obligation), None)
    known = {material.name: material for material in (*rules.materials, *rules.station_materials)}
    return tuple(known[name] for name in (rule.materials if rule else ()) if name in known)


def is_required(rules: Profile, fact: Fact, facts: Mapping[str, Any]) -> bool:
    """Whether the figure must be given, with the others as they are."""
    if fact.required_when is None:
        return fact.required
    return evaluate(fact.required_when, circumstances(rules, facts, None)).outcome == "met"


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a JSON field: decimals as strings, so that no figure ever becomes a float."""
    return {
        name: str(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if hasattr(value, "isoformat")
        else value
        for name, value in values.items()
        if value not in (None, "")
    }
