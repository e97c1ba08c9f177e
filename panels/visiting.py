"""Visits to the place: the record is written, each visitor signs it, after that nothing of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.errors import InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from documents.intake import take_in
from documents.models import Attachment
from documents.quotas import Allowance
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.permissions import people_holding
from panels.enums import PanelState, Purpose, SheetState, VisitState
from panels.models import Panel, PanelItem, PanelMember, SiteVisit, SiteVisitFile, SiteVisitor
from panels.permissions import can_run, is_visitor
from panels.schemes import criteria_of, scheme_of

ACCEPTS = ("jpg", "png", "pdf")
MOST_FILES = 30
# Nobody judges by what was seen longer before; and a mistyped year is found.
EARLIEST = timedelta(days=366)


@transaction.atomic
def record_visit(
    *,
    item: PanelItem,
    held_at: datetime,
    place: str,
    experts: Sequence[PanelMember],
    officers: Sequence[Any],
    unit_people: str,
    findings: Mapping[str, str],
    statement: str,
    actor: Any,
    former: SiteVisit | None = None,
) -> SiteVisit:
    """Keeps where and when who was, and what was seen (`findings`: by `lines_of`); logged.

    It is complete as it is written: nothing of it is edited, a wrong one is given up before it is signed
    (`void_visit`) and corrected by a new one that names it (`former`) afterwards. Refused: no visitor,
    an expert who does not judge the item or has recused, nothing seen, a time to come, an item dropped,
    and, but for corrections, once the panel is closed.
    """
    panel = item.panel
    lock(panel)
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    _check_stage(item, former)
    lines = lines_of(panel)
    seen = [
        {"key": key, "label": label, "text": text}
        for key, label in lines
        if (text := said(findings.get(key, "")))
    ]
    _check(item, held_at, place, experts, officers, seen)
    made: SiteVisit = SiteVisit.objects.create(
        item=item,
        held_at=held_at,
        place=said(place),
        unit_people=said(unit_people),
        findings=seen,
        statement=said(statement),
        former=former,
        recorded_by=actor,
    )
    people = [(member.expert.user, member.expert.employer) for member in experts]
    known = {user.pk for user, _ in people}
    people += [(user, panel.authority.name) for user in officers if user.pk not in known]
    for user, employer in people:
        SiteVisitor.objects.create(visit=made, user=user, name=str(user), employer=employer)
    LogEntry.record(
        made,
        action="panels.record_visit",
        label="记录实地考察",
        actor=actor,
        at=made.recorded_at,
        target=VisitState.DRAFT,
        data={
            "panel": panel.pk,
            "item": item.pk,
            "visitors": [user.pk for user, _ in people],
            "former": former.pk if former else None,
        },
    )
    _ask_to_sign(made, experts, officers)
    return made


@transaction.atomic
def add_visit_file(*, visit: SiteVisit, upload: UploadedFile, caption: str, actor: Any) -> SiteVisitFile:
    """Adds a photo or paper; logged. Pictures are made anew, so without what a camera writes into them.

    Refused from the first signature on: who signed has signed for what was there.
    """
    lock(visit.item.panel)
    lock(visit)
    if not (can_run(actor, visit.item.panel) or is_visitor(actor, visit)):
        raise NotAllowed("您没有补充考察照片的权限。")
    _check_stage(visit.item, visit.former)
    if visit.state != VisitState.DRAFT or visit.visitors.filter(signed_at__isnull=False).exists():
        raise StateConflict("已有人签署，不能再补充照片和材料。")
    if visit.files.count() >= MOST_FILES:
        raise StateConflict(f"一份记录最多 {MOST_FILES} 个文件。")
    room = Allowance(holder=None, dossier=files_of(visit))
    attachment = take_in(upload=upload, accepts=ACCEPTS, actor=actor, allowance=room, personal=True)
    made: SiteVisitFile = SiteVisitFile.objects.create(
        visit=visit, attachment=attachment, caption=said(caption)
    )
    LogEntry.record(
        visit,
        action="panels.add_visit_file",
        label="补充考察照片或材料",
        actor=actor,
        at=clock.now(),
        data={"attachment": attachment.pk, "sha256": attachment.sha256},
    )
    return made


@transaction.atomic
def sign_visit(*, visit: SiteVisit, actor: Any) -> SiteVisit:
    """The visitor's own signature; logged. The last one makes the record final."""
    lock(visit.item.panel)
    lock(visit)
    if not is_visitor(actor, visit):
        raise NotAllowed("只有参加考察、没有回避的人员可以签署。")
    _check_stage(visit.item, visit.former)
    if visit.state != VisitState.DRAFT:
        raise StateConflict(f"考察记录{visit.status.label}，不能再签署。")
    now = clock.now()
    if not visit.visitors.filter(user=actor, signed_at__isnull=True).update(signed_at=now):
        raise StateConflict("您已经签署。")
    LogEntry.record(visit, action="panels.confirm_visit", label="确认实地考察记录", actor=actor, at=now)
    if not visit.visitors.filter(signed_at__isnull=True).exists():
        perform(visit, "sign_visit", actor=actor, signed_at=now)
    return visit


@transaction.atomic
def void_visit(*, visit: SiteVisit, reason: str, actor: Any) -> SiteVisit:
    """Gives a record up that is not signed by all yet; it stays on file with the reason."""
    perform(visit, "void_visit", actor=actor, reason=reason)
    return visit


def lines_of(panel: Panel) -> list[tuple[str, str]]:
    """Under what is written what was seen: the scheme's own lines, else one for all."""
    lines = [(line.key, line.label) for line in criteria_of(scheme_of(panel))]
    return lines or [("", "考察情况")]


def may_visit(item: PanelItem) -> QuerySet[PanelMember]:
    """The experts who can have gone there: seated, and not recused from the item."""
    seated: QuerySet[PanelMember] = PanelMember.objects.filter(panel=item.panel, withdrawn_at__isnull=True)
    out = item.sheets.filter(state__in=(SheetState.RECUSED, SheetState.WITHDRAWN)).values("member")
    return seated.exclude(pk__in=out).select_related("expert__user")


def officers_of(panel: Panel) -> QuerySet[Any]:
    """Who of the authority can have gone along: the panel's organisers."""
    return people_holding(Right.RUN_PANEL, Authority.objects.filter(pk=panel.authority_id))


def files_of(visit: SiteVisit) -> QuerySet[Attachment]:
    """The photos and papers of one record."""
    return Attachment.objects.filter(pk__in=visit.files.values("attachment"))


def unsigned_in(panel: Panel) -> QuerySet[SiteVisit]:
    """The records of what the panel judges that somebody has still to sign."""
    found: QuerySet[SiteVisit] = SiteVisit.objects.filter(
        item__panel=panel, item__dropped_at__isnull=True, state=VisitState.DRAFT
    )
    return found


def visit_clause(panel: Panel) -> str:
    """The clause that names the ways in which a panel works; empty where the profile names none."""
    rules = panel.profile.rules
    if panel.purpose == Purpose.APPLICATION and rules.panel.methods:
        return str(rules.panel.clause)
    return ""


def _ask_to_sign(visit: SiteVisit, experts: Sequence[PanelMember], officers: Sequence[Any]) -> None:
    told = {"title": f"请签署实地考察记录：{visit.item.title}"[:120], "text": "核对考察情况和照片后签署。"}
    judging = [member.expert.user for member in experts]
    notify(recipients=judging, url=tenant_url("panel:visit", pk=visit.pk), **told)
    along = [user for user in officers if user.pk != visit.recorded_by_id]
    notify(recipients=along, url=tenant_url("bureau:visit", pk=visit.pk), **told)


def may_record(item: PanelItem) -> bool:
    """Whether a first record can still be written: the panel is at work on it."""
    return item.dropped_at is None and item.panel.state != PanelState.CLOSED


def _check_stage(item: PanelItem, former: SiteVisit | None) -> None:
    if former is not None:
        if former.item_id != item.pk or former.state != VisitState.SIGNED:
            raise StateConflict("只能更正本项已签署的考察记录。")
        return
    if may_record(item):
        return
    if item.dropped_at is not None:
        raise StateConflict("本项已终止评审，不能再记录实地考察。")
    raise StateConflict("评审已结束，不能再记录实地考察。")


def _check(
    item: PanelItem,
    held_at: datetime,
    place: str,
    experts: Sequence[PanelMember],
    officers: Sequence[Any],
    seen: Sequence[Mapping[str, str]],
) -> None:
    problems = []
    if held_at > clock.now():
        problems.append(Problem("考察时间不能晚于现在。", "held_on"))
    if held_at < item.panel.created_at - EARLIEST:
        problems.append(Problem("考察时间早于组建专家组一年以上，请核对。", "held_on"))
    if not said(place):
        problems.append(Problem("请填写考察地点。", "place"))
    if not experts and not officers:
        problems.append(Problem("请选择参加考察的人员。", "members"))
    if {member.pk for member in experts} - set(may_visit(item).values_list("pk", flat=True)):
        problems.append(Problem("已回避或者不在专家组的专家不能列为考察人员。", "members"))
    if {user.pk for user in officers} - set(officers_of(item.panel).values_list("pk", flat=True)):
        problems.append(Problem("只能选择组织部门的工作人员。", "officers"))
    if not seen:
        problems.append(Problem("请写明考察情况。", "findings"))
    if problems:
        raise InputRefused(problems)
