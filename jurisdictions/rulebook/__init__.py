"""A regulation as people read it: chapters of lines, each with its articles, from the profile alone.

One module a group of chapters. What a chapter of the profile language says is told by exactly one chapter
here (`Chapter.covers`); a new one must be told too (`tests/jurisdictions/test_rulebook.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jurisdictions.engine import Profile
from jurisdictions.rulebook.asking import conditions, exclusions, form
from jurisdictions.rulebook.ending import deregistration, revocation
from jurisdictions.rulebook.funding import award, entitlements, expenditure, key_projects
from jurisdictions.rulebook.general import conventions, provisions, unplaced
from jurisdictions.rulebook.grading import assessment
from jurisdictions.rulebook.lines import Article, Chapter, Group, Line, articled, clauses_of_node
from jurisdictions.rulebook.papers import materials
from jurisdictions.rulebook.procedure import designation, notice, routes, stages
from jurisdictions.rulebook.station import duties, obligations, periods

TELLING: tuple[Callable[[Profile], Chapter], ...] = (
    conditions,
    exclusions,
    materials,
    form,
    routes,
    stages,
    notice,
    designation,
    periods,
    duties,
    obligations,
    assessment,
    award,
    expenditure,
    key_projects,
    entitlements,
    revocation,
    deregistration,
    provisions,
    conventions,
)


def chapters(rules: Profile) -> list[Chapter]:
    """Everything that the profile says, chapter by chapter; what it does not have is left out."""
    # The head of the page shows the clauses on validity.
    seen = set(clauses_of_node(rules.validity))
    found = [articled(rules, told, seen) for tell in TELLING if (told := _filled(tell(rules))).groups]
    left = _filled(unplaced(rules, seen))
    return [*found, articled(rules, left, seen)] if left.groups else found


def told_under(rules: Profile, clause: str) -> list[tuple[str, tuple[Line, ...]]]:
    """(title of the chapter, its lines that rest on the clause), for every chapter that has some."""
    found = (
        (chapter.title, tuple(line for line in chapter.lines if clause in line.clauses))
        for chapter in chapters(rules)
    )
    return [(title, lines) for title, lines in found if lines]


def _filled(chapter: Chapter) -> Chapter:
    return replace(chapter, groups=tuple(group for group in chapter.groups if group.lines))


__all__ = ["TELLING", "Article", "Chapter", "Group", "Line", "chapters", "told_under"]
