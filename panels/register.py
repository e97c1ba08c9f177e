"""What the expert register says beside names: ties to units, and days on which an expert cannot come."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.typed import said
from core.workflow import lock
from jurisdictions.enums import Right
from jurisdictions.permissions import holds_somewhere
from panels.enums import TieKind
from panels.models import Expert, ExpertAbsence, ExpertTie


@transaction.atomic
def add_tie(
    *, expert: Expert, unit_name: str, kind: TieKind, until: date | None, note: str, actor: Any
) -> ExpertTie:
    """Records a tie; by whoever organises panels, or the expert. Logged; it counts in every later draw."""
    _check(expert, actor)
    if not said(unit_name):
        raise DomainError("请填写单位名称。", path="unit_name")
    if kind == TieKind.FORMER and (until is None or until > clock.today()):
        raise DomainError("曾任职的，请填写离职日期，不晚于今天。", path="until")
    tie: ExpertTie = ExpertTie.objects.create(
        expert=expert,
        unit_name=said(unit_name),
        kind=kind,
        until=until if kind == TieKind.FORMER else None,
        note=said(note),
        added_by=actor,
    )
    _log(expert, "add_tie", "登记回避关系", actor, {"tie": tie.pk, "kind": str(kind)})
    return tie


@transaction.atomic
def end_tie(*, tie: ExpertTie, actor: Any) -> ExpertTie:
    """Takes a tie back; it stays on record. Logged, refused a second time."""
    _check(tie.expert, actor)
    lock(tie)
    if tie.ended_at is not None:
        raise StateConflict("该回避关系已撤销。")
    tie.ended_at = clock.now()
    tie.save(update_fields=["ended_at"])
    _log(tie.expert, "end_tie", "撤销回避关系", actor, {"tie": tie.pk})
    return tie


@transaction.atomic
def add_absence(*, expert: Expert, begins_on: date, ends_on: date, actor: Any) -> ExpertAbsence:
    """Records days, both included, on which the expert cannot come; logged."""
    _check(expert, actor)
    if ends_on < begins_on:
        raise DomainError("结束日期不能早于开始日期。", path="ends_on")
    if ends_on < clock.today():
        raise DomainError("这些日期已经过去。", path="ends_on")
    absence: ExpertAbsence = ExpertAbsence.objects.create(
        expert=expert, begins_on=begins_on, ends_on=ends_on, added_by=actor
    )
    _log(expert, "add_absence", "登记不能参加的日期", actor, {"absence": absence.pk})
    return absence


def _check(expert: Expert, actor: Any) -> None:
    own = actor is not None and actor.pk == expert.user_id
    if not own and not holds_somewhere(actor, Right.RUN_PANEL):
        raise NotAllowed("您没有维护专家库的权限。")


def _log(expert: Expert, action: str, label: str, actor: Any, data: dict[str, Any]) -> None:
    LogEntry.record(expert, action=f"panels.{action}", label=label, actor=actor, at=clock.now(), data=data)
