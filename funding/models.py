"""Awards, their tranches, each release once, and the ledger that proves it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from core import clock
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from core.vault import Sealed, from_cell
from funding import transitions
from funding.enums import Account, JournalKind, TrancheState
from funding.permissions import visible_to
from jurisdictions.models import Authority
from stations.models import Station


class Award(TenantModel):
    """What a station was granted at designation, by the profile that designated it."""

    station = TenantOneToOneField(Station, on_delete=models.PROTECT, related_name="award")
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="awards", verbose_name="拨付部门"
    )
    total_fen = models.BigIntegerField("补助总额（分）")
    clause = models.CharField("依据", max_length=200)
    granted_at = models.DateTimeField("核定时间", default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "station"], name="one_award_a_station"),
            models.CheckConstraint(condition=models.Q(total_fen__gt=0), name="award_is_positive"),
        ]
        ordering = ["id"]
        verbose_name = "补助"

    def __str__(self) -> str:
        return f"{self.station} {self.total_fen}"


class TrancheQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> TrancheQuerySet:
        """The tranches whose payment, scheme or audit is this person's business."""
        return self.filter(visible_to(user))


class Tranche(TenantModel):
    """One part of an award, with the condition on which it falls due."""

    workflow = transitions.TRANCHE

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="tranches")
    seq = models.PositiveSmallIntegerField("批次")
    label = models.CharField("名称", max_length=100)
    amount_fen = models.BigIntegerField("金额（分）")
    clause = models.CharField("依据", max_length=200)
    # Why it stands where it stands, in words, as the engine last said.
    explanation = models.TextField("说明", blank=True)
    state = models.CharField(
        "状态", max_length=20, choices=TrancheState.choices, default=TrancheState.PLANNED
    )
    earliest = models.DateField("最早应付日", null=True, blank=True)
    basis = models.TextField("拨付依据", blank=True)
    due_at = models.DateTimeField("应付时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField("核准时间", null=True, blank=True)
    # The account that the maker checked, its number as a reference and a mask. Money goes there or
    # nowhere: a change in between stops it.
    payee = models.JSONField("收款账户", default=dict, blank=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ordered_at = models.DateTimeField("复核时间", null=True, blank=True)

    objects = TenantManager.from_queryset(TrancheQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "award", "seq"], name="tranche_seq_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="tranche_is_positive"),
            models.CheckConstraint(
                condition=models.Q(ordered_by__isnull=True) | ~models.Q(ordered_by=models.F("approved_by")),
                name="maker_is_not_checker",
                violation_error_message="核准人与复核人不能是同一人。",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[TrancheState.APPROVED, TrancheState.ORDERED, TrancheState.RELEASED]
                )
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_tranche_has_maker",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[TrancheState.ORDERED, TrancheState.RELEASED])
                | models.Q(ordered_by__isnull=False, ordered_at__isnull=False),
                name="ordered_tranche_has_checker",
            ),
        ]
        ordering = ["award_id", "seq"]
        verbose_name = "拨付批次"

    def __str__(self) -> str:
        return f"{self.award.station} 第{self.seq}批"

    @property
    def status(self) -> TrancheState:
        return TrancheState(self.state)

    def sealed_at(self, field: str) -> list[tuple[str, Sealed]]:
        """The number of the account that was approved, or of the unit's present one before that."""
        unit = self.award.station.unit
        if field != "payee":
            return []
        return [("银行账号", from_cell(self.payee["bank_account"]) if self.payee else unit.bank_account)]


class Journal(TenantModel):
    """One booking: two or more entries that sum to zero. Appended, never changed."""

    append_only = True

    # The tenant's own series, without gaps (`core.numbering`): the row's id counts every tenant's bookings.
    number = models.PositiveIntegerField("凭证号")
    kind = models.CharField("种类", max_length=20, choices=JournalKind.choices)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="journals")
    memo = models.CharField("摘要", max_length=200)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="journal_number_once")]
        ordering = ["id"]
        verbose_name = "记账凭证"

    def __str__(self) -> str:
        return self.memo


class LedgerEntry(TenantModel):
    """One line of a booking; debit positive, credit negative, in fen."""

    append_only = True

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField("科目", max_length=20, choices=Account.choices)
    amount_fen = models.BigIntegerField("金额（分）")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(amount_fen=0), name="entry_is_not_zero")]
        ordering = ["id"]
        verbose_name = "分录"

    def __str__(self) -> str:
        return f"{self.get_account_display()} {self.amount_fen}"

    @property
    def debit_fen(self) -> int | None:
        return self.amount_fen if self.amount_fen > 0 else None

    @property
    def credit_fen(self) -> int | None:
        return -self.amount_fen if self.amount_fen < 0 else None


class Release(TenantModel):
    """That a tranche was paid. One row a tranche, by unique key: the proof that it happened once."""

    append_only = True

    tranche = TenantOneToOneField(Tranche, on_delete=models.PROTECT, related_name="release")
    journal = TenantOneToOneField(Journal, on_delete=models.PROTECT, related_name="release")
    # The reference that goes to the bank: the tranche's own, so that a repeat is recognised there too.
    reference = models.CharField("拨付流水号", max_length=60)
    payee = models.JSONField("收款账户", default=dict)
    released_at = models.DateTimeField("拨付时间", default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "tranche"], name="one_release_a_tranche"),
            models.UniqueConstraint(fields=["tenant", "journal"], name="one_release_a_journal"),
            models.UniqueConstraint(fields=["tenant", "reference"], name="release_reference_once"),
        ]
        ordering = ["id"]
        verbose_name = "拨付"

    def __str__(self) -> str:
        return self.reference
