"""Which titles may stand on the plaque of a station, and for how long its designation holds."""

from __future__ import annotations

from jurisdictions.engine.naming import plaque_choice
from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.term import term_of

OF_A_TERM = frozenset({"designated", "as_of", "renewals", "last_grade"})


def facts(profile: Profile) -> frozenset[str]:
    """The facts of the form, and the parts of a name."""
    return profile.fact_names | {"leader", "trade", "unit"} | (OF_A_TERM if profile.term else set())


def answer(question: Question) -> Answer:
    """`allowed_plaques` in the order of the text; `missing`: what must be known for the others."""
    profile = question.profile
    if profile.term is not None and OF_A_TERM & set(question.given):
        return _term(question)
    parts = {name: question.text(name) for name in ("leader", "trade", "unit") if question.has(name)}
    choice = plaque_choice(profile, {**question.form_facts(), **parts})
    return Answer(
        fields={"allowed_plaques": choice.titles, "missing": choice.missing},
        clauses=choice.clauses,
        explanation=choice.explanation,
        readings=choice.readings,
    )


def _term(question: Question) -> Answer:
    """When the designation (or its last renewal) expires, and whether it may be renewed."""
    profile = question.profile
    assert profile.term is not None
    begun, renewals = question.day("designated"), question.integer("renewals")
    if begun is None:
        told = f"认定日期不详，不能确定有效期。{question.article(profile.term.clause)}。"
        return Answer({"expires_on": None, "missing": ("designated",)}, profile.term.clauses, (told,))
    found = term_of(
        profile,
        begun,
        as_of=question.day("as_of") or question.on,
        renewals=renewals or 0,
        last_grade=question.text("last_grade", tuple(g.value for g in profile.assessment.grades)),
    )
    fields = {
        "expires_on": found.expires_on,
        "in_force": found.in_force,
        "renewal_opens": found.renewal_opens,
        "renewable": found.renewable,
        "missing": found.missing,
    }
    return Answer(fields, found.clauses, found.explanation, ("G-7",))


KIND = Kind("designation", answer, facts)
