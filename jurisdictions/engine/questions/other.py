"""Whether requirements of a higher authority prevail for a station."""

from __future__ import annotations

from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import LEVELS


def facts(profile: Profile) -> frozenset[str]:
    """The level of the station."""
    return frozenset({"station_level"})


def answer(question: Question) -> Answer:
    """`provincial_requirements_prevail` null: the level is not known, or the text says nothing of it."""
    rules = question.profile.superior_rules
    level = question.text("station_level", tuple(LEVELS))
    if not rules:
        return Answer(
            fields={"provincial_requirements_prevail": None, "reason": "not_in_text"},
            clauses=(),
            explanation=("文件没有关于上级要求的规定。",),
        )
    hit = next((rule for rule in rules if rule.level == level), None)
    prevail = None if level is None else hit is not None and hit.prevails
    rule = hit or rules[0]
    words = {
        None: "工作站级别未知，不能判断",
        True: f"{rule.by}另有要求的，从其规定；内容不在本文件内，请核对",
        False: f"{rule.by}的另行要求不适用",
    }[prevail]
    return Answer(
        fields={
            "provincial_requirements_prevail": prevail,
            "missing": ("station_level",) if level is None else (),
        },
        clauses=rule.clauses,
        explanation=(f"{words}。{question.article(rule.clause)}。",),
        readings=(rule.reading,) if rule.reading else (),
    )


KIND = Kind("other", answer, facts)
