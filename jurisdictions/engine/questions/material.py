"""Whether the papers are complete, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.papers import (
    check_papers,
    counts_of,
    flags_of,
    form_facts_of,
    lists_of,
    words_of,
)
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile


def facts(profile: Profile) -> frozenset[str]:
    """The papers, what is asked of them as a whole, and what decides which are wanted."""
    return frozenset(
        {"scope"}
        | lists_of(profile)
        | counts_of(profile)
        | flags_of(profile)
        | words_of(profile)
        | form_facts_of(profile)
    )


def answer(question: Question) -> Answer:
    """`complete` true, false or null; `missing` names what is wanted, a count as `name:count`."""
    scopes = tuple(dossier.scope for dossier in question.profile.dossiers)
    scope = question.text("scope", scopes)
    found = check_papers(question.profile, _read(question), scope=scope)
    return Answer(
        fields={"complete": found.complete, "missing": tuple(lack.name for lack in found.missing)},
        clauses=found.clauses,
        explanation=found.explanation,
    )


def _read(question: Question) -> dict[str, Any]:
    """The facts in their own types."""
    profile = question.profile
    known: dict[str, Any] = {}
    for name in question.given:
        if not question.has(name):
            continue
        if name in lists_of(profile):
            known[name] = _list(question, name)
        elif name in flags_of(profile):
            known[name] = question.flag(name)
        elif name in counts_of(profile):
            known[name] = _count(question, name)
        elif name in form_facts_of(profile):
            known[name] = question.fact(profile.fact(name))
        else:
            known[name] = question.text(name)
    return known


def _list(question: Question, name: str) -> tuple[Any, ...]:
    entries = question.entries(name)
    people = {
        p.per_person.fact
        for p in (*question.profile.materials, *question.profile.station_materials)
        if p.per_person is not None
    }
    kind = Mapping if name in people else str
    if not all(isinstance(entry, kind) for entry in entries):
        raise QuestionError(name, "列表中的每一项应为对象" if name in people else "列表中的每一项应为文字")
    return entries


def _count(question: Question, name: str) -> int | bool | None:
    """A number of copies, or simply that it is there."""
    value = question.given[name]
    return value if isinstance(value, bool) else question.integer(name)


KIND = Kind("material", answer, facts)
