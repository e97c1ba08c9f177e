"""A year's call, the applications to it, their materials, and what each stage said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from applications import transitions
from applications.dossier.persons import numbers_in, reference_of
from applications.dossier.reading import Chapter, chapters_of
from applications.enums import ApplicationState, Decision, MaterialCheck, RoundState
from applications.permissions import visible_to
from core import clock
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from core.vault import Sealed
from deadlines.models import Deadline
from documents.models import Attachment, OfficialDocument
from jurisdictions.engine import Profile
from jurisdictions.enums import Right
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.permissions import authorities_where
from stations.models import ApplicantUnit, Station


class RoundQuerySet(TenantQuerySet):
    def led_by(self, user: Any) -> RoundQuerySet:
        """The rounds of the authorities at which this person organises applications or their panels."""
        return self.filter(authority__in=authorities_where(user, Right.MANAGE, Right.RUN_PANEL))

    def published(self) -> RoundQuerySet:
        """The calls that the public may read: all but those still being drawn up."""
        return self.exclude(state=RoundState.DRAFT)

    def open_calls(self) -> RoundQuerySet:
        """The published calls whose end has not come, those ending first in front (some may open later)."""
        return self.filter(state=RoundState.OPEN, closes_at__gt=clock.now()).order_by("closes_at", "pk")


class Round(TenantModel):
    """One year's call. The profile version is pinned when it is made, for good."""

    workflow = transitions.ROUND

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="rounds")
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=150)
    announcement = models.TextField("申报通知", blank=True)
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    # Why a round is held although the text is not (or not certainly) in force; empty when it is.
    basis = models.TextField("举办依据", blank=True)
    # What a refused unit is told that it may do; no regulation says it, so the bureau words it.
    recourse = models.TextField("救济途径", blank=True)
    state = models.CharField("状态", max_length=20, choices=RoundState.choices, default=RoundState.DRAFT)

    objects = TenantManager.from_queryset(RoundQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="round_closes_after_opening"
            )
        ]
        ordering = ["-year", "-id"]
        verbose_name = "申报批次"

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> RoundState:
        return RoundState(self.state)

    @property
    def rules(self) -> Profile:
        return self.profile.rules

    def takes_applications(self, at: datetime | None = None) -> bool:
        """Whether an application may be handed in; `[opens_at, closes_at)`.

        By the moment at which the running request began, the same for every page and job, or by another one.
        What began in time counts although the call was ended meanwhile, until the list is fixed.
        """
        published = self.state in (RoundState.OPEN, RoundState.CLOSED)
        return published and self.opens_at <= (at or clock.began()) < self.closes_at


class ScheduleChange(TenantModel):
    """That a published call opens later, or ends later, than it said; by whom, why, and by which paper."""

    append_only = True

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="schedule_changes")
    opens_before = models.DateTimeField("原开始时间")
    opens_at = models.DateTimeField("开始时间")
    closes_before = models.DateTimeField("原截止时间")
    closes_at = models.DateTimeField("截止时间")
    reason = models.TextField("理由")
    reference = models.CharField("依据文件", max_length=100)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__gte=models.F("opens_before"))
                & models.Q(closes_at__gte=models.F("closes_before"))
                & (
                    models.Q(opens_at__gt=models.F("opens_before"))
                    | models.Q(closes_at__gt=models.F("closes_before"))
                ),
                name="schedule_change_is_later",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(reference=""), name="schedule_change_has_grounds"
            ),
        ]
        ordering = ["id"]
        verbose_name = "申报时间调整"

    def __str__(self) -> str:
        return f"{self.round} {self.reference}"

    @property
    def reopens(self) -> bool:
        """Whether the call had ended already when it was decided to take applications again."""
        return self.closes_before <= self.decided_at

    @property
    def opens_later(self) -> bool:
        return self.opens_at != self.opens_before

    @property
    def closes_later(self) -> bool:
        return self.closes_at != self.closes_before


class CallFile(TenantModel):
    """A file that the call offers to everybody: a form to fill in, an annex of the announcement."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="call_files")
    # Which of the text's materials it is the form of; empty for an annex.
    material = models.SlugField("对应材料", max_length=60, blank=True)
    label = models.CharField("名称", max_length=100)
    attachment = TenantOneToOneField(Attachment, on_delete=models.PROTECT, related_name="call_file")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "attachment"], name="call_file_of_one_attachment")
        ]
        ordering = ["id"]
        verbose_name = "申报通知附件"

    def __str__(self) -> str:
        return self.label


class ApplicationQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """The applications this person may see."""
        return self.filter(pk__in=self.filter(visible_to(user)).values("pk"))

    def with_person(self, resident_id: str) -> ApplicationQuerySet:
        """The applications whose rosters name this identity number; found by its blind index."""
        ref = reference_of(resident_id)
        return self.filter(persons__contains=[ref]) if ref else self.none()

    def sharing_persons(self, application: Application) -> ApplicationQuerySet:
        """The other applications that name a person of this one; nothing is opened."""
        return self.filter(persons__has_any_keys=application.persons).exclude(pk=application.pk)


class Application(TenantModel):
    """One unit's application in one round, judged by the round's profile."""

    workflow = transitions.APPLICATION
    # How an expert sees it: `panels` shows any subject by its template.
    panel_template = "applications/panel_subject.html"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="applications")
    unit = models.ForeignKey(ApplicantUnit, on_delete=models.PROTECT, related_name="applications")
    # Given at submission (`applications.numbering`); a draft has none.
    number = models.CharField("申报编号", max_length=40, blank=True)
    state = models.CharField(
        "状态", max_length=20, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    # What the unit answered, under the profile's names.
    facts = models.JSONField("事实", default=dict)
    narratives = models.JSONField("陈述", default=dict)
    rosters = models.JSONField("名册", default=dict)
    # The references of the persons in the rosters (`dossier.persons`), to find one across applications.
    persons = models.JSONField(default=list, editable=False)
    # What a reviewer judged, under the names of the facts that the profile leaves to judgement.
    judgements = models.JSONField("评判", default=dict)
    # What each review stage has confirmed, by the stage's name: {"formal_review": ["originals_checked"]}.
    checks = models.JSONField("核验", default=dict)
    # What a desk found out beside the form, under the names of the rules' facts (`desk.inquiring`).
    desk_facts = models.JSONField("核查结果", default=dict)
    # Counts every save, so that two editors never overwrite each other silently.
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pledged_at = models.DateTimeField("承诺时间", null=True, blank=True)
    pledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    # Where it stands: the ids of the route's authorities, the index of the current stage in
    # the profile's list for that route, and the authority whose desk it lies on.
    route = models.JSONField("办理路径", default=list)
    stage = models.PositiveSmallIntegerField("环节", default=0)
    authority = models.ForeignKey(
        Authority,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="desk",
        verbose_name="办理部门",
    )
    # Which reviewer of that authority handles it; nobody: any of them (`desk.assigning`).
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    # A first desk's agreement, signed, that waits to go up with its list (`desk.consolidating`).
    agreed_text = models.TextField("初审意见", blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agreed_at = models.DateTimeField("初审同意时间", null=True, blank=True)
    decided_at = models.DateTimeField("结论时间", null=True, blank=True)
    # Its place among those who stand by, where the text has a waitlist; kept when it is called up.
    standby = models.PositiveSmallIntegerField("候补顺位", null=True, blank=True)
    station = TenantOneToOneField(
        Station, on_delete=models.PROTECT, null=True, blank=True, related_name="application"
    )
    deadlines = GenericRelation(Deadline, "subject_id", "subject_type")

    objects = TenantManager.from_queryset(ApplicationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], condition=~models.Q(number=""), name="application_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True) | ~models.Q(number=""),
                name="submitted_application_has_number",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round", "unit"],
                condition=~models.Q(state=ApplicationState.WITHDRAWN),
                name="one_application_a_round",
                violation_error_message="本单位在本批次已有一份申报。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
                | models.Q(submitted_at__isnull=False, pledged_at__isnull=False),
                name="submitted_application_has_pledge",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ApplicationState.UNDER_REVIEW) | models.Q(authority__isnull=False),
                name="application_under_review_lies_on_a_desk",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ApplicationState.DESIGNATED) ^ models.Q(station__isnull=True),
                name="designated_application_has_station",
            ),
            models.UniqueConstraint(fields=["tenant", "station"], name="station_of_one_application"),
            models.CheckConstraint(
                condition=models.Q(agreed_text="", agreed_by__isnull=True, agreed_at__isnull=True)
                | (
                    ~models.Q(agreed_text="")
                    & models.Q(
                        agreed_by__isnull=False, agreed_at__isnull=False, state=ApplicationState.UNDER_REVIEW
                    )
                ),
                name="agreement_is_whole_and_under_review",
            ),
            models.UniqueConstraint(fields=["tenant", "round", "standby"], name="standby_place_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "authority", "state"]),
            GinIndex(fields=["persons"], name="application_persons"),
        ]
        ordering = ["-id"]
        verbose_name = "申报"

    def __str__(self) -> str:
        return self.number or "申报草稿"

    @property
    def is_settled(self) -> bool:
        """Whether the list has nothing more to decide about it: said to the public notice that shows it."""
        return self.state in (ApplicationState.DESIGNATED, ApplicationState.REMOVED)

    @property
    def found_false(self) -> FalsityFinding | None:
        """What was found where false material ended it; not asked for of one that goes on."""
        return getattr(self, "falsity", None) if self.state == ApplicationState.REMOVED else None

    @property
    def status(self) -> ApplicationState:
        return ApplicationState(self.state)

    @property
    def rules(self) -> Profile:
        return self.round.profile.rules

    def sealed_at(self, field: str) -> list[tuple[str, Sealed]]:
        """The numbers of one roster (`rosters.members`), or the one under a reference (`ref:…`)."""
        kind, _, name = field.partition(":")
        return [
            (number.label, number.sealed)
            for number in numbers_in(self.rules, self.rosters)
            if (number.sealed.ref == name if kind == "ref" else f"rosters.{number.roster}" == field)
        ]

    def panel_chapters(self) -> tuple[Chapter, ...]:
        """The answers as its experts read them."""
        return chapters_of(self)

    def panel_attachments(self) -> models.QuerySet:
        """The files that the experts of its panel may open."""
        return Attachment.objects.filter(material_file__material__application=self)

    def panel_file_labels(self) -> dict[int, str]:
        """Which material each of those files belongs to, in the profile's order."""
        files = list(self.materials.values_list("name", "files__attachment"))
        return {
            file: material.label
            for material in self.rules.materials
            for name, file in files
            if name == material.name and file is not None
        }


class ApplicationVersion(TenantModel):
    """What was handed in, as it was handed in: a correction never overwrites it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="versions")
    ordinal = models.PositiveSmallIntegerField("版次")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "ordinal"], name="version_ordinal_once")
        ]
        ordering = ["ordinal"]
        verbose_name = "提交版本"

    def __str__(self) -> str:
        return f"{self.application} 第{self.ordinal}版"


class Material(TenantModel):
    """One of the materials that the profile asks for, with what was brought and how it was found."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="materials")
    name = models.SlugField("代号", max_length=60)
    declared_none = models.BooleanField("声明无此材料", default=False)
    original_seen = models.BooleanField("已核对原件", default=False)
    check_state = models.CharField(
        "核对", max_length=20, choices=MaterialCheck.choices, default=MaterialCheck.UNCHECKED
    )
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "name"], name="material_once"),
            models.CheckConstraint(
                condition=~models.Q(check_state=MaterialCheck.PROBLEM) | ~models.Q(note=""),
                name="material_problem_has_note",
            ),
        ]
        ordering = ["id"]
        verbose_name = "申报材料"

    def __str__(self) -> str:
        return self.name

    @property
    def check_status(self) -> MaterialCheck:
        return MaterialCheck(self.check_state)


class MaterialFile(TenantModel):
    """A file brought for a material."""

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="files")
    attachment = TenantOneToOneField(Attachment, on_delete=models.PROTECT, related_name="material_file")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "attachment"], name="material_of_one_attachment")
        ]
        ordering = ["id"]
        verbose_name = "材料文件"

    def __str__(self) -> str:
        return str(self.attachment)


class Opinion(TenantModel):
    """What one review stage decided, signed by a person."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="opinions")
    stage = models.PositiveSmallIntegerField("环节")
    stage_label = models.CharField("环节名称", max_length=60)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField("结论", max_length=20, choices=Decision.choices)
    text = models.TextField("意见")
    # For a return: each point on its own, {"path": …, "label": …, "text": …}.
    items = models.JSONField("补正事项", default=list)
    clause = models.CharField("依据", max_length=200, blank=True)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.REJECT) | ~models.Q(clause=""),
                name="rejection_names_its_clause",
            )
        ]
        ordering = ["id"]
        verbose_name = "审核意见"

    def __str__(self) -> str:
        return f"{self.application} {self.get_decision_display()}"


class ConsolidationQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> ConsolidationQuerySet:
        """The lists of the desks that sent or received them, and of those who lead the round."""
        desks = authorities_where(user, Right.REVIEW)
        led = authorities_where(user, Right.MANAGE, Right.RUN_PANEL, Right.AUDIT)
        return self.filter(
            models.Q(authority__in=desks) | models.Q(receiver__in=desks) | models.Q(round__authority__in=led)
        )


class Consolidation(TenantModel):
    """统一汇总上报: what a first desk has agreed to, sent up as one list under one number."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="consolidations")
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="sent_lists", verbose_name="上报部门"
    )
    receiver = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="received_lists", verbose_name="接收部门"
    )
    number = models.CharField("上报编号", max_length=40)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("上报时间", default=clock.now)
    # Its table as a paper: made from the saved list, in the same transaction.
    document = models.ForeignKey(
        OfficialDocument, on_delete=models.PROTECT, null=True, related_name="consolidations"
    )

    objects = TenantManager.from_queryset(ConsolidationQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="consolidation_number_once")]
        ordering = ["-id"]
        verbose_name = "统一汇总上报"

    def __str__(self) -> str:
        return self.number


class ConsolidatedFile(TenantModel):
    """One application of a list, with the opinion that it went up with; perhaps sent back since."""

    consolidation = models.ForeignKey(Consolidation, on_delete=models.PROTECT, related_name="files")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consolidated")
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_reason = models.TextField("退回理由", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "consolidation", "application"], name="consolidated_once_a_list"
            ),
            models.UniqueConstraint(
                fields=["tenant", "application"],
                condition=models.Q(returned_at__isnull=True),
                name="consolidated_in_one_list",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at__isnull=True, returned_by__isnull=True, return_reason="")
                | (
                    models.Q(returned_at__isnull=False, returned_by__isnull=False)
                    & ~models.Q(return_reason="")
                ),
                name="returned_file_has_reason",
            ),
        ]
        ordering = ["id"]
        verbose_name = "汇总上报条目"

    def __str__(self) -> str:
        return f"{self.consolidation} {self.application}"


class FalsityFinding(TenantModel):
    """That material of an application was found to be false, which ended it (`desk.falsity`)."""

    append_only = True

    application = TenantOneToOneField(Application, on_delete=models.PROTECT, related_name="falsity")
    materials = models.JSONField("虚假材料", default=list)
    finding = models.TextField("认定经过")
    clause = models.CharField("依据", max_length=200)
    recourse = models.TextField("救济途径")
    evidence = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="佐证"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("认定时间", default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application"], name="falsity_found_once"),
            models.CheckConstraint(
                condition=~models.Q(finding="") & ~models.Q(clause="") & ~models.Q(recourse=""),
                name="falsity_has_grounds",
            ),
        ]
        ordering = ["id"]
        verbose_name = "虚假材料认定"

    def __str__(self) -> str:
        return f"{self.application} {self.clause}"


class FileLook(TenantModel):
    """How far one person has seen the record of an application (`desk.looking`)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The number of the last log entry that stood on the page.
    entry = models.BigIntegerField("已看到的记录")
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "person"], name="file_look_once")
        ]
        ordering = ["id"]
        verbose_name = "查看标记"

    def __str__(self) -> str:
        return f"{self.application} {self.person}"


class Signoff(TenantModel):
    """That one of the bodies which designate together has agreed to a round's list, and by which paper.

    `document` is the designation that used it: a later batch of the round needs new ones.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="signoffs")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="signoffs")
    reference = models.CharField("会签依据", max_length=100)
    signed_on = models.DateField("会签日期")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    document = models.ForeignKey(
        OfficialDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="signoffs"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round", "authority"],
                condition=models.Q(document__isnull=True),
                name="one_open_signoff_a_body",
            ),
            models.CheckConstraint(condition=~models.Q(reference=""), name="signoff_has_reference"),
        ]
        ordering = ["id"]
        verbose_name = "会签"

    def __str__(self) -> str:
        return f"{self.authority} {self.reference}"
