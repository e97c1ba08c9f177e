"""What is kept about a proposed version: cases with known answers, waivers, replays of the past."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.tenancy import TenantModel
from jurisdictions.enums import ReplayState


class FixedCase(TenantModel):
    """A question whose answer the bureau holds to: every proposed version is asked it.

    Withdrawn, never deleted: what a version was asked stays known.
    """

    title = models.CharField("名称", max_length=100)
    kind = models.SlugField("问题种类", max_length=30)
    given = models.JSONField("事实")
    on = models.DateField("所问日期", null=True, blank=True)
    expected = models.JSONField("应有结果")
    source = models.CharField("来源", max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="添加人"
    )
    added_at = models.DateTimeField("添加时间", default=timezone.now)
    withdrawn_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        verbose_name = "固定案例"

    def __str__(self) -> str:
        return self.title


class CaseWaiver(TenantModel):
    """That somebody has seen which fixed cases a version answers otherwise, and says why that is right."""

    append_only = True

    profile = models.ForeignKey("jurisdictions.RuleProfile", on_delete=models.PROTECT, related_name="waivers")
    # The keys of the cases (`jurisdictions.fixed_cases`).
    cases = models.JSONField("案例")
    reason = models.TextField("理由")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="说明人"
    )
    given_at = models.DateTimeField("说明时间", default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_says_why")]
        default_permissions = ()
        ordering = ["id"]
        verbose_name = "案例差异说明"

    def __str__(self) -> str:
        return f"{self.profile_id} {self.reason[:20]}"


class Replay(TenantModel):
    """Asking for everything past how it would have come out under a proposed version; carried on in steps.

    The row is the queue: whoever is woken takes the next step of it (`jurisdictions.replaying`).
    """

    profile = models.ForeignKey("jurisdictions.RuleProfile", on_delete=models.PROTECT, related_name="replays")
    # The version that was current then; another one since, and it is asked anew before the decision.
    against = models.ForeignKey(
        "jurisdictions.RuleProfile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField("状态", max_length=10, choices=ReplayState.choices, default=ReplayState.RUNNING)
    # {kind: {"total", "seen", "otherwise", "last"}}: how far it has come; `last` is the last id looked at.
    progress = models.JSONField("进度", default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="发起人"
    )
    asked_at = models.DateTimeField("发起时间", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "profile"],
                condition=models.Q(state=ReplayState.RUNNING),
                name="one_running_replay",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ReplayState.RUNNING) ^ models.Q(ended_at__isnull=False),
                name="ended_replay_has_time",
            ),
        ]
        default_permissions = ()
        ordering = ["-id"]
        verbose_name = "规则推演"

    def __str__(self) -> str:
        return f"{self.profile_id} {self.get_state_display()}"

    @property
    def status(self) -> ReplayState:
        return ReplayState(self.state)


class ReplayFinding(TenantModel):
    """One thing of the past that would have come out otherwise."""

    append_only = True

    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="findings")
    kind = models.SlugField("种类", max_length=30)
    subject_id = models.BigIntegerField("对象编号")
    label = models.CharField("对象", max_length=200)
    aspect = models.CharField("事项", max_length=60)
    before = models.TextField("原版本")
    after = models.TextField("新版本")
    clause = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["tenant", "replay", "kind", "id"], name="replay_by_kind")]
        ordering = ["id"]
        verbose_name = "推演差异"

    def __str__(self) -> str:
        return f"{self.label} {self.aspect}"
