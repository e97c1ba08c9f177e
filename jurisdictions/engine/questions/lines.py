"""Questions as lines of JSON, answers as lines of JSON: what `manage.py ask` reads and writes.

A line: `{"jurisdiction", "kind", "given"}`, perhaps `"on"` (ISO date) and `"readings"` ({id: option}).
What cannot be asked is answered by `{"error": "..."}`, which names what is at fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jurisdictions.engine.loader import load_profile, version_on
from jurisdictions.engine.questions.asking import ask
from jurisdictions.engine.questions.question import QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import parse_day

REQUIRED = {"jurisdiction": str, "kind": str, "given": Mapping}
OPTIONAL = {"on": str, "readings": Mapping}
# Far beyond any number of a regulation, and what reading a number may cost.
MOST_LETTERS = 100
TYPES = {str: "文字", Mapping: "对象"}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as a line of JSON without its end."""

    text: bytes
    is_error: bool


def answer_lines(lines: Iterable[bytes], own: Mapping[str, Profile] | None = None) -> Iterator[Line]:
    """One line out for every line in, in order. A blank line asks nothing and gets no answer.

    `own`: profiles by slug that are asked instead of the bundled ones.
    """
    for raw in lines:
        if raw.strip():
            yield answer_line(raw, own)


def answer_line(raw: bytes, own: Mapping[str, Profile] | None = None) -> Line:
    """The answer to one line; nothing that stands in a line ends the others."""
    try:
        return Line(_written(_answer(raw, own or {})), is_error=False)
    except QuestionError as error:
        return Line(_written({"error": str(error)}), is_error=True)
    except Exception as error:
        told = f"规则在这一问上出错，没有结果（{type(error).__name__}：{error}）；请检查规则文件"
        return Line(_written({"error": told}), is_error=True)


def _written(answer: Mapping[str, Any]) -> bytes:
    # A lone surrogate, which JSON may bring in, goes out as the escape that it came in as.
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _answer(raw: bytes, own: Mapping[str, Profile]) -> dict[str, Any]:
    asked = _read(raw)
    on = _day(asked.get("on"))
    slug = asked["jurisdiction"]
    profile = own[slug] if slug in own else profile_of(slug, on)
    readings = asked.get("readings") or {}
    for name, option in readings.items():
        if not isinstance(option, str):
            raise QuestionError("readings", f"{name} 的选项应为文字")
    return ask(profile, asked["kind"], asked["given"], on=on, readings=readings)


def _read(raw: bytes) -> Mapping[str, Any]:
    """The question, with its keys and their types looked at."""
    try:
        asked = read_json(raw.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise QuestionError("JSON", "这一行不是 UTF-8 编码的文字") from None
    except RecursionError:
        raise QuestionError("JSON", "这一行嵌套太深") from None
    except json.JSONDecodeError as error:
        raise QuestionError("JSON", f"这一行从第{error.colno}个字符起不是有效的 JSON") from None
    if not isinstance(asked, Mapping):
        raise QuestionError("JSON", "这一行应为对象")
    for name in REQUIRED:
        if name not in asked:
            raise QuestionError(name, "缺少此键")
    for name, value in asked.items():
        wanted = REQUIRED.get(name) or OPTIONAL.get(name)
        if wanted is None:
            raise QuestionError(name, f"没有此键，可用：{'、'.join((*REQUIRED, *OPTIONAL))}")
        if not isinstance(value, wanted) and not (value is None and name in OPTIONAL):
            raise QuestionError(name, f"应为{TYPES[wanted]}")
    return asked


def read_json(text: str, parse_float: Callable[[str], Any] = float) -> Any:
    """JSON without NaN and Infinity, without endless numbers, each key once.

    Raises QuestionError, which names these, and ValueError or RecursionError for what is no JSON.
    """
    found = json.loads(
        text,
        parse_float=parse_float,
        parse_int=_whole,
        parse_constant=lambda word: _Fault(f"{word} 不是数字"),
        object_pairs_hook=_once_each,
    )
    _no_faults("JSON", found)
    return found


@dataclass(frozen=True, slots=True)
class _Fault:
    """In the place of a value that cannot be read, until it is known under which key it stands."""

    reason: str


def _whole(text: str) -> Any:
    # Python refuses some thousand digits by itself, in English and without naming the place.
    return int(text) if len(text) <= MOST_LETTERS else _Fault("数字过大或过小，请核对")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice leaves open which value is meant."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        made[name] = _Fault("同一对象中出现两次") if name in made else value
    return made


def _no_faults(name: str, value: Any) -> None:
    """Raises QuestionError for the first value that could not be read, naming the key at which it stands."""
    match value:
        case _Fault():
            raise QuestionError(name, value.reason)
        case dict():
            for key, part in value.items():
                _no_faults(key, part)
        case list():
            for part in value:
                _no_faults(name, part)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return parse_day(text)
    except ValueError:
        raise QuestionError("on", f"“{text}”不是日期，应如 2025-03-10") from None


def profile_of(slug: str, on: date | None = None) -> Profile:
    """The version of a jurisdiction's rules for a day. Raises QuestionError for an unknown jurisdiction."""
    try:
        return _loaded(version_on(slug, on))
    except KeyError as error:
        raise QuestionError(slug, f"没有这个地区，可选：{'、'.join(error.args[1])}") from None


@cache
def _loaded(path: Path) -> Profile:
    return load_profile(path)
