"""How many statements each page costs, with few and with many applications.

Counted is everything that a request sends to the database, from the session to the last line of the page,
but for what only frames a transaction: savepoints, and `set_config`, which tells a transaction its tenant.
Content types and parsed profiles are kept by the process; they are read before the counting begins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
from tests.crawl.test_crawl import visitors_of
from tests.crawl.visiting import Visitor
from tests.urls import patterns

SLUG = "qinshui"
FRAME = re.compile(r"\s*(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO|SELECT set_config)", re.I)
FEW = {"applications": 24, "former": 8, "experts": 4, "reviewers": 2}
MANY = {"applications": 72, "former": 24, "experts": 12, "reviewers": 6}
# Of each page so many objects are asked for; the newest come first.
OBJECTS = 3
# Of the people of one kind so many try each.
MOST_TRIED = 5
OPEN, NO_GET = 200, 405


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
    """By the name of the page, what it cost with few and with many."""

    few: dict[str, Cost] = field(default_factory=dict)
    many: dict[str, Cost] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)
    # Which of the pages take no GET.
    no_get: set[str] = field(default_factory=set)


def measure() -> Loaded:
    """Plays the place, asks for every page, plays a larger round, and asks again."""
    place = _place()
    ContentType.objects.get_for_models(*apps.get_models())
    loaded = Loaded(pages={page.name for page in patterns(get_resolver()) if page.name in PLACE})
    names: Iterable[str] = PLACE
    for found, size in ((loaded.few, FEW), (loaded.many, MANY)):
        with place.in_scope():
            content = demonstration.read(SLUG)
            LargeRound(content, place.story.made, slug=SLUG).play(**size)
            objects = {name: PLACE[name]()[:OBJECTS] for name in names}
        asking = Asking(_visitors(place), objects)
        found |= asking.costs(names)
        loaded.no_get |= asking.no_get
        names = loaded.few
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


class Asking:
    """Asks for pages, remembering who came in where: whoever opened one page of an object opens the next."""

    def __init__(self, visitors: dict[str, list[Visitor]], objects: dict[str, list[Arguments]]) -> None:
        self.visitors, self.objects = visitors, objects
        self.doors: dict[str, list[str]] = defaultdict(lambda: list(visitors))
        self.no_get: set[str] = set()
        self.openers: dict[tuple[str, Any], str] = {}

    def costs(self, names: Iterable[str]) -> dict[str, Cost]:
        """The dearest object of every page, asked for by one who may open it."""
        found: dict[str, Cost] = {}
        for name in sorted(names, key=lambda one: self.objects[one] != [{}]):
            costs = self._of_page(name)
            if costs:
                found[name] = max(costs, key=int)
        return found

    def _of_page(self, name: str) -> list[Cost]:
        kinds = self.doors[name.partition(":")[0]]
        for kind in list(kinds):
            costs = self._asked(name, self.visitors[kind])
            if costs is None:
                self.no_get.add(name)
                return []
            if costs:
                kinds.remove(kind)
                kinds.insert(0, kind)
                return costs
        return []

    def _asked(self, name: str, people: list[Visitor]) -> list[Cost] | None:
        """What each object cost the first of these people who may open it; None for a page without GET."""
        found = []
        for arguments in self.objects[name]:
            path = reverse(name, kwargs={"jurisdiction": SLUG, **arguments})
            known = (name.partition(":")[0], arguments.get("pk"))
            opener = self.openers.get(known)
            for who in sorted(people, key=lambda one: one.name != opener)[: MOST_TRIED if arguments else 1]:
                with statements() as sent:
                    status = who.ask("GET", path).status
                if status == NO_GET:
                    return None
                if status == OPEN:
                    self.openers[known] = who.name
                    found.append(Cost(tuple(sent), who.name, path))
                    break
        return found


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
