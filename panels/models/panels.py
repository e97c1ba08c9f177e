"""Panels, who sits on them, and what they judge."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.grants import GroupGrant, UserGrant
from core.tenancy import TenantManager, TenantModel, TenantQuerySet
from jurisdictions.enums import Right
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.permissions import authorities_where
from panels import transitions
from panels.enums import PanelState, Purpose
from panels.models.register import Expert
from panels.models.schemes import Scheme


class PanelQuerySet(TenantQuerySet):
    def run_by(self, user: Any) -> PanelQuerySet:
        """The panels that this person organises: progress, and the result once it is closed."""
        return self.filter(authority__in=authorities_where(user, Right.RUN_PANEL))

    def visible_to(self, user: Any) -> PanelQuerySet:
        """The panels whose papers this person may read."""
        return self.run_by(user)


class Panel(TenantModel):
    """Experts asked about a list of things: applications of a round, stations of a cycle."""

    workflow = transitions.PANEL

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="panels")
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=20, choices=Purpose.choices)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    # None: formed before there were schemes; judged by the usual one (`panels.schemes.scheme_of`).
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="panels")
    name = models.CharField("名称", max_length=120)
    due_on = models.DateField("截止日期", null=True, blank=True)
    state = models.CharField("状态", max_length=20, choices=PanelState.choices, default=PanelState.FORMING)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(PanelQuerySet)()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        permissions = [("score", "评审")]
        verbose_name = "专家组"

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> PanelState:
        return PanelState(self.state)


class PanelUserPermission(UserGrant):
    """An expert's right to score on one Panel."""

    content_object = models.ForeignKey(Panel, on_delete=models.CASCADE)


class PanelGroupPermission(GroupGrant):
    """A group's right on one Panel."""

    content_object = models.ForeignKey(Panel, on_delete=models.CASCADE)


class PanelMember(TenantModel):
    """An expert's seat on a panel."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="seats")
    withdrawn_at = models.DateTimeField("撤出时间", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "panel", "expert"], name="one_seat")]
        ordering = ["id"]
        verbose_name = "专家组成员"

    def __str__(self) -> str:
        return str(self.expert)


class PanelItem(TenantModel):
    """One thing the panel is asked about, and what came out once every sheet was in."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="items")
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    title = models.CharField("名称", max_length=150)
    unit_name = models.CharField("单位", max_length=100)
    # Filled by `panels.consolidation` when the panel closes.
    outcome = models.JSONField("汇总结果", null=True, blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    # It ended elsewhere while the experts were at work (`panels.dropping`); nothing comes of its sheets.
    dropped_at = models.DateTimeField("终止评审时间", null=True, blank=True)
    drop_reason = models.TextField("终止评审的原因", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True)
                | (models.Q(outcome__isnull=True, rank__isnull=True) & ~models.Q(drop_reason="")),
                name="dropped_item_has_reason_and_no_outcome",
            ),
            models.UniqueConstraint(
                fields=["tenant", "panel", "subject_type", "subject_id"], name="panel_item_once"
            ),
        ]
        ordering = ["id"]
        verbose_name = "评审对象"

    def __str__(self) -> str:
        return self.title
