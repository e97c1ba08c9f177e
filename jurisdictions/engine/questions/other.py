"""Whether requirements of a higher authority prevail for a station."""

from __future__ import annotations

from jurisdictions.engine.questions.question import Answer, Kind, Question
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import LEVELS
from jurisdictions.engine.superior import superior_requirements


def facts(profile: Profile) -> frozenset[str]:
    """The level of the station."""
    return frozenset({"station_level"})


def answer(question: Question) -> Answer:
    """`provincial_requirements_prevail` null: the level is not known, or the text says nothing of it."""
    level = question.text("station_level", tuple(LEVELS))
    found = superior_requirements(question.profile, level)
    if found is None:
        return Answer(
            fields={"provincial_requirements_prevail": None, "reason": "not_in_text"},
            clauses=(),
            explanation=("文件没有关于上级要求的规定。",),
        )
    return Answer(
        fields={
            "provincial_requirements_prevail": found.prevail,
            "missing": ("station_level",) if level is None else (),
        },
        clauses=found.clauses,
        explanation=(found.explanation,),
        readings=(found.reading,) if found.reading else (),
    )


KIND = Kind("other", answer, facts)
