"""Records of visits to the place of what a panel judges: who went, what was seen, who signed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from core import clock
from core.tenancy import TenantManager, TenantModel, TenantQuerySet
from documents.models import Attachment
from panels import transitions
from panels.enums import PanelState, VisitState
from panels.models.sheets import ScoreSheet


class SiteVisitQuerySet(TenantQuerySet):
    def waiting_for(self, user: Any) -> SiteVisitQuerySet:
        """The records that still want this expert's signature, and can be signed."""
        missing = SiteVisitor.objects.filter(user=user, signed_at__isnull=True)
        at_work = models.Q(item__panel__state=PanelState.SCORING, item__dropped_at__isnull=True)
        can_be = at_work | models.Q(former__isnull=False)
        mine = self.filter(item__in=ScoreSheet.objects.judged_by(user).values("item"))
        return mine.filter(can_be, state=VisitState.DRAFT, visitors__in=missing)

    def of_expert(self, user: Any) -> SiteVisitQuerySet:
        """Of what this person judges: the signed records, and those that name the person as a visitor."""
        there = models.Q(pk__in=SiteVisitor.objects.filter(user=user).values("visit"))
        mine = self.filter(item__in=ScoreSheet.objects.judged_by(user).values("item"))
        return mine.exclude(state=VisitState.VOID).filter(there | models.Q(state=VisitState.SIGNED))


class SiteVisit(TenantModel):
    """One visit for one item. From the first signature on nothing of it changes; a trigger holds that."""

    workflow = transitions.VISIT

    item = models.ForeignKey("panels.PanelItem", on_delete=models.PROTECT, related_name="visits")
    held_at = models.DateTimeField("考察时间")
    place = models.CharField("考察地点", max_length=200)
    # The unit's people who were there: names, as they were given.
    unit_people = models.CharField("单位在场人员", max_length=300, blank=True)
    # [{"key", "label", "text"}]: by line of the scheme where it has lines, else one without a key.
    findings = models.JSONField("考察情况")
    statement = models.TextField("单位陈述", blank=True)
    # The signed record that this one corrects.
    former = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    state = models.CharField("状态", max_length=10, choices=VisitState.choices, default=VisitState.DRAFT)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    signed_at = models.DateTimeField("全部签署时间", null=True, blank=True)

    objects = TenantManager.from_queryset(SiteVisitQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=VisitState.SIGNED, signed_at__isnull=False)
                | (~models.Q(state=VisitState.SIGNED) & models.Q(signed_at__isnull=True)),
                name="signed_visit_has_time",
            ),
            models.CheckConstraint(condition=~models.Q(place=""), name="visit_has_place"),
        ]
        ordering = ["held_at", "id"]
        verbose_name = "实地考察记录"

    def __str__(self) -> str:
        return f"实地考察记录：{self.item}"

    @property
    def is_signed(self) -> bool:
        return self.state == VisitState.SIGNED

    @property
    def status(self) -> VisitState:
        return VisitState(self.state)


class SiteVisitor(TenantModel):
    """A person who went there, under the name of that day, and when they signed the record."""

    visit = models.ForeignKey(SiteVisit, on_delete=models.PROTECT, related_name="visitors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=60)
    employer = models.CharField("单位", max_length=100)
    signed_at = models.DateTimeField("签署时间", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "visit", "user"], name="visitor_once")]
        ordering = ["id"]
        verbose_name = "考察人员"

    def __str__(self) -> str:
        return f"{self.name}（{self.employer}）"


class SiteVisitFile(TenantModel):
    """A photo or paper of a visit."""

    append_only = True

    visit = models.ForeignKey(SiteVisit, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "考察照片和材料"

    def __str__(self) -> str:
        return self.caption or str(self.attachment)
