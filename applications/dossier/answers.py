"""What is known of an application, and what still stands in the way of handing it in."""

from __future__ import annotations

from datetime import date
from typing import Any

from applications.dossier.papers import unit_lacks
from applications.dossier.records import materials_of
from applications.enums import ApplicationState
from core import clock
from core.errors import Problem
from documents.scanning import is_infected
from jurisdictions.engine import (
    EligibilityAnswer,
    Finding,
    RouteAnswer,
    check_answers,
    check_conditions,
    derive_facts,
    find_route,
    normalise_facts,
)

# Where a unit explains a soft condition that it does not meet: `Application.narratives["reason:<key>"]`,
# shown under the path `reasons.<key>`. The profile's own narratives have no colon in their names.
REASON = "reason:"


def typed_facts(application: Any) -> dict[str, Any]:
    """The unit's answers as stored, with the kind of unit that its registration says."""
    return {**application.facts, application.rules.unit_type_fact: application.unit.unit_type}


def unit_facts(application: Any) -> dict[str, Any]:
    """What the unit itself makes known: answers in their own types and figures read off the rosters."""
    rules = application.rules
    facts = normalise_facts(rules, derive_facts(rules, typed_facts(application), application.rosters))
    facts.setdefault("unit_name", application.unit.name)
    return facts


def known_facts(application: Any) -> dict[str, Any]:
    """Everything known: the unit's answers, derived figures, and what reviewers have judged."""
    return {**unit_facts(application), **normalise_facts(application.rules, application.judgements)}


def day_of_question(application: Any) -> date:
    """The day for which conditions are asked: that of the first submission, else today."""
    if application.submitted_at is not None:
        return clock.local(application.submitted_at).date()
    return clock.today()


def findings_of(application: Any, on: date | None = None) -> EligibilityAnswer:
    """All conditions answered, reviewers' judgements included."""
    return check_conditions(
        application.rules, known_facts(application), on=on or day_of_question(application)
    )


def unit_findings(application: Any) -> EligibilityAnswer:
    """All conditions answered from what the unit says alone: what it is held to when it hands in.

    A reviewer's negative judgement is theirs to act on; it never locks a correction out.
    """
    return check_conditions(application.rules, unit_facts(application), on=day_of_question(application))


def route_of(application: Any) -> RouteAnswer:
    """The route that follows from the unit's answers."""
    return find_route(application.rules, unit_facts(application))


def problems_of(application: Any) -> tuple[Problem, ...]:
    """Everything that keeps the application from being handed in, each with the place of its field.

    Paths: `facts.x`, `narratives.x`, `rosters.r`, `rosters.r.2.x`, `reasons.<condition>`,
    `materials.x`, `conditions.<condition>`, `route`.
    """
    answers = answer_problems(application)
    named = {problem.path for problem in answers}
    conditions = tuple(p for p in condition_problems(application) if p.path not in named)
    return (*answers, *conditions, *material_problems(application), *route_problems(application))


def answer_problems(application: Any) -> tuple[Problem, ...]:
    """What is missing, of the wrong kind or contradictory in the form itself."""
    found = check_answers(
        application.rules,
        typed_facts(application),
        application.narratives,
        application.rosters,
        day_of_question(application),
    )
    return tuple(Problem(problem.message, problem.path, problem.clause) for problem in found)


def condition_problems(application: Any) -> tuple[Problem, ...]:
    """Conditions that refuse the submission, and soft ones that want an explanation."""
    problems: list[Problem] = []
    for finding in unit_findings(application).findings:
        problems += _of_finding(application, finding)
    return tuple(dict.fromkeys(problems))


def _of_finding(application: Any, finding: Finding) -> list[Problem]:
    if finding.outcome == "unmet" and finding.force == "hard":
        text = f"不符合条件，不能提交：{finding.explanation}"
        return [Problem(text, f"conditions.{finding.key}", finding.clause)]
    if finding.outcome == "unmet" and not reason_for(application, finding.key):
        text = f"“{finding.label}”未达到一般要求，请说明理由"
        return [Problem(text, f"reasons.{finding.key}", finding.clause)]
    if finding.outcome == "unknown" and finding.force == "hard" and not finding.needs_decision:
        asked = {f.name: f for f in application.rules.facts if f.asked_of != "reviewer" and not f.judged}
        return [
            Problem(
                f"请填写“{asked[name].label}”，否则无法判断“{finding.label}”", f"facts.{name}", finding.clause
            )
            for name in finding.missing
            if name in asked
        ]
    return []


def reason_for(application: Any, key: str) -> str:
    """The unit's explanation of a soft condition that it does not meet."""
    return str(application.narratives.get(REASON + key, "")).strip()


def soft_unmet(application: Any) -> tuple[Finding, ...]:
    """The soft conditions for which an explanation is owed or given."""
    findings = unit_findings(application).findings
    return tuple(f for f in findings if f.force == "soft" and f.outcome == "unmet")


def material_problems(application: Any) -> tuple[Problem, ...]:
    """Materials that the unit owes and has neither brought nor, where it may, declared as none."""
    rows = materials_of(application)
    infected = {row.name for row in rows if any(is_infected(file.attachment) for file in row.files.all())}
    lacks = {lack.path: lack for lack in unit_lacks(application, unit_facts(application))}
    problems = []
    for material in application.rules.materials:
        path = f"materials.{material.name}"
        if material.name in infected:
            words = f"“{material.label}”中有文件查出病毒，请移除后重新上传"
            problems.append(Problem(words, path, material.clause))
        elif path in lacks:
            also = "没有的，可以声明没有此材料。" if material.declarable else ""
            problems.append(Problem(f"{lacks[path].message}{also}", path, lacks[path].clause))
    return tuple(problems)


def route_problems(application: Any) -> tuple[Problem, ...]:
    """Why nobody's desk follows from the answers, or another one than the unit registered with."""
    route = route_of(application)
    if route.missing and route.path is None:
        return ()  # the missing facts are asked for on their own
    if route.path is None:
        return (Problem(f"不能提交：{route.explanation}", "route", route.clause),)
    home = application.unit.home_authority
    if home.kind == route.path[0]:
        return ()
    wanted = application.rules.authority(route.path[0]).label
    text = (
        f"按所填内容应由{wanted}受理，而本单位登记的受理部门是{home.name}。"
        "请核对所填内容；确属登记有误的，请联系主管部门更正单位登记。"
    )
    return (Problem(text, "route", route.clause),)


def is_editable(application: Any) -> bool:
    """Whether the unit may change its answers now: before submission, and while a correction is asked."""
    return application.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)
