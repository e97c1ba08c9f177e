"""The last day of a public notice, and the first day on which the title may be awarded."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.key_projects import key_project_notice
from jurisdictions.engine.periods import calendar_for, notice_period
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.procedure import Notice
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """The day of publication, what the notice is for, and how its days are counted.

    The length is the text's own: `working_days` may be told and changes nothing; another one is said so.
    """
    return frozenset({"published", "for", "working_days", "start_day_counted"})


def answer(question: Question) -> Answer:
    """`last_day` is inclusive, the award may follow on the next calendar day."""
    profile, rule = question.profile, _rule(question)
    asked_days = question.integer("working_days")
    published = question.day("published")
    counted = question.flag("start_day_counted")
    if rule is None:
        clause = profile.designation.clause
        said, fields = "文件没有公示环节，不得自行增设期限", dict[str, Any](reason="not_in_text")
        if profile.workflow.added_notice:
            # The other reading of WZ-A3: how long it runs, the text cannot say.
            said, fields = (
                "按所选解读另加公示，期限由主管部门确定",
                {"reason": "length_not_in_text", "manual": True},
            )
        return Answer(
            fields={"last_day": None, "earliest_award_date": None, **fields},
            clauses=(clause,),
            explanation=(f"{said}。{question.article(clause)}。",),
            readings=(profile.designation.reading,) if profile.designation.reading else (),
        )
    clause, clauses = rule.clause, rule.clauses
    readings = (*(("G-2",) if counted is None else ()), "G-3", *((rule.reading,) if rule.reading else ()))
    if published is None:
        return Answer(
            fields={"last_day": None, "earliest_award_date": None, "missing": ("published",)},
            clauses=clauses,
            explanation=(f"发布日期未知，不能确定届满日。{question.article(clause)}。",),
            readings=readings,
        )
    period = notice_period(profile, published, calendar_for(profile), start_day_counted=counted, rule=rule)
    assert period is not None
    words = [period.explanation]
    if asked_days is not None and (rule.unit != "working_day" or rule.days != asked_days):
        words.append(f"期限以文件为准，不按所给的{asked_days}个工作日计算。{question.article(clause)}。")
    return Answer(
        fields={
            "last_day": period.last_day,
            "earliest_award_date": period.earliest_award,
            "provisional": period.provisional,
        },
        clauses=clauses,
        explanation=tuple(words),
        readings=readings,
    )


def _rule(question: Question) -> Notice | None:
    """The notice that is asked about: that of the designation, or that of key projects."""
    occasion = question.text("for", among=("key_project",))
    if occasion is None:
        return question.profile.notice
    rule = key_project_notice(question.profile)
    if rule is None:
        raise QuestionError("for", f"{question.profile.jurisdiction.short_name}没有重点建设项目的公示")
    return rule


KIND = Kind("notice", answer, facts)
