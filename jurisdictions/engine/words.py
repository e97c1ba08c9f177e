"""What the parts of the profile language are called: chapters, fields, closed sets (`words.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

_WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)


def chapter_word(name: str) -> str:
    """The title of a chapter of a profile; its name where none is recorded."""
    return str(_WORDS["chapters"].get(name, name))


def model_word(model: type[BaseModel]) -> str:
    """What a node is called that has no label of its own; empty where it has one, or needs none."""
    return str(_WORDS["models"].get(model.__name__, ""))


def field_word(model: type[BaseModel], field: str) -> str:
    """What a field of a node is called; its name where none is recorded."""
    own = _WORDS["fields"].get(model.__name__, {})
    return str(own.get(field) or _WORDS["fields"].get(field) or field)


def step_word(field: str) -> str:
    """A field on the way to a slip: its word with its name in the file, or the name alone."""
    word = _WORDS["fields"].get(field)
    return f"{word}（{field}）" if isinstance(word, str) else field


def value_word(model: type[BaseModel], field: str, value: str) -> str | None:
    """A value of a closed set in words. None: the field is no closed set, or the value is not of it."""
    if value not in closed_set(model, field):
        return None
    own = _WORDS["values"].get(f"{model.__name__}.{field}", {})
    return str(own.get(value) or _WORDS["values"].get(value) or value)


def kind_word(kind: str) -> str:
    """What a kind of question is called; its name where none is recorded."""
    return str(_WORDS["kinds"].get(kind, kind))


def answer_word(name: str) -> str:
    """What a part of an answer is called; its name where none is recorded."""
    if (word := _WORDS["answers"].get(name)) is not None:
        return str(word)
    for ending, words in _WORDS["records"].items():
        record = _WORDS["values"].get(name.removesuffix(ending))
        if name.endswith(ending) and record is not None:
            return str(words).format(record)
    return name


def code_word(field: str, value: str) -> str:
    """A value that a question or an answer names in code, in words; itself where none is recorded.

    `field` is the fact or the part of the answer that has it: some codes mean different things in two places.
    """
    codes = _WORDS["codes"]
    own = codes.get(field)
    word = own.get(value) if isinstance(own, dict) else None
    if word is None and isinstance(codes.get(value), str):
        word = codes[value]
    return str(word or _WORDS["values"].get(value) or value)


def name_word(name: str) -> str:
    """A name that no chapter declares, in words; itself where none is recorded."""
    return str(_WORDS["names"].get(name, name))


@cache
def closed_set(model: type[BaseModel], field: str) -> frozenset[str]:
    """The values that the field may have by name; empty where it is no closed set."""
    return frozenset(_literals(model.model_fields[field].annotation))


def _literals(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [value for value in get_args(annotation) if isinstance(value, str)]
    if isinstance(annotation, type):
        return []
    return [value for part in get_args(annotation) for value in _literals(part)]
