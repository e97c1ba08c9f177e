"""Eligibility: every condition of a profile put to the facts of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from jurisdictions.engine.answers import EligibilityAnswer, Finding
from jurisdictions.engine.operators import MET, Circumstances, Verdict, evaluate
from jurisdictions.engine.readings import with_readings
from jurisdictions.engine.schema.form import Condition
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import open_lists_in
from jurisdictions.engine.values import normalise_facts
from jurisdictions.engine.wording import explain, known_of

# Findings kept in a profile; a thousand units with sixteen conditions each, and memory stays small.
MOST_KEPT = 16_000


def circumstances(profile: Profile, facts: Mapping[str, Any], on: date | None) -> Circumstances:
    """Facts in their own types, with what the operators must know of the profile."""
    return Circumstances(normalise_facts(profile, facts), on, profile.judged_facts, profile.conventions)


def check_conditions(
    profile: Profile, facts: Mapping[str, Any], *, on: date | None, readings: Mapping[str, str] | None = None
) -> EligibilityAnswer:
    """All conditions, answered one by one; all failures are listed, not the first alone.

    A judged fact is open until the facts hold the reviewer's true or false. Soft conditions never block.
    `eligible` is None while anything hard is open (reading G-13).
    """
    profile = with_readings(profile, readings)
    return judge(profile, circumstances(profile, facts, on))


def judge(profile: Profile, given: Circumstances) -> EligibilityAnswer:
    """`check_conditions` of facts that are in their own types already."""
    kept = profile._findings
    found = [_kept(kept, profile, condition, given) for condition in profile.conditions]
    findings = tuple(finding for finding in found if finding is not None)
    failed = _clauses(f for f in findings if f.outcome == "unmet" and f.force == "hard")
    warnings = _clauses(
        f for f in findings if f.needs_decision or (f.outcome == "unmet" and f.force == "soft")
    )
    missing = tuple(dict.fromkeys(name for f in findings for name in f.missing))
    if len(missing) > 1:
        missing = _without_premature(profile, missing)
    eligible = False if failed else None if missing else True
    return EligibilityAnswer(eligible, findings, failed, warnings, missing)


def _without_premature(profile: Profile, missing: tuple[str, ...]) -> tuple[str, ...]:
    """A decision on what the text leaves open is wanted once it is known that the fact is left open."""
    premature = {
        rule.decision
        for condition in profile.conditions
        for rule in open_lists_in(condition.require)
        if rule.fact in missing
    }
    return tuple(name for name in missing if name not in premature)


def _clauses(findings: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.clause for finding in findings))


def _kept(
    kept: dict[Any, Finding | None], profile: Profile, condition: Condition, given: Circumstances
) -> Finding | None:
    """`_finding`, kept for the facts on which it depends: most units answer most questions alike."""
    known = given.facts
    key = (condition.name, given.on, *[known.get(name) for name in condition.deciding_facts])
    try:
        return kept[key]
    except KeyError:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        return kept.setdefault(key, _finding(profile, condition, given))
    except TypeError:  # a list of people cannot be a key
        return _finding(profile, condition, given)


def _finding(profile: Profile, condition: Condition, given: Circumstances) -> Finding | None:
    """The finding on one condition; None when the condition is not for this unit."""
    verdict = _verdict(condition, given)
    if verdict is None:
        return None
    outcome, missing = verdict.outcome, verdict.missing
    if outcome in ("unknown", "judged"):
        if condition.missing_as and not verdict.needs_decision:
            wants_day = given.day_name in missing
            missing = (given.day_name if wants_day else condition.missing_as,)
        if condition.optional:
            missing = ()
        elif condition.force == "preference":
            missing = ()  # what is only preferred holds nothing up
        elif given.conventions.unknown_facts != "open" and not verdict.needs_decision:
            outcome, missing = ("met" if given.conventions.unknown_facts == "pass" else "unmet"), ()
    figures = known_of(condition.asked_facts, given.facts)
    return Finding(
        clause=condition.clause,
        label=condition.label,
        outcome=outcome,
        force=condition.force,
        explanation=explain(profile, condition, outcome, figures, verdict.missing, verdict.needs_decision),
        facts=condition.asked_facts,
        reading=condition.reading,
        missing=missing,
        needs_decision=verdict.needs_decision,
        figures=figures,
        key=condition.name,
    )


def _verdict(condition: Condition, given: Circumstances) -> Verdict | None:
    """The verdict, or None where the condition is not asked of this unit."""
    applies = MET if condition.when is None else evaluate(condition.when, given)
    if applies.outcome == "unmet":
        return None
    if applies.outcome != "met":
        return applies
    return evaluate(condition.require, given)
