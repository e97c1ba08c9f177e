"""The facts of a question that chapters of the profile declare, each read in its own type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jurisdictions.engine.questions.question import Question, QuestionError
from jurisdictions.engine.schema.form import Fact


def read_stated(question: Question, facts: Iterable[Fact]) -> dict[str, Any]:
    """Those of the facts that the question names; one that is null stays there as None.

    Raises QuestionError for a value of another type, outside a closed list, or beyond the fact's bounds.
    """
    return {fact.name: _read(question, fact) for fact in facts if fact.name in question.given}


def _read(question: Question, fact: Fact) -> Any:
    match fact.type:
        case "boolean":
            return question.flag(fact.name)
        case "date":
            return question.day(fact.name)
        case "choice":
            return question.text(fact.name, tuple(c.value for c in fact.choices))
        case "integer" | "decimal":
            value = question.integer(fact.name) if fact.type == "integer" else question.number(fact.name)
            if value is not None and fact.min is not None and value < fact.min:
                raise QuestionError(fact.name, f"不能小于{fact.min}")
            return value
        case "list":
            return question.entries(fact.name)
        case _:
            return question.text(fact.name)
