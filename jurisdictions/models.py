"""The tenant, its authorities and people, its rule profiles and its work calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.grants import GroupGrant, UserGrant
from core.scope import once
from core.tenancy import NoTenant, TenantManager, TenantModel, TenantQuerySet, active_scope
from jurisdictions import transitions
from jurisdictions.engine import Profile, WorkCalendar, accepted_profile, effective_from
from jurisdictions.enums import (
    OPEN_STATES,
    RESERVED_SLUGS,
    THREE_ADMINISTRATIONS,
    AccountAct,
    MembershipState,
    ProposalState,
    Right,
    Role,
    VersionState,
)
from jurisdictions.version_models import CaseWaiver as CaseWaiver  # Django finds models here
from jurisdictions.version_models import FixedCase as FixedCase
from jurisdictions.version_models import Replay as Replay
from jurisdictions.version_models import ReplayFinding as ReplayFinding


class Jurisdiction(models.Model):
    """A tenant: one city, district or county with a regulation of its own."""

    slug = models.SlugField("网址代号", unique=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=20)
    division_code = models.CharField("行政区划代码", max_length=6)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug__in=RESERVED_SLUGS),
                name="slug_is_no_address_of_the_house",
                violation_error_message="这个网址代号是系统自用的地址。",
            )
        ]
        ordering = ["id"]
        verbose_name = "辖区"

    def __str__(self) -> str:
        return self.name


class Authority(TenantModel):
    """A bureau, district office, township office or department that takes part.

    `kind` is one of the kinds that the profile declares; several authorities may be of one
    kind (each county of a city), and a unit names the one it belongs to.
    """

    kind = models.SlugField("类别", max_length=60)
    name = models.CharField("全称", max_length=100)
    short_name = models.CharField("简称", max_length=40)
    email = models.EmailField("邮箱", blank=True)
    # What its document numbers begin with (明人社); without it they are typed whole.
    document_word = models.CharField("机关代字", max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="authority_name_once")]
        default_permissions = ()
        ordering = ["id"]
        permissions = Right.choices
        verbose_name = "部门"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def here(cls) -> dict[int, Authority]:
        """Every authority of the tenant in scope, in order; a request that only looks reads them once."""
        return once("jurisdictions.authorities", lambda: {one.pk: one for one in cls.objects.order_by("pk")})

    def recipients(self) -> models.QuerySet:
        """Who is told when something is owed by this authority: those who work its queue."""
        memberships = Membership.objects.filter(
            authority=self, role__in=[Role.REVIEWER, Role.BUREAU_OFFICER], state=MembershipState.LIVE
        )
        users = Membership._meta.get_field("user").related_model.objects
        return users.filter(pk__in=memberships.values("user"), is_active=True).order_by("pk")


class AuthorityUserPermission(UserGrant):
    """A person's rights on one Authority (direct foreign keys keep them fast and tenant-bound)."""

    content_object = models.ForeignKey(Authority, on_delete=models.CASCADE)


class AuthorityGroupPermission(GroupGrant):
    """A group's rights on one Authority."""

    content_object = models.ForeignKey(Authority, on_delete=models.CASCADE)


class Membership(TenantModel):
    """Who works where and in which role: appointed by one, confirmed by another. Ended, never deleted.

    That nobody is two of the three administrations, prepares and releases payments, or runs the
    platform and works in a jurisdiction, the database says (the last two in migration 0004).
    """

    workflow = transitions.MEMBERSHIP

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name="人员"
    )
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="memberships", verbose_name="部门"
    )
    role = models.CharField("角色", max_length=30, choices=Role.choices)
    state = models.CharField(
        "状态", max_length=10, choices=MembershipState.choices, default=MembershipState.PENDING
    )
    since = models.DateTimeField("任命时间", default=timezone.now)
    # None where the system itself acted: setting a jurisdiction up.
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="任命人"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="结束人"
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "authority", "role"],
                condition=models.Q(state__in=OPEN_STATES),
                name="one_live_membership",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user", "authority", "role"],
                condition=models.Q(state=MembershipState.OFFERED),
                name="one_offer",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user"],
                condition=models.Q(role__in=THREE_ADMINISTRATIONS, state__in=OPEN_STATES),
                name="three_administrations_are_three_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=(MembershipState.OFFERED, *OPEN_STATES))
                ^ models.Q(ended_at__isnull=False),
                name="membership_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MembershipState.LIVE) | models.Q(confirmed_at__isnull=False),
                name="live_membership_is_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | (
                    ~models.Q(confirmed_by=models.F("user"))
                    & ~models.Q(confirmed_by=models.F("appointed_by"))
                ),
                name="appointer_does_not_confirm",
            ),
            models.CheckConstraint(
                condition=~models.Q(appointed_by=models.F("user")) & ~models.Q(ended_by=models.F("user")),
                name="nobody_appoints_or_dismisses_themself",
            ),
        ]
        ordering = ["id"]
        verbose_name = "任职"

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.authority}"

    @property
    def status(self) -> MembershipState:
        return MembershipState(self.state)


class AccountProposal(TenantModel):
    """An act to somebody's account that one person asks for and another one agrees to.

    By the true clock: rehearsal does not move it, as it does not move sessions.
    """

    workflow = transitions.ACCOUNT_PROPOSAL

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="账号"
    )
    act = models.CharField("事项", max_length=30, choices=AccountAct.choices)
    reason = models.TextField("理由")
    state = models.CharField("状态", max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    proposed_at = models.DateTimeField("申请时间", default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "act"],
                condition=models.Q(state=ProposalState.OPEN),
                name="one_open_account_proposal",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ProposalState.OPEN) ^ models.Q(decided_at__isnull=False),
                name="decided_account_proposal_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("user"))
                & (
                    ~models.Q(state=ProposalState.DONE)
                    | (
                        models.Q(decided_by__isnull=False)
                        & ~models.Q(decided_by=models.F("proposed_by"))
                        & ~models.Q(decided_by=models.F("user"))
                    )
                ),
                name="account_proposal_takes_two",
            ),
        ]
        default_permissions = ()
        ordering = ["-id"]
        verbose_name = "账号双人办理"

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.user_id}"

    @property
    def status(self) -> ProposalState:
        return ProposalState(self.state)


# A version that is active begins on its day; one that was withdrawn keeps the day on which it would have.
BEGINS = (VersionState.ACTIVE, VersionState.WITHDRAWN)


class RuleProfileQuerySet(TenantQuerySet):
    def active(self) -> RuleProfileQuerySet:
        """The versions by which anything may be judged; one that is proposed or refused is none of them."""
        return self.filter(state=VersionState.ACTIVE)


class RuleProfile(TenantModel):
    """One version of a jurisdiction's regulation as data: loaded with the program, or proposed and activated.

    Its text never changes; a trigger (migrations 0010, 0011) holds that, and that what is decided stays
    decided, but for a version that is withdrawn.
    """

    workflow = transitions.VERSION

    version = models.CharField("版本", max_length=20, help_text="生效日期")
    text = models.TextField("内容")
    digest = models.CharField("校验值", max_length=64)
    loaded_at = models.DateTimeField("载入时间", default=timezone.now)
    state = models.CharField("状态", max_length=10, choices=VersionState.choices, default=VersionState.ACTIVE)
    # From this day on it is the current one, or would have been, had it not been withdrawn.
    active_from = models.DateField("启用日期", null=True, blank=True)
    reason = models.TextField("变更说明", blank=True)
    # Nobody for a version that comes with the program.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="提出人"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    # Why it was refused; why it begins before the day of the decision.
    decision = models.TextField("决定说明", blank=True)
    # Another person than activated it took it back before it began.
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawal = models.TextField("撤回理由", blank=True)

    objects = TenantManager.from_queryset(RuleProfileQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "version"], name="profile_version_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=BEGINS) ^ models.Q(active_from__isnull=True),
                name="only_an_active_version_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    proposed_by__isnull=True, state=VersionState.ACTIVE, decided_at__isnull=True
                )
                | models.Q(proposed_by__isnull=False, state=VersionState.PROPOSED, decided_at__isnull=True)
                | models.Q(
                    models.Q(
                        models.Q(state__in=BEGINS)
                        | models.Q(models.Q(state=VersionState.REFUSED), ~models.Q(decision="")),
                    ),
                    proposed_by__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="proposed_version_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(state=VersionState.REFUSED)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="proposer_does_not_activate",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    withdrawn_by__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawal="",
                )
                & ~models.Q(state=VersionState.WITHDRAWN)
                | models.Q(
                    ~models.Q(withdrawal=""),
                    ~models.Q(withdrawn_by=models.F("decided_by")),
                    state=VersionState.WITHDRAWN,
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                ),
                name="activator_does_not_withdraw",
            ),
        ]
        ordering = ["version"]
        verbose_name = "规则版本"

    def __str__(self) -> str:
        return f"{self.tenant} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.state == VersionState.ACTIVE and self.active_from is None:
            self.active_from = date.fromisoformat(effective_from(self.version))
        super().save(*args, **kwargs)

    @property
    def status(self) -> VersionState:
        return VersionState(self.state)

    @property
    def rules(self) -> Profile:
        """The profile, parsed; the same text is parsed once a process."""
        return accepted_profile(self.text, source=f"RuleProfile {self.digest[:12]}")


class CalendarDay(TenantModel):
    """A day that the bureau declares a working day or a day off, over the national arrangement."""

    day = models.DateField("日期")
    is_workday = models.BooleanField("工作日")
    source = models.CharField("依据", max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="calendar_day_once")]
        ordering = ["day"]
        verbose_name = "日历调整"

    def __str__(self) -> str:
        return f"{self.day} {'工作日' if self.is_workday else '休息日'}"

    @classmethod
    def work_calendar(cls) -> WorkCalendar:
        """The calendar of the tenant in scope, read once a unit of work."""
        scope = active_scope()
        if scope is None:
            raise NoTenant("the work calendar is a tenant's")
        if "work_calendar" not in scope.memo:
            scope.memo["work_calendar"] = WorkCalendar(dict(cls.objects.values_list("day", "is_workday")))
        return scope.memo["work_calendar"]
