"""Experts, the panels they sit on, and the sheets they sign, each blind to the others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.grants import GroupGrant, UserGrant
from core.tenancy import TenantManager, TenantModel, TenantQuerySet
from jurisdictions.enums import Right
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.permissions import authorities_where
from panels import transitions
from panels.enums import (
    DrawState,
    Mean,
    Method,
    PanelState,
    Purpose,
    ReopeningState,
    Rounding,
    SchemeState,
    SheetState,
    TieKind,
    TieRule,
    Verdict,
)


class Expert(TenantModel):
    """A person on a jurisdiction's expert register."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expert_entries"
    )
    title = models.CharField("职称或职业资格", max_length=60)
    employer = models.CharField("工作单位", max_length=100)
    trades = models.CharField("专业领域", max_length=200, blank=True)
    is_active = models.BooleanField("在库", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="expert_once")]
        ordering = ["id"]
        verbose_name = "专家"

    def __str__(self) -> str:
        return f"{self.user}（{self.employer}）"

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


class DrawQuerySet(TenantQuerySet):
    def run_by(self, user: Any) -> DrawQuerySet:
        """The draws of the panels that this person organises."""
        return self.filter(authority__in=authorities_where(user, Right.RUN_PANEL))


class Draw(TenantModel):
    """One draw of experts: what it was for, who was in the pot and who not, the seed, what came out.

    What is written at one step is never changed at the next; a trigger holds that.
    """

    workflow = transitions.DRAW

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="draws")
    purpose = models.CharField("用途", max_length=20, choices=Purpose.choices)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    # [{"id", "unit"}]: what the panel will be asked about, and whose it is.
    items = models.JSONField("评审对象")
    due_on = models.DateField("评审截止日期", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("名额")
    reserves = models.PositiveSmallIntegerField("候补")
    most_of_one_employer = models.PositiveSmallIntegerField("同一单位最多", null=True, blank=True)
    # [{"key", "expert", "name", "employer"}] and the same with "reasons": fixed before the draw.
    candidates = models.JSONField("候选专家")
    excluded = models.JSONField("回避和不能参加的专家")
    commitment = models.CharField("种子摘要", max_length=64)
    sealed_seed = models.TextField("封存的种子")
    seed = models.CharField("种子", max_length=64, blank=True)
    # {"seated", "reserves", "passed_over"}: keys in the order in which they were drawn.
    result = models.JSONField("结果", null=True, blank=True)
    state = models.CharField("状态", max_length=20, choices=DrawState.choices, default=DrawState.COMMITTED)
    # The one in whose place this one is.
    former = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="redrawn"
    )
    panel = models.ForeignKey("Panel", on_delete=models.PROTECT, null=True, blank=True, related_name="draws")
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(default=clock.now)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawn_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(DrawQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seed="", result__isnull=True, drawn_at__isnull=True)
                | (~models.Q(seed="") & models.Q(result__isnull=False, drawn_at__isnull=False)),
                name="draw_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DrawState.USED) | models.Q(panel__isnull=False),
                name="used_draw_has_panel",
            ),
        ]
        ordering = ["-id"]
        verbose_name = "专家抽取"

    def __str__(self) -> str:
        return f"专家抽取 {self.pk}"

    @property
    def status(self) -> DrawState:
        return DrawState(self.state)


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


class PanelQuerySet(TenantQuerySet):
    def run_by(self, user: Any) -> PanelQuerySet:
        """The panels that this person organises: progress, and the result once it is closed."""
        return self.filter(authority__in=authorities_where(user, Right.RUN_PANEL))

    def visible_to(self, user: Any) -> PanelQuerySet:
        """The panels whose papers this person may read."""
        return self.run_by(user)


class Panel(TenantModel):
    """Experts asked about a list of things: applications of a round, stations of a cycle."""

    workflow = transitions.PANEL

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="panels")
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=20, choices=Purpose.choices)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    # None: formed before there were schemes; judged by the usual one (`panels.schemes.scheme_of`).
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="panels")
    name = models.CharField("名称", max_length=120)
    due_on = models.DateField("截止日期", null=True, blank=True)
    state = models.CharField("状态", max_length=20, choices=PanelState.choices, default=PanelState.FORMING)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(PanelQuerySet)()

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        permissions = [("score", "评审")]
        verbose_name = "专家组"

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> PanelState:
        return PanelState(self.state)


class PanelUserPermission(UserGrant):
    """An expert's right to score on one Panel."""

    content_object = models.ForeignKey(Panel, on_delete=models.CASCADE)


class PanelGroupPermission(GroupGrant):
    """A group's right on one Panel."""

    content_object = models.ForeignKey(Panel, on_delete=models.CASCADE)


class PanelMember(TenantModel):
    """An expert's seat on a panel."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="seats")
    withdrawn_at = models.DateTimeField("撤出时间", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "panel", "expert"], name="one_seat")]
        ordering = ["id"]
        verbose_name = "专家组成员"

    def __str__(self) -> str:
        return str(self.expert)


class PanelItem(TenantModel):
    """One thing the panel is asked about, and what came out once every sheet was in."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="items")
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    title = models.CharField("名称", max_length=150)
    unit_name = models.CharField("单位", max_length=100)
    # Filled by `panels.consolidation` when the panel closes.
    outcome = models.JSONField("汇总结果", null=True, blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    # It ended elsewhere while the experts were at work (`panels.dropping`); nothing comes of its sheets.
    dropped_at = models.DateTimeField("终止评审时间", null=True, blank=True)
    drop_reason = models.TextField("终止评审的原因", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True)
                | (models.Q(outcome__isnull=True, rank__isnull=True) & ~models.Q(drop_reason="")),
                name="dropped_item_has_reason_and_no_outcome",
            ),
            models.UniqueConstraint(
                fields=["tenant", "panel", "subject_type", "subject_id"], name="panel_item_once"
            ),
        ]
        ordering = ["id"]
        verbose_name = "评审对象"

    def __str__(self) -> str:
        return self.title


class ScoreSheetQuerySet(TenantQuerySet):
    def of_expert(self, user: Any) -> ScoreSheetQuerySet:
        """A person's own sheets, never anybody else's, and none once the seat was withdrawn."""
        return self.filter(member__expert__user=user, member__withdrawn_at__isnull=True)


class ScoreSheet(TenantModel):
    """One expert's opinion or points on one item. Final once signed."""

    workflow = transitions.SHEET

    item = models.ForeignKey(PanelItem, on_delete=models.CASCADE, related_name="sheets")
    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="sheets")
    state = models.CharField("状态", max_length=20, choices=SheetState.choices, default=SheetState.OPEN)
    verdict = models.CharField("意见", max_length=20, choices=Verdict.choices, blank=True)
    # Points as decimal strings under the rubric's item ids; never floats.
    points = models.JSONField("得分", default=dict)
    bonus = models.JSONField("加分", default=dict)
    comment = models.TextField("评审意见", blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField("签署时间", null=True, blank=True)

    objects = TenantManager.from_queryset(ScoreSheetQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "member"], name="one_sheet"),
            models.CheckConstraint(
                condition=~models.Q(state=SheetState.SIGNED) | models.Q(signed_at__isnull=False),
                name="signed_sheet_has_time",
            ),
        ]
        ordering = ["id"]
        verbose_name = "评审表"

    def __str__(self) -> str:
        return f"{self.item} / {self.member}"

    @property
    def status(self) -> SheetState:
        return SheetState(self.state)


class SheetVersion(TenantModel):
    """A sheet as it was signed; one a signature, never changed, whatever becomes of the sheet."""

    append_only = True

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    verdict = models.CharField("意见", max_length=20, choices=Verdict.choices, blank=True)
    points = models.JSONField("得分", default=dict)
    bonus = models.JSONField("加分", default=dict)
    comment = models.TextField("评审意见", blank=True)
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sheet", "number"], name="one_version_a_number")
        ]
        ordering = ["sheet", "number"]
        verbose_name = "评审表版次"

    def __str__(self) -> str:
        return f"{self.sheet} 第 {self.number} 版"


class Reopening(TenantModel):
    """That a signed sheet is given back to its expert: one asks with the reason, another one grants."""

    workflow = transitions.REOPENING

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="reopenings")
    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("理由")
    state = models.CharField(
        "状态", max_length=10, choices=ReopeningState.choices, default=ReopeningState.ASKED
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version"],
                condition=~models.Q(state=ReopeningState.REFUSED),
                name="one_reopening_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=ReopeningState.ASKED, decided_by__isnull=True, decided_at__isnull=True
                )
                | (
                    ~models.Q(state=ReopeningState.ASKED)
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(decided_by=models.F("asked_by"))
                ),
                name="reopening_takes_two",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="reopening_has_reason"),
        ]
        ordering = ["id"]
        verbose_name = "退回重评"

    def __str__(self) -> str:
        return f"退回重评：{self.sheet}"

    @property
    def status(self) -> ReopeningState:
        return ReopeningState(self.state)


class JointDiscussion(TenantModel):
    """What the experts said to each other about one item on which their sheets lie too far apart."""

    append_only = True

    item = models.ForeignKey(PanelItem, on_delete=models.PROTECT, related_name="discussions")
    held_on = models.DateField("合议日期")
    # [{"member", "name"}]: the experts who took part.
    participants = models.JSONField("参加人员")
    record = models.TextField("合议记录")
    # How far the sheets lay apart, and which of them that were: a sheet signed anew is discussed anew.
    spread = models.CharField("分歧", max_length=60)
    versions = models.JSONField("所议版次")
    # [{"member", "name"}]: whose sheets were to be given back.
    gives_back = models.JSONField("退回重评", default=list)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(record=""), name="discussion_has_record")]
        ordering = ["id"]
        verbose_name = "合议"

    def __str__(self) -> str:
        return f"合议：{self.item}"


from panels.visit_models import SiteVisit, SiteVisitFile, SiteVisitor  # noqa: E402, F401 - of this app as well
