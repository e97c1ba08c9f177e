"""The facts of a question that chapters of the profile declare, each read in its own type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jurisdictions.engine.questions.question import Question
from jurisdictions.engine.schema.form import Fact


def read_stated(question: Question, facts: Iterable[Fact]) -> dict[str, Any]:
    """Those of the facts that the question names; one that is null stays there as None.

    Raises QuestionError as `Question.fact` does.
    """
    return {fact.name: question.fact(fact) for fact in facts if fact.name in question.given}
