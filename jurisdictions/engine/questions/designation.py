"""Which titles may stand on the plaque of a station."""

from __future__ import annotations

from jurisdictions.engine.naming import plaque_choice
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, and the parts of a name."""
    return profile.fact_names | {"leader", "trade", "unit"}


def answer(question: Question) -> Answer:
    """`allowed_plaques` in the order of the text; `missing`: what must be known for the others."""
    profile = question.profile
    parts = {name: question.text(name) for name in ("leader", "trade", "unit") if question.has(name)}
    choice = plaque_choice(profile, {**question.form_facts(), **parts})
    return Answer(
        fields={"allowed_plaques": choice.titles, "missing": choice.missing},
        clauses=choice.clauses,
        explanation=choice.explanation,
        readings=choice.readings,
    )


KIND = Kind("designation", answer, facts)
