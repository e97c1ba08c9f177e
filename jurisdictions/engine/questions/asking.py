"""Putting a question: the facts are known, the readings chosen, the answer in plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jurisdictions.engine.questions.kinds import KINDS
from jurisdictions.engine.questions.question import Answer, Question, QuestionError
from jurisdictions.engine.readings import UnknownReading, with_readings
from jurisdictions.engine.schema.profile import Profile


def ask(
    profile: Profile,
    kind: str,
    given: Mapping[str, Any],
    *,
    on: date | None = None,
    readings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answer of a regulation: its fields, then `clauses`, `explanation`, `readings` (id -> option used).

    Raises QuestionError for a kind, fact, value or reading that is not known.
    """
    if kind not in KINDS:
        raise QuestionError(kind, f"没有这种问题，可选：{'、'.join(sorted(KINDS))}")
    try:
        profile = with_readings(profile, readings)
    except UnknownReading as error:
        raise QuestionError("readings", str(error)) from None
    known = KINDS[kind].facts(profile)
    idle = profile.idle_by_kind.get(kind, {})
    for name in given:
        if name not in known and name not in idle:
            raise QuestionError(name, f"{profile.jurisdiction.short_name}的 {kind} 问题没有这个事实")
    answer = KINDS[kind].answer(Question(profile, given, on, kind))
    return {
        **{name: plain(value) for name, value in answer.fields.items()},
        "clauses": list(answer.clauses),
        "explanation": list(answer.explanation),
        "readings": _readings_used(profile, answer),
    }


def _readings_used(profile: Profile, answer: Answer) -> dict[str, str]:
    """The readings of the clauses that the answer rests on, and those that it names."""
    clauses = set(answer.clauses)
    return {
        reading.id: reading.chosen
        for reading in profile.readings
        if reading.id in answer.readings or not clauses.isdisjoint(reading.clauses)
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: dates in ISO form, whole numbers without a point, fractions as they are."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
