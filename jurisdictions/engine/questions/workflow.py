"""The steps of the procedure, and which act is allowed when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.gates import (
    OBJECTIONS,
    ON,
    SIGNOFFS,
    actions_of,
    body_facts,
    gate,
    gate_facts,
    phases_of,
    published_names,
    tree_facts,
)
from jurisdictions.engine.procedure import procedure
from jurisdictions.engine.questions.projects import project_level
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import facts_in


def facts(profile: Profile) -> frozenset[str]:
    """The act, what its gate asks, what decides the way, and what may be said and decides nothing."""
    phase = {"phase"} if phases_of(profile) else set[str]()
    return frozenset(
        {"action"} | phase | gate_facts(profile) | _route_facts(profile) | set(profile.workflow.ignored)
    )


def answer(question: Question) -> Answer:
    """With an `action`: whether it is allowed. Without: `stages` and `notice_required`."""
    action = question.text("action", actions_of(question.profile))
    phase = question.text("phase", phases_of(question.profile))
    known = _read(question)
    if action is None:
        return _steps(question, known)
    found = gate(question.profile, action, known, on=question.day(ON) or question.on, phase=phase)
    return Answer(
        fields={
            "allowed": found.allowed,
            "manual": found.manual,
            "manual_confirm": found.manual_confirm,
            "application_qualification": found.qualification,
            "bar": found.bar,
            "missing": found.missing,
        },
        clauses=tuple(dict.fromkeys(clause for f in found.findings for clause in f.clauses)),
        explanation=tuple(f.explanation for f in found.findings),
        readings=tuple(f.reading for f in found.findings if f.reading),
    )


def _steps(question: Question, known: Mapping[str, Any]) -> Answer:
    found = procedure(question.profile, known)
    return Answer(
        fields={
            "stages": found.stages,
            "notice_required": found.notice_required,
            "missing": found.missing,
        },
        clauses=found.clauses,
        explanation=found.explanation,
        readings=tuple(
            node.reading
            for node in (question.profile.notice, *question.profile.stages)
            if node is not None and node.reading
        ),
    )


def _route_facts(profile: Profile) -> set[str]:
    return {name for route in profile.routes if route.when for name in facts_in(route.when)}


def _read(question: Question) -> dict[str, Any]:
    """The facts in their own types; a word outside its list is no answer."""
    profile = question.profile
    declared = {fact.name: fact for fact in (*profile.facts, *profile.workflow.facts)}
    bodies = tuple(authority.kind for authority in profile.authorities)
    known: dict[str, Any] = {}
    for name in question.given:
        if not question.has(name) or name in profile.workflow.ignored:
            continue
        if name == OBJECTIONS:
            known[name] = _objections(question)
        elif name == SIGNOFFS:
            known[name] = _signoffs(question, bodies)
        elif name == "level" and profile.key_projects is not None:
            known[name] = project_level(question, name)
        elif name in body_facts(profile):
            known[name] = question.text(name, bodies)
        elif name in published_names(profile):
            known[name] = question.day(name)
        elif name in tree_facts(profile) | _route_facts(profile):
            known[name] = question.fact(declared[name])
        elif name not in ("action", "phase", ON):
            known[name] = question.flag(name)
    return known


def _objections(question: Question) -> tuple[Mapping[str, Any], ...]:
    entries = question.entries(OBJECTIONS)
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise QuestionError(OBJECTIONS, "每件异议应为对象")
        for name in ("upheld", "conditions_unmet_confirmed"):
            if not isinstance(entry.get(name), bool | None):
                raise QuestionError(OBJECTIONS, f"{name} 应为 true、false 或 null")
    return entries


def _signoffs(question: Question, bodies: tuple[str, ...]) -> tuple[str, ...]:
    signed = question.entries(SIGNOFFS)
    for body in signed:
        if body not in bodies:
            raise QuestionError(SIGNOFFS, f"没有“{body}”，可选：{'、'.join(bodies)}")
    return signed


KIND = Kind("workflow", answer, facts)
