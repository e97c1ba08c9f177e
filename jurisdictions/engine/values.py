"""Answers as they are stored (JSON text, form input) turned into the types of the profile, and into words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from jurisdictions.engine.schema.form import Fact, ListField
from jurisdictions.engine.schema.profile import Profile

# No fact of any regulation is as large; `1E+999999` would fill the memory when written out.
MOST_DIGITS = 15
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadValue(ValueError):
    """A value that is not of the type that its fact asks for; the message is Chinese."""


def read_number(value: Any) -> Decimal:
    """A Decimal out of a number or its text; a float only by way of its printed form."""
    if isinstance(value, bool):
        raise BadValue("应填数字")
    try:
        if isinstance(value, int):
            number = Decimal(value)
        else:
            number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise BadValue("应填数字") from None
    if not number.is_finite():
        raise BadValue("应填数字")
    if abs(number.adjusted()) > MOST_DIGITS:
        raise BadValue("数字过大或过小，请核对")
    return number


def read_integer(value: Any) -> int:
    number = read_number(value)
    if number != number.to_integral_value():
        raise BadValue("应填整数")
    return int(number)


def _within(fact: Fact, value: Decimal | int) -> Any:
    """The figure, if it lies within the bounds of its fact."""
    if fact.least is not None and value < fact.least:
        raise BadValue(f"不能小于{show(fact.least)}{fact.unit}")
    if fact.max is not None and value > fact.max:
        raise BadValue(f"不能大于{show(fact.max)}{fact.unit}")
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False, "是": True, "否": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise BadValue("应选“是”或“否”") from None


def read_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return parse_day(str(value).strip())
    except ValueError:
        raise BadValue("应填日期，如 2025-03-10") from None


def parse_day(text: str) -> date:
    """A day as it is written here, `2025-03-10`. ISO 8601 has other spellings; ValueError for all of them."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text} is no day")
    return date.fromisoformat(text)


def _choice(fact: Fact, value: Any) -> str:
    text = str(value)
    if not any(choice.value == text for choice in fact.choices):
        raise BadValue("不在可选范围内")
    return text


def _entries(fact: Fact, value: Any) -> tuple[Any, ...]:
    """The entries of a list fact. Where it declares fields, each is made of them; figures become numbers."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Sequence):
        raise BadValue("应为列表")
    if not fact.fields:
        return tuple(value)
    return tuple(_entry(fact, position, entry) for position, entry in enumerate(value, 1))


def _entry(fact: Fact, position: int, entry: Any) -> dict[str, Any]:
    """One entry; a field that nobody declared would be passed over without a word."""
    fields = {field.name: field for field in fact.fields}
    options = "、".join(fields)
    if not isinstance(entry, Mapping):
        raise BadValue(f"第{position}项“{show(entry)}”应为对象，写明{options}")
    read: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in fields:
            raise BadValue(f"第{position}项没有“{name}”，可写：{options}")
        read[name] = _cell(fields[name], position, value)
    return read


def _cell(field: ListField, position: int, value: Any) -> Any:
    if value in (None, "") or field.type not in ("integer", "decimal"):
        return value
    try:
        number = read_integer(value) if field.type == "integer" else read_number(value)
    except BadValue as error:
        raise BadValue(f"第{position}项的{field.name}{error}") from None
    if number < 0:
        raise BadValue(f"第{position}项的{field.name}不能小于0")
    return number


def read_value(fact: Fact, value: Any) -> Any:
    """The value in the fact's own type. None and blanks stay None (not known). May raise BadValue."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return fact.null_as
    match fact.type:
        case "integer":
            return _within(fact, read_integer(value))
        case "decimal":
            return _within(fact, read_number(value))
        case "boolean":
            return _boolean(value)
        case "date":
            return read_date(value)
        case "choice":
            return _choice(fact, value)
        case "list":
            return _entries(fact, value)
        case _:
            return str(value).strip()


def normalise_facts(profile: Profile, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts in their own types. What cannot be read is left out: it is not known, and never passes.

    A name that the profile does not declare is kept as it is and decides nothing.
    """
    declared = profile.facts_by_name
    known: dict[str, Any] = {}
    for name, value in facts.items():
        fact = declared.get(name)
        if fact is None:
            known[name] = value
            continue
        try:
            known[name] = read_value(fact, value)
        except BadValue:
            if fact.type == "choice" and isinstance(value, str):
                known[name] = value  # a value outside the list is known, and is judged as outside it
    return known


def show(value: Any) -> str:
    """A value in words for an explanation."""
    if value is None:
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date):
        return say_day(value)
    if isinstance(value, tuple | list):
        return f"{len(value)}项"
    return str(value)


def say_day(day: date | None) -> str:
    """A day as every sentence says it: `2025年3月6日`."""
    return "（日期不详）" if day is None else f"{day.year}年{day.month}月{day.day}日"


def show_fact(profile: Profile, name: str, value: Any) -> str:
    """`技师3名` for figures, `单位类型：企业` for the rest; a choice is shown by its label."""
    fact = profile.facts_by_name.get(name)
    if fact is None:
        return f"{name} {show(value)}"
    text = next((c.label for c in fact.choices if c.value == value), show(value))
    if fact.type in ("integer", "decimal") and value is not None:
        return f"{fact.label}{text}{fact.unit}"
    return f"{plain_label(fact)}：{text}"


def plain_label(fact: Fact) -> str:
    """The label as a statement: `是否在县内注册` is asked, `在县内注册` is said."""
    return fact.label.removeprefix("是否")
