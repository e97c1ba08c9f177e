"""The closed sets of the profile language, read off the pydantic models, and what a profile uses of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from jurisdictions.engine import Profile, with_readings
from jurisdictions.engine.schema.tree import TESTS, Test

# (model, field) -> every value that may stand there.
Sets = dict[tuple[str, str], frozenset[str]]


def models() -> set[type[BaseModel]]:
    """Every model that a profile is made of."""
    found: set[type[BaseModel]] = set()
    waiting: list[type[BaseModel]] = [Profile]
    while waiting:
        model = waiting.pop()
        if model in found:
            continue
        found.add(model)
        for info in model.model_fields.values():
            waiting += [part for part in _parts(info.annotation) if _is_model(part)]
    return found


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and everything inside it."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _parts(inner)


def closed_sets() -> Sets:
    """Every Literal of every field, every yes/no, every test of a comparison, and every model itself."""
    found: Sets = {("Profile", "(node)"): frozenset(model.__name__ for model in models())}
    for model in models():
        for name, info in model.model_fields.items():
            values: set[str] = set()
            for part in _parts(info.annotation):
                if get_origin(part) is Literal:
                    values |= {str(value) for value in get_args(part) if value is not None}
            if info.annotation is bool:
                values = {"True", "False"}
            if values and _declared_in(model, name) is model:
                found[model.__name__, name] = frozenset(values)
    found["Test", "(test)"] = frozenset(TESTS)
    return found


def _declared_in(model: type[BaseModel], name: str) -> type[BaseModel]:
    """The model in which a field was first declared: what it inherits is counted there."""
    for base in reversed(model.__mro__):
        if isinstance(base, type) and issubclass(base, BaseModel) and name in base.__annotations__:
            return base
    return model


def used(profile: Profile) -> set[tuple[str, str, str]]:
    """(model, field, value) for everything that the profile, as it is written, uses of them."""
    sets = closed_sets()
    return {entry for node in _nodes(profile) for entry in _used_by(node, sets)}


def _nodes(node: Any) -> Iterator[BaseModel]:
    if isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from _nodes(getattr(node, name))
    elif isinstance(node, tuple):
        for part in node:
            yield from _nodes(part)


def _used_by(node: BaseModel, sets: Sets) -> Iterator[tuple[str, str, str]]:
    yield "Profile", "(node)", type(node).__name__
    if isinstance(node, Test):
        yield "Test", "(test)", node.chosen
    for name in type(node).model_fields:
        model = _declared_in(type(node), name).__name__
        values = sets.get((model, name))
        if values is None:
            continue
        value = getattr(node, name)
        for one in value if isinstance(value, tuple) else (value,):
            if str(one) in values:
                yield model, name, str(one)


def used_under_readings(profile: Profile) -> set[tuple[str, str, str]]:
    """What a profile uses as it is written, and under each of its readings by itself."""
    found = used(profile)
    for reading in profile.readings:
        for option in reading.options:
            found |= used(with_readings(profile, {reading.id: option.value}))
    return found
