"""Whether a unit meets the conditions, which it fails, and what is not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.answers import EligibilityAnswer
from jurisdictions.engine.conditions import judge
from jurisdictions.engine.operators import Circumstances
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile

DAY = "application_date"


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, and the day of the application."""
    return profile.fact_names | {DAY}


def answer(question: Question) -> Answer:
    """`eligible` true, false or null; `failed` and `warnings` by clause; `missing` by fact."""
    profile = question.profile
    known = question.form_facts()
    on = question.day(DAY) or question.on
    found = judge(profile, Circumstances(known, on, profile.judged_facts, profile.conventions, DAY))
    clauses, words = _without_effect(question, known)
    preferred = [f for f in found.findings if f.force == "preference"]
    told = {"preferred": tuple(f.clause for f in preferred if f.outcome == "met")} if preferred else {}
    return Answer(
        fields={
            **told,
            "eligible": found.eligible,
            "failed": found.failed,
            "warnings": found.warnings,
            "missing": found.missing,
        },
        clauses=tuple(dict.fromkeys([f.clause for f in found.findings] + clauses)),
        explanation=(*[f.explanation for f in found.findings], *words),
        readings=_readings(found),
    )


def _without_effect(question: Question, known: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What was given although the text attaches nothing to it is said to be so."""
    clauses, words = list[str](), list[str]()
    for name, fact in question.profile.idle_by_kind.get(question.kind, {}).items():
        if known.get(name) is not None:
            clauses.append(fact.clause)
            words.append(f"{fact.label}不是申报条件，不影响结果。{question.article(fact.clause)}。")
    return clauses, words


def _readings(found: EligibilityAnswer) -> tuple[str, ...]:
    """The readings of the conditions, and the conventions that every figure and every gap is read by."""
    named = tuple(f.reading for f in found.findings if f.reading)
    return (*named, "G-1", "G-13")


KIND = Kind("eligibility", answer, facts)
