"""On which clauses an application may be refused, and what the system found of each."""

from __future__ import annotations

from dataclasses import dataclass

from applications.desk.inquiring import bars_of
from applications.dossier.answers import findings_of
from applications.models import Application
from core.errors import DomainError
from jurisdictions.engine import Finding
from jurisdictions.engine.gates import verified_facts


@dataclass(frozen=True, slots=True)
class Ground:
    """One clause. `met`: everything that it asks of this unit was found to be so."""

    clause: str
    words: str
    met: bool


def grounds_of(application: Application) -> tuple[Ground, ...]:
    """The clauses that can carry a refusal of this application, conditions first, then what shuts it out.

    A condition that is not asked of this unit, or only as a rule (soft), carries none.
    """
    rules = application.rules
    labels: dict[str, list[str]] = {}
    found: dict[str, list[Finding]] = {}
    for finding in findings_of(application).findings:
        if finding.force == "hard":
            labels.setdefault(finding.clause, []).append(finding.label)
            found.setdefault(finding.clause, []).append(finding)
    for bar in bars_of(application):
        if bar.stands and bar.answer.allowed is False:
            for clause in bar.answer.blocked_by:
                labels.setdefault(clause, []).append(bar.label)
    for asked in verified_facts(rules):
        if application.desk_facts.get(asked.name) is True:
            labels.setdefault(asked.clause, []).append(asked.label)
    of_materials = {material.clause for material in rules.materials}
    for material in rules.materials:
        labels.setdefault(material.clause, []).append(material.label)
    return tuple(
        Ground(
            clause,
            f"{rules.article(clause)} {'、'.join(dict.fromkeys(words))}",
            clause in found and clause not in of_materials and all(f.outcome == "met" for f in found[clause]),
        )
        for clause, words in labels.items()
    )


def check_ground(application: Application, clause: str, *, although_met: bool) -> None:
    """Refuses a clause that carries no refusal here, and one found to be met, unless that was confirmed."""
    ground = next((ground for ground in grounds_of(application) if ground.clause == clause), None)
    if ground is None:
        raise DomainError("请选择不予通过所依据的条款。", path="clause")
    if ground.met and not although_met:
        raise DomainError(
            "系统核对这一条为符合。仍以它为依据的，请在理由中说明，并勾选确认。", path="although_met"
        )
