"""The expert register: who is on it, to whom they are tied, when they cannot come."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

from core import clock
from core.tenancy import TenantModel
from panels.enums import ExpertLevel, TieKind


class Expert(TenantModel):
    """A person on a jurisdiction's expert register."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expert_entries"
    )
    title = models.CharField("职称或职业资格", max_length=60)
    employer = models.CharField("工作单位", max_length=100)
    trades = models.CharField("专业领域", max_length=200, blank=True)
    # Empty: nobody has said.
    level = models.PositiveSmallIntegerField("级别", choices=ExpertLevel.choices, null=True, blank=True)
    is_active = models.BooleanField("在库", default=True)
    # Who entered the expert from a list, and the other person who let them into the draws.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="expert_once"),
            models.CheckConstraint(
                condition=models.Q(is_active=False)
                | models.Q(entered_by__isnull=True)
                | models.Q(confirmed_by__isnull=False),
                name="entered_expert_is_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(entered_by__isnull=True)
                | models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("entered_by")),
                name="expert_confirmed_by_another",
            ),
        ]
        ordering = ["id"]
        verbose_name = "专家"

    def __str__(self) -> str:
        return f"{self.user}（{self.employer}）"

    @property
    def waits(self) -> bool:
        """Entered, and not let into the draws by another person yet."""
        return self.entered_by_id is not None and self.confirmed_by_id is None

    def recipients(self) -> models.QuerySet:
        """Who is told when something is owed by this expert: the expert."""
        return get_user_model().objects.filter(pk=self.user_id, is_active=True)


class ExpertTie(TenantModel):
    """What ties an expert to a unit beside the present employer: declared by the expert, or found out."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="ties")
    unit_name = models.CharField("单位名称", max_length=100)
    kind = models.CharField("关系", max_length=20, choices=TieKind.choices)
    # Of a former employer: the last day there. Empty: it holds until it is taken back.
    until = models.DateField("离职日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "专家回避关系"

    def __str__(self) -> str:
        return f"{self.expert.user}：{self.get_kind_display()}{self.unit_name}"


class ExpertAbsence(TenantModel):
    """Days, both included, on which an expert cannot be called."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="absences")
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("begins_on")), name="absence_ends_after_it_begins"
            )
        ]
        ordering = ["begins_on", "id"]
        verbose_name = "专家请假"

    def __str__(self) -> str:
        return f"{self.expert.user} {self.begins_on}—{self.ends_on}"
