"""The sheets that experts sign, each blind to the others, and what happens to signed ones."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from core import clock
from core.tenancy import TenantManager, TenantModel, TenantQuerySet
from panels import transitions
from panels.enums import ReopeningState, SheetState, Verdict
from panels.models.panels import PanelItem, PanelMember


class ScoreSheetQuerySet(TenantQuerySet):
    def of_expert(self, user: Any) -> ScoreSheetQuerySet:
        """A person's own sheets, never anybody else's, and none once the seat was withdrawn."""
        return self.filter(member__expert__user=user, member__withdrawn_at__isnull=True)

    def judged_by(self, user: Any) -> ScoreSheetQuerySet:
        """Of those the ones from which the person has not stepped back."""
        return self.of_expert(user).exclude(state__in=(SheetState.RECUSED, SheetState.WITHDRAWN))


class ScoreSheet(TenantModel):
    """One expert's opinion or points on one item. Final once signed."""

    workflow = transitions.SHEET

    item = models.ForeignKey(PanelItem, on_delete=models.CASCADE, related_name="sheets")
    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="sheets")
    state = models.CharField("状态", max_length=20, choices=SheetState.choices, default=SheetState.OPEN)
    verdict = models.CharField("意见", max_length=20, choices=Verdict.choices, blank=True)
    # Points as decimal strings under the rubric's item ids; never floats.
    points = models.JSONField("得分", default=dict)
    bonus = models.JSONField("加分", default=dict)
    comment = models.TextField("评审意见", blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField("签署时间", null=True, blank=True)

    objects = TenantManager.from_queryset(ScoreSheetQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "member"], name="one_sheet"),
            models.CheckConstraint(
                condition=~models.Q(state=SheetState.SIGNED) | models.Q(signed_at__isnull=False),
                name="signed_sheet_has_time",
            ),
        ]
        ordering = ["id"]
        verbose_name = "评审表"

    def __str__(self) -> str:
        return f"{self.item} / {self.member}"

    @property
    def status(self) -> SheetState:
        return SheetState(self.state)


class SheetVersion(TenantModel):
    """A sheet as it was signed; one a signature, never changed, whatever becomes of the sheet."""

    append_only = True

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    verdict = models.CharField("意见", max_length=20, choices=Verdict.choices, blank=True)
    points = models.JSONField("得分", default=dict)
    bonus = models.JSONField("加分", default=dict)
    comment = models.TextField("评审意见", blank=True)
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sheet", "number"], name="one_version_a_number")
        ]
        ordering = ["sheet", "number"]
        verbose_name = "评审表版次"

    def __str__(self) -> str:
        return f"{self.sheet} 第 {self.number} 版"


class Reopening(TenantModel):
    """That a signed sheet is given back to its expert: one asks with the reason, another one grants."""

    workflow = transitions.REOPENING

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="reopenings")
    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("理由")
    state = models.CharField(
        "状态", max_length=10, choices=ReopeningState.choices, default=ReopeningState.ASKED
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version"],
                condition=~models.Q(state=ReopeningState.REFUSED),
                name="one_reopening_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=ReopeningState.ASKED, decided_by__isnull=True, decided_at__isnull=True
                )
                | (
                    ~models.Q(state=ReopeningState.ASKED)
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(decided_by=models.F("asked_by"))
                ),
                name="reopening_takes_two",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="reopening_has_reason"),
        ]
        ordering = ["id"]
        verbose_name = "退回重评"

    def __str__(self) -> str:
        return f"退回重评：{self.sheet}"

    @property
    def status(self) -> ReopeningState:
        return ReopeningState(self.state)


class JointDiscussion(TenantModel):
    """What the experts said to each other about one item on which their sheets lie too far apart."""

    append_only = True

    item = models.ForeignKey(PanelItem, on_delete=models.PROTECT, related_name="discussions")
    held_on = models.DateField("合议日期")
    # [{"member", "name"}]: the experts who took part.
    participants = models.JSONField("参加人员")
    record = models.TextField("合议记录")
    # How far the sheets lay apart, and which of them that were: a sheet signed anew is discussed anew.
    spread = models.CharField("分歧", max_length=60)
    versions = models.JSONField("所议版次")
    # [{"member", "name"}]: whose sheets were to be given back.
    gives_back = models.JSONField("退回重评", default=list)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(record=""), name="discussion_has_record")]
        ordering = ["id"]
        verbose_name = "合议"

    def __str__(self) -> str:
        return f"合议：{self.item}"
