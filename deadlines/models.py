"""Every date owed, every reminder given, every message to a person."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.tenancy import TenantModel
from deadlines.enums import DeadlineState
from jurisdictions.models import CalendarDay


class Deadline(TenantModel):
    """A date by which somebody owes something.

    `bearer` is whoever owes it (an Authority, an ApplicantUnit, a User): any model with
    `recipients()`. `due_on` is inclusive. `kind` and `period` make it unique for its subject.
    """

    kind = models.SlugField(max_length=60)
    period = models.CharField(max_length=20, blank=True)
    label = models.CharField("事项", max_length=100)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    bearer_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    bearer_id = models.PositiveBigIntegerField()
    bearer = GenericForeignKey("bearer_type", "bearer_id")
    window_start = models.DateField("开始日期", null=True, blank=True)
    due_on = models.DateField("截止日期")
    provisional = models.BooleanField("暂定", default=False)
    # False where the text names a beginning and no last day (`due_on` is then the beginning): never overdue.
    firm = models.BooleanField("有截止日期", default=True)
    clause = models.CharField("依据", max_length=200, blank=True)
    explanation = models.CharField("算法", max_length=300, blank=True)
    url = models.CharField(max_length=200, blank=True)
    # Days before the due day on which the bearer is reminded, largest first.
    rungs = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=DeadlineState.choices, default=DeadlineState.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject_type", "subject_id", "kind", "period"], name="deadline_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeadlineState.OPEN) ^ models.Q(closed_at__isnull=False),
                name="deadline_closed_has_time",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "due_on"])]
        ordering = ["due_on", "id"]
        verbose_name = "期限"

    def __str__(self) -> str:
        return f"{self.label} {self.due_on}"

    @property
    def status(self) -> DeadlineState:
        return DeadlineState(self.state)

    @property
    def days_left(self) -> int:
        """Calendar days until the due day; negative once it is past."""
        return (self.due_on - clock.today()).days

    @property
    def working_days_left(self) -> int:
        """Working days from today until the due day; negative once it is past."""
        today, calendar = clock.today(), CalendarDay.work_calendar()
        if self.due_on < today:
            return -max(calendar.working_days_between(self.due_on, today), 1)
        return calendar.working_days_between(today, self.due_on)

    def is_overdue(self, on: date) -> bool:
        return self.firm and self.state == DeadlineState.OPEN and on > self.due_on


class Reminder(TenantModel):
    """One rung of one deadline's ladder, given or skipped; the row makes it happen once."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    rung = models.SmallIntegerField("提前天数")
    at = models.DateTimeField(default=clock.now)
    skipped = models.BooleanField("已跳过", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "deadline", "rung"], name="reminder_once")]
        ordering = ["id"]
        verbose_name = "提醒"

    def __str__(self) -> str:
        return f"{self.deadline} -{self.rung}"


class Notification(TenantModel):
    """A message to one person: in the app at once, by e-mail through the outbox."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications"
    )
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容")
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField("时间", default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "recipient", "read_at"])]
        ordering = ["-id"]
        verbose_name = "消息"

    def __str__(self) -> str:
        return self.title
