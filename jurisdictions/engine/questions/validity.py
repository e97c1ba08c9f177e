"""Whether the text is in force on the day of an application, as far as the text says so."""

from __future__ import annotations

from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.validity import validity_on
from jurisdictions.engine.values import say_day


def facts(profile: Profile) -> frozenset[str]:
    """When it was filed and when it is decided."""
    return frozenset({"application_date", "decision_date"})


def answer(question: Question) -> Answer:
    """`in_force` null: the text cannot say, or a person must decide (`manual_reason`)."""
    profile, rule = question.profile, question.profile.validity
    clauses = tuple(dict.fromkeys([*rule.clauses, *([rule.start_clause] if rule.start_clause else [])]))
    filed = question.day("application_date") or question.on
    decided = question.day("decision_date")
    if filed is not None and decided is not None and decided < filed:
        raise QuestionError("decision_date", f"早于申报日期{say_day(filed)}，请核对")
    readings = tuple(r for r in ("G-6" if decided else None, rule.reading) if r)
    if filed is None:
        return Answer(
            fields={
                "in_force": None,
                "warning": None,
                "manual_reason": None,
                "missing": ("application_date",),
            },
            clauses=clauses,
            explanation=(f"申报日期未知，不能判断文件是否有效。{question.article(rule.clause)}。",),
            readings=readings,
        )
    found = validity_on(profile, filed, decided_on=decided)
    return Answer(
        fields={
            "in_force": found.in_force,
            "status": found.status,
            "warning": found.warning or None,
            "manual_reason": found.reason or None,
        },
        clauses=clauses,
        explanation=(found.explanation,),
        readings=readings,
    )


KIND = Kind("validity", answer, facts)
