"""The papers of an application as the records have them, and what the engine finds missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applications.dossier.records import materials_of
from core.errors import Problem
from documents.scanning import is_infected
from jurisdictions.engine import MissingPaper, PapersAnswer, Profile, check_papers
from jurisdictions.engine.papers import APPLICATION, application_dossier, lists_of, papers_of
from jurisdictions.engine.schema.papers import WholeCheck
from jurisdictions.models import Authority


def whole_checks(rules: Profile) -> tuple[WholeCheck, ...]:
    """What is asked of the bundle as a whole: so many sets, bound, sealed."""
    return application_dossier(rules).whole


def check_words(check: WholeCheck) -> str:
    """A thing that is asked of the whole bundle, to be ticked."""
    return check.label if check.at_least is None else f"{check.label}：不少于{check.at_least}份"


def unit_lacks(application: Any, known: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What the unit still owes before it hands in: its own papers, not what a desk brings, sees or counts."""
    owed = {paper.name for paper in application.rules.materials if paper.brought_by == "unit"}
    answer = _answer(application, known, originals_shown=True)
    return _problems(application.rules, [m for m in _papers_in(answer) if m.name.partition(":")[0] in owed])


def desk_lacks(application: Any, known: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Everything that the bundle lacks on a desk: papers, originals not seen, issuers, the whole."""
    answer = _answer(application, known, originals_shown=False)
    return _problems(application.rules, list(_papers_in(answer)))


def _papers_in(answer: PapersAnswer) -> tuple[MissingPaper, ...]:
    """What is missing, without facts of the form that are asked for in their own place."""
    return tuple(lack for lack in answer.missing if not lack.is_open)


def _answer(application: Any, known: Mapping[str, Any], *, originals_shown: bool) -> PapersAnswer:
    facts = paper_facts(application, known, originals_shown)
    return check_papers(application.rules, facts, scope=APPLICATION)


def paper_facts(application: Any, known: Mapping[str, Any], originals_shown: bool) -> dict[str, Any]:
    """The facts of the bundle. A file stands for every copy: it is printed as often as the text wants.

    Before a desk has them on its table, originals count as shown.
    """
    rules, dossier = application.rules, application_dossier(application.rules)
    rows = {row.name: row for row in materials_of(application)}
    papers = [(paper, row) for paper in papers_of(rules, dossier) if (row := rows.get(paper.name))]
    there = [p.name for p, row in papers if _is_there(row) or (row.declared_none and not p.declared_by)]
    lists = lists_of(rules)
    facts = {name: value for name, value in known.items() if name not in lists}
    facts |= {p.declared_by: row.declared_none for p, row in papers if p.declared_by}
    facts |= {p.issuer_fact: _first_desk(application) for p, _ in papers if p.issuer_fact}
    if dossier.listed_in is None:
        facts |= {p.name: p.copies for p, _ in papers if p.name in there}
    else:
        facts |= {name: there for name in (dossier.listed_in, dossier.copies_in) if name}
    if dossier.originals_in:
        seen = [p.name for p, row in papers if row.original_seen or row.declared_none]
        facts[dossier.originals_in] = there if originals_shown else seen
    return facts | _confirmed(application, dossier.whole)


def _confirmed(application: Any, checks: tuple[WholeCheck, ...]) -> dict[str, Any]:
    """What a desk has confirmed of the whole bundle."""
    done = {name for names in application.checks.values() for name in names}
    return {check.name: check.at_least or True for check in checks if check.name in done}


def _is_there(row: Any) -> bool:
    files = list(row.files.all())
    return bool(files) and not any(is_infected(file.attachment) for file in files)


def _first_desk(application: Any) -> str | None:
    """The kind of body that recommends: the first on the way, once there is one."""
    if not application.route:
        return None
    kind: str = Authority.here()[application.route[0]].kind
    return kind


def _problems(rules: Profile, lacks: list[MissingPaper]) -> tuple[Problem, ...]:
    papers = {paper.name for paper in papers_of(rules, application_dossier(rules))}
    found = {}
    for lack in lacks:
        name = lack.name.replace(":", ".").partition(".")[0]
        path = f"materials.{name}" if name in papers else f"checks.{name}"
        found.setdefault(path, Problem(lack.explanation, path, lack.clauses[0]))
    return tuple(found.values())
