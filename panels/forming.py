"""Setting a panel up: seats, sheets, the right to score, and the word to each expert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from guardian.shortcuts import assign_perm, remove_perm

from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.ladder import working_day_rungs
from deadlines.messages import notify
from deadlines.owing import cancel, owe
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.versions import work_calendar
from panels.draws import next_reserve
from panels.enums import PanelState, Purpose, SheetState
from panels.models import Expert, Panel, PanelItem, PanelMember, ScoreSheet
from panels.permissions import can_run
from panels.recusals import recusals_of
from panels.rules import clause_of
from panels.schemes import freeze_scheme

# The kind of deadline that an expert owes a panel; its period is the expert's id.
SHEETS_OWED = "panel_sheets"

Item = tuple[models.Model, str, str]


@transaction.atomic
def form_panel(
    *,
    authority: Authority,
    profile: RuleProfile,
    purpose: Purpose,
    subject: models.Model,
    name: str,
    experts: Sequence[Expert],
    items: Sequence[Item],
    due_on: date | None,
    actor: Any,
) -> Panel:
    """Seats the experts, gives each a sheet for each item `(thing, title, unit name)`, and starts scoring.

    The scheme of the round or cycle is frozen before the first sheet is made. Logged on the panel
    with experts and items. Every expert is told and owes the sheets by `due_on`.
    Refused: nothing to judge, nobody to judge, fewer experts than the profile's panel asks for,
    an expert who is off the register, a day that has passed.
    """
    _check_composition(profile, purpose, experts, items, due_on)
    panel = Panel(
        authority=authority,
        profile=profile,
        purpose=purpose,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        name=name,
        due_on=due_on,
    )
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    panel.scheme = freeze_scheme(
        authority=authority, rules=profile.rules, purpose=purpose, subject=subject, actor=actor
    )
    panel.save()
    for thing, title, unit_name in items:
        PanelItem.objects.create(
            panel=panel,
            subject_type=ContentType.objects.get_for_model(thing),
            subject_id=thing.pk,
            title=title,
            unit_name=unit_name,
        )
    for expert in experts:
        _seat(panel, expert)
    perform(
        panel,
        "start",
        actor=actor,
        clause=clause_of(panel),
        data={"experts": [expert.pk for expert in experts], "items": [thing.pk for thing, _, _ in items]},
    )
    return panel


@transaction.atomic
def add_expert(*, panel: Panel, expert: Expert, actor: Any) -> PanelMember:
    """Seats one more expert while the panel is at work (in the place of one who recused); logged, told."""
    lock(panel)
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    if panel.state != PanelState.SCORING:
        raise StateConflict("评审已结束，不能增加专家。")
    if not expert.is_active:
        raise DomainError(f"专家{expert.user}已不在库。", path="expert")
    if panel.members.filter(expert=expert).exists():
        raise DomainError(f"专家{expert.user}已在专家组中，或者已撤出。", path="expert")
    member = _seat(panel, expert)
    LogEntry.record(
        panel,
        action="panels.add_expert",
        label="增补专家",
        actor=actor,
        at=clock.now(),
        data={"expert": expert.pk},
    )
    return member


@transaction.atomic
def add_reserve(*, panel: Panel, actor: Any) -> PanelMember:
    """Seats the next of those who stand by since the draw; refused when there is none."""
    expert = next_reserve(panel)
    if expert is None:
        raise StateConflict("没有可以递补的候补专家。")
    return add_expert(panel=panel, expert=expert, actor=actor)


@transaction.atomic
def withdraw_seat(*, member: PanelMember, reason: str, actor: Any) -> PanelMember:
    """Takes an expert off a panel at work: the right to score ends at once, open sheets are dropped.

    What was signed before stands. Logged with the reason, the expert is told, the date is no longer owed.
    Refused without a reason, a second time, and once the panel is closed.
    """
    panel, expert = member.panel, member.expert
    lock(panel)
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    _vacate(member, reason, actor, action="withdraw_seat", label="撤出专家")
    notify(
        recipients=expert.recipients(),
        title=f"不再参加评审：{panel.name}"[:120],
        text=f"您不再担任“{panel.name}”的评审专家，已签署的意见仍然有效。",
    )
    return member


@transaction.atomic
def decline_seat(*, member: PanelMember, reason: str, actor: Any) -> PanelMember:
    """An expert gives the own seat up, for all that is not signed yet; logged, the panel's body is told."""
    panel = member.panel
    lock(panel)
    if actor is None or member.expert.user_id != actor.pk:
        raise NotAllowed("您不是这个专家组的成员。")
    _vacate(member, reason, actor, action="decline_seat", label="辞去评审")
    notify(
        recipients=panel.authority.recipients(),
        title=f"专家不能参加评审：{panel.name}"[:120],
        text=f"{member.expert.user}不能参加“{panel.name}”：{said(reason)}。请递补或者增补专家。",
        url=tenant_url("bureau:panel", pk=panel.pk),
    )
    return member


@transaction.atomic
def replace_seat(*, member: PanelMember, reason: str, actor: Any) -> PanelMember:
    """Takes a late expert off the panel and seats the next of those who stand by; all or nothing.

    Logged and told as `withdraw_seat` and `add_reserve`, and refused as they are.
    """
    withdraw_seat(member=member, reason=reason, actor=actor)
    return add_reserve(panel=member.panel, actor=actor)


def _vacate(member: PanelMember, reason: str, actor: Any, *, action: str, label: str) -> None:
    """The seat is empty from now on; the right to score, the open sheets and the date owed go with it."""
    panel, expert = member.panel, member.expert
    if not said(reason):
        raise ReasonRequired(f"{label}必须写明理由。", path="reason")
    lock(member)
    if panel.state != PanelState.SCORING or member.withdrawn_at is not None:
        raise StateConflict("评审已结束，或者该专家已撤出。")
    member.withdrawn_at = clock.now()
    member.save(update_fields=["withdrawn_at"])
    remove_perm("panels.score", expert.user, panel)
    for sheet in member.sheets.filter(state=SheetState.OPEN):
        perform(
            sheet,
            "withdraw",
            actor=actor,
            reason=reason,
            verdict="",
            comment="",
            points={},
            bonus={},
            revision=sheet.revision + 1,
        )
    cancel(subject=panel, kind=SHEETS_OWED, period=str(expert.pk))
    LogEntry.record(
        panel,
        action=f"panels.{action}",
        label=label,
        actor=actor,
        at=clock.now(),
        reason=said(reason),
        data={"expert": expert.pk},
    )


def _check_composition(
    profile: RuleProfile,
    purpose: Purpose,
    experts: Sequence[Expert],
    items: Sequence[Item],
    due_on: date | None,
) -> None:
    if not items:
        raise DomainError("没有需要评审的对象。")
    least = (profile.rules.panel.min_experts if purpose == Purpose.APPLICATION else None) or 1
    if len({expert.pk for expert in experts}) < least:
        raise DomainError(
            f"专家组至少需要 {least} 名专家。", path="experts", clause=profile.rules.panel.clause
        )
    for expert in experts:
        if not expert.is_active:
            raise DomainError(f"专家{expert.user}已不在库，请另选。", path="experts")
    if due_on is not None and due_on < clock.today():
        raise DomainError("评审截止日期不能早于今天。", path="due_on")


def owe_sheets(panel: Panel, expert: Expert) -> None:
    """The expert's sheets are owed by the panel's day, or today where that has passed; none without one."""
    if panel.due_on is None:
        return
    due_on, rules = max(panel.due_on, clock.today()), panel.profile.rules
    owe(
        subject=panel,
        bearer=expert,
        kind=SHEETS_OWED,
        period=str(expert.pk),
        label=f"签署评审意见：{panel.name}"[:100],
        due_on=due_on,
        rungs=working_day_rungs(due_on, rules.reminders.stages_working_days, work_calendar()),
        clause=clause_of(panel),
        url=tenant_url("panel:sheets"),
    )


def _tied(expert: Expert, items: Sequence[PanelItem]) -> dict[str, str]:
    """The units of these items to which the expert is tied, each with the reason."""
    found = recusals_of([expert], {item.unit_name for item in items}, on=clock.today())
    return {recusal.unit: recusal.reason for recusal in found.get(expert.pk, ()) if recusal.unit}


def _seat(panel: Panel, expert: Expert) -> PanelMember:
    """A seat, its sheets, the right to score, the date owed and the message.

    What is a unit's to which the expert is tied is recused at once, with the reason.
    """
    member = PanelMember.objects.create(panel=panel, expert=expert)
    items = list(panel.items.filter(dropped_at__isnull=True))
    tied = _tied(expert, items)
    for item in items:
        sheet = ScoreSheet.objects.create(item=item, member=member, state=SheetState.OPEN)
        if reason := tied.get(item.unit_name):
            perform(sheet, "recuse_tied", actor=None, reason=reason)
    assign_perm("panels.score", expert.user, panel)
    url = tenant_url("panel:sheets")
    owe_sheets(panel, expert)
    due = f"，请于{panel.due_on:%Y年%-m月%-d日}前签署" if panel.due_on else ""
    notify(
        recipients=[expert.user],
        title=f"请评审：{panel.name}"[:120],
        text=f"您被聘为“{panel.name}”的评审专家，共 {len(items)} 项{due}。有利害关系的，请申请回避。",
        url=url,
    )
    return member
