"""What belongs together on the way to a station: papers, gates, exclusions."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine.crosscheck.walking import Issue, twice
from jurisdictions.engine.schema.exclusions import OneClaimAYear, YearlyApplication
from jurisdictions.engine.schema.gates import Body, Checks, Signoffs
from jurisdictions.engine.schema.profile import Profile


def dossiers(p: Profile) -> Iterator[Issue]:
    """The papers of a bundle are materials of the text or its own, and replace papers of the same bundle."""
    known = [m.name for m in (*p.materials, *p.station_materials)]
    yield from twice("dossiers", (d.scope for d in p.dossiers))
    for index, dossier in enumerate(p.dossiers):
        names = [*dossier.uses, *(m.name for m in dossier.papers)]
        yield from twice(f"dossiers[{index}]", names)
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


def gates(p: Profile) -> Iterator[Issue]:
    """Acts stand once; bodies, stages and facts of the gates exist."""
    yield from twice("workflow.facts", (f.name for f in (*p.facts, *p.workflow.facts)))
    acts = ((a, g.phase) for g in p.workflow.gates for a in g.actions)
    yield from twice("workflow.gates", (f"{act} of {phase}" for act, phase in acts))
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


def group_caps(p: Profile) -> Iterator[Issue]:
    """A tier or a category is told by one choice of the form, and its group is one of the choices."""
    choices = {f.name: {choice.value for choice in f.choices} for f in p.facts if f.choices}
    caps = p.round.group_caps if p.round else ()
    yield from twice("round.group_caps", (cap.key for cap in caps))
    told: dict[str, str] = {}
    for index, cap in enumerate(caps):
        path = f"round.group_caps[{index}]"
        if cap.told_by is None:
            continue
        if cap.by in ("recommender", "host"):
            yield f"{path}.fact", f"the route and the unit tell the {cap.by}, not a fact"
        elif cap.told_by not in choices:
            yield f"{path}.fact", f"{cap.told_by} is not a fact with choices"
        elif cap.group is not None and cap.group not in choices[cap.told_by]:
            yield f"{path}.group", f"{cap.group} is not among the choices of {cap.told_by}"
        elif told.setdefault(cap.by, cap.told_by) != cap.told_by:
            yield f"{path}.fact", f"{told[cap.by]} tells the {cap.by} already"


def exclusions(p: Profile) -> Iterator[Issue]:
    """Rules and acts stand once; the text's own fund is among those that exclude each other."""
    yield from twice("exclusions", (e.key for e in p.exclusions))
    acts = (e.action for e in p.exclusions if isinstance(e, YearlyApplication))
    yield from twice("exclusions", acts)
    for index, rule in enumerate(p.exclusions):
        if isinstance(rule, OneClaimAYear) and rule.own is not None and rule.own not in rule.claims:
            yield f"exclusions[{index}].own", f"{rule.own} is not among the claims"
