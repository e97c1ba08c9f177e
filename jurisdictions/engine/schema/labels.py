"""What the names stand for by which the parts of a profile speak of one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jurisdictions.engine.schema.exclusions import SimilarTeam, YearlyApplication
from jurisdictions.engine.words import name_word

if TYPE_CHECKING:
    from jurisdictions.engine.schema.profile import Profile

Pair = tuple[str, str]


def labels_in(profile: Profile) -> Iterator[Pair]:
    """Every (name, label). Where one name stands twice, the later one is what is usually meant."""
    yield from _of_questions(profile)
    yield from _of_the_end(profile)
    yield from _of_the_form(profile)
    yield from _of_papers(profile)
    yield from ((rule.name, rule.label) for rule in profile.obligations)
    yield from ((authority.kind, authority.label) for authority in profile.authorities)
    yield from (("panel", "专家组"), ("route", "申报路径上的部门"))
    yield from (("station", profile.terms.station), ("unit", profile.terms.unit))


def _of_questions(profile: Profile) -> Iterator[Pair]:
    """The facts that chapters ask for by a name of their own, without declaring them."""
    yield from _of_bundles(profile)
    bodies = {authority.kind: authority.label for authority in profile.authorities}
    for route in profile.routes:
        yield from ((one.fact, f"{bodies.get(one.by, one.by)}同意") for one in route.consents)
    yield from _of_exclusions(profile)
    for output in profile.duties.outputs:
        if (average := output.average) is not None:
            yield from ((average.by_year, "各年培养人数"), (average.level, "其中最低的等级"))
            yield from ((name, f"其中{level}") for name, level in average.parts.items())
    for rule in profile.obligations:
        if rule.extension is not None:
            yield from ((rule.extension.task, f"{rule.label}延期"),)
            yield from ((reason.value, reason.label) for reason in rule.extension.reasons)
    yield from _of_money(profile)
    yield from ((kind.value, kind.label) for kind in (profile.levels.kinds if profile.levels else ()))


def _of_exclusions(profile: Profile) -> Iterator[Pair]:
    for rule in profile.exclusions:
        if isinstance(rule, SimilarTeam):
            yield from ((name, "不作比较的团队") for name in rule.not_compared)
            yield rule.compared, rule.compared_label
            yield from ((rule.compared_leader, f"{rule.compared_label}中的领办人"),)
        elif isinstance(rule, YearlyApplication) and rule.new_station is not None:
            # Of several days that may count, each has a word of its own.
            day = rule.new_station.established_by
            if name_word(day) == day:
                yield day, rule.new_station.established_label


def _of_money(profile: Profile) -> Iterator[Pair]:
    for promise in profile.entitlements:
        yield promise.name, promise.label
        if promise.asked_by is not None:
            yield promise.asked_by, promise.asked_label
        if promise.rate is not None:
            yield promise.rate.fact, promise.rate.label
    yield from ((result.fact, result.label) for result in (profile.award.results if profile.award else ()))


def _of_bundles(profile: Profile) -> Iterator[Pair]:
    for dossier in profile.dossiers:
        lists = {
            dossier.listed_in: "提供的材料",
            dossier.originals_in: "已核对原件的材料",
            dossier.copies_in: "已交复印件的材料",
        }
        yield from ((name, label) for name, label in lists.items() if name is not None)
        yield from ((check.name, check.label) for check in dossier.whole)
        yield from ((paper.name, paper.label) for paper in dossier.not_asked)
    bundled = (paper for dossier in profile.dossiers for paper in dossier.papers)
    for paper in (*profile.materials, *profile.station_materials, *bundled):
        beside = {paper.issuer_fact: f"{paper.label}的出具部门", paper.declared_by: f"声明没有{paper.label}"}
        yield from ((name, label) for name, label in beside.items() if name is not None)
        if paper.per_person is not None:
            yield from ((paper.per_person.fact, f"{paper.label}（逐人）"), (paper.per_person.person, "每人"))
            yield from ((one.name, one.label) for one in paper.per_person.papers)


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
