"""A question to one regulation, and its answer: what every kind of question shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import (
    BadValue,
    read_date,
    read_integer,
    read_number,
    read_value,
    show,
)

# Regulations of our time; a day far outside is a slip, and counting up to it would never end.
YEARS = range(1900, 2200)


class QuestionError(ValueError):
    """A question that cannot be put. `culprit` is the jurisdiction, kind, fact or reading at fault."""

    def __init__(self, culprit: str, reason: str) -> None:
        self.culprit = culprit
        super().__init__(f"{culprit}：{reason}")


@dataclass(frozen=True, slots=True)
class Question:
    """The facts of one question, read in their own types. An explicit null is the same as absent."""

    profile: Profile
    given: Mapping[str, Any]
    on: date | None = None
    """The day of the question, where the facts do not name it."""
    kind: str = ""

    def has(self, name: str) -> bool:
        """Whether the fact is known."""
        return self.given.get(name) is not None

    def day(self, name: str) -> date | None:
        """A date. Raises QuestionError where it is none, or none of our time."""
        value: date | None = self._read(name, read_date)
        if value is not None and value.year not in YEARS:
            raise QuestionError(name, "年份过早或过晚，请核对")
        return value

    def moment(self, name: str) -> datetime | None:
        """A day with its hour (`2025-03-31T18:00`). Raises QuestionError for anything else."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise QuestionError(name, f"“{text}”不是时间，应如 2025-03-31T18:00") from None
        if len(text) <= len("2025-03-31") or moment.tzinfo is not None or moment.year not in YEARS:
            raise QuestionError(name, "应为当地时间，写到分钟，如 2025-03-31T18:00")
        return moment

    def year(self, name: str) -> int | None:
        """A year. Raises QuestionError where it is none, or none of our time."""
        value = self.integer(name)
        if value is not None and value not in YEARS:
            raise QuestionError(name, "年份过早或过晚，请核对")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number. Raises QuestionError where it is none."""
        value: Decimal | None = self._read(name, read_number)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number. Raises QuestionError where it is none."""
        value: int | None = self._read(name, read_integer)
        return value

    def flag(self, name: str) -> bool | None:
        """Yes, no, or not known. Raises QuestionError for anything else."""
        value = self.given.get(name)
        if value is not None and not isinstance(value, bool):
            raise QuestionError(name, "应为 true、false 或 null")
        return value

    def text(self, name: str, among: tuple[str, ...] = ()) -> str | None:
        """A word, one of a closed list where there is one. Raises QuestionError for anything else."""
        value = self.given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise QuestionError(name, "应为文字")
        if among and value not in among:
            raise QuestionError(name, f"没有“{value}”，可选：{'、'.join(among)}")
        return value

    def entries(self, name: str) -> tuple[Any, ...]:
        """A list; empty where it is absent. Raises QuestionError where it is none."""
        value = self.given.get(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise QuestionError(name, "应为列表")
        return tuple(value)

    def table(self, name: str) -> Mapping[str, Any]:
        """A mapping; empty where it is absent. Raises QuestionError where it is none."""
        value = self.given.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise QuestionError(name, "应为对象")
        return value

    def form_facts(self, among: Collection[str] | None = None) -> dict[str, Any]:
        """The facts of the form, and those without effect, in their own types; `among` leaves out others.

        Raises QuestionError for a value that is not of its fact's type, range or closed list.
        """
        idle = self.profile.idle_by_kind.get(self.kind, {})
        declared = self.profile.facts_by_name
        typed: dict[str, Any] = {}
        for name, value in self.given.items():
            fact = declared.get(name) or idle.get(name)
            if fact is not None and (among is None or name in among):
                typed[name] = _typed(fact, value)
        return typed

    def article(self, clause: str) -> str:
        """`依据第四条（一）`."""
        return f"依据{self.profile.article(clause)}"

    def _read(self, name: str, reader: Callable[[Any], Any]) -> Any:
        value = self.given.get(name)
        if value is None:
            return None
        try:
            return reader(value)
        except BadValue as error:
            raise QuestionError(name, str(error)) from None


def _typed(fact: Fact, value: Any) -> Any:
    try:
        typed = read_value(fact, value)
    except BadValue as error:
        raise QuestionError(fact.name, str(error)) from None
    if typed is not None and fact.min is not None and typed < fact.min:
        raise QuestionError(fact.name, f"不能小于{show(fact.min)}")
    if typed is not None and fact.max is not None and typed > fact.max:
        raise QuestionError(fact.name, f"不能大于{show(fact.max)}")
    return typed


@dataclass(frozen=True, slots=True)
class Answer:
    """`fields` as the cases name them; the clauses it rests on; one Chinese sentence for each finding.

    `readings` names readings that bear on it beside those of its clauses (a convention such as G-2).
    """

    fields: Mapping[str, Any]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    readings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question: how it is answered, and which facts it knows under a profile."""

    name: str
    answer: Callable[[Question], Answer]
    facts: Callable[[Profile], frozenset[str]]
