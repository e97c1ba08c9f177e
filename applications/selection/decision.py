"""The list: who is proposed for designation, who is not and why, and that it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from applications.desk.checking import is_open
from applications.desk.stages import steps_of
from applications.dossier.answers import findings_of
from applications.enums import ApplicationState, RoundState
from applications.filing.submission import CORRECTION
from applications.gating import proposal_points
from applications.models import Application, Round
from applications.permissions import can_organise
from applications.selection.panel_stage import outcomes_of
from applications.selection.places import place_problems
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, ReasonRequired, StateConflict
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.enums import DeadlineState
from deadlines.messages import notify

# Applications on which the list must still say something before it can stand.
UNDECIDED = (
    ApplicationState.UNDER_REVIEW,
    ApplicationState.AWAITING_PANEL,
    ApplicationState.AT_PANEL,
    ApplicationState.EVALUATED,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list says of one application; the reason is needed against it, and against the experts."""

    proposed: bool
    reason: str = ""


@transaction.atomic
def propose(*, application: Application, actor: Any, reason: str = "") -> Application:
    """Puts an evaluated application on the list; logged with the panel's outcome, the unit is told.

    Refused: a hard condition that is unmet, unknown or not judged; what the text's gates say no to
    (experts who found against it); more places than the text has; no reason where the experts are divided.
    """
    lock(application)
    problems = objections_to(application) or place_problems(application)
    if problems:
        raise InputRefused(problems)
    outcome = outcomes_of([application]).get(application.pk, {})
    against_experts = needs_reason(outcome)
    if points := proposal_points(application, divided=against_experts):
        raise InputRefused([Problem(f.explanation, f"choice-{application.pk}", f.clauses[0]) for f in points])
    if against_experts and not said(reason):
        raise ReasonRequired("专家意见未过半数建议认定，列入名单须说明理由。", path="reason")
    perform(
        application,
        "propose",
        actor=actor,
        reason=reason,
        clause=decision_clause(application),
        data={"outcome": outcome},
    )
    tell(application, "已列入拟认定名单", "贵单位已列入拟认定名单。")
    return application


@transaction.atomic
def not_select(*, application: Application, reason: str, actor: Any) -> Application:
    """Leaves an evaluated application off the list, with the reason that the unit reads; final."""
    outcome = outcomes_of([application]).get(application.pk, {})
    perform(
        application,
        "not_select",
        actor=actor,
        reason=reason,
        clause=decision_clause(application),
        data={"outcome": outcome},
        decided_at=clock.now(),
    )
    tell(application, "未列入认定名单", f"理由：{reason.strip()}")
    return application


@transaction.atomic
def decide_round(*, round_: Round, actor: Any, choices: Mapping[int, Choice] | None = None) -> Round:
    """Carries out the choices (by application id) and fixes the list: all of it or nothing.

    Logged with the numbers. Refused while the call is open, while any application is still on its
    way, or where one of the choices is; the problems' paths are `reason-<id>` and `choice-<id>`.
    """
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有确定名单的权限。")
    if round_.state != RoundState.CLOSED:
        raise StateConflict(f"批次{round_.status.label}，不能确定名单。")
    _carry_out(round_, choices or {}, actor)
    waiting = _waiting(round_)
    if waiting:
        names = "、".join(application.unit.name for application in waiting[:5])
        raise DomainError(f"还有 {len(waiting)} 份申报未办结（{names}），不能确定名单。")
    perform(round_, "decide", actor=actor, data=counts_of(round_))
    return round_


def objections_to(application: Application) -> tuple[Problem, ...]:
    """The hard conditions that keep an application off the list."""
    problems = []
    for finding in findings_of(application).findings:
        if finding.force == "hard" and (is_open(finding) or finding.outcome == "unmet" or finding.missing):
            words = f"“{finding.label}”尚待评判。" if is_open(finding) else finding.explanation
            problems.append(Problem(words, f"choice-{application.pk}", finding.clause))
    return tuple(problems)


def needs_reason(outcome: Mapping[str, Any]) -> bool:
    """Whether the experts' opinions do not carry the proposal by themselves."""
    return outcome.get("verdict", "recommend") != "recommend"


def decision_clause(application: Application) -> str:
    """The stage on which the list rests: the profile's decision, else its panel."""
    steps = {step.kind: step.clause for step in steps_of(application)}
    return steps.get("decision") or application.rules.panel.clause


def counts_of(round_: Round) -> dict[str, int]:
    """How the list came out, for the log."""
    states = list(round_.applications.values_list("state", flat=True))
    return {
        "proposed": states.count(ApplicationState.PROPOSED),
        "not_selected": states.count(ApplicationState.NOT_SELECTED),
        "rejected": states.count(ApplicationState.REJECTED),
    }


def _waiting(round_: Round) -> list[Application]:
    """What the list cannot pass over: anything on its way, and corrections that may still come in time."""
    may_come = Q(
        state=ApplicationState.RETURNED,
        deadlines__kind=CORRECTION,
        deadlines__state=DeadlineState.OPEN,
        deadlines__due_on__gte=clock.today(),
    )
    found = round_.applications.filter(Q(state__in=UNDECIDED) | may_come)
    return list(found.select_related("unit").order_by("pk").distinct())


def _carry_out(round_: Round, choices: Mapping[int, Choice], actor: Any) -> None:
    """Takes each choice; what is refused is collected and said together."""
    evaluated = _evaluated(round_)
    problems: list[Problem] = []
    for pk, choice in choices.items():
        application = evaluated.get(pk)
        if application is None:
            problems.append(Problem("名单中有一份申报的状态已变化，请刷新后重新核对。"))
            continue
        try:
            with transaction.atomic():
                if choice.proposed:
                    propose(application=application, actor=actor, reason=choice.reason)
                else:
                    not_select(application=application, actor=actor, reason=choice.reason)
        except DomainError as error:
            problems += [_placed(problem, application) for problem in error.problems]
    if problems:
        raise InputRefused(problems)


def _evaluated(round_: Round) -> dict[int, Application]:
    rows: Sequence[Application] = round_.applications.filter(state=ApplicationState.EVALUATED)
    return {application.pk: application for application in rows.select_related("unit", "round__profile")}


def _placed(problem: Problem, application: Application) -> Problem:
    path = (
        f"reason-{application.pk}" if problem.path == "reason" else problem.path or f"choice-{application.pk}"
    )
    return Problem(f"{application.unit.name}：{problem.message}", path, problem.clause)


def tell(application: Application, title: str, text: str) -> None:
    """Tells the unit, under the round's title and the application's number."""
    notify(
        recipients=application.unit.recipients(),
        title=title,
        text=f"{application.round.title}（{application.number}）：{text}",
        url=tenant_url("unit:application", pk=application.pk),
    )
