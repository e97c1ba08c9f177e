"""Levels of key projects, and how many of each, as questions state them."""

from __future__ import annotations

from jurisdictions.engine.questions.question import Question, QuestionError
from jurisdictions.engine.schema.profile import Profile


def levels_of(profile: Profile) -> tuple[int, ...]:
    """The levels that the text grants; none where it knows no key projects."""
    chapter = profile.key_projects
    return tuple(sorted(found.level for found in chapter.grants.levels)) if chapter else ()


def project_level(question: Question, name: str) -> int | None:
    """The level of a project. Raises QuestionError for one that the text does not grant."""
    level = question.integer(name)
    if level is not None and level not in levels_of(question.profile):
        raise QuestionError(name, f"没有等级{level}，可选：{_options(question.profile)}")
    return level


def level_counts(question: Question, name: str) -> dict[int, int | None]:
    """How many projects of each level; without the table no number is known."""
    levels = levels_of(question.profile)
    if not question.has(name):
        return dict.fromkeys(levels)
    counts = question.counts(name)
    for key in counts:
        if key not in map(str, levels):
            raise QuestionError(name, f"没有等级{key}，可选：{_options(question.profile)}")
    return {int(key): number for key, number in counts.items()}


def _options(profile: Profile) -> str:
    return "、".join(map(str, levels_of(profile))) or "无"
