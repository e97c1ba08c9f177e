"""Reading the body of a request: JSON in bounds, so that no body costs more than its size says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

# As many digits as any fact of a regulation has, and many more.
MOST_DIGITS = 15


class TooLarge(APIException):
    """The body is larger than `API_MAX_BODY_BYTES`."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(too_large_words())


def too_large_words() -> str:
    """How large a body may be, for people."""
    return f"请求正文不得超过 {settings.API_MAX_BODY_BYTES // 1024} KB。"


class BoundedJSON(BaseParser):
    """JSON of a bounded size and depth; numbers of bounded length, fractions as `Decimal`.

    Refuses what the standard leaves open: repeated names, NaN, text that is no Unicode.
    Raises `TooLarge`, else `ParseError`.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(raw) > settings.API_MAX_BODY_BYTES:
            raise TooLarge
        try:
            found = json.loads(
                raw.decode("utf-8-sig"),  # a byte order mark says nothing, and many programs write one
                parse_float=_fraction,
                parse_int=_whole,
                parse_constant=_no_constant,
                object_pairs_hook=_object,
            )
        except RecursionError:
            raise ParseError(_too_deep()) from None
        except UnicodeDecodeError:
            raise ParseError("正文须为 UTF-8 编码。") from None
        except json.JSONDecodeError as error:
            raise ParseError(f"正文不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列）。") from None
        _check(found)
        return found


class Unreadable(ParseError):
    """A value of the body that cannot be read; `culprit` is the name under which it stands."""

    def __init__(self, culprit: str, reason: str) -> None:
        self.culprit = culprit
        super().__init__(f"{culprit}：{reason}" if culprit else f"正文：{reason}")


@dataclass(frozen=True, slots=True)
class _Fault:
    """What stands in the place of a value that cannot be read, until it is known under which name."""

    reason: str


_OUT_OF_BOUNDS = _Fault("数字过大、过小或者过长。")


def _fraction(text: str) -> Any:
    number = Decimal(text)
    if number and (abs(number.adjusted()) > MOST_DIGITS or len(text) > 2 * MOST_DIGITS):
        return _OUT_OF_BOUNDS
    return number if number else Decimal(0)


def _whole(text: str) -> Any:
    return _OUT_OF_BOUNDS if len(text.lstrip("-")) > MOST_DIGITS else int(text)


def _no_constant(text: str) -> Any:
    return _Fault(f"JSON 中没有 {text}。")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = _Fault("这个名称在同一对象中出现了两次。") if name in found else value
    return found


def _too_deep() -> str:
    return f"正文嵌套不得超过 {settings.API_MAX_NESTING} 层。"


def _check(found: Any) -> None:
    """Walks the whole, level by level: no recursion, whatever was sent."""
    level: list[tuple[str, Any]] = [("", found)]
    depth = 0
    while level:
        depth += any(isinstance(one, dict | list) for _, one in level)
        if depth > settings.API_MAX_NESTING:
            raise ParseError(_too_deep())
        for _, one in level:
            if isinstance(one, str) and not _storable(one):
                raise ParseError("正文含有无法识别的字符。")
        level = [inner for name, one in level for inner in _inside(name, one)]
    _no_faults(found)


def _no_faults(found: Any) -> None:
    """Only after all names are known to be text that an answer can repeat."""
    level: list[tuple[str, Any]] = [("", found)]
    while level:
        for name, one in level:
            if isinstance(one, _Fault):
                raise Unreadable(name, one.reason)
        level = [inner for name, one in level for inner in _inside(name, one)]


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What stands in a value, each with the nearest name; names are values too."""
    if isinstance(value, dict):
        yield from (("", key) for key in value)
        yield from value.items()
    elif isinstance(value, list):
        yield from ((name, part) for part in value)


def _storable(text: str) -> bool:
    """No NUL and no lone surrogate: no answer could repeat it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
