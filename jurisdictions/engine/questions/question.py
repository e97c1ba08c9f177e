"""A question to one regulation, and its answer: what every kind of question shares."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
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
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


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
            if not _MOMENT.fullmatch(text):
                raise ValueError(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise QuestionError(name, f"“{text}”应为当地时间，写到分钟，如 2025-03-31T18:00") from None
        if moment.year not in YEARS:
            raise QuestionError(name, "年份过早或过晚，请核对")
        return moment

    def year(self, name: str) -> int | None:
        """A year. Raises QuestionError where it is none, or none of our time."""
        value = self.integer(name)
        if value is not None and value not in YEARS:
            raise QuestionError(name, "年份过早或过晚，请核对")
        return value

    def number(self, name: str, *, signed: bool = False) -> Decimal | None:
        """A number. Raises QuestionError where it is none, or negative though not `signed`."""
        value: Decimal | None = self._read(
            name, _figure(read_number) if signed else _not_negative(read_number)
        )
        return value

    def integer(self, name: str) -> int | None:
        """A whole number from 0. Raises QuestionError where it is none."""
        value: int | None = self._read(name, _not_negative(read_integer))
        return value

    def numbers(self, name: str) -> tuple[Decimal | None, ...]:
        """Numbers from 0; None where one is not known. Raises QuestionError for any that is none."""
        read = _not_negative(read_number)
        return tuple(
            None if value is None else self._part(name, f"第{position}个", read, value)
            for position, value in enumerate(self.entries(name), 1)
        )

    def counts(self, name: str) -> dict[str, int | None]:
        """A mapping to whole numbers from 0. Raises QuestionError, naming the key, for any that is none."""
        return self.counts_in(name, self.table(name))

    def counts_in(self, name: str, table: Mapping[Any, Any]) -> dict[str, int | None]:
        """`counts` of a table that stands within a fact."""
        read = _not_negative(read_integer)
        return {
            str(key): None if value is None else self._part(name, f"“{key}”", read, value)
            for key, value in table.items()
        }

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
        for name in self.given:
            fact = declared.get(name) or idle.get(name)
            if fact is not None and (among is None or name in among):
                typed[name] = self.fact(fact)
        return typed

    def fact(self, fact: Fact) -> Any:
        """The value of a declared fact; what an explicit null means where it means something.

        Raises QuestionError for a value that is not of its type, range or closed list.
        """
        value = self.given.get(fact.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return fact.null_as
        match fact.type:
            case "boolean":
                return self.flag(fact.name)
            case "date":
                return self.day(fact.name)
            case "choice":
                return self.text(fact.name, tuple(choice.value for choice in fact.choices))
            case "text":
                return self.text(fact.name)
            case "list":
                entries = self._read(fact.name, partial(read_value, fact))
                self._known_entries(fact, entries)
                return entries
            case _:
                return self._read(fact.name, _figure(partial(read_value, fact)))

    def _known_entries(self, fact: Fact, entries: tuple[Any, ...]) -> None:
        """A list that repeats one closed column of a roster can hold nothing that the column does not."""
        allowed = self.profile.entries_of(fact)
        for entry in entries if allowed else ():
            value = next(iter(entry.values()), None) if isinstance(entry, Mapping) else entry
            if isinstance(value, bool) or str(value) not in allowed:
                raise QuestionError(fact.name, f"没有“{show(entry)}”，可选：{'、'.join(allowed)}")

    def article(self, clause: str) -> str:
        """`依据第四条（一）`."""
        return f"依据{self.profile.article(clause)}"

    def _part(self, name: str, where: str, reader: Callable[[Any], Any], value: Any) -> Any:
        """One number out of a list or a table."""
        try:
            return reader(value)
        except BadValue as error:
            raise QuestionError(name, f"{where}{error}") from None

    def _read(self, name: str, reader: Callable[[Any], Any]) -> Any:
        value = self.given.get(name)
        if value is None:
            return None
        try:
            return reader(value)
        except BadValue as error:
            raise QuestionError(name, str(error)) from None


def _figure(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A question gives a figure as a number, or as the plain digits of one (so a score stays exact)."""

    def read(value: Any) -> Any:
        if isinstance(value, str) and not _FIGURE.fullmatch(value):
            raise BadValue(f"“{value}”应为数字")
        return reader(value)

    return read


def _not_negative(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Nothing that these questions count or measure is less than none."""

    def read(value: Any) -> Any:
        number = _figure(reader)(value)
        if number < 0:
            raise BadValue("不能为负数")
        return number

    return read


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
