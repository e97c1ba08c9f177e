"""What every room needs and none owns: the log, the outbox, the rehearsal clock, running numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.acting import acting
from core.audit import ROLE_LENGTH, role_text, without_numbers
from core.tenancy import TenantModel
from core.vault import SealedText as SealedText  # its own module; Django finds models here

REFUSED = "access.refused"
# What strangers can make happen: counted before it is logged once more (`jurisdictions.refusals`).
BOUNDED = (REFUSED, "accounts.sign_in_failed", "accounts.locked")


class LogEntry(TenantModel):
    """One thing that happened to one object. Appended, never changed.

    `at` is the moment by the tenant's clock, `recorded_at` by the true one. The database links every
    entry into its tenant's chain when the transaction commits (`LogLink`).
    """

    append_only = True

    at = models.DateTimeField("时间")
    recorded_at = models.DateTimeField("入库时间", default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=100)
    role = models.CharField("身份", max_length=ROLE_LENGTH, blank=True, default="")
    origin = models.CharField("来源", max_length=100, blank=True, default="")
    session = models.CharField("会话", max_length=16, blank=True, default="")
    request = models.CharField("请求", max_length=16, blank=True, default="")
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.BigIntegerField("对象编号")
    action = models.CharField("动作", max_length=100)
    label = models.CharField("动作名称", max_length=100)
    source = models.CharField("原状态", max_length=40, blank=True)
    target = models.CharField("新状态", max_length=40, blank=True)
    reason = models.TextField("理由", blank=True)
    clause = models.CharField("依据", max_length=200, blank=True)
    data = models.JSONField("附记", default=dict)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "subject_type", "subject_id", "id"]),
            # What the auditor filters by, each in the order in which the page shows it.
            models.Index(fields=["tenant", "id"], name="log_newest"),
            models.Index(fields=["tenant", "action", "id"], name="log_by_action"),
            models.Index(fields=["tenant", "actor", "id"], name="log_by_actor"),
            models.Index(fields=["tenant", "role", "id"], name="log_by_role"),
            models.Index(fields=["tenant", "origin", "id"], name="log_by_origin"),
            models.Index(fields=["tenant", "at"], name="log_by_day"),
            models.Index(
                fields=["tenant", "origin", "session", "recorded_at"],
                condition=models.Q(action__in=BOUNDED),
                name="log_refusals",
            ),
        ]
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
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        actor_name: str = "",
    ) -> LogEntry:
        """Appends one entry in the caller's transaction, with the role and the origin of who acts.

        `actor` None means the system itself, or the one that `actor_name` describes (somebody who is
        not signed in). `data`, `before` and `after` hold ids and digests, never a person's data
        (`core.audit.recorded`); phone, ID and card numbers in the reason are masked.
        """
        here = acting()
        entry: LogEntry = cls.objects.create(
            at=at,
            actor=actor,
            actor_name=(actor_name or (str(actor) if actor else "系统"))[:100],
            role=role_text(actor),
            origin=here.origin[:100],
            session=here.session,
            request=here.request_id,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            action=action,
            label=label,
            source=source,
            target=target,
            reason=without_numbers(reason),
            clause=clause,
            data=data or {},
            before=before or {},
            after=after or {},
        )
        return entry

    @classmethod
    def history_of(cls, subject: models.Model) -> models.QuerySet[LogEntry]:
        """Everything that happened to one object, oldest first."""
        entries: models.QuerySet[LogEntry] = cls.objects.filter(
            subject_type=subject._meta.label_lower, subject_id=subject.pk
        )
        return entries


class LogLink(TenantModel):
    """An entry's place in the chain of its tenant, with the hash over the entry and the link before.

    Written by the database when a transaction commits (migration `0006_chain`), one link an entry,
    one transaction at a time a tenant. Nobody else can write here.
    """

    append_only = True
    written_by_owner = True

    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="links", db_index=False)
    position = models.BigIntegerField("序号")
    version = models.PositiveSmallIntegerField("格式")
    previous = models.CharField("前一条哈希", max_length=64, blank=True)
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "position"], name="log_position_once"),
            models.UniqueConstraint(fields=["tenant", "entry"], name="log_entry_linked_once"),
        ]
        ordering = ["position"]
        verbose_name = "记录链环"

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


class LogHead(TenantModel):
    """The end of a tenant's chain on one day, sealed: what stood before it cannot change unnoticed.

    The seal is a keyed digest over the other columns (`core.seals`); the same line is written to a
    file outside the database.
    """

    append_only = True

    day = models.DateField("日期")
    position = models.BigIntegerField("序号")
    hash = models.CharField("哈希", max_length=64)
    sealed_at = models.DateTimeField("封存时间", default=timezone.now)
    key_id = models.CharField("密钥编号", max_length=16)
    # The seal of the head before: one that is taken out shows.
    previous = models.CharField("前次封存码", max_length=64, blank=True)
    seal = models.CharField("封存码", max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="log_head_once_a_day")]
        ordering = ["day"]
        verbose_name = "记录封存"

    def __str__(self) -> str:
        return f"{self.day} {self.position}"


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
