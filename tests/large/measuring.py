"""How many statements each page costs, with few and with many applications.

Counted is everything that a request sends to the database, from the session to the last line of the page, but
for what only frames a transaction: savepoints, and `set_config`, by which every transaction is told its tenant.
Content types and parsed profiles are kept by the process; they are read before the counting begins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import get_resolver, reverse

from config import demo as demonstration
from config.large_round import LargeRound
from tests.crawl.addresses import PLACE, Arguments
from tests.crawl.building import Place, build, with_second_factor
from tests.crawl.test_crawl import of_each_kind, visitors_of
from tests.crawl.visiting import Visitor
from tests.urls import patterns

SLUG = "qinshui"
FRAME = re.compile(r"\s*(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO|SELECT set_config)", re.I)
FEW = {"applications": 24, "former": 8, "experts": 4, "reviewers": 2}
MANY = {"applications": 72, "former": 24, "experts": 12, "reviewers": 6}
# Of each page so many objects are asked for; the newest come first.
OBJECTS = 4


@dataclass(frozen=True)
class Cost:
    """What one page cost: the statements of its dearest object, as sent."""

    statements: tuple[str, ...]
    who: str
    path: str

    def __int__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        lines = "\n".join(f"    {_short(one)}" for one in self.statements)
        return f"{len(self.statements)} for {self.who} at {self.path}\n{lines}"


@dataclass
class Loaded:
    """By the name of the page, what it cost with few and with many; which pages nobody opens by GET."""

    few: dict[str, Cost] = field(default_factory=dict)
    many: dict[str, Cost] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)


def measure() -> Loaded:
    """Plays the place, asks for every page, plays a larger round, and asks again."""
    place = _place()
    ContentType.objects.get_for_models(*apps.get_models())
    loaded = Loaded(pages={page.name for page in patterns(get_resolver()) if page.name in PLACE})
    for found, size in ((loaded.few, FEW), (loaded.many, MANY)):
        with place.in_scope():
            content = demonstration.read(SLUG)
            LargeRound(content, place.story.made, slug=SLUG).play(**size)
            objects = {name: of()[:OBJECTS] for name, of in PLACE.items()}
        found |= _costs(_visitors(place), objects)
    return loaded


def _place() -> Place:
    shared = {
        key: demonstration.person(f"crawl-{key}", name, make_password(demonstration.PASSWORD))
        for key, name in (("expert", "吕两地"), ("agent", "施两地"))
    }
    with_second_factor(shared["expert"])
    return build(SLUG, shared)


def _visitors(place: Place) -> dict[str, list[Visitor]]:
    """Everybody who belongs here, by kind."""
    found: dict[str, list[Visitor]] = defaultdict(list)
    for who in (Visitor("anybody"), *visitors_of(place)):
        found[who.kind].append(who)
    return found


def _costs(visitors: dict[str, list[Visitor]], objects: dict[str, list[Arguments]]) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    # Which kinds come in among the pages of an audience: the pages without an object tell.
    doors: dict[str, set[str]] = defaultdict(set)
    for name in sorted(objects, key=lambda one: objects[one] != [{}]):
        for cost, kind in _asked(name, objects[name], visitors, doors[name.partition(":")[0]]):
            doors[name.partition(":")[0]].add(kind)
            if name not in found or int(cost) > int(found[name]):
                found[name] = cost
    return found


def _asked(
    name: str, objects: list[Arguments], visitors: dict[str, list[Visitor]], doors: set[str]
) -> Iterator[tuple[Cost, str]]:
    for kind, people in visitors.items():
        alone = objects == [{}]
        if not alone and kind not in doors:
            continue
        for arguments in objects:
            path = reverse(name, kwargs={"jurisdiction": SLUG, **arguments})
            for who in people[:1] if alone else people:
                with statements() as sent:
                    status = who.ask("GET", path).status
                if status == 405:
                    return
                if status == 200:
                    yield Cost(tuple(sent), who.name, path), kind
                    break


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the block sends to the database, without what frames a transaction."""
    sent: list[str] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not FRAME.match(sql):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield sent


def _short(sql: str) -> str:
    return re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql, count=1, flags=re.S)[:200]
