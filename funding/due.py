"""Whether a tranche is payable: the engine decides, this module writes it down and says so."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.db import transaction

from assessments.enums import Question
from core import clock
from core.errors import DomainError, StateConflict
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from funding.circumstances import circumstances_of, claim_facts
from funding.enums import TrancheState
from funding.ledger import book_cancel
from funding.models import Tranche
from funding.telling import holders, tell_bureau, tell_finance, tell_unit
from funding.transitions import UNPAID
from jurisdictions.engine import TrancheAnswer, check_exclusions, tranche_state
from jurisdictions.engine.exclusions import PAY
from jurisdictions.enums import Right
from stations.enums import IN_BEING
from stations.models import Station

logger = logging.getLogger(__name__)


def answer_for(tranche: Tranche) -> TrancheAnswer:
    """What the engine says of this tranche today."""
    station = tranche.award.station
    known = circumstances_of(station, as_of=clock.today())
    answer = tranche_state(station.profile.rules, tranche.seq, known)
    return _held_by_claims(tranche, answer) if answer.state == "due" else answer


def _held_by_claims(tranche: Tranche, answer: TrancheAnswer) -> TrancheAnswer:
    """A payment beside which the text allows no other money of the year waits for a person.

    What the unit has claimed is what the first desk found out; it speaks of the year of the application.
    """
    station = tranche.award.station
    for bar in check_exclusions(station.profile.rules, claim_facts(tranche), action=PAY):
        if bar.affects == "funding" and bar.allowed is False:
            told = f"{answer.explanation}{''.join(bar.explanation)}须由主管部门决定并记录依据。"
            return replace(answer, state="ask", explanation=told, clauses=(*answer.clauses, *bar.clauses))
    return answer


def open_questions(answer: TrancheAnswer) -> list[Question]:
    """The determinations that the engine still asks for."""
    return [Question(name) for name in answer.missing if name in Question.values]


def needs_basis(answer: TrancheAnswer) -> bool:
    """Everything is met, but the text has expired (reading G-8), or allows no other money of the year beside
    it: only a recorded basis lets it be paid."""
    return answer.state == "ask" and not open_questions(answer)


def explanation_of(tranche: Tranche, answer: TrancheAnswer) -> str:
    """Why it stands where it stands: the engine's words, and past them once a basis is recorded."""
    if not (needs_basis(answer) and tranche.basis):
        return answer.explanation
    article = tranche.award.station.profile.rules.article(answer.clause)
    return f"拨付条件已具备，并已记录继续拨付的依据，可以拨付。依据{article}。"


def review_station(station: Station) -> int:
    """Looks again at every unpaid tranche of one station; returns how many changed their state."""
    tranches = Tranche.objects.filter(award__station=station, state__in=UNPAID)
    return sum(review_tranche(tranche=tranche) for tranche in tranches)


@transaction.atomic
def review_tranche(*, tranche: Tranche) -> bool:
    """Moves one tranche to where the engine says it stands; True when its state changed.

    Due: finance is told. Refused, or stopped with its station: unit and finance are told, the books
    are relieved of it. For a person to decide: held, the bureau is told. Not yet: only its explanation
    and its earliest day are kept up. May run any number of times.
    """
    lock(tranche)
    if tranche.state not in UNPAID:
        return False
    answer = answer_for(tranche)
    if tranche.award.station.state not in IN_BEING:
        return _close(tranche, answer, "stop")
    if answer.state == "refused":
        return _close(tranche, answer, "refuse")
    payable = answer.state == "due" or (needs_basis(answer) and tranche.basis)
    if payable and tranche.state in (TrancheState.PLANNED, TrancheState.HELD):
        return _fall_due(tranche, answer)
    if answer.state == "ask" and not payable and tranche.state in (TrancheState.PLANNED, TrancheState.DUE):
        return _hold(tranche, answer)
    _keep_up(tranche, answer)
    return False


def _fall_due(tranche: Tranche, answer: TrancheAnswer) -> bool:
    explanation = explanation_of(tranche, answer)
    perform(
        tranche,
        "fall_due",
        actor=None,
        clause=answer.clause,
        data={"explanation": explanation},
        due_at=clock.now(),
        earliest=answer.earliest,
        explanation=explanation,
    )
    tell_finance(tranche, f"应付：{tranche}", explanation, Right.PREPARE_PAYMENT)
    return True


def _hold(tranche: Tranche, answer: TrancheAnswer) -> bool:
    perform(
        tranche,
        "hold",
        actor=None,
        clause=answer.clause,
        data={"missing": list(answer.missing)},
        due_at=None,
        earliest=answer.earliest,
        explanation=answer.explanation,
    )
    tell_bureau(tranche, f"待决定：{tranche}", answer.explanation)
    return True


def _close(tranche: Tranche, answer: TrancheAnswer, step: str) -> bool:
    perform(
        tranche,
        step,
        actor=None,
        reason=answer.explanation,
        clause=answer.clause,
        explanation=answer.explanation,
    )
    book_cancel(tranche)
    word = tranche.get_state_display()
    tell_unit(tranche, f"{word}：{tranche}", answer.explanation)
    tell_finance(
        tranche, f"{word}：{tranche}", answer.explanation, Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT
    )
    return True


def _keep_up(tranche: Tranche, answer: TrancheAnswer) -> None:
    """Words only: why it is not payable yet, and from when it may be."""
    if tranche.state not in (TrancheState.PLANNED, TrancheState.HELD):
        return
    if (tranche.explanation, tranche.earliest) != (answer.explanation, answer.earliest):
        tranche.explanation, tranche.earliest = answer.explanation, answer.earliest
        tranche.save(update_fields=["explanation", "earliest"])


@transaction.atomic
def record_basis(*, tranche: Tranche, basis: str, actor: Any) -> Tranche:
    """Records on what ground a tranche is still paid although its text has expired; it falls due.

    By an officer of the leading authority, in words; logged, finance is told. Refused while the text
    itself still waits for a determination: a basis replaces the expired text, not its conditions.
    """
    lock(tranche)
    if tranche.state != TrancheState.HELD:
        raise StateConflict("该批资金不在待决定状态。")
    answer = answer_for(tranche)
    questions = open_questions(answer)
    if questions:
        names = "、".join(question.label for question in questions)
        raise DomainError(f"须先作出认定结论：{names}。", clause=answer.clause)
    if not needs_basis(answer):
        raise DomainError(answer.explanation, clause=answer.clause)
    tranche.basis = basis.strip()
    explanation = explanation_of(tranche, answer)
    perform(
        tranche,
        "record_basis",
        actor=actor,
        reason=basis,
        clause=answer.clause,
        basis=basis.strip(),
        due_at=clock.now(),
        earliest=answer.earliest,
        explanation=explanation,
    )
    notify(
        recipients=holders(tranche.award.authority, Right.PREPARE_PAYMENT),
        title=f"应付：{tranche}"[:120],
        text=f"已记录继续拨付的依据：{basis.strip()}",
        url=tenant_url("funds:tranche", pk=tranche.pk),
    )
    return tranche


def review_all() -> int:
    """Looks again at every unpaid tranche of the tenant in scope; one that fails does not stop the others."""
    changed = 0
    unpaid = Tranche.objects.filter(state__in=UNPAID).select_related("award__station__profile").order_by("pk")
    for tranche in unpaid:
        try:
            changed += review_tranche(tranche=tranche)
        except Exception:
            logger.exception("tranche %s could not be reviewed", tranche.pk)
    return changed
