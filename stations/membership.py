"""Who acts for a unit: the rights of its people, letting one go, handing over."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from deadlines.messages import notify
from stations.enums import UnitRole
from stations.models import ApplicantUnit, UnitMember
from stations.permissions import can_submit_for_unit

PERMISSIONS: dict[str, tuple[str, ...]] = {
    UnitRole.EDITOR: ("stations.edit_files",),
    UnitRole.SUBMITTER: ("stations.edit_files", "stations.submit"),
}
STAFF_ARE_NO_MEMBERS = "本辖区工作人员和平台运行人员不能成为申报单位成员。"


@transaction.atomic
def end_member(*, member: UnitMember, actor: Any) -> UnitMember:
    """Ends a person's acting for the unit and takes back the rights at once; logged.

    Only a submitter may. The last submitter stays: a unit that nobody can submit for is lost.
    """
    unit = hold(member.unit)
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以移除成员。")
    others = unit.members.filter(ended_at__isnull=True, role=UnitRole.SUBMITTER).exclude(pk=member.pk)
    if not others.exists():
        raise DomainError("本单位至少保留一名审核提交人；您要离开的，请移交给继任者。")
    return withdraw_role(member=member, actor=actor)


@transaction.atomic
def hand_over(*, unit: ApplicantUnit, successor: UnitMember, actor: Any) -> UnitMember:
    """The actor leaves the unit and a colleague submits for it from now on, in one step.

    Logged; the successor is told. Refused to whoever is no submitter, and where the colleague no
    longer acts for the unit.
    """
    unit = hold(unit)
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以移交。")
    own = unit.members.filter(ended_at__isnull=True, user=actor).first()
    successor = unit.members.filter(ended_at__isnull=True, pk=successor.pk).first()
    if own is None or successor is None or successor.pk == own.pk:
        raise StateConflict("请选择本单位的另一名成员接任。")
    if successor.role != UnitRole.SUBMITTER:
        successor = change_role(member=successor, role=UnitRole.SUBMITTER, actor=actor)
    withdraw_role(member=own, actor=actor)
    notify(
        recipients=[successor.user],
        title=f"已接任审核提交人：{unit.name}"[:120],
        text=f"{actor}已将{unit.name}的申报事务移交给您。",
        url=tenant_url("unit:profile"),
    )
    return successor


# --- what the verbs of this room share; whoever calls has asked who may -------------


def hold(unit: ApplicantUnit) -> ApplicantUnit:
    """One change of a unit's people after another."""
    held: ApplicantUnit = ApplicantUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    return held


def grant_role(*, unit: ApplicantUnit, user: Any, role: UnitRole, actor: Any) -> UnitMember:
    """Makes a person act for the unit, with the rights of the role; logged."""
    member: UnitMember = UnitMember.objects.create(unit=unit, user=user, role=role)
    for permission in PERMISSIONS[role]:
        assign_perm(permission, user, unit)
    _log(member, "stations.add_member", "添加单位成员", actor)
    return member


def change_role(*, member: UnitMember, role: UnitRole, actor: Any) -> UnitMember:
    """Ends what the person was for the unit and begins what they are now; both logged."""
    withdraw_role(member=member, actor=actor)
    return grant_role(unit=member.unit, user=member.user, role=role, actor=actor)


def withdraw_role(*, member: UnitMember, actor: Any) -> UnitMember:
    """Ends a membership and takes its rights back; logged. The second time nothing happens."""
    member.refresh_from_db()
    if member.ended_at is not None:
        return member
    member.ended_at = clock.now()
    member.save(update_fields=["ended_at"])
    for permission in PERMISSIONS[member.role]:
        remove_perm(permission, member.user, member.unit)
    _log(member, "stations.end_member", "移除单位成员", actor)
    return member


def _log(member: UnitMember, action: str, label: str, actor: Any) -> None:
    LogEntry.record(
        member.unit,
        action=action,
        label=label,
        actor=actor,
        at=clock.now(),
        data={"user": member.user_id, "role": member.role},
    )
