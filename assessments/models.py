"""What a station owes each year, what it reported, and what was found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from assessments import transitions
from assessments.enums import AssessmentState, CycleState, EndingKind, EndingState, Kind, Question
from assessments.permissions import visible_to
from core import clock
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from deadlines.models import Deadline
from documents.models import Attachment, OfficialDocument
from jurisdictions.engine import Profile
from jurisdictions.models import Authority, RuleProfile
from stations.models import Station


class Cycle(TenantModel):
    """All stations that owe the same obligation in the same year: grades and quotas are fixed together."""

    workflow = transitions.CYCLE

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="cycles")
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="+")
    # The obligation's name in the profile.
    obligation = models.SlugField("事项", max_length=60)
    label = models.CharField("名称", max_length=100)
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=20, choices=CycleState.choices, default=CycleState.OPEN)
    fixed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "profile", "obligation", "year"], name="one_cycle_a_year"
            )
        ]
        ordering = ["-year", "obligation"]
        verbose_name = "考核批次"

    def __str__(self) -> str:
        # 2025年度评估申请, not 2025年年度评估申请.
        return f"{self.year}年{self.label.removeprefix('年')}"

    @property
    def status(self) -> CycleState:
        return CycleState(self.state)


class AssessmentQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The assessments this person may see."""
        return self.filter(pk__in=self.filter(visible_to(user)).values("pk"))


class Assessment(TenantModel):
    """One station in one cycle: its report, its points or judgement, its grade."""

    workflow = transitions.ASSESSMENT

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="assessments")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="assessing")
    reviewer = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="rechecking"
    )
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    # What it is about, in the engine's words: 2024年度, 建设期, 第1次.
    period_label = models.CharField("所属期间", max_length=40, blank=True)
    covers_year = models.PositiveSmallIntegerField("考核年度", null=True, blank=True)
    window_start = models.DateField("受理开始", null=True, blank=True)
    due_on = models.DateField("截止日期")
    # False where the text names a beginning and no last day: then nothing is ever late.
    has_limit = models.BooleanField("有截止日期", default=True)
    # Whether the acceptance at the end of the construction period is decided together with it.
    with_acceptance = models.BooleanField("同步验收", default=False)
    # Who assesses: a panel led by the assessor, or the assessor itself.
    by_panel = models.BooleanField("专家组评分", default=False)
    clause = models.CharField("依据", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=20, choices=AssessmentState.choices, default=AssessmentState.DUE
    )
    # What the station reported.
    narratives = models.JSONField("陈述", default=dict)
    facts = models.JSONField("数据", default=dict)
    self_points = models.JSONField("自评得分", default=dict)
    # Grows with whatever is written here, report or result: a page hands back the one that it shows.
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    pledged_at = models.DateTimeField("承诺时间", null=True, blank=True)
    reported_at = models.DateTimeField("提交时间", null=True, blank=True)
    # What was found. Points are decimal strings under the rubric's item ids.
    points = models.JSONField("考核得分", default=dict)
    bonus = models.JSONField("加分", default=dict)
    total = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)
    # How the total came about where points were added to it or cut from it, in words.
    added_up = models.TextField("合计说明", blank=True)
    # A score sheet that is not finished: {"points", "bonus", "opinion"}; it changes no result.
    draft = models.JSONField("评分草稿", default=dict)
    grade = models.CharField("等次", max_length=20, blank=True)
    # None until somebody decides; only where acceptance belongs to it.
    accepted = models.BooleanField("验收合格", null=True, blank=True)
    opinion = models.TextField("评估意见", blank=True)
    # Opinions by the areas that the text names: {area: words}.
    area_opinions = models.JSONField("分项意见", default=dict)
    explanation = models.TextField("等次依据", blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    finalised_at = models.DateTimeField("确定时间", null=True, blank=True)
    # What the profile attaches to the result: [{"effect", "clause", "explanation"}].
    consequences = models.JSONField("后果", default=list)
    deadlines = GenericRelation(Deadline, "subject_id", "subject_type")

    # What a panel's sheet shows of it.
    panel_template = "assessments/panel_subject.html"

    objects = TenantManager.from_queryset(AssessmentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cycle", "station"], name="one_assessment_a_cycle"),
            models.CheckConstraint(
                condition=models.Q(state=AssessmentState.FINAL) ^ models.Q(finalised_at__isnull=True),
                name="final_assessment_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[AssessmentState.DUE, AssessmentState.RETURNED, AssessmentState.CLOSED]
                )
                | models.Q(reported_at__isnull=False),
                name="reported_assessment_has_time",
            ),
        ]
        ordering = ["-cycle__year", "station_id"]
        verbose_name = "考核评估"

    def __str__(self) -> str:
        return f"{self.station} {self.cycle}"

    @property
    def status(self) -> AssessmentState:
        return AssessmentState(self.state)

    @property
    def rules(self) -> Profile:
        """The version that designated the station, whatever the jurisdiction adopted since."""
        return self.cycle.profile.rules

    @property
    def is_late(self) -> bool:
        """Handed in, or still owed, after the last day that the text names."""
        if not self.has_limit:
            return False
        done = clock.local(self.reported_at).date() if self.reported_at else clock.today()
        return done > self.due_on

    def panel_attachments(self) -> models.QuerySet:
        """The files that an expert of its panel may open."""
        return Attachment.objects.filter(evidence__assessment=self)

    def panel_file_labels(self) -> dict[int, str]:
        """What each of those files proves."""
        return dict(self.evidence.values_list("attachment_id", "label"))

    @property
    def panel_report(self) -> dict[str, Any]:
        """What an expert reads of it."""
        from assessments import showing  # noqa: PLC0415 - showing reads the models

        return {"narratives": showing.narratives_shown(self), "facts": showing.facts_shown(self)}

    @property
    def judges_acceptance(self) -> bool:
        return self.kind == Kind.ACCEPTANCE or self.with_acceptance

    @property
    def opinions_by_area(self) -> list[tuple[str, str]]:
        """Area and opinion in the order of the text, which JSON in the database does not keep."""
        order = {area: place for place, area in enumerate(self.rules.assessment.areas)}
        return sorted(self.area_opinions.items(), key=lambda one: order.get(one[0], len(order)))


class Rectification(TenantModel):
    """What a failed station was ordered to put right and by when, and the result of looking again."""

    assessment = TenantOneToOneField(Assessment, on_delete=models.PROTECT, related_name="rectification")
    requirement = models.TextField("整改要求")
    due_on = models.DateField("整改期限")
    clause = models.CharField("依据", max_length=200, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField("责令时间", default=clock.now)
    # Blank until somebody has looked again.
    grade = models.CharField("整改后等次", max_length=20, blank=True)
    opinion = models.TextField("核查意见", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("核查时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment"], name="one_rectification"),
            models.CheckConstraint(
                condition=models.Q(grade="", decided_at__isnull=True, decided_by__isnull=True)
                | (~models.Q(grade="") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="rectification_is_decided_whole",
            ),
        ]
        ordering = ["id"]
        verbose_name = "整改"

    def __str__(self) -> str:
        return f"{self.assessment} 整改"


class Evidence(TenantModel):
    """A file that proves what a station reported."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    # The material of the profile that it answers; empty for what the station brings besides.
    material = models.SlugField("材料", max_length=60, blank=True)
    label = models.CharField("说明", max_length=100)
    attachment = TenantOneToOneField(Attachment, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "attachment"], name="evidence_of_one_attachment")
        ]
        ordering = ["id"]
        verbose_name = "佐证材料"

    def __str__(self) -> str:
        return self.label


class Determination(TenantModel):
    """A recorded answer to what the regulation leaves to a person."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="determinations")
    question = models.CharField("问题", max_length=30, choices=Question.choices)
    answer = models.BooleanField("结论")
    reason = models.TextField("理由")
    clause = models.CharField("依据", max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="determination_has_reason")
        ]
        ordering = ["id"]
        verbose_name = "认定结论"

    def __str__(self) -> str:
        return f"{self.station} {self.get_question_display()}"


class StationEnding(TenantModel):
    """That a station is to end: proposed by one person with what is on record, decided by another.

    What the rules said of the ground on the day of the proposal is kept with it.
    """

    workflow = transitions.ENDING

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="endings")
    kind = models.CharField("事项", max_length=20, choices=EndingKind.choices)
    state = models.CharField("状态", max_length=20, choices=EndingState.choices, default=EndingState.PROPOSED)
    # Of a revocation: the ground by its name, its clauses, what the rules said of it and what it brings.
    ground = models.CharField("情形", max_length=200, blank=True)
    clauses = models.JSONField(default=list)
    finding = models.TextField("对照记录", blank=True)
    brings = models.TextField("后果", blank=True)
    serious = models.BooleanField("情节严重", null=True, blank=True)
    reason = models.TextField("事实和理由")
    heard = models.TextField("听取意见情况", blank=True)
    recourse = models.TextField("救济途径", blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.TextField("不同意的理由", blank=True)
    document = models.ForeignKey(
        OfficialDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "station"],
                condition=models.Q(state=EndingState.PROPOSED),
                name="one_open_ending_a_station",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="ending_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=EndingState.DECIDED)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_ending_has_decider",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="ending_has_reason"),
        ]
        ordering = ["-id"]
        verbose_name = "站点终止"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.station}"

    @property
    def status(self) -> EndingState:
        return EndingState(self.state)
