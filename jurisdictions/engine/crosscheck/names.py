"""What a profile calls its parts: each name once, each clause and each name that is spoken of there."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine.crosscheck.walking import Issue, nodes_of, twice
from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.naming import placeholders
from jurisdictions.engine.schema.base import Cited
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
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

_TREES = (AllOf, AnyOf, Negation, FirstKnown, IsTrue, ListedOrDecided, Compare)


def unique_names(p: Profile) -> Iterator[Issue]:
    """A name stands once among things of its kind, and one authority leads."""
    yield from twice("facts", (f.name for f in p.facts))
    for kind, idle in p.idle_by_kind.items():
        for name in idle:
            if name in p.facts_by_name:
                yield "idle_facts", f"{name} is a fact of the form already, and may decide ({kind})"
    yield from twice("idle_facts", (f"{kind}.{f.name}" for f in p.idle_facts for kind in f.kinds))
    if p.levels is not None:
        yield from twice("levels", (level.value for level in p.levels.kinds))
    yield from twice("narratives", (n.name for n in p.narratives))
    yield from twice("rosters", (r.name for r in p.rosters))
    yield from twice("materials", (m.name for m in p.materials))
    yield from twice("authorities", (a.kind for a in p.authorities))
    yield from twice("stages", (s.name for s in p.stages))
    yield from twice("obligations", (o.name for o in p.obligations))
    yield from twice("readings", (r.id for r in p.readings))
    yield from twice("conditions", (c.key or c.clause for c in p.conditions))
    if sum(a.level == "lead" for a in p.authorities) != 1:
        yield "authorities", "exactly one authority has level lead"


def clauses(p: Profile) -> Iterator[Issue]:
    """Every clause cited has its article, so that every finding can say where it stands."""
    for path, node in nodes_of(p):
        if isinstance(node, Cited):
            for clause in node.clauses or (node.clause,):
                if not clause.startswith(p.document.clause_prefix + "-"):
                    yield f"{path}.clause", f"{clause} is not a clause of this text"
                elif clause not in p.articles:
                    yield f"{path}.clause", f"articles has no entry for {clause}"


def validity(p: Profile) -> Iterator[Issue]:
    """Years from the start end on the day before; there is no day of the text that could be left out."""
    if p.validity.length_years is not None and not p.validity.end_inclusive:
        yield (
            "validity.end_inclusive",
            "a length in years names no last day; end_inclusive is for `to`",
        )


def readings(p: Profile) -> Iterator[Issue]:
    """A node's reading is one of the profile's; the chosen option exists, the first changes nothing."""
    known = {r.id for r in p.readings}
    for path, node in nodes_of(p):
        reading = getattr(node, "reading", None)
        if isinstance(reading, str) and reading not in known:
            yield f"{path}.reading", f"{reading} is not among the readings"
    for index, reading in enumerate(p.readings):
        if reading.chosen not in {o.value for o in reading.options}:
            yield f"readings[{index}].chosen", f"{reading.chosen} is not among the options"
        if reading.options[0].changes:
            yield f"readings[{index}].options[0].changes", "the first option is the profile as it is written"


def fact_names(p: Profile) -> Iterator[Issue]:
    """A tree may only speak of facts that are declared: a slip would leave a rule open for ever."""
    known = {f.name for f in (*p.facts, *p.workflow.facts)} | set(station_facts(p))
    for path, node in nodes_of(p):
        if isinstance(node, _TREES):
            if isinstance(node, AllOf | AnyOf | Negation | FirstKnown):
                continue  # its parts are walked themselves
            for name in facts_in(node):
                if name not in known:
                    yield path, f"{name} is not a declared fact"


def form_names(p: Profile) -> Iterator[Issue]:
    """Groups, narratives and rosters of the form exist, and the facts that the site itself needs."""
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


def authorities(p: Profile) -> Iterator[Issue]:
    """Every body that is spoken of is among the authorities."""
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


def templates(p: Profile) -> Iterator[Issue]:
    """Names and numbers are put together of parts that there are."""
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


def loose_clauses(p: Profile) -> Iterator[Issue]:
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
