"""An application as it reads: chapter by chapter in the words of its profile, for whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from applications.dossier.answers import REASON, known_facts
from core.vault import from_cell, is_cell
from jurisdictions.engine import Profile
from jurisdictions.engine.schema.form import Column, Fact, Roster
from jurisdictions.engine.values import show

NOTHING = "未填写"


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    label: str
    value: str
    clause: str


@dataclass(frozen=True, slots=True)
class Table:
    """One roster. `field` is its place for `accounts.reveal`; empty where it holds no number of a person."""

    field: str
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


def chapters_of(application: Any) -> tuple[Chapter, ...]:
    """The answers by chapter, empty ones said to be empty; what only reviewers answer is left out.

    Numbers of persons are masks here for everybody.
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
                _table(r, application.rosters.get(r.name, [])) for r in rules.rosters if r.group == name
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


def _table(roster: Roster, rows: list[dict[str, Any]]) -> Table:
    sealed = any(is_cell(row.get(c.name)) for row in rows for c in roster.columns if c.is_personal)
    return Table(
        field=f"rosters.{roster.name}" if sealed else "",
        label=roster.label,
        clause=roster.clause,
        columns=tuple(column.label for column in roster.columns),
        rows=tuple(
            tuple((column.label, _cell(column, row.get(column.name))) for column in roster.columns)
            for row in rows
        ),
    )


def _cell(column: Column, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.is_personal:
        return str(from_cell(value))
    return next((choice.label for choice in column.choices if choice.value == value), str(value))
