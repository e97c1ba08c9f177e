"""Whether a bundle of papers is complete, and what is missing from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import Circumstances, evaluate
from jurisdictions.engine.routing import find_route
from jurisdictions.engine.schema.form import Material
from jurisdictions.engine.schema.papers import Dossier, NotAsked, WholeCheck
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import facts_in

# The scope of the bundle that an application is.
APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """One thing that is wanted: `form`, `form:3` (copies), `form.issuer`, `list.original`, `master.id`."""

    name: str
    clauses: tuple[str, ...]
    explanation: str
    is_open: bool = False
    """Not a paper but a fact that must be known before it can be said whether the paper is wanted."""


@dataclass(frozen=True, slots=True)
class PapersAnswer:
    """`complete` None: a fact is not known that decides whether a paper is wanted."""

    complete: bool | None
    missing: tuple[MissingPaper, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bundle:
    """One bundle and what is known of it."""

    profile: Profile
    dossier: Dossier
    facts: Mapping[str, Any]
    given: Circumstances

    def article(self, clause: str) -> str:
        return f"依据{self.profile.article(clause)}。"

    def names(self, fact: str | None) -> tuple[Any, ...]:
        return tuple(self.facts.get(fact) or ()) if fact else ()


def dossier_of(profile: Profile, scope: str | None = None) -> Dossier:
    """The bundle of a scope; the first one where none is named. KeyError when there is none."""
    for dossier in profile.dossiers:
        if scope in (None, dossier.scope):
            return dossier
    raise KeyError(scope)


def application_dossier(profile: Profile) -> Dossier:
    """The bundle of an application; all its papers where the text describes no bundle."""
    try:
        return dossier_of(profile, APPLICATION)
    except KeyError:
        clauses = tuple(dict.fromkeys(m.clause for m in profile.materials)) or profile.validity.clauses
        return Dossier(
            scope=APPLICATION,
            label=profile.terms.application,
            uses=tuple(m.name for m in profile.materials),
            clause=clauses[0],
            clauses=clauses,
        )


def papers_of(profile: Profile, dossier: Dossier) -> tuple[Material, ...]:
    """The papers of a bundle in order."""
    known = {m.name: m for m in (*profile.materials, *profile.station_materials)}
    return (*(known[name] for name in dossier.uses), *dossier.papers)


def check_papers(profile: Profile, facts: Mapping[str, Any], *, scope: str | None = None) -> PapersAnswer:
    """What is missing from a bundle, paper by paper and then as a whole.

    A paper that nobody has spoken of is not there. Facts: see `Dossier`, `Material` and `WholeCheck`.
    """
    dossier = application_dossier(profile) if scope == APPLICATION else dossier_of(profile, scope)
    bundle = _Bundle(profile, dossier, facts, circumstances(profile, facts, None))
    papers = papers_of(profile, dossier)
    missing = [lack for paper in papers for lack in _lacks(bundle, paper, papers)]
    missing += [lack for check in dossier.whole if (lack := _whole(bundle, check)) is not None]
    wanted = [lack for lack in missing if not lack.is_open]
    complete = False if wanted else None if missing else True
    missing = wanted or missing
    notes = _notes(bundle, papers)
    if not missing:
        asked = [*(paper for paper in papers if paper.required is not False), *dossier.whole]
        clauses = dict.fromkeys(clause for part in asked for clause in part.clauses)
        clauses |= dict.fromkeys(paper.clause for paper in _spoken_of(bundle))
        words = f"{dossier.label}共{len(asked)}项要求，均已齐全。{bundle.article(dossier.clause)}"
        return PapersAnswer(complete, (), tuple(clauses), (words, *notes))
    return PapersAnswer(
        complete,
        tuple(missing),
        tuple(dict.fromkeys(clause for lack in missing for clause in lack.clauses)),
        (*(lack.explanation for lack in missing), *notes),
    )


def _lacks(bundle: _Bundle, paper: Material, papers: tuple[Material, ...]) -> list[MissingPaper]:
    """What one paper lacks."""
    if paper.required is False:
        return []
    lacks = _presence(bundle, paper)
    if not lacks:
        return [*_issuer(bundle, paper), *_people(bundle, paper)]
    if _replaced(bundle, paper, papers):
        return []
    if paper.required_when is not None:
        verdict = evaluate(paper.required_when, bundle.given)
        if verdict.outcome == "unmet":
            return []
        if verdict.outcome != "met":
            words = f"尚缺事实，不能确定是否须提交{paper.label}。{bundle.article(paper.clause)}"
            return [MissingPaper(name, paper.clauses, words, is_open=True) for name in verdict.missing]
    return lacks


def _presence(bundle: _Bundle, paper: Material) -> list[MissingPaper]:
    """Whether it is there, in enough copies, and its original was shown where that is asked."""
    article = bundle.article(paper.clause)
    if bundle.dossier.listed_in is None:
        return _counted(bundle, paper)
    there = paper.name in bundle.names(bundle.dossier.listed_in)
    if there and paper.original_required and bundle.dossier.originals_in:
        shown = paper.name in bundle.names(bundle.dossier.originals_in)
        copied = paper.name in bundle.names(bundle.dossier.copies_in)
        if shown and not copied:
            return [MissingPaper(f"{paper.name}.copy", paper.clauses, f"{paper.label}缺复印件。{article}")]
        if copied and not shown:
            words = f"{paper.label}的原件尚未出示。{article}"
            return [MissingPaper(f"{paper.name}.original", paper.clauses, words)]
        there = shown and copied
    return [] if there else [MissingPaper(paper.name, paper.clauses, f"缺少{paper.label}。{article}")]


def _counted(bundle: _Bundle, paper: Material) -> list[MissingPaper]:
    have = int(bundle.facts.get(paper.name) or 0)
    wanted = paper.copies if paper.is_counted else 1
    if have >= wanted:
        return []
    article = bundle.article(paper.clause)
    if not paper.is_counted:
        return [MissingPaper(paper.name, paper.clauses, f"缺少{paper.label}。{article}")]
    words = f"{paper.label}应有{wanted}份，现有{have}份。{article}"
    return [MissingPaper(f"{paper.name}:{wanted}", paper.clauses, words)]


def _replaced(bundle: _Bundle, paper: Material, papers: tuple[Material, ...]) -> bool:
    """Whether another paper, or a statement, stands in its place."""
    others = [p for p in papers if p.name in paper.satisfied_by]
    declared = paper.declarable and paper.declared_by and bundle.facts.get(paper.declared_by) is True
    return bool(declared) or any(not _presence(bundle, other) for other in others)


def _issuer(bundle: _Bundle, paper: Material) -> list[MissingPaper]:
    """Whether a paper that is there was issued by who must issue it."""
    if paper.issuer_fact is None:
        return []
    issuer, allowed = bundle.facts.get(paper.issuer_fact), paper.issuer
    if paper.issuer_follows_route:
        path = find_route(bundle.profile, bundle.facts).path or ()
        allowed = path[:-1] or allowed
    if issuer in allowed or (issuer is None and not paper.issuer_must_be_named):
        return []
    bodies = "或".join(bundle.profile.authority(kind).label for kind in allowed)
    words = f"{paper.label}应由{bodies}出具。{bundle.article(paper.clause)}"
    return [MissingPaper(f"{paper.name}.issuer", paper.clauses, words)]


def _people(bundle: _Bundle, paper: Material) -> list[MissingPaper]:
    """The papers of each person, each named once however many people lack it."""
    rule = paper.per_person
    if rule is None:
        return []
    lacks = []
    for wanted in rule.papers:
        without = sum(not _shown(person.get(wanted.name), wanted.among) for person in bundle.names(rule.fact))
        if without:
            words = f"{without}人缺{wanted.label}{_grades(wanted.among)}。{bundle.article(paper.clause)}"
            lacks.append(MissingPaper(f"{rule.person}.{wanted.name}", paper.clauses, words))
    return lacks


def _shown(value: Any, among: tuple[str, ...]) -> bool:
    return value in among if among else value not in (None, False, "")


def _grades(among: tuple[str, ...]) -> str:
    return f"（{'或'.join(among)}）" if among else ""


def _whole(bundle: _Bundle, check: WholeCheck) -> MissingPaper | None:
    value, article = bundle.facts.get(check.name), bundle.article(check.clause)
    if check.at_least is None:
        if value is True:
            return None
        return MissingPaper(check.name, check.clauses, f"{check.label}：尚未做到。{article}")
    if int(value or 0) >= check.at_least:
        return None
    words = f"{check.label}应为{check.at_least}，现有{int(value or 0)}。{article}"
    return MissingPaper(f"{check.name}:{check.at_least}", check.clauses, words)


def _spoken_of(bundle: _Bundle) -> list[NotAsked]:
    """Papers that this text does not ask for and that the facts speak of."""
    listed = bundle.names(bundle.dossier.listed_in)
    return [p for p in bundle.dossier.not_asked if bundle.facts.get(p.name) is not None or p.name in listed]


def _notes(bundle: _Bundle, papers: tuple[Material, ...]) -> tuple[str, ...]:
    """What was spoken of and is not asked."""
    known = {paper.name for paper in papers} | {paper.name for paper in bundle.dossier.not_asked}
    notes = [f"不要求提交{p.label}。{bundle.article(p.clause)}" for p in _spoken_of(bundle)]
    extra = [str(name) for name in bundle.names(bundle.dossier.listed_in) if name not in known]
    if extra:
        named = "、".join(bundle.profile.labels.get(name, name) for name in extra)
        notes.append(f"不在要求提交之列：{named}。{bundle.article(bundle.dossier.clause)}")
    return tuple(notes)


def lists_of(profile: Profile) -> frozenset[str]:
    """The facts that are lists: of papers, and of people."""
    found: set[str] = set()
    for dossier in profile.dossiers:
        found |= {n for n in (dossier.listed_in, dossier.originals_in, dossier.copies_in) if n}
        found |= {p.per_person.fact for p in papers_of(profile, dossier) if p.per_person}
    return frozenset(found)


def counts_of(profile: Profile) -> frozenset[str]:
    """The facts that are a number of copies, or that a paper is there at all."""
    found: set[str] = set()
    for dossier in profile.dossiers:
        if dossier.listed_in is None:
            found |= {p.name for p in papers_of(profile, dossier)}
        found |= {check.name for check in dossier.whole if check.at_least is not None}
    return frozenset(found)


def flags_of(profile: Profile) -> frozenset[str]:
    """The facts that are yes or no."""
    found: set[str] = set()
    for dossier in profile.dossiers:
        found |= {check.name for check in dossier.whole if check.at_least is None}
        found |= {paper.name for paper in dossier.not_asked}
        found |= {p.declared_by for p in papers_of(profile, dossier) if p.declared_by}
    return frozenset(found)


def words_of(profile: Profile) -> frozenset[str]:
    """The facts that name who issued a paper."""
    return frozenset(
        p.issuer_fact for d in profile.dossiers for p in papers_of(profile, d) if p.issuer_fact is not None
    )


def form_facts_of(profile: Profile) -> frozenset[str]:
    """Facts of the form that decide, or may seem to decide, which papers are wanted and from whom."""
    found: set[str] = set()
    for dossier in profile.dossiers:
        found |= set(dossier.ignored)
        for paper in papers_of(profile, dossier):
            found |= set(facts_in(paper.required_when)) if paper.required_when else set()
            if paper.issuer_follows_route:
                found |= {n for route in profile.routes if route.when for n in facts_in(route.when)}
    return frozenset(found)
