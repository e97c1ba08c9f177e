"""A profile that somebody brings: looked at as bytes and as a stream, before anything is built of it."""

from __future__ import annotations

import codecs

import yaml

from jurisdictions.engine.issue_words import of_syntax
from jurisdictions.engine.loader import ProfileError, ProfileIssue

# The longest text that landed is a tenth of it.
MOST_BYTES = 600_000
MOST_DEPTH = 40
# A few parts may be said twice by reference; a text that multiplies itself by them is none.
MOST_REFERENCES = 100

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = "(document)"


def read_text(raw: bytes, source: str = "(upload)") -> str:
    """The text of a file: UTF-8, with or without a byte order mark. Raises ProfileError."""
    if len(raw) > MOST_BYTES:
        raise _refused(source, f"too large: {len(raw)}", None, f"文件超过 {MOST_BYTES // 1000} KB")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refused(source, "UTF-16", None, "文件不是 UTF-8 编码，请另存为 UTF-8 后再上传")
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(
            source, str(error), line, "这一行起不是 UTF-8 编码，请另存为 UTF-8 后再上传"
        ) from error
    return check_text(text, source)


def check_text(text: str, source: str = "(upload)") -> str:
    """The same text with plain line ends, safe to build a profile of. Raises ProfileError.

    Refused: too long, nested without end, or multiplying itself by references. Nothing is built here.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _refused(source, "too large", None, f"内容超过 {MOST_BYTES // 1000} KB")
    if not text.strip():
        raise _refused(source, "empty", 1, "内容是空的")
    try:
        _check_events(text, source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = getattr(error, "position", None)
        line = mark.line + 1 if mark else None
        if line is None and isinstance(position, int):
            line = text.count("\n", 0, position) + 1
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        raise _refused(source, problem, line, of_syntax(problem)) from error
    return text


def _check_events(text: str, source: str) -> None:
    depth = references = 0
    # The depths at which anchored parts began: a reference inside one would multiply.
    anchored: list[int] = []
    for event in yaml.parse(text, Loader=_Parser):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            references += 1
            if anchored or references > MOST_REFERENCES:
                raise _refused(source, "references", line, "引用（* 和 &）套用过多，请直接写出内容")
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if event.anchor:
                anchored.append(depth)
            if depth > MOST_DEPTH:
                raise _refused(source, "too deep", line, "嵌套层次过多")
        elif isinstance(event, yaml.CollectionEndEvent):
            if anchored and anchored[-1] == depth:
                anchored.pop()
            depth -= 1


def _refused(source: str, reason: str, line: int | None, words: str) -> ProfileError:
    return ProfileError(source, [ProfileIssue(_WHOLE, reason, line, words)])
