"""Going through a profile: every node with its path, and names that stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

Issue = tuple[str, str]


def walk(node: Any, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every node of a profile with its path."""
    if isinstance(node, BaseModel):
        yield path, node
        for name, info in type(node).model_fields.items():
            key = info.alias or name
            yield from walk(getattr(node, name), f"{path}.{key}" if path else key)
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from walk(item, f"{path}[{index}]")


# The profile that was walked last, with its nodes: the checks go through one profile again and again.
_last: tuple[Any, tuple[tuple[str, BaseModel], ...]] = (None, ())


def nodes_of(profile: BaseModel) -> tuple[tuple[str, BaseModel], ...]:
    """Every node of a whole profile with its path; the same profile is walked once in a row."""
    global _last
    walked, nodes = _last
    if walked is not profile:
        nodes = tuple(walk(profile))
        _last = (profile, nodes)
    return nodes


def twice(path: str, names: Iterable[str]) -> Iterator[Issue]:
    """The names that are there before."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield path, f"{name} stands twice"
        seen.add(name)
