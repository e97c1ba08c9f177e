"""What no single node can see: names that must exist, sums that must come out, bands without a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.naming import placeholders
from jurisdictions.engine.schema.base import Cited
from jurisdictions.engine.schema.exclusions import OneClaimAYear, YearlyApplication
from jurisdictions.engine.schema.gates import Body, Checks, Signoffs
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
    AtConstructionEnd,
    PeriodEndedAndAccepted,
    YearlyWindow,
)
from jurisdictions.engine.schema.tree import (
    AllOf,
    AnyOf,
    Compare,
    FirstKnown,
    IsTrue,
    ListedOrDecided,
    Negation,
    facts_in,
)

Issue = tuple[str, str]
_TREES = (AllOf, AnyOf, Negation, FirstKnown, IsTrue, ListedOrDecided, Compare)


def crosscheck(profile: Profile) -> list[Issue]:
    """Every (path, reason) that makes a profile incoherent."""
    issues: list[Issue] = []
    for check in (
        _unique_names,
        _clauses,
        _validity,
        _readings,
        _fact_names,
        _form_names,
        _authorities,
        _placeholders,
        _dossiers,
        _gates,
        _exclusions,
        _obligations,
        _rubric,
        _bands,
        _grades,
        _award,
        _duties,
        _expenditure,
        _revocation,
        _results,
        _entitlements,
        _key_projects,
        _loose_clauses,
        _term,
    ):
        issues.extend(check(profile))
    return issues


def walk(node: Any, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every node of a profile with its path."""
    if isinstance(node, BaseModel):
        yield path, node
        for name, info in type(node).model_fields.items():
            key = info.alias or name
            yield from walk(getattr(node, name), f"{path}.{key}" if path else key)
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from walk(item, f"{path}[{index}]")


def _twice(path: str, names: Iterable[str]) -> Iterator[Issue]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield path, f"{name} stands twice"
        seen.add(name)


def _unique_names(p: Profile) -> Iterator[Issue]:
    yield from _twice("facts", (f.name for f in p.facts))
    for kind, idle in p.idle_by_kind.items():
        for name in idle:
            if name in p.facts_by_name:
                yield "idle_facts", f"{name} is a fact of the form already, and may decide ({kind})"
    yield from _twice("idle_facts", (f"{kind}.{f.name}" for f in p.idle_facts for kind in f.kinds))
    if p.levels is not None:
        yield from _twice("levels", (level.value for level in p.levels.kinds))
    yield from _twice("narratives", (n.name for n in p.narratives))
    yield from _twice("rosters", (r.name for r in p.rosters))
    yield from _twice("materials", (m.name for m in p.materials))
    yield from _twice("authorities", (a.kind for a in p.authorities))
    yield from _twice("stages", (s.name for s in p.stages))
    yield from _twice("obligations", (o.name for o in p.obligations))
    yield from _twice("readings", (r.id for r in p.readings))
    yield from _twice("conditions", (c.key or c.clause for c in p.conditions))
    if sum(a.level == "lead" for a in p.authorities) != 1:
        yield "authorities", "exactly one authority has level lead"


def _clauses(p: Profile) -> Iterator[Issue]:
    """Every clause cited has its article, so that every finding can say where it stands."""
    for path, node in walk(p):
        if isinstance(node, Cited):
            for clause in node.clauses or (node.clause,):
                if not clause.startswith(p.document.clause_prefix + "-"):
                    yield f"{path}.clause", f"{clause} is not a clause of this text"
                elif clause not in p.articles:
                    yield f"{path}.clause", f"articles has no entry for {clause}"


def _validity(p: Profile) -> Iterator[Issue]:
    """Years from the start end on the day before; there is no day of the text that could be left out."""
    if p.validity.length_years is not None and not p.validity.end_inclusive:
        yield (
            "validity.end_inclusive",
            "a length in years names no last day; end_inclusive is for `to`",
        )


def _readings(p: Profile) -> Iterator[Issue]:
    known = {r.id for r in p.readings}
    for path, node in walk(p):
        reading = getattr(node, "reading", None)
        if isinstance(reading, str) and reading not in known:
            yield f"{path}.reading", f"{reading} is not among the readings"
    for index, reading in enumerate(p.readings):
        if reading.chosen not in {o.value for o in reading.options}:
            yield f"readings[{index}].chosen", f"{reading.chosen} is not among the options"
        if reading.options[0].changes:
            yield f"readings[{index}].options[0].changes", "the first option is the profile as it is written"


def _fact_names(p: Profile) -> Iterator[Issue]:
    """A tree may only speak of facts that are declared: a slip would leave a rule open for ever."""
    known = {f.name for f in (*p.facts, *p.workflow.facts)} | set(station_facts(p))
    for path, node in walk(p):
        if isinstance(node, _TREES):
            if isinstance(node, AllOf | AnyOf | Negation | FirstKnown):
                continue  # its parts are walked themselves
            for name in facts_in(node):
                if name not in known:
                    yield path, f"{name} is not a declared fact"


def _form_names(p: Profile) -> Iterator[Issue]:
    groups = {g.name for g in p.groups}
    narratives = {n.name for n in p.narratives}
    facts = {f.name: f for f in p.facts}
    for index, fact in enumerate(p.facts):
        if fact.group and fact.group not in groups:
            yield f"facts[{index}].group", f"{fact.group} is not among the groups"
        if fact.evidence and fact.evidence not in narratives:
            yield f"facts[{index}].evidence", f"{fact.evidence} is not a narrative"
        yield from _derived_names(p, index)
    for index, narrative in enumerate(p.narratives):
        if narrative.group and narrative.group not in groups:
            yield f"narratives[{index}].group", f"{narrative.group} is not among the groups"
    if p.unit_type_fact not in facts or facts[p.unit_type_fact].type != "choice":
        yield "unit_type_fact", f"{p.unit_type_fact} is not a fact with choices"
    for needed in ("leader_name", "trade"):
        if needed not in facts:
            yield "facts", f"{needed} is needed for the name of the station"


def _derived_names(p: Profile, index: int) -> Iterator[Issue]:
    derived = p.facts[index].derived
    if derived is None:
        return
    path = f"facts[{index}].derived"
    if derived.roster not in {r.name for r in p.rosters}:
        yield path, f"{derived.roster} is not a roster"
        return
    columns = {c.name for c in p.roster(derived.roster).columns}
    wanted = (
        [t.field for t in derived.where] + list(derived.collect) + ([derived.take] if derived.take else [])
    )
    for name in wanted:
        if name not in columns:
            yield path, f"{name} is not a column of {derived.roster}"


def _authorities(p: Profile) -> Iterator[Issue]:
    kinds = {a.kind for a in p.authorities}
    places: list[tuple[str, str | None]] = []
    for i, route in enumerate(p.routes):
        places += [(f"routes[{i}].path", kind) for kind in route.path or ()]
        places += [(f"routes[{i}].consents", consent.by) for consent in route.consents]
    if p.levels is not None:
        places += [("levels", level.managed_by) for level in p.levels.kinds]
    for i, stage in enumerate(p.stages):
        if stage.by not in ("route", "unit"):
            places.append((f"stages[{i}].by", stage.by))
        places += [(f"stages[{i}].only_via", kind) for kind in stage.only_via]
    for i, material in enumerate(p.materials):
        places += [(f"materials[{i}].issuer", kind) for kind in material.issuer]
    places += [("designation.issuers", kind) for kind in p.designation.issuers]
    places += [("designation.signoffs", kind) for kind in p.designation.signoffs]
    places += [("panel.bodies", kind) for kind in p.panel.bodies]
    places += _obliged(p)
    for i, assessor in enumerate(p.assessment.assessed_by):
        by = None if assessor.by == "panel" else assessor.by
        places += [
            (f"assessment.assessed_by[{i}]", kind) for kind in (by, assessor.led_by, assessor.reviewed_by)
        ]
    if p.award is not None:
        places.append(("award.payer", p.award.payer))
    if p.key_projects is not None:
        places.append(("key_projects.decided_by", p.key_projects.decided_by))
    for path, kind in places:
        if kind is not None and kind not in kinds:
            yield path, f"{kind} is not among the authorities"


def _obliged(p: Profile) -> Iterator[tuple[str, str]]:
    """The authorities that owe something, or to whom it is handed in."""
    for i, rule in enumerate(p.obligations):
        if rule.who != "station":
            yield f"obligations[{i}].who", rule.who
        for kind in rule.path if isinstance(rule.path, tuple) else ():
            yield f"obligations[{i}].path", kind


def _placeholders(p: Profile) -> Iterator[Issue]:
    for path, template, allowed in (
        ("designation.number_format", p.designation.number_format, {"year", "seq"}),
        ("designation.station_name", p.designation.station_name, {"unit", "leader", "trade"}),
    ):
        for name in placeholders(template) - allowed:
            yield path, f"{{{name}}} is not one of {sorted(allowed)}"
    for index, plaque in enumerate(p.designation.plaques):
        for name in placeholders(plaque.title) - {"unit", "leader", "trade"}:
            yield f"designation.plaques[{index}].title", f"{{{name}}} is not a part of a station's name"
    if "seq" not in placeholders(p.designation.number_format):
        yield "designation.number_format", "{seq} is needed"


def _obligations(p: Profile) -> Iterator[Issue]:
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


def _dossiers(p: Profile) -> Iterator[Issue]:
    known = [m.name for m in (*p.materials, *p.station_materials)]
    yield from _twice("dossiers", (d.scope for d in p.dossiers))
    for index, dossier in enumerate(p.dossiers):
        names = [*dossier.uses, *(m.name for m in dossier.papers)]
        yield from _twice(f"dossiers[{index}]", names)
        for name in dossier.uses:
            if name not in known:
                yield f"dossiers[{index}].uses", f"{name} is not among the materials"
        for name in dossier.ignored:
            if name not in {f.name for f in p.facts}:
                yield f"dossiers[{index}].ignored", f"{name} is not a declared fact"
        for paper in (*(m for m in p.materials if m.name in dossier.uses), *dossier.papers):
            for name in paper.satisfied_by:
                if name not in names:
                    yield f"dossiers[{index}]", f"{name}, which would do for {paper.name}, is no paper of it"


def _gates(p: Profile) -> Iterator[Issue]:
    yield from _twice("workflow.facts", (f.name for f in (*p.facts, *p.workflow.facts)))
    acts = ((a, g.phase) for g in p.workflow.gates for a in g.actions)
    yield from _twice("workflow.gates", (f"{act} of {phase}" for act, phase in acts))
    kinds = {a.kind for a in p.authorities}
    stages = {s.name: s for s in p.stages}
    declared = {f.name for f in p.workflow.facts}
    for index, found in enumerate(p.workflow.gates):
        for number, rule in enumerate(found.rules):
            path = f"workflow.gates[{index}].rules[{number}]"
            if isinstance(rule, Body):
                for kind in rule.among:
                    if kind not in kinds:
                        yield f"{path}.among", f"{kind} is not among the authorities"
            elif isinstance(rule, Checks):
                if rule.stage not in stages or not stages[rule.stage].checks:
                    yield f"{path}.stage", f"{rule.stage} is no stage with checks"
                else:
                    for name in stages[rule.stage].checks:
                        if name not in declared:
                            yield f"{path}.stage", f"{name} is not among the facts of the workflow"
            elif isinstance(rule, Signoffs) and not p.designation.signoffs:
                yield path, "no body signs off here"


def _exclusions(p: Profile) -> Iterator[Issue]:
    yield from _twice("exclusions", (e.key for e in p.exclusions))
    acts = (e.action for e in p.exclusions if isinstance(e, YearlyApplication))
    yield from _twice("exclusions", acts)
    for index, rule in enumerate(p.exclusions):
        if isinstance(rule, OneClaimAYear) and rule.own is not None and rule.own not in rule.claims:
            yield f"exclusions[{index}].own", f"{rule.own} is not among the claims"


def _rubric(p: Profile) -> Iterator[Issue]:
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
    yield from _twice("assessment.rubric", (i.clause for c in rubric.categories for i in c.items))


def _bands(p: Profile) -> Iterator[Issue]:
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


def _grades(p: Profile) -> Iterator[Issue]:
    grades = {g.value for g in p.assessment.grades}
    names = [(f"assessment.bands[{i}]", b.grade) for i, b in enumerate(p.assessment.bands or ())]
    names += [(f"assessment.consequences[{i}]", c.on_grade) for i, c in enumerate(p.assessment.consequences)]
    for i, tranche in enumerate(p.award.tranches if p.award else ()):
        names += [(f"award.tranches[{i}]", g) for r in tranche.refused_when for g in r.any_grade]
    for path, grade in names:
        if grade not in grades:
            yield path, f"{grade} is not among the grades"


def _award(p: Profile) -> Iterator[Issue]:
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


def _duties(p: Profile) -> Iterator[Issue]:
    """Outputs are told apart by clause, and what a score sheet is said to weigh stands in it."""
    rubric = p.assessment.rubric
    lines = {i.clause for c in rubric.categories for i in c.items} | {rubric.clause} if rubric else set()
    yield from _twice("duties.outputs", (o.clause for o in p.duties.outputs))
    for i, output in enumerate(p.duties.outputs):
        for clause in output.scored_by:
            if clause not in lines:
                yield f"duties.outputs[{i}].scored_by", f"{clause} is not a line of the score sheet"
    for i, record in enumerate(p.duties.records):
        # Under a reading without a score sheet nothing rests on one.
        if record.basis == "rubric" and rubric is not None and record.clause not in lines:
            yield f"duties.records[{i}].clause", f"{record.clause} is not a line of the score sheet"


def _expenditure(p: Profile) -> Iterator[Issue]:
    chapter = p.expenditure
    if chapter is None:
        return
    yield from _twice("expenditure.rules", (r.key for r in chapter.rules if r.key))
    for i, rule in enumerate(chapter.rules):
        for name in rule.categories:
            if name not in chapter.categories:
                yield f"expenditure.rules[{i}].categories", f"{name} is not among the categories"
        for name in rule.purposes:
            if name not in chapter.purposes:
                yield f"expenditure.rules[{i}].purposes", f"{name} is not among the purposes"


def _revocation(p: Profile) -> Iterator[Issue]:
    chapter = p.revocation
    if chapter is None:
        return
    yield from _twice("revocation.grounds", (g.key for g in chapter.grounds))
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


def _results(p: Profile) -> Iterator[Issue]:
    known = {o.name for o in p.obligations}
    results = p.award.results if p.award else ()
    yield from _twice("award.results", (r.fact for r in results))
    for index, result in enumerate(results):
        for name in result.of:
            if name not in known:
                yield f"award.results[{index}].of", f"{name} is not an obligation"


def _term(p: Profile) -> Iterator[Issue]:
    """Grades of a renewal are grades of the text."""
    grades = {g.value for g in p.assessment.grades}
    for grade in p.term.renewal.grades if p.term and p.term.renewal else ():
        if grade not in grades:
            yield "term.renewal.grades", f"{grade} is not among the grades"


def _entitlements(p: Profile) -> Iterator[Issue]:
    yield from _twice("entitlements", (e.name for e in p.entitlements))
    yield from _twice("entitlements", (e.asked_by for e in p.entitlements if e.asked_by))
    for index, promise in enumerate(p.entitlements):
        yield from _twice(f"entitlements[{index}].values", (v.value for v in promise.values))
        for share in promise.payers:
            if share.payer not in {a.kind for a in p.authorities}:
                yield f"entitlements[{index}].payers", f"{share.payer} is not among the authorities"


def _key_projects(p: Profile) -> Iterator[Issue]:
    chapter = p.key_projects
    if chapter is None:
        return
    yield from _twice("key_projects.grants.levels", (str(level.level) for level in chapter.grants.levels))
    yield from _twice("key_projects.caps", (cap.per for cap in chapter.caps))
    names = (name for field in chapter.scope.fields for name in (field.name, *field.aliases))
    yield from _twice("key_projects.scope.fields", names)


def _loose_clauses(p: Profile) -> Iterator[Issue]:
    """Clauses that a node names beside its own have their article too."""
    named: list[tuple[str, str | None]] = []
    if p.round is not None:
        named.append(("round.total_clause", p.round.total_clause))
    if p.key_projects is not None:
        named.append(("key_projects.review_clause", p.key_projects.review_clause))
    for index, tranche in enumerate(p.award.tranches if p.award else ()):
        if isinstance(tranche.condition, AssessmentPassed):
            path = f"award.tranches[{index}].condition.rectification_clause"
            named.append((path, tranche.condition.rectification_clause))
    rubric, bonus = p.assessment.rubric, p.assessment.bonus
    lines = {item.clause for c in rubric.categories for item in c.items} if rubric else set()
    for clause in bonus.scored_already if bonus else ():
        if clause not in lines:
            yield "assessment.bonus.scored_already", f"{clause} is not a line of the score sheet"
    for path, found in named:
        if found is not None and found not in p.articles:
            yield path, f"articles has no entry for {found}"
