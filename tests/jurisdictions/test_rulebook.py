"""The page of the rules tells all that a profile says: every chapter, every label, every clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client

from jurisdictions.engine import Profile
from jurisdictions.engine.crosscheck import walk
from jurisdictions.engine.inventory import clauses_of, places_of
from jurisdictions.engine.schema.base import Choice
from jurisdictions.engine.schema.expenditure import UseRule
from jurisdictions.engine.schema.revocation import Ground
from jurisdictions.models import RuleProfile
from jurisdictions.rulebook import TELLING, chapters
from jurisdictions.rulebook.lines import clauses_of_node
from tests.browsing import text_of
from tests.jurisdictions.engine.invented import INVENTED, invented
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.world import World

EVERYBODY = (*SLUGS, *INVENTED)
# Chapters of a profile that are no rule: names, words of the screens, and where each clause is printed. The
# head of the page tells what text it is and whether it is in force; readings have a part of their own.
NO_RULE = {"slug", "title", "jurisdiction", "document", "validity", "terms", "unit_type_fact", "readings"}
NO_RULE |= {"articles"}
MACHINE = re.compile(r"(?<![A-Za-z/])[a-z]+_[a-z_0-9]+")


@cache
def rules_of(name: str) -> Profile:
    return invented(name) if name in INVENTED else profile(name)


@cache
def told(name: str) -> str:
    """Every word of the chapters."""
    return "\n".join(words(rules_of(name)))


def words(rules: Profile) -> Iterator[str]:
    for chapter in chapters(rules):
        yield chapter.title
        for group in chapter.groups:
            yield from (group.title, group.intro)
            for line in group.lines:
                yield from (line.label, *line.details, *line.tags, line.note)


def test_every_chapter_of_the_language_has_its_teller() -> None:
    covered = [name for tell in TELLING for name in tell(profile("qinshui")).covers]
    assert len(covered) == len(set(covered))
    assert set(covered) | NO_RULE == set(Profile.model_fields)


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_chapter_that_is_filled_is_told(name: str) -> None:
    rules = rules_of(name)
    shown = {part for chapter in chapters(rules) for part in chapter.covers}
    filled = {field for field in Profile.model_fields if _is_filled(getattr(rules, field))}
    assert filled - NO_RULE <= shown


def _is_filled(value: Any) -> bool:
    if value is None or value in ((), {}):
        return False
    fields = getattr(type(value), "model_fields", None)
    return any(_is_filled(getattr(value, name)) for name in fields) if fields else True


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_label_of_every_part_is_told(name: str) -> None:
    """A part that a teller forgets is missing here, whatever chapter it stands in."""
    rules = rules_of(name)
    missing = []
    for path, node in walk(rules):
        first = re.split(r"[.\[]", path)[0]
        if first in NO_RULE or path.startswith(("award.results", "workflow.facts", "deregistration.steps")):
            continue
        if isinstance(node, Choice) and first not in ("facts", "assessment"):
            continue
        label = str(getattr(node, "label", "") or getattr(node, "message", ""))
        if label and label.removeprefix("是否") not in told(name):
            missing.append((path, label))
    assert missing == []


@pytest.mark.parametrize("name", EVERYBODY)
def test_uses_and_events_that_rules_name_are_told(name: str) -> None:
    rules = rules_of(name)
    for _, node in walk(rules):
        if isinstance(node, UseRule):
            found = [*node.categories, *node.purposes]
        elif isinstance(node, Ground):
            found = list(node.events)
        else:
            continue
        for one in found:
            assert rules.labels[one] in told(name), one


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_clause_has_one_place(name: str) -> None:
    rules = rules_of(name)
    anchors = [a.anchor for c in chapters(rules) for line in c.lines for a in line.articles if a.anchor]
    assert len(anchors) == len(set(anchors))
    # Lines of the score sheet that a duty or a bonus names stand there with their points.
    assert set(places_of(rules)) <= {*anchors, *clauses_of_node(rules.validity)}


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_what_a_reading_alone_names_is_left_over(name: str) -> None:
    """A clause that no teller shows falls into 其他条款; nothing but clauses of readings may."""
    left = [line for c in chapters(rules_of(name)) if c.name == "unplaced" for line in c.lines]
    assert {line.label for line in left} <= {"理解口径"}


@pytest.mark.parametrize("name", EVERYBODY)
def test_nothing_is_told_by_its_name_in_the_file(name: str) -> None:
    assert MACHINE.findall(told(name)) == []


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_page_has_every_clause_every_line_and_every_reading(world: World, client: Client) -> None:
    rules = world.rules
    page = text_of(client, world.url("rules/"))
    named = places_of(rules)
    for clause in (one.id for one in clauses_of(rules.slug) if one.id in named):
        assert page.count(f'id="{clause}"') == 1, clause
    for chapter in chapters(rules):
        assert f'href="#{chapter.name}"' in page
        assert page.count(f'id="{chapter.name}"') == 1
    for reading in rules.readings:
        assert page.count(f'id="{reading.id}"') == 1
        for words_ in (reading.question, reading.why, *(option.label for option in reading.options)):
            assert words_ in page, words_
    assert len(re.findall("<strong>采用：", page)) == len(rules.readings)
    assert ('id="notice"' in page) is (rules.notice is not None)


@pytest.fixture
def second(world: World) -> RuleProfile:
    """A later version of the same text, with a longer notice."""
    text = world.profile.text.replace("\nnotice:\n  days: 5\n", "\nnotice:\n  days: 9\n")
    assert text != world.profile.text
    return RuleProfile.objects.create(
        version="2031-01-01", text=text, digest="0" * 64, active_from="2031-01-01"
    )


def test_former_versions_are_listed_and_compared(world: World, client: Client, second: RuleProfile) -> None:
    page = text_of(client, world.url("rules/"))
    first = world.profile.version
    assert "2031年1月1日" in page
    assert f"?compare={second.version}" in page
    compared = text_of(client, world.url(f"rules/?compare={first}&version={second.version}"))
    assert "公示" in compared
    assert "天数" in compared
    assert re.search(r"<span>5</span>.*<span>9</span>", compared, re.DOTALL)
    assert "QS-5.2c" in compared
    assert "没有差异" not in compared
    assert "同一个版本" in text_of(client, world.url(f"rules/?compare={first}"))
    older = text_of(client, world.url(f"rules/?version={second.version}"))
    assert "非现行版本" in older
    assert "公示9个工作日" in older
    assert client.get(world.url("rules/?compare=1900-01-01")).status_code == 404
