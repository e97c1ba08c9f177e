"""The expert register: who is on it and as what, ties to units, days on which an expert cannot come."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import transaction

from core import clock
from core.audit import digest
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock
from deadlines.messages import notify
from jurisdictions.enums import Right
from jurisdictions.permissions import holds_somewhere
from panels.enums import TieKind
from panels.models import Expert, ExpertAbsence, ExpertTie
from panels.recusals import same_name

BARRED = "承担系统、安全或者审计管理职责的人员，不能列入专家库。"


class Particulars(NamedTuple):
    """What the register says of an expert; `level` is one of `ExpertLevel`, or None where nobody has said."""

    title: str
    employer: str
    trades: str = ""
    level: int | None = None
    is_active: bool = True


def particulars_of(expert: Expert) -> Particulars:
    """What it says now."""
    return Particulars(**{name: getattr(expert, name) for name in Particulars._fields})


@transaction.atomic
def enter_expert(*, user: Any, particulars: Particulars, actor: Any) -> Expert:
    """Enters somebody who has an account; logged, the person is told. Nobody is drawn before another person
    has let them in (`confirm_expert`): one alone makes no judges.

    Refused to who does not administer: from here on the person's account is seen here. Refused for oneself,
    and for whoever holds one of the three administrations.
    """
    if not holds_somewhere(actor, Right.ADMINISTER):
        raise NotAllowed("您没有登记专家的权限。")
    _check_particulars(particulars)
    if Expert.objects.filter(user=user).exists():
        raise StateConflict(f"{user}已在专家库中。")
    if is_barred(user):
        raise StateConflict(BARRED)
    entry = particulars._replace(is_active=False)._asdict()
    expert: Expert = Expert.objects.create(user=user, entered_by=actor, **entry)
    _log(expert, "enter_expert", "登记专家", actor, {"after": digest(repr(particulars))})
    notify(
        recipients=expert.recipients(),
        title="您已列入评审专家库",
        text=f"登记的工作单位：{expert.employer}。有误的，请告知主管部门；有应当回避的单位，也请告知。",
        url=tenant_url("panel:sheets"),
    )
    return expert


@transaction.atomic
def confirm_expert(*, expert: Expert, actor: Any) -> Expert:
    """Another person, who organises panels, lets an entered expert into the draws; logged.

    Refused to whoever entered the expert (a constraint holds that too), to the expert, and a second time.
    """
    if not holds_somewhere(actor, Right.RUN_PANEL):
        raise NotAllowed("您没有组织专家评审的权限。")
    lock(expert)
    if actor.pk in (expert.entered_by_id, expert.user_id):
        raise NotAllowed("须由登记人和本人以外的人员确认入库。")
    if not expert.waits:
        raise StateConflict("该专家不在待确认之列。")
    expert.confirmed_by, expert.is_active = actor, True
    expert.save(update_fields=["confirmed_by", "is_active"])
    _log(expert, "confirm_expert", "确认专家入库", actor, {"entered_by": expert.entered_by_id})
    return expert


def is_barred(user: Any) -> bool:
    """Whether the person keeps accounts, rights or the log here: who does, judges nothing."""
    return holds_somewhere(user, Right.ADMINISTER, Right.SECURE, Right.AUDIT)


@transaction.atomic
def change_expert(*, expert: Expert, particulars: Particulars, actor: Any) -> Expert:
    """Brings an entry up to date; by whoever organises panels or administers. Logged with digests.

    The unit that the expert has left stays a tie from today on (three years, `panels.recusals`). Taken off
    the register, the expert keeps the seats that there are.
    """
    if not holds_somewhere(actor, Right.RUN_PANEL, Right.ADMINISTER):
        raise NotAllowed("您没有维护专家库的权限。")
    _check_particulars(particulars)
    lock(expert)
    before = particulars_of(expert)
    if before == particulars:
        return expert
    if particulars.is_active and expert.waits:
        raise DomainError("须由登记人以外的人员先确认入库。", path="is_active")
    for name, value in particulars._asdict().items():
        setattr(expert, name, value)
    expert.save(update_fields=particulars._fields)
    changed = [name for name in Particulars._fields if getattr(before, name) != getattr(particulars, name)]
    data = {"changed": changed, "before": digest(repr(before)), "after": digest(repr(particulars))}
    _log(expert, "change_expert", "更新专家信息", actor, data)
    if same_name(before.employer) != same_name(particulars.employer):
        ExpertTie.objects.create(
            expert=expert,
            unit_name=before.employer,
            kind=TieKind.FORMER,
            until=clock.today(),
            note="工作单位变更时自动登记",
            added_by=actor,
        )
    return expert


def _check_particulars(particulars: Particulars) -> None:
    for name, words in (("title", "请填写职称或职业资格。"), ("employer", "请填写工作单位。")):
        if not said(getattr(particulars, name)):
            raise DomainError(words, path=name)


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
    if not own and not holds_somewhere(actor, Right.RUN_PANEL, Right.ADMINISTER):
        raise NotAllowed("您没有维护专家库的权限。")


def _log(expert: Expert, action: str, label: str, actor: Any, data: dict[str, Any]) -> None:
    LogEntry.record(expert, action=f"panels.{action}", label=label, actor=actor, at=clock.now(), data=data)
