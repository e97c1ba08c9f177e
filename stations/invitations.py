"""Taking a colleague in: a link that one person uses once, within some days, to become a member.

Nobody types another one's password. The token stands nowhere: it is computed from a random number of the
invitation and the site's secret, so a copy of the database opens no door, and the mail that carries the
link is written when it leaves.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.opening import NewAccount, open_account
from core import clock, outbox
from core.errors import DomainError, InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text, mask_text
from core.web import tenant_url
from core.workflow import lock, perform
from stations.enums import InvitationState, UnitRole
from stations.membership import STAFF_ARE_NO_MEMBERS, change_role, grant_role, hold
from stations.models import ApplicantUnit, Invitation, UnitMember
from stations.permissions import can_approve_unit, can_submit_for_unit, works_here

VALID_FOR = timedelta(days=7)
# A unit that needs more at once can wait for some to be accepted; nobody's letterbox is flooded.
MOST_OPEN = 10
GONE = "邀请链接无效，或者已使用、已撤回、已过期。请联系邀请您的人重新邀请。"


@transaction.atomic
def invite(
    *, unit: ApplicantUnit, name: str, email: str, phone: str, role: UnitRole, origin: str, actor: Any
) -> Invitation:
    """Invites a person to act for the unit; logged, mailed where there is an address.

    `origin` is where the site stands (`https://host`), for the link in the mail. Only a submitter
    may. Refused without a name, with neither address nor phone, and while too many are open.
    """
    unit = hold(unit)
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以邀请成员。")
    if not (email.strip() or phone.strip()):
        raise InputRefused([Problem("请填写邮箱或手机。", "email")])
    if open_invitations(unit).count() >= MOST_OPEN:
        raise DomainError(f"待接受的邀请已有 {MOST_OPEN} 份，请先撤回不再需要的。")
    return issue_invitation(
        unit=unit, name=name, email=email, phone=phone, role=role, origin=origin, actor=actor
    )


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: Any) -> Invitation:
    """Makes the link of an open invitation worthless; logged."""
    perform(invitation, "withdraw", actor=actor, closed_at=clock.now())
    return invitation


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, account: NewAccount | None = None, actor: Any = None
) -> UnitMember:
    """Makes the person a member, with a new account or with the one that is signed in; once. Logged.

    Refused when the link was used, withdrawn or has run out, when whoever invited may no longer
    invite, to the jurisdiction's own staff, and to who is a member in this role already.
    """
    lock(invitation)
    unit = hold(invitation.unit)
    if not is_usable(invitation):
        raise StateConflict(GONE)
    person = open_account(account=account, actor=None) if account else actor
    if person is None:
        raise NotAllowed("请先登录，或填写账号信息。")
    if works_here(person):
        raise NotAllowed(STAFF_ARE_NO_MEMBERS)
    role = UnitRole(invitation.role)
    member = unit.members.filter(user=person, ended_at__isnull=True).first()
    if member is not None and role in (member.role, UnitRole.EDITOR):
        raise StateConflict("您已是该单位成员，无须再接受邀请。")
    perform(invitation, "accept", actor=person, accepted_by=person, closed_at=clock.now())
    if member is not None:
        return change_role(member=member, role=role, actor=person)
    return grant_role(unit=unit, user=person, role=role, actor=person)


def is_usable(invitation: Invitation) -> bool:
    """Open, in time, and from somebody who may still invite."""
    if invitation.state != InvitationState.OPEN or invitation.is_expired:
        return False
    may = can_approve_unit if invitation.succession else can_submit_for_unit
    return may(invitation.invited_by, invitation.unit)


def open_invitations(unit: ApplicantUnit) -> Any:
    """The invitations that can still be accepted, as far as time and state go."""
    return unit.invitations.filter(state=InvitationState.OPEN, expires_at__gt=clock.now())


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link belongs to, usable or not."""
    return Invitation.objects.select_related("unit", "invited_by").filter(token_hash=hash_of(token)).first()


def token_of(invitation: Invitation) -> str:
    """The token, computed anew."""
    digest = salted_hmac("stations.invitation", invitation.nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def path_of(invitation: Invitation) -> str:
    """The address of the link, without the host."""
    return tenant_url("public:invitation", token=token_of(invitation))


# --- what the verbs of this room share; whoever calls has asked who may -------------


def issue_invitation(
    *,
    unit: ApplicantUnit,
    name: str,
    email: str,
    phone: str,
    role: UnitRole,
    origin: str,
    actor: Any,
) -> Invitation:
    """Saves the invitation, logs it, and asks for the mail."""
    if not name.strip():
        raise InputRefused([Problem("请填写姓名。", "name")])
    invitation = new_invitation(
        unit=unit,
        name=name.strip(),
        email=email.strip(),
        phone_hint=mask_text(phone, "phone") if phone.strip() else "",
        role=role,
        invited_by=actor,
    )
    LogEntry.record(
        unit,
        action="stations.invite",
        label="邀请成员",
        actor=actor,
        at=clock.now(),
        data={"invitation": invitation.pk, "role": role},
    )
    if invitation.email:
        send_link(invitation, origin)
    return invitation


def new_invitation(**fields: Any) -> Invitation:
    """Saves an invitation with a link of its own; not logged, not sent."""
    invitation = Invitation(nonce=secrets.token_hex(32), expires_at=clock.now() + VALID_FOR, **fields)
    invitation.token_hash = hash_of(token_of(invitation))
    invitation.save()
    return invitation


def send_link(invitation: Invitation, origin: str) -> None:
    """Asks for the mail with the link."""
    outbox.emit("stations.invitation", invitation=invitation.pk, origin=origin)


@outbox.handles("stations.invitation")
def mail_invitation(payload: dict[str, Any]) -> None:
    """Sends the link, once, and not when it has become worthless meanwhile."""
    invitation = Invitation.objects.select_related("unit", "invited_by").get(pk=payload["invitation"])
    if not is_usable(invitation):
        return
    unsent = Invitation.objects.filter(pk=invitation.pk, mailed_at__isnull=True)
    if not unsent.update(mailed_at=clock.now()):
        return
    inviter = invitation.unit.home_authority if invitation.succession else invitation.invited_by
    last_day = date_text(clock.local(invitation.expires_at).date())
    text = (
        f"{invitation.name}：\n\n{inviter}邀请您担任{invitation.unit.name}的"
        f"{invitation.get_role_display()}。请在{last_day}前打开下面的链接，设置账号或用已有账号登录；"
        f"链接只能使用一次，请勿转发。\n\n{payload['origin']}{path_of(invitation)}\n"
    )
    send_mail(f"邀请您加入{invitation.unit.name}", text, settings.DEFAULT_FROM_EMAIL, [invitation.email])


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
