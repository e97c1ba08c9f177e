"""The gates of a text before the steps of an application: what the records say, and the engine's answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from applications.dossier.answers import known_facts
from applications.dossier.records import opinions_on
from applications.enums import CHOSEN, Decision
from applications.models import Application, Opinion, Round
from applications.selection.panel_stage import outcomes_of
from core import clock
from core.errors import InputRefused, Problem
from jurisdictions.engine import GateAnswer, GateFinding, WorkCalendar, gate_for_step
from jurisdictions.engine.gates import NOTICE_ENDED, OBJECTIONS, SIGNOFFS, body_facts, published_names
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.gates import Step
from jurisdictions.versions import work_calendar
from notices.enums import ObjectionState
from notices.objections import Standing
from panels.enums import Verdict

# The facts that every text's gates call by these names, and how a result is said in them.
CALL_IS_OPEN, EXPERTS = "open_call", "expert_evaluation"
AGREED, REFUSED, PENDING = ("agreed", "pass"), ("not_agreed", "fail"), ("pending",)
RESULT_OF = {Decision.FORWARD: AGREED, Decision.REJECT: REFUSED, Decision.RETURN: PENDING}


@dataclass(frozen=True, slots=True)
class Known:
    """What many applications ask for once: the working days, what the panels and the desks said of each."""

    calendar: WorkCalendar
    outcomes: Mapping[int, Mapping[str, Any]]
    opinions: Mapping[int, Sequence[Opinion]]


def known_of(applications: Sequence[Application]) -> Known:
    """Three queries, whatever their number."""
    if len(applications) == 1:
        only = applications[0]
        return Known(work_calendar(), outcomes_of(applications), {only.pk: opinions_on(only)})
    opinions: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in Opinion.objects.filter(application__in=applications).order_by("pk"):
        opinions[opinion.application_id].append(opinion)
    return Known(work_calendar(), outcomes_of(applications), opinions)


def ask_gate(
    application: Application,
    step: Step,
    *,
    given: Mapping[str, Any] | None = None,
    dated: bool = True,
    known: Known | None = None,
) -> GateAnswer | None:
    """What the text says of the next step of an application; None where it has no gate before it.

    `given` are facts beside those on record (a desk that is about to agree, bodies taken as signed);
    without `dated` the day is left open.
    """
    known = known or known_of([application])
    return gate_for_step(
        application.rules,
        step,
        {**facts_of(application, known), **(given or {})},
        on=clock.today() if dated else None,
        calendar=known.calendar,
    )


def open_points(answer: GateAnswer | None, *, settled: Sequence[str] = ()) -> tuple[GateFinding, ...]:
    """What keeps the step from being taken: rules that are broken, else what must be known or decided first.

    `settled` names facts of which a person has decided what the text leaves open.
    """
    if answer is None or answer.allowed is True:
        return ()
    broken = tuple(found for found in answer.findings if found.outcome == "unmet")
    waiting = (found for found in answer.findings if found.outcome in ("unknown", "manual"))
    left = tuple(f for f in waiting if not (f.outcome == "manual" and set(f.missing) <= set(settled)))
    return broken or left


def require_gate(
    application: Application, step: Step, *, given: Mapping[str, Any] | None = None, dated: bool = True
) -> None:
    """Raises `InputRefused` with the clause of every rule that keeps the step from being taken."""
    points = open_points(ask_gate(application, step, given=given, dated=dated))
    if points:
        raise InputRefused([Problem(found.explanation, "", found.clauses[0]) for found in points])


def facts_of(application: Application, known: Known) -> dict[str, Any]:
    """Everything that the records say of the procedure, under the names of the gates' facts."""
    rules, round_ = application.rules, application.round
    lead = dict.fromkeys(body_facts(rules), round_.authority.kind)
    return {
        **known_facts(application),
        **lead,
        CALL_IS_OPEN: round_.takes_applications(application.submitted_at),
        **results_of(application, known),
        **confirmed_by(application),
        **application.desk_facts,
    }


def results_of(application: Application, known: Known) -> dict[str, str]:
    """What each stage came to: the last opinion of a desk, the report of the panel."""
    facts = {fact.name: fact for fact in application.rules.workflow.facts}
    # An opinion bears its stage's label, of the version that the application is pinned to.
    by_label = {stage.label: facts[stage.name] for stage in application.rules.stages if stage.name in facts}
    found: dict[str, str] = {}
    for opinion in known.opinions.get(application.pk, ()):
        if fact := by_label.get(opinion.stage_label):
            found |= _said(fact, RESULT_OF[Decision(opinion.decision)])
    if EXPERTS in facts:
        found |= _said(facts[EXPERTS], _word_of_experts(application, known))
    return found


def agreeing(application: Application, stage: str) -> dict[str, str]:
    """The result of a stage once its desk has agreed."""
    facts = {fact.name: fact for fact in application.rules.workflow.facts}
    return _said(facts[stage], AGREED) if stage in facts else {}


def confirmed_by(application: Application) -> dict[str, bool]:
    """What the desks had to confirm, and whether they did."""
    done = {name for names in application.checks.values() for name in names}
    return {name: name in done for stage in application.rules.stages for name in stage.checks}


def public_facts(application: Application, standing: Standing) -> dict[str, Any]:
    """The notice that shows the application, and what was said against it."""
    shown = standing.notice
    published = clock.local(shown.published_at).date() if shown and shown.published_at else None
    days = (
        dict.fromkeys(published_names(application.rules), published) if published else {NOTICE_ENDED: False}
    )
    entries = [
        {
            "status": None if one.state == ObjectionState.RECEIVED else str(one.state),
            "conditions_unmet_confirmed": one.conditions_unmet,
        }
        for one in standing.objections
        if one.counts
    ]
    return {**days, OBJECTIONS: entries}


def designation_points(
    application: Application, standing: Standing, signed: Sequence[str], known: Known
) -> tuple[tuple[GateFinding, ...], bool]:
    """What stands before the designation, and whether a person must confirm on the record.

    An upheld objection that a person has decided not to remove the line for is settled.
    """
    given = {**public_facts(application, standing), SIGNOFFS: list(signed)}
    answer = ask_gate(application, "designate", given=given, known=known)
    decided = all(one.state != ObjectionState.RECEIVED for one in standing.objections)
    points = open_points(answer, settled=("conditions_unmet_confirmed",) if decided else ())
    return points, bool(answer and any(found.manual_confirm for found in answer.findings))


def proposal_points(application: Application, *, divided: bool) -> tuple[GateFinding, ...]:
    """What stands before the list: its own gate, and what the designation would fail by for good.

    `divided`: the experts are, and the lead decides with a reason of its own.
    """
    facts = {fact.name: fact for fact in application.rules.workflow.facts}
    known = known_of([application])
    result = results_of(application, known).get(EXPERTS)
    given = _said(facts[EXPERTS], AGREED) if divided and result in PENDING else {}
    own = open_points(ask_gate(application, "propose", given=given, known=known))
    later = ask_gate(application, "designate", given=given, known=known)
    lost = tuple(found for found in later.findings if found.outcome == "unmet") if later else ()
    return tuple({found.explanation: found for found in (*own, *lost)}.values())


def another_round(round_: Round) -> GateAnswer | None:
    """What the text says of one more round in a year that has one; None where this is the first."""
    held = Round.objects.published().filter(year=round_.year, authority=round_.authority)
    if not held.exclude(pk=round_.pk).exists():
        return None
    return gate_for_step(round_.rules, "hold_another_round", {}, on=clock.today(), calendar=work_calendar())


def _word_of_experts(application: Application, known: Known) -> tuple[str, ...]:
    """What the panel said; where it is divided, the list decided, with a reason (`selection.decision`)."""
    outcome = known.outcomes.get(application.pk)
    if outcome is None:
        return PENDING
    verdict = outcome.get("verdict", str(Verdict.RECOMMEND))
    if verdict == Verdict.OPPOSE:
        return REFUSED
    divided = verdict != Verdict.RECOMMEND and application.state not in CHOSEN
    return PENDING if divided else AGREED


def _said(fact: Fact, words: Sequence[str]) -> dict[str, str]:
    """The fact with the one of these words that it knows."""
    known = {choice.value for choice in fact.choices}
    return next(({fact.name: word} for word in words if word in known), {})
