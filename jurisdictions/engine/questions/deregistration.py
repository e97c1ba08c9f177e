"""Whether a station that ends by its own wish has ended."""

from __future__ import annotations

from jurisdictions.engine.deregistration import deregistration_state
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile

STEPS = frozenset({"written_request", "approved", "plaque_returned"})


def facts(profile: Profile) -> frozenset[str]:
    """The steps of the text; the usual ones may be named where it knows none."""
    rule = profile.deregistration
    return STEPS if rule is None else frozenset(step.name for step in rule.steps)


def answer(question: Question) -> Answer:
    """`status` active, deregistered or null; `in_text` false where the text does not know it."""
    stated = {name: question.flag(name) for name in facts(question.profile)}
    found = deregistration_state(question.profile, stated)
    fields = {
        "in_text": found.in_text,
        "status": found.status,
        "accepted": found.accepted,
        "is_revocation": False if found.in_text else None,
        "clawback": found.clawback,
        "next_step": found.next_step,
        "missing": found.missing,
    }
    return Answer(fields, found.clauses, (found.explanation,))


KIND = Kind("deregistration", answer, facts)
