"""What a station's money may be spent on, and the money beside its award, as the engine says it."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine import (
    EntitlementAnswer,
    UseAnswer,
    approve_key_project,
    entitlement_of,
    key_project_grant,
    use_of_money,
)
from jurisdictions.engine.expenditure import every_use
from jurisdictions.engine.key_projects import AmountAnswer
from jurisdictions.engine.schema.profile import Profile

# The verdicts as a page shows them: word, tone, icon.
WORDS = {
    "permitted": ("可以列支", "success", "circle-check"),
    "prohibited": ("不得列支", "danger", "ban"),
    "manual": ("须由主管部门核定", "warning", "user-question"),
}


@dataclass(frozen=True, slots=True)
class UseGroup:
    """The uses of one verdict under one clause."""

    word: str
    tone: str
    icon: str
    clauses: tuple[str, ...]
    labels: tuple[str, ...]


def groups_of(rules: Profile) -> tuple[UseGroup, ...]:
    """What the text names, what may be paid first; uses under one clause stand together."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for label, answer in every_use(rules):
        found.setdefault((answer.verdict, answer.clauses), []).append(label)
    return tuple(
        UseGroup(*WORDS[verdict], clauses, tuple(labels))
        for wanted in WORDS
        for (verdict, clauses), labels in found.items()
        if verdict == wanted
    )


def answer_to(rules: Profile, category: str, purpose: str) -> UseAnswer | None:
    """Whether a use may be paid; None where nothing was asked, or not in the words of the text."""
    chapter = rules.expenditure
    if chapter is None or not (category or purpose):
        return None
    if (category and category not in chapter.categories) or (purpose and purpose not in chapter.purposes):
        return None
    return use_of_money(rules, category or None, purpose or None)


def beside_award(rules: Profile) -> tuple[EntitlementAnswer, ...]:
    """The money that the text promises beside the award, each value of what it depends on by itself."""
    return tuple(
        entitlement_of(rules, promise, value)
        for promise in rules.entitlements
        for value in ([entry.value for entry in promise.values] if _has_amounts(promise) else [None])
    )


@dataclass(frozen=True, slots=True)
class Projects:
    """The money for single projects: each level, how many a year, in which fields, and who decides."""

    label: str
    clause: str
    decided_by: str
    grants: tuple[AmountAnswer, ...]
    caps: tuple[str, ...]
    fields: tuple[str, ...]
    open: bool
    scope_clause: str


def projects_of(rules: Profile) -> Projects | None:
    """What the text grants to key projects; None where it has none."""
    chapter = rules.key_projects
    if chapter is None:
        return None
    levels = [level.level for level in chapter.grants.levels]
    caps = (line for level in levels for line in approve_key_project(rules, level, {}).explanation)
    return Projects(
        label=chapter.label,
        clause=chapter.clause,
        decided_by=rules.authority(chapter.decided_by).label,
        grants=tuple(key_project_grant(rules, level) for level in levels),
        caps=tuple(dict.fromkeys(caps)),
        fields=tuple(found.name for found in chapter.scope.fields),
        open=chapter.scope.open,
        scope_clause=chapter.scope.clause,
    )


def _has_amounts(promise: object) -> bool:
    return any(entry.amount_yuan is not None for entry in getattr(promise, "values", ()))
