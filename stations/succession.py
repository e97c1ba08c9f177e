"""When nobody of a unit can submit any more: its authority names a successor, on a paper of the unit's.

One proposes, another confirms. Until then everybody keeps what they have, and whoever is to lose it is told.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.errors import InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from stations.enums import InvitationState, UnitRole
from stations.invitations import VALID_FOR, new_invitation, send_link, withdraw_invitation
from stations.membership import hold, withdraw_role
from stations.models import ApplicantUnit, Invitation, UnitMember
from stations.permissions import can_approve_unit, can_confirm_succession

LABELS = {"name": "姓名", "email": "邮箱", "document": "来函文号", "reason": "理由"}


@transaction.atomic
def propose_successor(
    *, unit: ApplicantUnit, name: str, email: str, document: str, reason: str, actor: Any
) -> Invitation:
    """Proposes who is to submit for the unit; nothing changes yet. Logged with reason and paper.

    By a reviewer of the unit's authority. Those who submit now are told, in the app and by mail, and so
    is the authority. `document` names the paper with which the unit asked. Refused with each missing
    input named, and while another proposal waits.
    """
    if not can_approve_unit(actor, unit):
        raise NotAllowed("只有该单位的受理部门可以补任审核提交人。")
    unit = hold(unit)
    _check_given({"name": name, "email": email, "document": document, "reason": reason})
    if unit.invitations.filter(state=InvitationState.PROPOSED).exists():
        raise StateConflict("该单位已有补任待确认。")
    invitation = new_invitation(
        unit=unit,
        name=name.strip(),
        email=email.strip(),
        role=UnitRole.SUBMITTER,
        succession=True,
        state=InvitationState.PROPOSED,
        invited_by=actor,
    )
    LogEntry.record(
        unit,
        action="stations.propose_successor",
        label="提出补任审核提交人",
        actor=actor,
        at=clock.now(),
        reason=reason.strip(),
        data={"document": document.strip(), "invitation": invitation.pk},
    )
    _tell_of_proposal(invitation, document.strip())
    return invitation


@transaction.atomic
def confirm_successor(*, invitation: Invitation, origin: str, actor: Any) -> Invitation:
    """Another one confirms: the submitters of before end at once, the successor is invited by mail. Logged.

    By another reviewer of the unit's authority, or an officer of the bureau; nobody at the authority ever
    sees the link. Open invitations of before become worthless; those who were submitters are told.
    """
    lock(invitation)
    unit = hold(invitation.unit)
    ground = ground_of(invitation)
    perform(
        invitation,
        "confirm_succession",
        actor=actor,
        confirmed_by=actor,
        expires_at=clock.now() + VALID_FOR,
    )
    leaving = submitters_of(unit)
    for member in leaving:
        withdraw_role(member=member, actor=actor)
    worthless = list(unit.invitations.filter(state=InvitationState.OPEN).exclude(pk=invitation.pk))
    for stale in worthless:
        withdraw_invitation(invitation=stale, actor=None)
    LogEntry.record(
        unit,
        action="stations.appoint_successor",
        label="补任审核提交人",
        actor=actor,
        at=clock.now(),
        reason=ground.reason,
        data={
            "document": ground.data["document"],
            "invitation": invitation.pk,
            "ended": [member.user_id for member in leaving],
            "invitations": [stale.pk for stale in worthless],
        },
    )
    notify(
        recipients=[member.user for member in leaving if member.user.is_active],
        title=f"您已不再代表{unit.name}"[:120],
        text=f"{unit.home_authority.name}根据{ground.data['document']}办理了{unit.name}审核提交人的补任。如有疑问，请联系该部门。",
    )
    send_link(invitation, origin)
    return invitation


@transaction.atomic
def refuse_successor(*, invitation: Invitation, reason: str, actor: Any) -> Invitation:
    """A no, or whoever proposed takes it back; with a reason, logged. Those who were told are told so."""
    perform(invitation, "refuse_succession", actor=actor, reason=reason, closed_at=clock.now())
    unit = invitation.unit
    notify(
        recipients=[member.user for member in submitters_of(unit) if member.user.is_active],
        title=f"补任未办理：{unit.name}"[:120],
        text=f"更换{unit.name}审核提交人的事项未予办理，您的权限不变。",
    )
    return invitation


def submitters_of(unit: ApplicantUnit) -> list[UnitMember]:
    """Who submits for the unit now."""
    live = unit.members.filter(ended_at__isnull=True, role=UnitRole.SUBMITTER)
    return list(live.select_related("user"))


def ground_of(invitation: Invitation) -> LogEntry:
    """The entry of the proposal: its reason, and in `data` the paper."""
    entries = LogEntry.history_of(invitation.unit).filter(action="stations.propose_successor")
    return entries.get(data__invitation=invitation.pk)


def waiting_for(user: Any) -> list[Invitation]:
    """The proposals that this person may confirm."""
    proposed = Invitation.objects.filter(state=InvitationState.PROPOSED)
    found = proposed.select_related("unit__home_authority", "invited_by")
    return [one for one in found if can_confirm_succession(user, one)]


def _tell_of_proposal(invitation: Invitation, document: str) -> None:
    unit = invitation.unit
    authority = unit.home_authority
    notify(
        recipients=[member.user for member in submitters_of(unit) if member.user.is_active],
        title=f"拟更换审核提交人：{unit.name}"[:120],
        text=f"{authority.name}根据{document}提出由{invitation.name}接任{unit.name}的审核提交人，待另一人确认；"
        f"确认之前您的权限不变。如本单位没有提出，请立即联系该部门。",
        url=tenant_url("unit:profile"),
    )
    notify(
        recipients=authority.recipients().exclude(pk=invitation.invited_by_id),
        title=f"补任审核提交人待确认：{unit.name}"[:120],
        text=f"{invitation.invited_by}提出由{invitation.name}接任{unit.name}的审核提交人。请向单位核实后确认。",
        url=tenant_url("desk:succession", pk=invitation.pk),
    )


def _check_given(given: dict[str, str]) -> None:
    missing = [Problem(f"请填写{LABELS[path]}。", path) for path, text in given.items() if not text.strip()]
    if missing:
        raise InputRefused(missing)
