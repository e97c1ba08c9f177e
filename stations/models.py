"""Units that apply, and the stations they are given."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

from core import clock
from core.grants import GroupGrant, UserGrant
from core.models import LogEntry
from core.sealed_fields import HoldsSealed, SealedField
from core.tenancy import TenantManager, TenantModel, TenantOneToOneField, TenantQuerySet
from documents.models import OfficialDocument
from jurisdictions.engine.term import term_of
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.versions import current_rules
from stations import transitions
from stations.enums import IN_BEING, UNDECIDED, InvitationState, StationState, UnitRole, UnitState
from stations.permissions import station_visible_to

if TYPE_CHECKING:
    from stations.standing import Validity


class ApplicantUnit(HoldsSealed, TenantModel):
    """A lasting account of an enterprise, school or association: people leave, the unit stays."""

    workflow = transitions.UNIT

    name = models.CharField("单位名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    unit_type = models.CharField("单位类型", max_length=60)
    # The authority that approves the account and, where the route says so, reviews first.
    home_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="units", verbose_name="受理部门"
    )
    address = models.CharField("地址", max_length=200)
    legal_representative = models.CharField("法定代表人", max_length=60)
    contact_name = models.CharField("联系人", max_length=60)
    contact_phone = SealedField("联系电话", kind="phone")
    email = models.EmailField("邮箱", blank=True)
    bank_account_name = models.CharField("开户名称", max_length=100, blank=True)
    bank_name = models.CharField("开户银行", max_length=100, blank=True)
    bank_account = SealedField("银行账号", kind="bank_account", blank=True)
    state = models.CharField("状态", max_length=20, choices=UnitState.choices, default=UnitState.REGISTERED)
    registered_at = models.DateTimeField("注册时间", default=clock.now)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "uscc"],
                # What was sent back holds no code: a stranger's registration blocks nobody for good.
                condition=~models.Q(state=UnitState.REJECTED),
                name="unit_uscc_once",
                violation_error_message="该统一社会信用代码已注册，请本单位已有账号的同事邀请您；"
                "如非本单位注册，请联系受理部门。",
            )
        ]
        default_permissions = ()
        ordering = ["id"]
        permissions = [("edit_files", "填写本单位材料"), ("submit", "代表本单位提交")]
        verbose_name = "申报单位"

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> UnitState:
        return UnitState(self.state)

    @property
    def type_label(self) -> str:
        """Its kind in the words of the current rules."""
        choices = {choice.value: choice.label for choice in current_rules().unit_types}
        return choices.get(self.unit_type, self.unit_type)

    def last_reason(self) -> str:
        """Why the registration was last sent back."""
        entry = LogEntry.history_of(self).filter(action="stations.reject").order_by("-id").first()
        return entry.reason if entry else ""

    def recipients(self) -> models.QuerySet:
        """Who is told when something is owed by this unit: its members."""
        return (
            get_user_model()
            .objects.filter(
                unit_memberships__unit=self, unit_memberships__ended_at__isnull=True, is_active=True
            )
            .distinct()
            .order_by("pk")
        )


class UnitUserPermission(UserGrant):
    """A person's rights on one ApplicantUnit."""

    content_object = models.ForeignKey(ApplicantUnit, on_delete=models.CASCADE)


class UnitGroupPermission(GroupGrant):
    """A group's rights on one ApplicantUnit."""

    content_object = models.ForeignKey(ApplicantUnit, on_delete=models.CASCADE)


class UnitMember(TenantModel):
    """A person who acts for a unit."""

    unit = models.ForeignKey(ApplicantUnit, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="unit_memberships"
    )
    role = models.CharField("角色", max_length=20, choices=UnitRole.choices)
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unit", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_unit_member",
            )
        ]
        ordering = ["id"]
        verbose_name = "单位成员"

    def __str__(self) -> str:
        return f"{self.user} {self.unit}"


class Invitation(TenantModel):
    """A link with which one person becomes a member of a unit, once and for some days.

    The token is not kept: it follows from `nonce` and the site's secret, and is looked up by its hash.
    """

    workflow = transitions.INVITATION

    unit = models.ForeignKey(ApplicantUnit, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True)
    # Only as it is shown: nothing is sent to a phone.
    phone_hint = models.CharField("手机", max_length=30, blank=True)
    role = models.CharField("角色", max_length=20, choices=UnitRole.choices)
    # Given by the unit's authority because nobody of the unit could invite any more.
    succession = models.BooleanField("接任", default=False)
    nonce = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64)
    state = models.CharField(
        "状态", max_length=20, choices=InvitationState.choices, default=InvitationState.OPEN
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="邀请人"
    )
    invited_at = models.DateTimeField("邀请时间", default=clock.now)
    # Of a succession, which one proposes and another confirms.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    expires_at = models.DateTimeField("失效时间")
    mailed_at = models.DateTimeField("发送时间", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="接受人"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="invitation_token_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=UNDECIDED) ^ models.Q(closed_at__isnull=False),
                name="closed_invitation_has_time",
            ),
            models.UniqueConstraint(
                fields=["tenant", "unit"],
                condition=models.Q(state=InvitationState.PROPOSED),
                name="one_proposed_successor",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("invited_by")),
                name="who_proposes_a_successor_does_not_confirm",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=InvitationState.ACCEPTED) ^ models.Q(accepted_by__isnull=False),
                name="accepted_invitation_has_person",
            ),
        ]
        ordering = ["id"]
        verbose_name = "成员邀请"

    def __str__(self) -> str:
        return f"{self.name} {self.unit}"

    @property
    def status(self) -> InvitationState:
        return InvitationState(self.state)

    @property
    def is_expired(self) -> bool:
        return self.state == InvitationState.OPEN and self.expires_at <= clock.now()


class StationQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> StationQuerySet:
        """The stations in this person's care."""
        return self.filter(station_visible_to(user))


class Station(TenantModel):
    """A designated technician workstation or master studio.

    It keeps the profile version that designated it, whatever the jurisdiction adopts later.
    """

    workflow = transitions.STATION
    # How the page that verifies its papers shows it: `documents` shows any subject by its template.
    verified_template = "stations/_verified.html"

    unit = models.ForeignKey(ApplicantUnit, on_delete=models.PROTECT, related_name="stations")
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="led_stations", verbose_name="主管部门"
    )
    # The first authority of the route by which it came: it assesses where the profile says `route`.
    local_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="local_stations", verbose_name="属地或主管单位"
    )
    profile = models.ForeignKey(RuleProfile, on_delete=models.PROTECT, related_name="stations")
    number = models.CharField("编号", max_length=60)
    name = models.CharField("名称", max_length=150)
    plaque_title = models.CharField("牌匾", max_length=60)
    trade = models.CharField("职业（工种）", max_length=60)
    leader_name = models.CharField("负责人", max_length=60)
    designated_on = models.DateField("认定日期")
    document = models.ForeignKey(OfficialDocument, on_delete=models.PROTECT, related_name="stations")
    # Facts of the application that routes and later conditions still ask for.
    facts = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=20, choices=StationState.choices, default=StationState.ACTIVE)
    suspended_at = models.DateTimeField("暂停时间", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The one that counts; those before it are verified as replaced.
    certificate = TenantOneToOneField(
        OfficialDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="certifies"
    )

    objects = TenantManager.from_queryset(StationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="station_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=IN_BEING) ^ models.Q(ended_at__isnull=False),
                name="ended_station_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=StationState.SUSPENDED) | models.Q(suspended_at__isnull=False),
                name="suspended_station_has_time",
            ),
            models.UniqueConstraint(fields=["tenant", "certificate"], name="certificate_of_one_station"),
        ]
        ordering = ["-designated_on", "number"]
        verbose_name = "站点"

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> StationState:
        return StationState(self.state)

    @property
    def standing(self) -> Validity:
        """Whether it is in force, and since when."""
        from stations.standing import validity_of  # noqa: PLC0415 - its verbs are above the models

        return validity_of(self)

    @property
    def expires_on(self) -> date | None:
        """The last day of its term; None where its text sets none."""
        return term_of(self.profile.rules, self.designated_on).expires_on

    def recipients(self) -> models.QuerySet:
        """Who is told when something is owed by this station: its unit's members."""
        return self.unit.recipients()


class StationMember(TenantModel):
    """One person of the team at designation: name and title only."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="members")
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职业资格或职称", max_length=60, blank=True)
    is_leader = models.BooleanField("负责人", default=False)

    class Meta:
        ordering = ["-is_leader", "id"]
        verbose_name = "站点成员"

    def __str__(self) -> str:
        return self.name
