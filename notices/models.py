"""What is shown to the public before a decision, and what the public says to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.sealed_fields import HoldsSealed, SealedField
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from documents.models import Attachment, OfficialDocument
from jurisdictions.engine import Profile
from jurisdictions.enums import Right
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.permissions import authorities_where
from notices import transitions
from notices.enums import IN_FORCE, NO_OBJECTION, OPEN, PUBLIC, NoticeState, ObjectionState, StepKind


class NoticeQuerySet(TenantQuerySet):
    def shown(self) -> NoticeQuerySet:
        """What the public may read: notices that were put up and not taken back, superseded ones too."""
        return self.filter(state__in=PUBLIC)

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

    # An amended list supersedes the one before it, and says why and what is different.
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="原公示",
    )
    change_reason = models.TextField("更正原因", blank=True)
    changes = models.JSONField("更正内容", default=list)

    objects = TenantManager.from_queryset(NoticeQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(change_reason=""),
                name="amended_notice_says_why",
            ),
            models.UniqueConstraint(
                fields=["tenant", "supersedes"],
                condition=models.Q(state__in=PUBLIC),
                name="one_successor_of_a_notice",
            ),
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
        return self.state in PUBLIC

    @property
    def is_in_force(self) -> bool:
        """Whether its list stands: put up, neither taken back nor superseded."""
        return self.state in IN_FORCE

    @property
    def successor(self) -> PublicNotice | None:
        """The amended notice that took its place, as the public sees it."""
        found: PublicNotice | None = self.successors.filter(state__in=PUBLIC).first()
        return found

    @property
    def is_over(self) -> bool:
        """Whether its last day has fully passed, whether or not the task has marked it yet."""
        return self.is_public and clock.today() > self.last_day

    @property
    def accepts_objections(self) -> bool:
        """From publication to the end of the last day, Shanghai time."""
        return self.state == NoticeState.PUBLISHED and clock.today() <= self.last_day

    @property
    def takes_leads(self) -> bool:
        """Whether its list stands while its period is over: what is said now comes late."""
        return self.is_in_force and self.is_over


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


class ObjectionQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> ObjectionQuerySet:
        """The objections that this person looks into."""
        return self.filter(notice__authority__in=authorities_where(user, Right.MANAGE))


class Objection(HoldsSealed, TenantModel):
    """What somebody says against a line of the list. Seen by the bureau only.

    Without a name, or after the period, no text says what becomes of it: a person decides.
    """

    workflow = transitions.OBJECTION
    # The code for the objector, where the object was just made: only its hash is kept.
    receipt = ""

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    entry = models.ForeignKey(NoticeEntry, on_delete=models.PROTECT, related_name="objections")
    objector_name = models.CharField("姓名或单位名称", max_length=100, blank=True)
    objector_contact = SealedField("联系方式", kind="contact", blank=True)
    text = models.TextField("异议内容")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    late = models.BooleanField("公示期满后提出", default=False)
    # Of the code with which whoever raised it looks up where it stands.
    receipt_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        "状态", max_length=20, choices=ObjectionState.choices, default=ObjectionState.RECEIVED
    )
    finding = models.TextField("核查结论", blank=True)
    # Both limbs stand apart: an objection may be right while the conditions are still met.
    conditions_unmet = models.BooleanField("确认不符合条件", null=True, blank=True)
    # Whether the decision takes the line off the list; where the text leaves a gap, a person's choice.
    removes = models.BooleanField("取消资格", default=False)
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)
    # What the objector is told: the reader of the receipt sees it, so it names nobody.
    reply = models.TextField("答复", blank=True)
    reply_paper = TenantOneToOneField(
        OfficialDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TenantManager.from_queryset(ObjectionQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "receipt_hash"],
                condition=~models.Q(receipt_hash=""),
                name="objection_receipt_once",
            ),
            models.UniqueConstraint(fields=["tenant", "reply_paper"], name="reply_of_one_objection"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN)
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

    @property
    def anonymous(self) -> bool:
        return not self.objector_name

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state in OPEN

    @property
    def counts(self) -> bool:
        """Whether it is an objection in the sense of a text, not a lead that nobody took up."""
        return self.state not in NO_OBJECTION


class InvestigationStep(TenantModel):
    """One thing that was done to look into an objection. Written once."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("方式", max_length=20, choices=StepKind.choices)
    done_on = models.DateField("日期")
    done_by = models.CharField("核查人", max_length=100)
    text = models.TextField("核查情况")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)

    class Meta:
        ordering = ["done_on", "id"]
        verbose_name = "核查步骤"

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ObjectionFile(TenantModel):
    """A file that came with an objection, or that a step of the investigation brought."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="files")
    step = models.ForeignKey(
        InvestigationStep, on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    attachment = TenantOneToOneField(Attachment, on_delete=models.PROTECT, related_name="objection_file")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "attachment"], name="objection_file_of_one_attachment")
        ]
        ordering = ["id"]
        verbose_name = "异议材料"

    def __str__(self) -> str:
        return str(self.attachment)
