"""Lists of experts out of a spreadsheet: all of them are entered, or every error is named and none is.

An expert is known by the name of the account. Who has none yet gets one; who is known in this jurisdiction
keeps theirs; an account that somebody has elsewhere is nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower

from accounts.opening import NewAccount, initial_password, open_account
from core import clock
from core.audit import digest
from core.errors import EditConflict, InputRefused, NotAllowed, Problem
from documents.tables.grid import Line
from documents.tables.reading import Fault, rows_in
from documents.tables.table import Table
from jurisdictions.account_log import log_opening
from jurisdictions.belonging import is_known
from jurisdictions.engine import cell_error
from jurisdictions.engine.schema.form import Choice, Column
from jurisdictions.enums import Right
from jurisdictions.permissions import holds_somewhere
from panels.enums import ExpertLevel, TieKind
from panels.models import Expert, ExpertTie
from panels.recusals import same_name
from panels.register import (
    BARRED,
    Particulars,
    add_tie,
    change_expert,
    enter_expert,
    is_barred,
    particulars_of,
)

# Every new account costs a slow digest of its password.
MOST = 100
ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,29}")
LONGEST = {
    "name": 60,
    "title": 60,
    "employer": 100,
    "trades": 200,
    "former": 100,
    "email": 254,
    "account": 30,
}
ADDED, CHANGED, SAME = "added", "changed", "same"

TABLE = Table(
    path="experts",
    label="专家名册",
    help="",
    clause="",
    min_rows=0,
    columns=(
        Column(name="name", label="姓名"),
        Column(name="account", label="账号", help="3至30位字母、数字；还没有的，导入时开设"),
        Column(name="title", label="职称或职业资格"),
        Column(
            name="level",
            label="级别",
            type="choice",
            required=False,
            choices=tuple(Choice(value=str(one.value), label=one.label) for one in ExpertLevel),
        ),
        Column(name="employer", label="工作单位"),
        Column(name="trades", label="专业领域", required=False, help="几项用顿号分开"),
        Column(name="former", label="曾任职单位", required=False, help="三年内的，评审时回避"),
        Column(name="left", label="离职日期", type="date", required=False),
        Column(name="email", label="邮箱", required=False, help="新开设账号的接收提醒用"),
        Column(
            name="active",
            label="在库",
            type="boolean",
            required=False,
            help="已登记的，不填即不变；新登记的须由他人确认后入库",
        ),
    ),
)


class Row(NamedTuple):
    """One expert as the list has it, and what taking it does."""

    number: int
    kind: str
    values: Mapping[str, Any]
    is_new_account: bool
    # What the register says of the expert now.
    before: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a list would do now, or every error that stands in the way."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Tells whether taking the list would do the same as when it was shown."""
        return digest(repr([(row.number, row.kind, row.is_new_account, row.before) for row in self.rows]))

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)


class Entered(NamedTuple):
    """An expert who was entered or changed, and the password of the account where it was opened now."""

    expert: Expert
    password: str


def read(lines: Sequence[Line]) -> Plan:
    """The lines of a spreadsheet as experts."""
    found = rows_in(TABLE, lines)
    if found.faults and not found.rows:
        return Plan(faults=tuple(found.faults), notes=tuple(found.notes))
    plan = plan_of(list(zip(found.numbers, found.rows, strict=True)), said=found.faults)
    return Plan(plan.rows, plan.faults, tuple(found.notes))


def plan_of(rows: Sequence[tuple[int, Mapping[str, Any]]], *, said: Sequence[Fault] = ()) -> Plan:
    """What the rows come to by the register and the accounts of this moment; five queries."""
    faults = list(said)
    if len(rows) > MOST:
        faults.append(Fault(0, "", f"一次最多导入 {MOST} 名，请分几次导入。"))
        return Plan(faults=tuple(faults))
    known = {(fault.row, fault.column) for fault in said}
    names = [str(row["account"]).lower() for _, row in rows]
    users = {user.username.lower(): user for user in _accounts(names)}
    experts = {one.user_id: one for one in Expert.objects.filter(user__in=users.values())}
    former = {(one.expert_id, same_name(one.unit_name)) for one in _former(experts.values())}
    found = []
    for place, (number, row) in enumerate(rows):
        user = users.get(names[place])
        expert = experts.get(user.pk) if user else None
        wrong = [*_wrong(row), *_wrong_account(row, user, expert)]
        if names[place] and names[place] in names[:place]:
            wrong.append(("account", f"与第{rows[names.index(names[place])][0]}行的账号相同"))
        labels = {column.name: column.label for column in TABLE.columns}
        faults += [
            Fault(number, labels[name], words, str(row[name])[:40])
            for name, words in wrong
            if (number, labels[name]) not in known
        ]
        before = repr(particulars_of(expert)) if expert else ""
        found.append(Row(number, _kind(row, expert, former), dict(row), user is None, before))
    return Plan(tuple(found), tuple(sorted(faults, key=lambda fault: fault.row)))


@transaction.atomic
def enrol(*, rows: Sequence[tuple[int, Mapping[str, Any]]], seen: str, actor: Any) -> list[Entered]:
    """Enters the experts and opens the accounts that are missing; logged one by one, by the verbs of the
    register. The passwords are told once, by whoever called, and must be changed at the first sign-in.

    `seen` is the mark of the plan that was shown: raises `EditConflict` where register or accounts have
    changed since. Refused to who does not administer, and as a whole while any row has an error.
    """
    if not holds_somewhere(actor, Right.ADMINISTER):
        raise NotAllowed("您没有登记专家的权限。")
    plan = plan_of(rows)
    if plan.faults:
        raise InputRefused(
            [Problem(f"第{fault.row}行{fault.column}：{fault.reason}") for fault in plan.faults]
        )
    if plan.mark != seen:
        raise EditConflict("专家库在预览之后有变动，下面是重新比对的结果，请核对后再导入。")
    return [_enter(row, actor) for row in plan.rows if row.kind != SAME]


def _enter(row: Row, actor: Any) -> Entered:
    values, password = row.values, ""
    if row.is_new_account:
        password = initial_password()
        account = NewAccount(
            username=values["account"],
            full_name=values["name"],
            email=values["email"],
            phone="",
            password=password,
            must_change_password=True,
        )
        # Refused where somebody took the name meanwhile: that account is nobody's business here.
        user = open_account(account=account, actor=actor)
        log_opening(user, actor)
    else:
        user = get_user_model().objects.get(username__iexact=values["account"])
    expert = Expert.objects.filter(user=user).first()
    if expert is None:
        expert = enter_expert(user=user, particulars=_particulars(values, None), actor=actor)
    else:
        change_expert(expert=expert, particulars=_particulars(values, expert), actor=actor)
    if values["former"] and not _has_former(expert, values["former"]):
        add_tie(
            expert=expert,
            unit_name=values["former"],
            kind=TieKind.FORMER,
            until=date.fromisoformat(values["left"]),
            note="",
            actor=actor,
        )
    return Entered(expert, password)


def _particulars(values: Mapping[str, Any], expert: Expert | None) -> Particulars:
    """What the row says; an empty cell leaves the expert on or off the register."""
    stays = expert.is_active if expert else True
    return Particulars(
        title=values["title"],
        employer=values["employer"],
        trades=values["trades"],
        level=int(values["level"]) if values["level"] else None,
        is_active=stays if values["active"] in ("", None) else bool(values["active"]),
    )


def _kind(row: Mapping[str, Any], expert: Expert | None, former: set[tuple[int, str]]) -> str:
    if expert is None:
        return ADDED
    new_tie = row["former"] and (expert.pk, same_name(row["former"])) not in former
    same = not new_tie and str(row["level"]).isdecimal() == bool(expert.level)
    try:
        return SAME if same and _particulars(row, expert) == particulars_of(expert) else CHANGED
    except ValueError:
        return CHANGED


def _accounts(names: Sequence[str]) -> Any:
    return get_user_model().objects.annotate(plain=Lower("username")).filter(plain__in=names)


def _former(experts: Any) -> Any:
    return ExpertTie.objects.filter(expert__in=experts, kind=TieKind.FORMER, ended_at__isnull=True)


def _has_former(expert: Expert, unit: str) -> bool:
    return any(same_name(tie.unit_name) == same_name(unit) for tie in _former([expert]))


def _wrong(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the values themselves, as (column, reason)."""
    today = clock.today()
    for column in TABLE.columns:
        value = row[column.name]
        if value in ("", None):
            if column.required:
                yield column.name, f"请填写{column.label}"
        elif error := cell_error(column, value, today):
            yield column.name, error
        elif len(str(value)) > LONGEST.get(column.name, LONGEST["trades"]):
            yield column.name, f"不能超过 {LONGEST.get(column.name, LONGEST['trades'])} 字"
    if row["account"] and not ACCOUNT.fullmatch(str(row["account"])):
        yield "account", "账号为 3 至 30 位字母、数字，可含 . _ -"
    if row["email"] and not _is_email(str(row["email"])):
        yield "email", "邮箱格式不对"
    if row["former"] and not row["left"]:
        yield "left", "有曾任职单位的，请填写离职日期"
    if row["left"] and not row["former"]:
        yield "former", "有离职日期的，请填写曾任职单位"
    # Days are written alike by now: year, month, day.
    if str(row["left"]) > today.isoformat():
        yield "left", "离职日期不能晚于今天"


def _wrong_account(row: Mapping[str, Any], user: Any, expert: Expert | None) -> Iterator[tuple[str, str]]:
    if user is None:
        return
    if expert is None and not is_known(user):
        yield "account", "这个账号名不能用，请换一个"
    elif same_name(user.full_name) != same_name(str(row["name"])):
        yield "name", "与这个账号登记的姓名不一致，请核对账号"
    elif not user.is_active:
        yield "account", "这个账号已停用"
    elif expert is None and is_barred(user):
        yield "account", BARRED.rstrip("。")
    elif expert is not None and row["active"] is True and not expert.is_active:
        yield "active", "已登记而不在库的，由组织评审的人员在专家库中办理入库"


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
