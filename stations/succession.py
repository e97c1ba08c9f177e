"""When nobody of a unit can submit any more: its authority names a successor, on a paper of the unit's."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.errors import InputRefused, NotAllowed, Problem
from core.models import LogEntry
from deadlines.messages import notify
from stations.enums import InvitationState, UnitRole
from stations.invitations import issue_invitation, withdraw_invitation
from stations.membership import hold, withdraw_role
from stations.models import ApplicantUnit, Invitation
from stations.permissions import can_approve_unit

LABELS = {"name": "姓名", "email": "邮箱", "document": "来函文号", "reason": "理由"}


@transaction.atomic
def appoint_successor(
    *, unit: ApplicantUnit, name: str, email: str, document: str, reason: str, origin: str, actor: Any
) -> Invitation:
    """Ends the unit's submitters at once and invites the successor by mail. Logged with reason and paper.

    By a reviewer of the unit's authority, who never sees the link: the account is the unit's, not the
    authority's. Open invitations of before become worthless; those who were submitters are told. `document`
    names the paper with which the unit asked. Refused with each missing input named.
    """
    if not can_approve_unit(actor, unit):
        raise NotAllowed("只有该单位的受理部门可以补任审核提交人。")
    unit = hold(unit)
    _check_given({"name": name, "email": email, "document": document, "reason": reason})
    leaving = list(unit.members.filter(ended_at__isnull=True, role=UnitRole.SUBMITTER).select_related("user"))
    for member in leaving:
        withdraw_role(member=member, actor=actor)
    worthless = list(unit.invitations.filter(state=InvitationState.OPEN))
    for invitation in worthless:
        withdraw_invitation(invitation=invitation, actor=None)
    LogEntry.record(
        unit,
        action="stations.appoint_successor",
        label="补任审核提交人",
        actor=actor,
        at=clock.now(),
        reason=reason.strip(),
        data={
            "document": document.strip(),
            "ended": [member.user_id for member in leaving],
            "invitations": [invitation.pk for invitation in worthless],
        },
    )
    notify(
        recipients=[member.user for member in leaving if member.user.is_active],
        title=f"您已不再代表{unit.name}"[:120],
        text=f"{unit.home_authority.name}根据{document.strip()}办理了{unit.name}审核提交人的补任。如有疑问，请联系该部门。",
    )
    return issue_invitation(
        unit=unit,
        name=name,
        email=email,
        phone="",
        role=UnitRole.SUBMITTER,
        origin=origin,
        actor=actor,
        succession=True,
    )


def _check_given(given: dict[str, str]) -> None:
    missing = [Problem(f"请填写{LABELS[path]}。", path) for path, text in given.items() if not text.strip()]
    if missing:
        raise InputRefused(missing)
