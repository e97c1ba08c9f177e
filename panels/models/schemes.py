"""How the experts judge, as the bureau set it before the first sheet opened."""

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
from panels.enums import Mean, Method, Purpose, Rounding, SchemeState, TieRule


class SchemeQuerySet(TenantQuerySet):
    def run_by(self, user: Any) -> SchemeQuerySet:
        """The schemes of the panels that this person organises."""
        return self.filter(authority__in=authorities_where(user, Right.RUN_PANEL))

    def of(self, purpose: str, subject: models.Model) -> SchemeQuerySet:
        """The one of a round or a cycle, if it has one yet."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(purpose=purpose, subject_type=kind, subject_id=subject.pk)


class Scheme(TenantModel):
    """How the panels of one round or cycle judge: what is written on a sheet, how sheets become one result.

    What the regulation leaves open. Frozen with the first panel, before a sheet can be opened; triggers
    hold that, that weights make 100, and that a panel keeps its scheme.
    """

    workflow = transitions.SCHEME

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=20, choices=Purpose.choices)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    title = models.CharField("用于", max_length=150)
    method = models.CharField("评审方式", max_length=20, choices=Method.choices)
    # [{"key", "label", "max", "weight"}]: full points, per cent as decimal strings; CRITERIA alone has any.
    criteria = models.JSONField("评分项目", default=list)
    mean = models.CharField("汇总方法", max_length=20, choices=Mean.choices, default=Mean.PLAIN)
    # From how many signed sheets on the highest and the lowest are dropped.
    trim_from = models.PositiveSmallIntegerField("去掉高低分的最少份数", null=True, blank=True)
    decimals = models.PositiveSmallIntegerField("小数位数", default=2)
    rounding = models.CharField("取位方法", max_length=20, choices=Rounding.choices, default=Rounding.DOWN)
    ties = models.CharField("同分处理", max_length=20, choices=TieRule.choices, default=TieRule.SHARED)
    # From which result on the panel recommends; empty: it only ranks.
    pass_mark = models.DecimalField("建议认定分数线", max_digits=6, decimal_places=2, null=True, blank=True)
    # How far highest and lowest may lie apart before the experts have to talk about it.
    spread_limit = models.DecimalField("分差上限", max_digits=6, decimal_places=2, null=True, blank=True)
    # The same for opinions: as many for as against.
    discuss_tied = models.BooleanField("意见持平须合议", default=False)
    former = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("状态", max_length=20, choices=SchemeState.choices, default=SchemeState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    frozen_at = models.DateTimeField("固定时间", null=True, blank=True)

    objects = TenantManager.from_queryset(SchemeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "purpose", "subject_type", "subject_id"], name="one_scheme"
            ),
            models.CheckConstraint(
                condition=models.Q(mean=Mean.PLAIN, trim_from__isnull=True)
                | models.Q(mean=Mean.TRIMMED, trim_from__gte=3),
                name="trimming_leaves_a_sheet",
            ),
            models.CheckConstraint(condition=models.Q(decimals__lte=2), name="scheme_decimals"),
            models.CheckConstraint(
                condition=~models.Q(method=Method.REGULATION)
                | models.Q(rounding=Rounding.DOWN, decimals=2, pass_mark__isnull=True),
                name="regulation_is_not_rounded_up",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SchemeState.DRAFT, frozen_at__isnull=True)
                | models.Q(state=SchemeState.FROZEN, frozen_at__isnull=False),
                name="frozen_scheme_has_time",
            ),
        ]
        ordering = ["-id"]
        verbose_name = "评审方案"

    def __str__(self) -> str:
        return f"评审方案：{self.title}"

    @property
    def status(self) -> SchemeState:
        return SchemeState(self.state)
