"""What belongs together once there is a station: tasks, points, grades, money, duties, its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from jurisdictions.engine.crosscheck.walking import Issue, twice
from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
    AtConstructionEnd,
    PeriodEndedAndAccepted,
    YearlyWindow,
)


def obligations(p: Profile) -> Iterator[Issue]:
    """What has to be handed in is a paper of the station; a construction period is there where one counts."""
    papers = {m.name for m in p.station_materials}
    for index, rule in enumerate(p.obligations):
        for name in rule.materials:
            if name not in papers:
                yield f"obligations[{index}].materials", f"{name} is not among station_materials"
        if rule.late_clause is not None and rule.late_clause not in p.articles:
            yield f"obligations[{index}].late_clause", f"articles has no entry for {rule.late_clause}"
        needs_period = isinstance(rule.when, AtConstructionEnd) or (
            isinstance(rule.when, YearlyWindow) and rule.when.until == "construction_end"
        )
        if needs_period and p.construction_period is None:
            yield f"obligations[{index}].when", "this profile has no construction period"


def rubric(p: Profile) -> Iterator[Issue]:
    """Points of lines and categories add up; a score sheet stands where the method needs one."""
    rubric = p.assessment.rubric
    if (rubric is None) == (p.assessment.method == "rubric"):
        yield "assessment.rubric", "a rubric belongs to method rubric, and only there"
    if rubric is None:
        return
    for index, category in enumerate(rubric.categories):
        if sum(item.max for item in category.items) != category.max:
            yield f"assessment.rubric.categories[{index}]", "the items do not add up to the category"
    if sum(category.max for category in rubric.categories) != rubric.total:
        yield "assessment.rubric.total", "the categories do not add up to the total"
    yield from twice("assessment.rubric", (i.clause for c in rubric.categories for i in c.items))


def bands(p: Profile) -> Iterator[Issue]:
    """Bands rise, and only the lowest has no start: then no score is without a grade."""
    bands = p.assessment.bands
    if bands is None:
        return
    starts = [band.start for band in bands]
    if starts[0] is not None:
        yield "assessment.bands[0]", "the lowest band has no start"
    rest = [s for s in starts[1:] if s is not None]
    if len(rest) != len(starts) - 1 or any(a >= b for a, b in pairwise(rest)):
        yield "assessment.bands", "bands rise from the lowest to the highest"


def grades(p: Profile) -> Iterator[Issue]:
    """Grades that are spoken of are grades of the text."""
    grades = {g.value for g in p.assessment.grades}
    names = [(f"assessment.bands[{i}]", b.grade) for i, b in enumerate(p.assessment.bands or ())]
    names += [(f"assessment.consequences[{i}]", c.on_grade) for i, c in enumerate(p.assessment.consequences)]
    for i, tranche in enumerate(p.award.tranches if p.award else ()):
        names += [(f"award.tranches[{i}]", g) for r in tranche.refused_when for g in r.any_grade]
    for path, grade in names:
        if grade not in grades:
            yield path, f"{grade} is not among the grades"


def award(p: Profile) -> Iterator[Issue]:
    """Tranches add up to the award, to the yuan."""
    if p.award is None:
        return
    if sum(t.amount_yuan for t in p.award.tranches) != p.award.total_yuan:
        yield "award.tranches", f"the tranches do not add up to {p.award.total_yuan}"
    known = {o.name for o in p.obligations}
    for index, tranche in enumerate(p.award.tranches):
        path = f"award.tranches[{index}]"
        if tranche.seq != index + 1:
            yield f"{path}.seq", "tranches are numbered from 1 in order"
        if tranche.percent is not None and tranche.amount_yuan * 100 != tranche.percent * p.award.total_yuan:
            yield f"{path}.percent", "percent and amount disagree"
        condition = tranche.condition
        if isinstance(condition, AssessmentPassed) and condition.obligation not in known:
            yield f"{path}.condition", f"{condition.obligation} is not an obligation"
        if isinstance(condition, PeriodEndedAndAccepted) and p.construction_period is None:
            yield f"{path}.condition", "this profile has no construction period"
        for refusal in tranche.refused_when:
            if refusal.obligation not in known:
                yield f"{path}.refused_when", f"{refusal.obligation} is not an obligation"


def duties(p: Profile) -> Iterator[Issue]:
    """Outputs are told apart by clause, and what a score sheet is said to weigh stands in it."""
    rubric = p.assessment.rubric
    lines = {i.clause for c in rubric.categories for i in c.items} | {rubric.clause} if rubric else set()
    yield from twice("duties.outputs", (o.clause for o in p.duties.outputs))
    for i, output in enumerate(p.duties.outputs):
        for clause in output.scored_by:
            if clause not in lines:
                yield f"duties.outputs[{i}].scored_by", f"{clause} is not a line of the score sheet"
    for i, record in enumerate(p.duties.records):
        # Under a reading without a score sheet nothing rests on one.
        if record.basis == "rubric" and rubric is not None and record.clause not in lines:
            yield f"duties.records[{i}].clause", f"{record.clause} is not a line of the score sheet"


def expenditure(p: Profile) -> Iterator[Issue]:
    """Uses that the rules name are uses of the chapter."""
    chapter = p.expenditure
    if chapter is None:
        return
    yield from twice("expenditure.rules", (r.key for r in chapter.rules if r.key))
    for i, rule in enumerate(chapter.rules):
        for name in rule.categories:
            if name not in chapter.categories:
                yield f"expenditure.rules[{i}].categories", f"{name} is not among the categories"
        for name in rule.purposes:
            if name not in chapter.purposes:
                yield f"expenditure.rules[{i}].purposes", f"{name} is not among the purposes"


def revocation(p: Profile) -> Iterator[Issue]:
    """Grounds speak of facts, outputs, tasks and events that there are."""
    chapter = p.revocation
    if chapter is None:
        return
    yield from twice("revocation.grounds", (g.key for g in chapter.grounds))
    known, outputs = set(station_facts(p)), {o.clause for o in p.duties.outputs}
    obligations = {o.name for o in p.obligations}
    for i, ground in enumerate(chapter.grounds):
        path = f"revocation.grounds[{i}]"
        late = ground.overdue
        for name in (*ground.on_record, *((late.excused_by,) if late else ())):
            if name not in known:
                yield path, f"{name} is not a declared fact"
        yield from ((path, f"{c} is not an output") for c in ground.outputs if c not in outputs)
        if late is not None and late.obligation not in obligations:
            yield f"{path}.overdue", f"{late.obligation} is not an obligation"
        if ground.after_rectification and chapter.rectification is None:
            yield path, "this profile has no rectification"
    for path, events in (
        *((f"revocation.grounds[{i}].events", g.events) for i, g in enumerate(chapter.grounds)),
        *((f"revocation.referrals[{i}].events", r.events) for i, r in enumerate(chapter.referrals)),
    ):
        yield from (
            (path, f"{name} is not among the events") for name in events if name not in chapter.events
        )
    clause = chapter.clawback_clause
    if clause is not None and clause not in p.articles:
        yield "revocation.clawback_clause", f"articles has no entry for {clause}"


def results(p: Profile) -> Iterator[Issue]:
    """Results that payments wait for are those of obligations."""
    known = {o.name for o in p.obligations}
    results = p.award.results if p.award else ()
    yield from twice("award.results", (r.fact for r in results))
    for index, result in enumerate(results):
        for name in result.of:
            if name not in known:
                yield f"award.results[{index}].of", f"{name} is not an obligation"


def term(p: Profile) -> Iterator[Issue]:
    """Grades of a renewal are grades of the text."""
    grades = {g.value for g in p.assessment.grades}
    for grade in p.term.renewal.grades if p.term and p.term.renewal else ():
        if grade not in grades:
            yield "term.renewal.grades", f"{grade} is not among the grades"


def entitlements(p: Profile) -> Iterator[Issue]:
    """Promises and the values that they depend on stand once; who pays is an authority."""
    yield from twice("entitlements", (e.name for e in p.entitlements))
    yield from twice("entitlements", (e.asked_by for e in p.entitlements if e.asked_by))
    for index, promise in enumerate(p.entitlements):
        yield from twice(f"entitlements[{index}].values", (v.value for v in promise.values))
        for share in promise.payers:
            if share.payer not in {a.kind for a in p.authorities}:
                yield f"entitlements[{index}].payers", f"{share.payer} is not among the authorities"


def key_projects(p: Profile) -> Iterator[Issue]:
    """Levels, caps and fields stand once."""
    chapter = p.key_projects
    if chapter is None:
        return
    yield from twice("key_projects.grants.levels", (str(level.level) for level in chapter.grants.levels))
    yield from twice("key_projects.caps", (cap.per for cap in chapter.caps))
    names = (name for field in chapter.scope.fields for name in (field.name, *field.aliases))
    yield from twice("key_projects.scope.fields", names)
