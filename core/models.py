"""What every room needs and none owns: the log, the outbox, the rehearsal clock, running numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.tenancy import TenantModel
from core.vault import SealedText as SealedText  # its own module; Django finds models here


class LogEntry(TenantModel):
    """One thing that happened to one object. Appended, never changed."""

    append_only = True

    at = models.DateTimeField("时间")
    recorded_at = models.DateTimeField("入库时间", default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=100)
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.BigIntegerField("对象编号")
    action = models.CharField("动作", max_length=100)
    label = models.CharField("动作名称", max_length=100)
    source = models.CharField("原状态", max_length=40, blank=True)
    target = models.CharField("新状态", max_length=40, blank=True)
    reason = models.TextField("理由", blank=True)
    clause = models.CharField("依据", max_length=200, blank=True)
    data = models.JSONField("附记", default=dict)

    class Meta:
        indexes = [models.Index(fields=["tenant", "subject_type", "subject_id", "id"])]
        ordering = ["id"]
        verbose_name = "办理记录"

    def __str__(self) -> str:
        return f"{self.label} {self.subject_type}#{self.subject_id}"

    @classmethod
    def record(
        cls,
        subject: models.Model,
        *,
        action: str,
        label: str,
        actor: Any,
        at: datetime,
        source: str = "",
        target: str = "",
        reason: str = "",
        clause: str = "",
        data: dict[str, Any] | None = None,
    ) -> LogEntry:
        """Appends one entry in the caller's transaction. `actor` None means the system itself."""
        entry: LogEntry = cls.objects.create(
            at=at,
            actor=actor,
            actor_name=str(actor) if actor else "系统",
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            action=action,
            label=label,
            source=source,
            target=target,
            reason=reason,
            clause=clause,
            data=data or {},
        )
        return entry

    @classmethod
    def history_of(cls, subject: models.Model) -> models.QuerySet[LogEntry]:
        """Everything that happened to one object, oldest first."""
        entries: models.QuerySet[LogEntry] = cls.objects.filter(
            subject_type=subject._meta.label_lower, subject_id=subject.pk
        )
        return entries


class OutboxMessage(TenantModel):
    """Something to be done after commit: saved with the change that causes it."""

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    available_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["available_at"], condition=models.Q(done_at__isnull=True), name="outbox_open"
            )
        ]
        verbose_name = "待发事项"

    def __str__(self) -> str:
        return f"{self.topic}#{self.pk}"


class ClockOffset(TenantModel):
    """How far a tenant's rehearsal clock stands from the true one."""

    seconds = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_clock_a_tenant")]
        verbose_name = "演练时钟"

    def __str__(self) -> str:
        return f"{self.seconds} s"


class Series(TenantModel):
    """The last running number given in a series (`core.numbering`)."""

    name = models.CharField(max_length=60)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="series_once")]
        verbose_name = "流水号"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
