"""Whether a unit meets the conditions, which it fails, and what is not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.answers import EligibilityAnswer
from jurisdictions.engine.conditions import judge
from jurisdictions.engine.contradictions import contradictions
from jurisdictions.engine.operators import Circumstances
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.validity import validity_on

DAY = "application_date"
# The day of issue, where the text has none and nobody has entered it.
EFFECTIVE_FROM = "effective_from"


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, and the day of the application."""
    return profile.fact_names | {DAY}


def answer(question: Question) -> Answer:
    """`eligible` true, false or null; `failed` and `warnings` by clause; `missing` by fact.

    Nobody is eligible on a day on which the text is not in force, or of which nobody can tell, and nobody by
    facts that contradict one another: those are `missing` until somebody has looked.
    """
    profile = question.profile
    known = question.form_facts()
    on = question.day(DAY) or question.on
    given = Circumstances(known, on, profile.judged_facts, profile.conventions, DAY)
    found = judge(profile, given)
    clauses, words = [f.clause for f in found.findings], [f.explanation for f in found.findings]
    _without_effect(question, known, clauses, words)
    eligible, failed, missing = found.eligible, list(found.failed), list(found.missing)
    readings, told = _readings(found), dict[str, Any]()
    preferred = [f for f in found.findings if f.force == "preference"]
    if preferred:
        told["preferred"] = tuple(f.clause for f in preferred if f.outcome == "met")
    bar = validity_on(profile, on) if on is not None else None
    if bar is not None and bar.in_force is None:
        readings += (profile.validity.reading,) if profile.validity.reading else ()
        clauses.append(bar.clause)
        words.insert(0, bar.explanation)
        told["in_force"] = None
        # A text without any day of its own is in force as the bureau has entered, which gates see to; of one
        # that gives the year of its issue this day alone is doubtful.
        if eligible is not False and not profile.validity.start_required:
            eligible = None
            missing.append(EFFECTIVE_FROM)
    if bar is not None and bar.in_force is False:
        eligible, told["in_force"] = False, False
        failed.append(bar.clause)
        clauses.append(bar.clause)
        words.insert(0, bar.explanation)
        readings += (profile.validity.reading,) if profile.validity.reading else ()
    for doubt in contradictions(profile, given):
        words.append(f"{doubt.message}，请核对后再申报。")
        clauses += [doubt.clause] if doubt.clause else []
        if eligible is not False:  # where a condition fails anyway, nothing is wanted of anybody
            eligible = None
            missing += doubt.facts
    return Answer(
        fields={
            **told,
            "eligible": eligible,
            "failed": tuple(failed),
            "warnings": found.warnings,
            "missing": tuple(dict.fromkeys(missing)),
        },
        clauses=tuple(dict.fromkeys(clauses)),
        explanation=tuple(words),
        readings=readings,
    )


def _without_effect(
    question: Question, known: Mapping[str, Any], clauses: list[str], words: list[str]
) -> None:
    """What was given although the text attaches nothing to it is said to be so."""
    for name, fact in question.profile.idle_by_kind.get(question.kind, {}).items():
        if known.get(name) is not None:
            clauses.append(fact.clause)
            words.append(f"{fact.label}不是申报条件，不影响结果。{question.article(fact.clause)}。")


def _readings(found: EligibilityAnswer) -> tuple[str, ...]:
    """The readings of the conditions, and the conventions that every figure and every gap is read by."""
    named = tuple(f.reading for f in found.findings if f.reading)
    return (*named, "G-1", "G-13")


KIND = Kind("eligibility", answer, facts)
