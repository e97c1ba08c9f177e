"""A unit's registration: asked for by the unit, decided by the authority that it names as its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.opening import NewAccount, open_account
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem
from core.models import LogEntry
from core.vault import seal_text
from core.web import tenant_url
from core.workflow import perform
from deadlines.messages import notify
from jurisdictions.engine import check_uscc, normalise_uscc
from jurisdictions.models import Authority
from jurisdictions.versions import current_rules
from stations.enums import UnitRole, UnitState
from stations.membership import STAFF_ARE_NO_MEMBERS, grant_role
from stations.models import ApplicantUnit
from stations.permissions import can_submit_for_unit, works_here

# What the unit says about itself; the first four are checked by its authority and stand once approved.
IDENTITY = ("name", "uscc", "unit_type", "home_authority", "address", "legal_representative")
CONTACT = ("contact_name", "contact_phone", "email")
BANK = ("bank_account_name", "bank_name", "bank_account")


@dataclass(frozen=True, slots=True)
class UnitData:
    """A unit as it describes itself."""

    name: str
    uscc: str
    unit_type: str
    home_authority: Authority
    address: str
    legal_representative: str
    contact_name: str
    contact_phone: str
    email: str = ""
    bank_account_name: str = ""
    bank_name: str = ""
    bank_account: str = ""


def home_kinds() -> set[str]:
    """The kinds of authority with which an application can begin: the first body of each route."""
    return {route.path[0] for route in current_rules().routes if route.path}


def possible_homes() -> Any:
    """The authorities that a unit may name as its own."""
    return Authority.objects.filter(kind__in=home_kinds()).order_by("pk")


@transaction.atomic
def register_unit(*, data: UnitData, account: NewAccount | None = None, actor: Any = None) -> ApplicantUnit:
    """Registers a unit and its first person, who may fill in and submit for it; it waits for approval.

    `account` opens an account for that person; without it `actor` is the person. Logged; the
    reviewers of the unit's authority are told. Raises `InputRefused` or `DomainError` with the field
    in `path`: a wrong credit code, one that is registered already, a kind of unit or an authority
    that the text does not know.
    """
    person = open_account(account=account, actor=None) if account else actor
    if person is None:
        raise NotAllowed("请先登录，或填写账号信息。")
    if works_here(person):
        raise NotAllowed(STAFF_ARE_NO_MEMBERS)
    unit = _checked(ApplicantUnit(**_fields(data)))
    _save(unit)
    grant_role(unit=unit, user=person, role=UnitRole.SUBMITTER, actor=person)
    LogEntry.record(
        unit,
        action="stations.register",
        label="单位注册",
        actor=person,
        at=clock.now(),
        target=UnitState.REGISTERED,
    )
    _tell_authority(unit, "新的单位注册待审核")
    return unit


@transaction.atomic
def approve_unit(*, unit: ApplicantUnit, actor: Any) -> ApplicantUnit:
    """The authority accepts the registration: the unit may apply. Logged; the unit is told."""
    perform(unit, "approve", actor=actor, decided_at=clock.now())
    notify(
        recipients=unit.recipients(),
        title="单位注册已通过",
        text=f"{unit.name}的注册已由{unit.home_authority.name}审核通过，可以开始申报。",
        url=tenant_url("unit:home"),
    )
    return unit


@transaction.atomic
def reject_unit(*, unit: ApplicantUnit, reason: str, actor: Any) -> ApplicantUnit:
    """The authority sends the registration back with its reason. Logged; the unit is told."""
    perform(unit, "reject", actor=actor, reason=reason, decided_at=clock.now())
    notify(
        recipients=unit.recipients(),
        title="单位注册被退回",
        text=f"{unit.home_authority.name}退回了{unit.name}的注册：{reason.strip()}",
        url=tenant_url("unit:profile"),
    )
    return unit


@transaction.atomic
def reapply_unit(*, unit: ApplicantUnit, data: UnitData, actor: Any) -> ApplicantUnit:
    """The unit corrects a registration that was sent back and asks again. Logged; the reviewers are told.

    The same refusals as `register_unit`.
    """
    checked = _checked(ApplicantUnit(pk=unit.pk, tenant=unit.tenant, **_fields(data)))
    changes = {name: getattr(checked, name) for name in (*IDENTITY, *CONTACT, *BANK)}
    try:
        with transaction.atomic():
            perform(unit, "reapply", actor=actor, decided_at=None, **changes)
    except IntegrityError:
        raise _registered_already() from None
    _tell_authority(unit, "单位注册已更正，待审核")
    return unit


@transaction.atomic
def update_contact(
    *,
    unit: ApplicantUnit,
    contact_name: str,
    contact_phone: str,
    email: str,
    bank_account_name: str,
    bank_name: str,
    bank_account: str,
    actor: Any,
) -> ApplicantUnit:
    """Changes who is called and where money goes; what the authority approved stays. Logged by field name.

    Only a submitter may; the numbers themselves do not go into the log.
    """
    if not can_submit_for_unit(actor, unit):
        raise NotAllowed("只有本单位的审核提交人可以修改联系方式和收款账户。")
    new = {
        "contact_name": contact_name,
        "contact_phone": contact_phone,
        "email": email,
        "bank_account_name": bank_account_name,
        "bank_name": bank_name,
        "bank_account": bank_account,
    }
    # An equal number has an equal reference: typing it again changes nothing.
    new["contact_phone"] = seal_text(contact_phone, "phone")
    new["bank_account"] = seal_text(bank_account, "bank_account")
    changed = [name for name, value in new.items() if getattr(unit, name) != value]
    if changed:
        for name in changed:
            setattr(unit, name, new[name])
        unit.save(update_fields=changed)
        LogEntry.record(
            unit,
            action="stations.update_contact",
            label="修改单位信息",
            actor=actor,
            at=clock.now(),
            data={"fields": changed},
        )
    return unit


def _fields(data: UnitData) -> dict[str, Any]:
    return {name: getattr(data, name) for name in UnitData.__slots__} | {"uscc": normalise_uscc(data.uscc)}


def _checked(unit: ApplicantUnit) -> ApplicantUnit:
    """The unit when the rules and the database's own constraints have nothing against it."""
    problems = []
    if message := check_uscc(unit.uscc):
        problems.append(Problem(message, "uscc"))
    if unit.unit_type not in {choice.value for choice in current_rules().unit_types}:
        problems.append(Problem("请选择单位类型", "unit_type"))
    if unit.home_authority.kind not in home_kinds():
        problems.append(Problem("该部门不受理单位注册，请另选", "home_authority"))
    if problems:
        raise InputRefused(problems)
    try:
        unit.full_clean(exclude=["tenant"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise InputRefused(
            Problem(message, name) for name, messages in error.message_dict.items() for message in messages
        ) from None
    others = ApplicantUnit.objects.filter(uscc=unit.uscc).exclude(pk=unit.pk)
    if others.exclude(state=UnitState.REJECTED).exists():
        raise _registered_already()
    return unit


def _save(unit: ApplicantUnit) -> None:
    """Saves; of two registrations at the same moment the database admits one."""
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError:
        raise _registered_already() from None


def _registered_already() -> DomainError:
    """The words of the model's constraint, and nothing beyond them about who registered."""
    rule = next(c for c in ApplicantUnit._meta.constraints if c.name == "unit_uscc_once")
    return DomainError(str(rule.violation_error_message), path="uscc")


def _tell_authority(unit: ApplicantUnit, title: str) -> None:
    notify(
        recipients=unit.home_authority.recipients(),
        title=f"{title}：{unit.name}"[:120],
        text=f"{unit.name}（{unit.uscc}）申请注册，请审核。",
        url=tenant_url("desk:unit", pk=unit.pk),
    )
