"""Every part of the profile language has a word of its own, so that no screen shows a field's name."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import Compare, CountTerm, FieldTest, OpenList
from jurisdictions.engine.words import chapter_word, closed_set, field_word, value_word

# Said as sentences by `wording.describe`, never field by field.
SENTENCES = {"AllOf", "AnyOf", "Negation", "FirstKnown", "IsTrue", "ListedOrDecided"}
SENTENCES |= {model.__name__ for model in (Compare, CountTerm, FieldTest, OpenList)}
# What a part is known by inside the file; a reader has its label.
HANDLES = {"id", "schedule", "articles", "slug"}
LATIN = re.compile(r"[a-z]")


def models(annotation: object, seen: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation.__name__ not in seen:
            seen[annotation.__name__] = annotation
            for info in annotation.model_fields.values():
                models(info.annotation, seen)
        return seen
    for part in typing.get_args(annotation):
        if not isinstance(part, str):
            models(part, seen)
    return seen


def fields() -> Iterator[tuple[type[BaseModel], str]]:
    for name, model in models(Profile, {}).items():
        if name not in SENTENCES and model is not Profile:
            for field in model.model_fields:
                yield model, field


def test_every_chapter_has_a_title() -> None:
    for name in Profile.model_fields:
        assert not LATIN.search(chapter_word(name)), name


@pytest.mark.parametrize(("model", "field"), list(fields()), ids=lambda one: getattr(one, "__name__", one))
def test_every_field_and_every_value_of_a_closed_set_has_a_word(model: type[BaseModel], field: str) -> None:
    if field not in HANDLES:
        assert not LATIN.search(field_word(model, field)), f"{model.__name__}.{field}"
    for value in closed_set(model, field):
        if field != "accepts":  # formats of files are their own names
            assert not LATIN.search(value_word(model, field, value) or ""), (
                f"{model.__name__}.{field}={value}"
            )
