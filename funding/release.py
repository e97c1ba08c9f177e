"""Approved by one, ordered by another, paid once.

That a tranche is paid once is said by the database: the row is claimed under its lock, the
conditional step leaves `ordered`, and the unique release makes a second one impossible. Celery
may deliver the task never, twice or to five workers at once.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from core import clock
from core.errors import InputRefused, NotAllowed, Problem, StateConflict
from core.money import capital_text, yuan_text
from core.outbox import on_commit_once
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from funding.due import answer_for, needs_basis
from funding.enums import TrancheState
from funding.ledger import book_release
from funding.models import Release, Tranche
from funding.permissions import lost_right
from funding.telling import tell_finance, tell_unit
from jurisdictions.enums import Right

logger = logging.getLogger(__name__)

BANK_FIELDS = ("bank_account_name", "bank_name", "bank_account")


@transaction.atomic
def approve_tranche(*, tranche: Tranche, actor: Any, note: str = "") -> Tranche:
    """The maker's step: amount, condition and the unit's account were checked. Logged; checkers are told.

    Refused when the unit's account is not on record, or the tranche is not due.
    """
    lock(tranche)
    missing = missing_bank_data(tranche)
    if missing:
        raise InputRefused(Problem(f"单位尚未登记{label}，不能核准。") for label in missing)
    perform(
        tranche,
        "approve",
        actor=actor,
        reason=note,
        clause=tranche.clause,
        approved_by=actor,
        approved_at=clock.now(),
        payee=payee_of(tranche),
        data={"amount_fen": tranche.amount_fen},
    )
    text = f"{tranche}，{yuan_text(tranche.amount_fen)} 元，已由{actor}核准，请复核放款。"
    tell_finance(tranche, f"待复核：{tranche}", text, Right.RELEASE_PAYMENT)
    return tranche


@transaction.atomic
def send_back(*, tranche: Tranche, reason: str, actor: Any) -> Tranche:
    """The checker gives it back: due again, approved by nobody. Logged with the reason, the maker is told."""
    lock(tranche)
    maker = tranche.approved_by
    perform(
        tranche,
        "send_back",
        actor=actor,
        reason=reason,
        clause=tranche.clause,
        approved_by=None,
        approved_at=None,
        payee={},
    )
    notify(
        recipients=[maker] if maker else [],
        title=f"退回：{tranche}"[:120],
        text=f"{actor}退回：{reason.strip()}",
        url=tenant_url("funds:tranche", pk=tranche.pk),
    )
    return tranche


@transaction.atomic
def order_release(*, tranche: Tranche, actor: Any) -> Tranche:
    """The checker's step: from here on it is paid, once. Logged; the worker is woken after commit.

    Refused to the person who approved it, in words here and by CHECK in the database; and when the
    unit's account is no longer the one that was approved; and when since then the text has expired or
    the condition has fallen away.
    """
    from funding.tasks import wake_release  # noqa: PLC0415 - tasks import this module

    lock(tranche)
    if actor is not None and actor.pk == tranche.approved_by_id:
        raise NotAllowed("核准人与复核放款人不能是同一人，请由另一位资金复核人放款。")
    if tranche.payee != payee_of(tranche):
        raise StateConflict("核准后单位的收款账户有变更，请退回经办人重新核准。")
    _require_payable(tranche)
    perform(
        tranche,
        "order",
        actor=actor,
        clause=tranche.clause,
        ordered_by=actor,
        ordered_at=clock.now(),
        data={"amount_fen": tranche.amount_fen, "in_words": capital_text(tranche.amount_fen)},
    )
    on_commit_once(wake_release)
    return tranche


def _require_payable(tranche: Tranche) -> None:
    """Asks the engine once more: between approval and release a text may expire, a result may fall."""
    answer = answer_for(tranche)
    if answer.state == "due" or (needs_basis(answer) and tranche.basis):
        return
    raise StateConflict(f"现在不能放款，请退回经办人：{answer.explanation}", clause=answer.clause)


def payee_of(tranche: Tranche) -> dict[str, Any]:
    """The unit's account as it stands now; its number as a reference, so that two compare unopened."""
    unit = tranche.award.station.unit
    found = {name: getattr(unit, name) for name in BANK_FIELDS}
    return {**found, "bank_account": unit.bank_account.cell if unit.bank_account else ""}


def missing_bank_data(tranche: Tranche) -> list[str]:
    """The labels of the account's data that the unit has not given."""
    unit = tranche.award.station.unit
    return [unit._meta.get_field(name).verbose_name for name in BANK_FIELDS if not getattr(unit, name)]


@transaction.atomic
def release_tranche(*, tranche_id: int) -> bool:
    """Pays one ordered tranche: release, journal, state and messages in one transaction.

    False when another worker has it or it is no longer ordered; nothing happens then. False too when
    one of its two people has lost the right since: it is due again, logged with the reason, finance is told.
    """
    tranche: Tranche | None = (
        Tranche.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=tranche_id, state=TrancheState.ORDERED)
        .select_related("award__station__unit", "award__authority")
        .first()
    )
    if tranche is None:
        return False
    if reason := lost_right(tranche):
        _give_back(tranche, reason)
        return False
    journal = book_release(tranche)
    release = Release.objects.create(
        tranche=tranche,
        journal=journal,
        reference=reference_of(tranche),
        payee=tranche.payee,
        released_at=clock.now(),
    )
    perform(
        tranche,
        "release",
        actor=None,
        clause=tranche.clause,
        data={"reference": release.reference, "amount_fen": tranche.amount_fen, "journal": journal.pk},
    )
    amount = yuan_text(tranche.amount_fen)
    tell_unit(
        tranche, f"已拨付：{tranche}", f"{tranche.label} {amount} 元已拨付，流水号 {release.reference}。"
    )
    tell_finance(
        tranche,
        f"已拨付：{tranche}",
        f"{amount} 元，流水号 {release.reference}。",
        Right.PREPARE_PAYMENT,
        Right.RELEASE_PAYMENT,
    )
    return True


def _give_back(tranche: Tranche, reason: str) -> None:
    """Nobody stands for it any more: both names go, and it waits to be approved anew."""
    perform(
        tranche,
        "give_back",
        actor=None,
        reason=reason,
        clause=tranche.clause,
        data={"approved_by": tranche.approved_by_id, "ordered_by": tranche.ordered_by_id},
        approved_by=None,
        approved_at=None,
        ordered_by=None,
        ordered_at=None,
        payee={},
    )
    tell_finance(tranche, f"放款已停止：{tranche}", reason, Right.PREPARE_PAYMENT, Right.RELEASE_PAYMENT)


def reference_of(tranche: Tranche) -> str:
    """The tranche's own permanent reference: a repeat of it is recognised at the bank too."""
    return f"{tranche.tenant.division_code}-{tranche.pk:010d}"


def release_ordered() -> int:
    """Pays every ordered tranche of the tenant in scope; one that fails waits for the next run alone."""
    released = 0
    ordered = Tranche.objects.filter(state=TrancheState.ORDERED).order_by("ordered_at", "pk")
    for tranche_id in list(ordered.values_list("pk", flat=True)):
        try:
            released += release_tranche(tranche_id=tranche_id)
        except Exception:
            logger.exception("tranche %s could not be released", tranche_id)
    return released
