"""Draws of experts, each with what it was made of, so that anybody can make it again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.tenancy import TenantManager, TenantModel, TenantQuerySet
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.permissions import authorities_where
from panels import transitions
from panels.enums import DrawState, ExpertLevel, Purpose


class DrawQuerySet(TenantQuerySet):
    def run_by(self, user: Any) -> DrawQuerySet:
        """The draws of the panels that this person organises."""
        return self.filter(authority__in=authorities_where(user, Right.RUN_PANEL))


class Draw(TenantModel):
    """One draw of experts: what it was for, who was in the pot and who not, the seed, what came out.

    What is written at one step is never changed at the next; a trigger holds that.
    """

    workflow = transitions.DRAW

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="draws")
    purpose = models.CharField("用途", max_length=20, choices=Purpose.choices)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    # [{"id", "unit"}]: what the panel will be asked about, and whose it is.
    items = models.JSONField("评审对象")
    due_on = models.DateField("评审截止日期", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("名额")
    reserves = models.PositiveSmallIntegerField("候补")
    # Who stays out beside those who are tied (`panels.pots.Limits`).
    least_level = models.PositiveSmallIntegerField(
        "最低级别", choices=ExpertLevel.choices, null=True, blank=True
    )
    most_waiting = models.PositiveSmallIntegerField("手头最多待签署", null=True, blank=True)
    field = models.CharField("专业领域", max_length=60, blank=True)
    most_of_one_employer = models.PositiveSmallIntegerField("同一单位最多", null=True, blank=True)
    # [{"key", "expert", "name", "employer"}] and the same with "reasons": fixed before the draw.
    candidates = models.JSONField("候选专家")
    excluded = models.JSONField("回避和不能参加的专家")
    commitment = models.CharField("种子摘要", max_length=64)
    sealed_seed = models.TextField("封存的种子")
    seed = models.CharField("种子", max_length=64, blank=True)
    # {"seated", "reserves", "passed_over"}: keys in the order in which they were drawn.
    result = models.JSONField("结果", null=True, blank=True)
    state = models.CharField("状态", max_length=20, choices=DrawState.choices, default=DrawState.COMMITTED)
    # The one in whose place this one is.
    former = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="redrawn"
    )
    panel = models.ForeignKey("Panel", on_delete=models.PROTECT, null=True, blank=True, related_name="draws")
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(default=clock.now)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawn_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(DrawQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seed="", result__isnull=True, drawn_at__isnull=True)
                | (~models.Q(seed="") & models.Q(result__isnull=False, drawn_at__isnull=False)),
                name="draw_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DrawState.USED) | models.Q(panel__isnull=False),
                name="used_draw_has_panel",
            ),
        ]
        ordering = ["-id"]
        verbose_name = "专家抽取"

    def __str__(self) -> str:
        return f"专家抽取 {self.pk}"

    @property
    def status(self) -> DrawState:
        return DrawState(self.state)
