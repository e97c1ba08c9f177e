"""An application as it reads: chapter by chapter in the words of its profile, for whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from applications.answers import REASON, known_facts
from core.templatetags.wording import mask_text
from jurisdictions.engine import Profile
from jurisdictions.engine.schema.form import Column, Fact, Roster
from jurisdictions.engine.values import show

NOTHING = "未填写"
# What of a roster is hidden from readers who need not compare it with a paper.
MASKED = {"resident_id": "id", "phone": "phone"}


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    label: str
    value: str
    clause: str


@dataclass(frozen=True, slots=True)
class Table:
    """One roster."""

    label: str
    clause: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Each row as (column, value)."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the form."""

    name: str
    label: str
    facts: tuple[Row, ...]
    texts: tuple[Row, ...]
    tables: tuple[Table, ...]


def chapters_of(application: Any, *, masked: bool = False) -> tuple[Chapter, ...]:
    """The answers by chapter, empty ones said to be empty; what only reviewers answer is left out.

    `masked` hides the middle of identity and telephone numbers.
    """
    rules: Profile = application.rules
    facts = known_facts(application)
    chapters = []
    for name, label in _groups(rules):
        chapter = Chapter(
            name=name,
            label=label,
            facts=tuple(
                Row(f.label, _value(f, facts.get(f.name)), f.clause)
                for f in rules.facts
                if f.group == name and f.asked_of != "reviewer" and not f.judged and f.type != "list"
            ),
            texts=tuple(
                Row(n.label, str(application.narratives.get(n.name) or NOTHING), n.clause)
                for n in rules.narratives
                if n.group == name
            ),
            tables=tuple(
                _table(r, application.rosters.get(r.name, []), masked)
                for r in rules.rosters
                if r.group == name
            ),
        )
        if chapter.facts or chapter.texts or chapter.tables:
            chapters.append(chapter)
    return tuple(chapters)


def explanations_of(application: Any) -> dict[str, str]:
    """What the unit said about conditions it does not quite meet, by the condition's key."""
    return {
        name.removeprefix(REASON): text
        for name, text in application.narratives.items()
        if name.startswith(REASON) and text
    }


def _groups(rules: Profile) -> list[tuple[str, str]]:
    """The chapters in the profile's order; what belongs to none comes last."""
    known = [(group.name, group.label) for group in rules.groups]
    return [*known, ("", "其他")]


def _value(fact: Fact, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    words = next((choice.label for choice in fact.choices if choice.value == value), show(value))
    return f"{words} {fact.unit}".strip()


def _table(roster: Roster, rows: list[dict[str, Any]], masked: bool) -> Table:
    return Table(
        label=roster.label,
        clause=roster.clause,
        columns=tuple(column.label for column in roster.columns),
        rows=tuple(
            tuple((column.label, _cell(column, row.get(column.name), masked)) for column in roster.columns)
            for row in rows
        ),
    )


def _cell(column: Column, value: Any, masked: bool) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if masked and column.type in MASKED:
        return mask_text(value, MASKED[column.type])
    return next((choice.label for choice in column.choices if choice.value == value), str(value))
