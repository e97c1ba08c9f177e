"""Whether the money of a station may be used for something, and until when."""

from __future__ import annotations

from jurisdictions.engine.expenditure import UnknownUse, use_of_money
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.spending import spend_by

OF_A_LIMIT = frozenset({"paid_on", "designated", "spent_on"})


def facts(profile: Profile) -> frozenset[str]:
    """A category, and a purpose where it matters."""
    limited = profile.expenditure is not None and profile.expenditure.spend_by is not None
    return frozenset({"category", "purpose"}) | (OF_A_LIMIT if limited else set())


def answer(question: Question) -> Answer:
    """`verdict` permitted, prohibited, or manual: a person says."""
    if OF_A_LIMIT & set(question.given):
        return _limit(question)
    try:
        found = use_of_money(question.profile, question.text("category"), question.text("purpose"))
    except UnknownUse as error:
        raise QuestionError(error.fact, str(error)) from None
    return Answer({"verdict": found.verdict, "listed": found.listed}, found.clauses, (found.explanation,))


def _limit(question: Question) -> Answer:
    """The last day for spending the money; with `spent_on`, whether that is in time."""
    found = spend_by(
        question.profile,
        paid=question.day("paid_on"),
        designated=question.day("designated"),
        on=question.day("spent_on") or question.on,
    )
    fields = {
        "spend_by": found.spend_by,
        "in_time": found.in_time,
        "rest": found.rest,
        "missing": found.missing,
    }
    return Answer(fields, found.clauses, (found.explanation,), ("G-7",))


KIND = Kind("expenditure", answer, facts)
