"""Where each clause of a text lives in the program: node of the profile, function, page, test."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from django.urls import get_resolver

from jurisdictions.engine import Profile
from jurisdictions.engine.inventory import Clause, clauses_of, places_of

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("verbs", "screens", "tests")
REGISTER = Path(__file__).parent / "chapters.toml"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who obeys a chapter of a profile: functions by dotted name, pages by name, tests by path."""

    verbs: tuple[str, ...]
    screens: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One clause with the places that rest on it and who obeys them."""

    clause: Clause
    places: tuple[str, ...]
    keepers: tuple[Keeper, ...]

    def all(self, what: str) -> tuple[str, ...]:
        """The verbs, screens or tests of all its places, without repeats."""
        return tuple(dict.fromkeys(name for keeper in self.keepers for name in getattr(keeper, what)))


@cache
def keepers() -> dict[str, Keeper]:
    """Chapter -> who obeys it."""
    register = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    return {chapter: Keeper(*(tuple(entry[part]) for part in PARTS)) for chapter, entry in register.items()}


def keeper_of(place: str) -> Keeper | None:
    """The entry with the longest name that fits a place of a profile."""
    parts = place.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((keepers()[name] for name in names if name in keepers()), None)


def coverage(profile: Profile) -> tuple[Kept, ...]:
    """Every clause of a profile's text in its order.

    What a reading cites counts only where nothing else does: an unclear place is not yet a rule.
    """
    places = places_of(profile)
    return tuple(_kept(clause, places.get(clause.id, ())) for clause in clauses_of(profile.slug))


def _kept(clause: Clause, places: tuple[str, ...]) -> Kept:
    rules = tuple(place for place in places if not place.startswith("readings")) or places
    found = (keeper_of(place) for place in rules)
    return Kept(clause, rules, tuple(dict.fromkeys(keeper for keeper in found if keeper is not None)))


def gaps(profile: Profile) -> list[str]:
    """What is lost between text and program, a sentence each; empty when nothing is."""
    told = []
    for kept in coverage(profile):
        if not kept.clause.operative:
            continue
        if not kept.places:
            told.append(f"{kept.clause.id}：没有落到任何规则")
        told += [
            f"{kept.clause.id}：{place} 未登记由谁执行" for place in kept.places if keeper_of(place) is None
        ]
        told += [
            f"{kept.clause.id}：没有{what}"
            for what in ("verbs", "screens", "tests")
            if kept.places and not kept.all(what)
        ]
    known = {clause.id for clause in clauses_of(profile.slug)}
    told += [f"{clause}：不在条款清单中" for clause in sorted(set(places_of(profile)) - known)]
    return told


def broken_entries() -> list[str]:
    """Entries of the register that name what there is not."""
    pages = set(_page_names(get_resolver()))
    told = []
    for chapter, keeper in keepers().items():
        told += [f"{chapter}：没有函数 {name}" for name in keeper.verbs if not _is_function(name)]
        told += [f"{chapter}：没有页面 {name}" for name in keeper.screens if name not in pages]
        told += [f"{chapter}：没有测试 {name}" for name in keeper.tests if not (ROOT / name).exists()]
    return told


def _is_function(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    try:
        return callable(getattr(import_module(module), attribute, None))
    except ImportError:
        return False


def _page_names(resolver: object, namespace: str = "") -> Iterable[str]:
    for entry in resolver.url_patterns:  # type: ignore[attr-defined]
        if hasattr(entry, "url_patterns"):
            yield from _page_names(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif entry.name:
            yield f"{namespace}{entry.name}"
