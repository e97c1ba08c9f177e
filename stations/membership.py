"""Who acts for a unit: opening an account, taking a colleague in, letting one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, remove_perm

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem
from core.models import LogEntry
from stations.enums import UnitRole
from stations.models import ApplicantUnit, UnitMember
from stations.permissions import can_submit_for_unit

PERMISSIONS: dict[str, tuple[str, ...]] = {
    UnitRole.EDITOR: ("stations.edit_files",),
    UnitRole.SUBMITTER: ("stations.edit_files", "stations.submit"),
}
USERNAME_TAKEN = "该用户名已被使用，请换一个。"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person who is to have an account."""

    username: str
    full_name: str
    email: str
    phone: str
    password: str
    must_change_password: bool = False


@transaction.atomic
def open_account(*, account: NewAccount, actor: Any) -> Any:
    """Opens a person's account; refused with the field in `path` for a taken name or a weak password."""
    user_model = get_user_model()
    user = user_model(
        username=account.username.strip(),
        full_name=account.full_name.strip(),
        email=account.email.strip(),
        phone=account.phone.strip(),
        must_change_password=account.must_change_password,
    )
    problems = [*_password_problems(account.password, user)]
    if user_model.objects.filter(username__iexact=user.username).exists():
        problems.append(Problem(USERNAME_TAKEN, "username"))
    if problems:
        raise InputRefused(problems)
    user.set_password(account.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise DomainError(USERNAME_TAKEN, path="username") from None
    return user


@transaction.atomic
def add_member(*, unit: ApplicantUnit, account: NewAccount, role: UnitRole, actor: Any) -> UnitMember:
    """Opens a colleague's account for the unit; the password given is changed at the first sign-in.

    Only a submitter may; logged.
    """
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以添加成员。")
    user = open_account(account=account, actor=actor)
    return grant_role(unit=unit, user=user, role=role, actor=actor)


@transaction.atomic
def end_member(*, member: UnitMember, actor: Any) -> UnitMember:
    """Ends a person's acting for the unit and takes back the rights; logged.

    The last submitter stays: a unit that nobody can submit for is lost.
    """
    unit = ApplicantUnit.objects.select_for_update(of=("self",)).get(pk=member.unit_id)
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以移除成员。")
    others = unit.members.filter(ended_at__isnull=True, role=UnitRole.SUBMITTER).exclude(pk=member.pk)
    if not others.exists():
        raise DomainError("本单位至少保留一名审核提交人。")
    member.refresh_from_db()
    if member.ended_at is not None:
        return member
    member.ended_at = clock.now()
    member.save(update_fields=["ended_at"])
    for permission in PERMISSIONS[member.role]:
        remove_perm(permission, member.user, unit)
    _log(member, "stations.end_member", "移除单位成员", actor)
    return member


def grant_role(*, unit: ApplicantUnit, user: Any, role: UnitRole, actor: Any) -> UnitMember:
    """Makes a person act for the unit, with the rights of the role; logged."""
    member: UnitMember = UnitMember.objects.create(unit=unit, user=user, role=role)
    for permission in PERMISSIONS[role]:
        assign_perm(permission, user, unit)
    _log(member, "stations.add_member", "添加单位成员", actor)
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


def _password_problems(password: str, user: Any) -> list[Problem]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Problem(message, "password") for message in error.messages]
    return []
