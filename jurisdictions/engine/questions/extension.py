"""Whether a filing may be put off, and until when."""

from __future__ import annotations

from datetime import date

from jurisdictions.engine.deadlines import TaskCircumstances, task_dates
from jurisdictions.engine.extensions import ask_extension, extensions
from jurisdictions.engine.periods import calendar_for
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """Which task of which year, for how long, why, and whether in writing."""
    return frozenset({"task", "year", "reason", "written", "requested_months"})


def answer(question: Question) -> Answer:
    """`allowed` null: something is not known, or the text leaves it to a person."""
    profile = question.profile
    known = extensions(profile)
    if not known:
        return Answer(
            fields={
                "allowed": None,
                "new_due_date": None,
                "override_possible": None,
                "reason": "not_in_text",
            },
            clauses=(),
            explanation=("文件没有延期的规定，须由主管部门决定。",),
        )
    task = question.text("task", tuple(known))
    if task is None:
        if len(known) > 1:
            raise QuestionError("task", f"须给出，可选：{'、'.join(known)}")
        (task,) = known
    months = question.integer("requested_months")
    if months is not None and months < 1:
        raise QuestionError("requested_months", "至少为1")
    rule = known[task]
    found = ask_extension(
        profile,
        rule,
        due=_due(question, rule.name),
        months=months,
        reason=question.text("reason"),
        written=question.flag("written"),
    )
    return Answer(
        fields={
            "allowed": found.allowed,
            "new_due_date": found.new_due_date,
            "override_possible": found.override_possible,
            "missing": found.missing,
        },
        clauses=(found.clause, rule.clause),
        explanation=found.explanation,
        readings=tuple(r for r in (found.reading, rule.reading, "G-1", "G-7", "G-10") if r),
    )


def _due(question: Question, task: str) -> date | None:
    """The original due day in the year that is named."""
    year = question.year("year")
    if year is None:
        return None
    calendar = calendar_for(question.profile)
    return task_dates(question.profile, task, TaskCircumstances(year=year), calendar).due_on


KIND = Kind("extension", answer, facts)
