"""The books: double entry, appended only, every journal sums to zero because the database says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from core import clock
from core.numbering import take_number
from funding.enums import Account, JournalKind, TrancheState
from funding.models import Award, Journal, LedgerEntry, Tranche

# The series of the journals' numbers.
JOURNALS = "journal"


@transaction.atomic
def book(*, kind: JournalKind, award: Award, memo: str, lines: Mapping[Account, int]) -> Journal:
    """Writes one journal with its entries; debit positive, credit negative, in fen.

    Its number is the next of the tenant's series: one booking waits for the other. A sum that is
    not zero is refused here in words and by the database at commit.
    """
    if sum(lines.values()) != 0 or len(lines) < 2:
        raise ValueError(f"unbalanced journal: {dict(lines)}")
    number = take_number(JOURNALS)
    journal = Journal.objects.create(number=number, kind=kind, award=award, memo=memo, at=clock.now())
    for account, amount in lines.items():
        LedgerEntry.objects.create(journal=journal, account=account, amount_fen=amount)
    return journal


def book_award(award: Award) -> Journal:
    """The grant: what was promised is owed from now on."""
    lines = {Account.AWARDED: award.total_fen, Account.PAYABLE: -award.total_fen}
    return book(kind=JournalKind.AWARD, award=award, memo=f"核定补助 {award.station.name}"[:200], lines=lines)


def book_release(tranche: Tranche) -> Journal:
    """The payment: what was owed leaves the treasury."""
    lines = {Account.PAYABLE: tranche.amount_fen, Account.FISCAL: -tranche.amount_fen}
    return book(kind=JournalKind.RELEASE, award=tranche.award, memo=f"拨付 {tranche}"[:200], lines=lines)


def book_cancel(tranche: Tranche) -> Journal:
    """What will not be paid is no longer owed."""
    lines = {Account.PAYABLE: tranche.amount_fen, Account.AWARDED: -tranche.amount_fen}
    return book(kind=JournalKind.CANCEL, award=tranche.award, memo=f"核减 {tranche}"[:200], lines=lines)


@dataclass(frozen=True, slots=True)
class Balance:
    """One account: what it holds, in fen."""

    account: Account
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The books against the tranches: both differences are zero, or something is wrong."""

    balances: tuple[Balance, ...]
    sum_fen: int
    owed_by_books_fen: int
    owed_by_tranches_fen: int
    paid_by_books_fen: int
    paid_by_tranches_fen: int

    @property
    def holds(self) -> bool:
        return (
            self.sum_fen == 0
            and self.owed_by_books_fen == self.owed_by_tranches_fen
            and self.paid_by_books_fen == self.paid_by_tranches_fen
        )


# Neither paid nor ever to be paid.
CLOSED = (TrancheState.REFUSED, TrancheState.STOPPED)


def balance() -> Proof:
    """Every account of the tenant in scope, and the running proof."""
    sums = dict(LedgerEntry.objects.values_list("account").annotate(Sum("amount_fen")))
    states = dict(Tranche.objects.values_list("state").annotate(Sum("amount_fen")))
    paid = states.get(TrancheState.RELEASED, 0)
    return Proof(
        balances=tuple(Balance(account, sums.get(account.value, 0)) for account in Account),
        sum_fen=sum(sums.values()),
        owed_by_books_fen=-sums.get(Account.PAYABLE.value, 0),
        owed_by_tranches_fen=sum(
            amount for state, amount in states.items() if state not in (*CLOSED, TrancheState.RELEASED)
        ),
        paid_by_books_fen=-sums.get(Account.FISCAL.value, 0),
        paid_by_tranches_fen=paid,
    )
