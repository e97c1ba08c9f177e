"""What shuts one thing out by another within a year, a team or a unit."""

from __future__ import annotations

from typing import Any

from jurisdictions.engine.exclusions import (
    LISTS,
    NUMBERS,
    ExclusionAnswer,
    check_exclusions,
    days_of,
    exclusion_facts,
    teams_of,
)
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.exclusions import YearlyApplication
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """What the rules of this text ask."""
    return exclusion_facts(profile)


def answer(question: Question) -> Answer:
    """`allowed` for an application, `funding_allowed` for money; `blocked_by` and `warning` by clause."""
    actions = tuple(r.action for r in question.profile.exclusions if isinstance(r, YearlyApplication))
    found = check_exclusions(question.profile, _read(question), action=question.text("action", actions))
    if not found:
        words = "文件没有互斥或限报的规定，由主管部门决定。"
        return Answer({"allowed": None, "manual": True}, (), (words,))
    return Answer(
        fields=_fields(found),
        clauses=tuple(dict.fromkeys(clause for f in found for clause in f.clauses)),
        explanation=tuple(words for f in found for words in f.explanation),
        readings=tuple(reading for f in found for reading in f.readings),
    )


def _fields(found: tuple[ExclusionAnswer, ...]) -> dict[str, Any]:
    money = [f.allowed for f in found if f.affects == "funding"]
    application = [f.allowed for f in found if f.affects == "application"]
    fields: dict[str, Any] = {}
    if application:
        fields["allowed"] = _all(application)
    if money:
        fields["funding_allowed"] = _all(money)
        fields["designation_affected"] = _all(application) is False
    return fields | {
        "blocked_by": tuple(dict.fromkeys(c for f in found for c in f.blocked_by)),
        "warning": tuple(dict.fromkeys(c for f in found for c in f.warnings)),
        "missing": tuple(dict.fromkeys(name for f in found for name in f.missing)),
        "override_possible": any(f.override_possible for f in found),
        "manual": any(f.manual for f in found),
        "manual_confirm": any(f.manual_confirm for f in found),
    }


def _all(answers: list[bool | None]) -> bool | None:
    """False as soon as one is; open while one is."""
    return False if False in answers else None if None in answers else True


def _read(question: Question) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name in question.given:
        if not question.has(name) or name == "action":
            continue
        if name in LISTS | teams_of(question.profile):
            known[name] = _plain_entries(question, name)
        elif name in NUMBERS:
            known[name] = question.integer(name)
        elif name in days_of(question.profile):
            known[name] = question.day(name)
        else:
            known[name] = question.text(name)
    return known


def _plain_entries(question: Question, name: str) -> Any:
    """A list of names; one that holds lists or objects is none."""
    entries = question.entries(name)
    if any(isinstance(entry, list | dict) for entry in entries or ()):
        raise QuestionError(name, "应是一列名称")
    return entries


KIND = Kind("exclusion", answer, facts)
