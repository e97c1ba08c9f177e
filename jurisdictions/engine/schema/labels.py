"""What the names stand for by which the parts of a profile speak of one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jurisdictions.engine.schema.profile import Profile

Pair = tuple[str, str]


def labels_in(profile: Profile) -> Iterator[Pair]:
    """Every (name, label). Where one name stands twice, the later one is what is usually meant."""
    yield from _of_the_end(profile)
    yield from _of_the_form(profile)
    yield from _of_papers(profile)
    yield from ((rule.name, rule.label) for rule in profile.obligations)
    yield from ((authority.kind, authority.label) for authority in profile.authorities)
    yield from (("panel", "专家组"), ("route", "申报路径上的部门"))
    yield from (("station", profile.terms.station), ("unit", profile.terms.unit))


def _of_the_end(profile: Profile) -> Iterator[Pair]:
    if profile.revocation is not None:
        yield from profile.revocation.events.items()
    if profile.expenditure is not None:
        yield from profile.expenditure.purposes.items()
        yield from profile.expenditure.categories.items()


def _of_the_form(profile: Profile) -> Iterator[Pair]:
    yield from ((group.name, group.label) for group in profile.groups)
    yield from ((told.name, told.label) for told in (*profile.narratives, *profile.assessment.narratives))
    yield from ((roster.name, roster.label) for roster in profile.rosters)
    for fact in profile.declared_facts.values():
        yield fact.name, fact.label.removeprefix("是否")
    yield from ((stage.name, stage.label) for stage in profile.stages)


def _of_papers(profile: Profile) -> Iterator[Pair]:
    for dossier in profile.dossiers:
        yield dossier.scope, dossier.label
        yield from ((paper.name, paper.label) for paper in dossier.papers)
    for material in (*profile.materials, *profile.station_materials):
        yield material.name, material.label
