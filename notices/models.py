"""What is shown to the public before a decision, and what the public says to it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.sealed_fields import HoldsSealed, SealedField
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from documents.models import OfficialDocument
from jurisdictions.engine import Profile
from jurisdictions.enums import Right
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.permissions import authorities_where
from notices import transitions
from notices.enums import NoticeState, ObjectionState


class NoticeQuerySet(TenantQuerySet):
    def shown(self) -> NoticeQuerySet:
        """What the public may read: notices that were put up and not taken back."""
        return self.filter(state__in=[NoticeState.PUBLISHED, NoticeState.ENDED])

    def visible_to(self, user: Any) -> NoticeQuerySet:
        """The notices whose drafting, publication or objections are this person's work."""
        return self.filter(authority__in=authorities_where(user, Right.MANAGE, Right.PUBLISH))


class PublicNotice(TenantModel):
    """A list put before the public for the period that the profile sets."""

    workflow = transitions.NOTICE

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="notices")
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="+")
    # What the notice is about: the round whose list it shows.
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    contact = models.TextField("受理方式", help_text="受理异议的部门、电话、地址")
    state = models.CharField("状态", max_length=20, choices=NoticeState.choices, default=NoticeState.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    first_day = models.DateField("公示首日", null=True, blank=True)
    last_day = models.DateField("公示末日", null=True, blank=True)
    earliest_award = models.DateField("最早认定日", null=True, blank=True)
    provisional = models.BooleanField("末日暂定", default=False)
    clause = models.CharField("依据", max_length=200, blank=True)
    explanation = models.CharField("算法", max_length=300, blank=True)
    document = TenantOneToOneField(
        OfficialDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="notice"
    )

    objects = TenantManager.from_queryset(NoticeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject_type", "subject_id"],
                condition=models.Q(state=NoticeState.DRAFT),
                name="one_draft_notice_a_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[NoticeState.DRAFT, NoticeState.WITHDRAWN])
                | models.Q(published_at__isnull=False, first_day__isnull=False, last_day__isnull=False),
                name="published_notice_has_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
                name="notice_days_in_order",
            ),
            models.UniqueConstraint(fields=["tenant", "document"], name="notice_of_one_document"),
        ]
        ordering = ["-id"]
        verbose_name = "公示"

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> NoticeState:
        return NoticeState(self.state)

    @property
    def rules(self) -> Profile:
        return self.profile.rules

    @property
    def is_public(self) -> bool:
        """Whether the public may read it."""
        return self.state in (NoticeState.PUBLISHED, NoticeState.ENDED)

    @property
    def is_over(self) -> bool:
        """Whether its last day has fully passed, whether or not the task has marked it yet."""
        return self.is_public and clock.today() > self.last_day

    @property
    def accepts_objections(self) -> bool:
        """From publication to the end of the last day, Shanghai time."""
        return self.state == NoticeState.PUBLISHED and clock.today() <= self.last_day


class NoticeEntry(TenantModel):
    """One line of the public list: names and units only, never personal data."""

    notice = models.ForeignKey(PublicNotice, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField("序号")
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    unit_name = models.CharField("单位", max_length=100)
    station_name = models.CharField("拟认定名称", max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "notice", "position"], name="notice_position_once"),
            models.UniqueConstraint(
                fields=["tenant", "notice", "subject_type", "subject_id"], name="notice_subject_once"
            ),
        ]
        ordering = ["position"]
        verbose_name = "公示条目"

    def __str__(self) -> str:
        return self.station_name


class Objection(HoldsSealed, TenantModel):
    """What somebody says against a line of the list. Seen by the bureau only."""

    workflow = transitions.OBJECTION

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    entry = models.ForeignKey(NoticeEntry, on_delete=models.PROTECT, related_name="objections")
    objector_name = models.CharField("姓名或单位名称", max_length=100)
    objector_contact = SealedField("联系方式", kind="contact")
    text = models.TextField("异议内容")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    state = models.CharField(
        "状态", max_length=20, choices=ObjectionState.choices, default=ObjectionState.RECEIVED
    )
    finding = models.TextField("核查结论", blank=True)
    # Both limbs stand apart: an objection may be right while the conditions are still met.
    conditions_unmet = models.BooleanField("确认不符合条件", null=True, blank=True)
    # Whether the decision takes the line off the list; where the text leaves a gap, a person's choice.
    removes = models.BooleanField("取消资格", default=False)
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=ObjectionState.RECEIVED)
                | (models.Q(decided_at__isnull=False) & ~models.Q(finding="")),
                name="decided_objection_has_finding",
            ),
            models.CheckConstraint(
                condition=models.Q(removes=False) | models.Q(state=ObjectionState.UPHELD),
                name="only_upheld_objection_removes",
            ),
        ]
        ordering = ["id"]
        verbose_name = "异议"

    def __str__(self) -> str:
        return f"异议 {self.pk}"

    @property
    def status(self) -> ObjectionState:
        return ObjectionState(self.state)
