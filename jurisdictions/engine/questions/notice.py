"""The last day of a public notice, and the first day on which the title may be awarded."""

from __future__ import annotations

from jurisdictions.engine.periods import calendar_for, notice_period
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """The day of publication, what the notice is for, and how its days are counted.

    The length is the text's own: `working_days` may be told and changes nothing.
    """
    return frozenset({"published", "for", "working_days", "start_day_counted"})


def answer(question: Question) -> Answer:
    """`last_day` is inclusive, the award may follow on the next calendar day."""
    profile, rule = question.profile, question.profile.notice
    question.integer("working_days")
    published = question.day("published")
    counted = question.flag("start_day_counted")
    if rule is None:
        clause = profile.designation.clause
        return Answer(
            fields={"last_day": None, "earliest_award_date": None, "reason": "not_in_text"},
            clauses=(clause,),
            explanation=(f"文件没有公示环节，不得自行增设期限。{question.article(clause)}。",),
            readings=(profile.designation.reading,) if profile.designation.reading else (),
        )
    clause, clauses = _occasion(question)
    readings = (*(("G-2",) if counted is None else ()), "G-3", *((rule.reading,) if rule.reading else ()))
    if published is None:
        return Answer(
            fields={"last_day": None, "earliest_award_date": None, "missing": ("published",)},
            clauses=clauses,
            explanation=(f"发布日期未知，不能确定届满日。{question.article(clause)}。",),
            readings=readings,
        )
    period = notice_period(
        profile, published, calendar_for(profile), start_day_counted=counted, clause=clause
    )
    assert period is not None
    return Answer(
        fields={
            "last_day": period.last_day,
            "earliest_award_date": period.earliest_award,
            "provisional": period.provisional,
        },
        clauses=clauses,
        explanation=(period.explanation,),
        readings=readings,
    )


def _occasion(question: Question) -> tuple[str, tuple[str, ...]]:
    """The clause of the notice that is asked about: that of the designation, or a further one."""
    rule = question.profile.notice
    assert rule is not None
    occasion = question.text("for")
    if occasion is None:
        return rule.clause, rule.clauses
    for further in rule.further:
        if further.name == occasion:
            return further.clause, further.clauses
    raise QuestionError("for", f"没有“{occasion}”的公示")


KIND = Kind("notice", answer, facts)
