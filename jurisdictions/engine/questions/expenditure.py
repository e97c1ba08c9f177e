"""Whether the money of a station may be used for something."""

from __future__ import annotations

from jurisdictions.engine.expenditure import UnknownUse, use_of_money
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """A category, and a purpose where it matters."""
    return frozenset({"category", "purpose"})


def answer(question: Question) -> Answer:
    """`verdict` permitted, prohibited, or manual: a person says."""
    try:
        found = use_of_money(question.profile, question.text("category"), question.text("purpose"))
    except UnknownUse as error:
        raise QuestionError(error.fact, str(error)) from None
    return Answer({"verdict": found.verdict, "listed": found.listed}, found.clauses, (found.explanation,))


KIND = Kind("expenditure", answer, facts)
