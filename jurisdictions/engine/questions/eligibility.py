"""Whether a unit meets the conditions, which it fails, and what is not known yet."""

from __future__ import annotations

from jurisdictions.engine.conditions import check_conditions
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, and the day of the application."""
    return frozenset({"application_date"} | {fact.name for fact in profile.facts})


def answer(question: Question) -> Answer:
    """`eligible` true, false or null; `failed` and `warnings` by clause; `missing` by fact."""
    on = question.day("application_date") or question.on
    found = check_conditions(question.profile, question.given, on=on)
    return Answer(
        fields={
            "eligible": found.eligible,
            "failed": found.failed,
            "warnings": found.warnings,
            "missing": found.missing,
        },
        clauses=tuple(dict.fromkeys(finding.clause for finding in found.findings)),
        explanation=tuple(finding.explanation for finding in found.findings),
        readings=tuple(f.reading for f in found.findings if f.reading),
    )


KIND = Kind("eligibility", answer, facts)
