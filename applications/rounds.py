"""A year's call: drawn up, opened, closed by the clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from applications.enums import RoundState
from applications.gating import another_round, open_points
from applications.models import Round
from applications.permissions import can_organise
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.workflow import lock, perform
from jurisdictions.engine import ValidityAnswer, validity_on
from jurisdictions.models import Authority
from jurisdictions.versions import current_version

FIELDS = ("year", "title", "announcement", "opens_at", "closes_at", "basis", "recourse")


@transaction.atomic
def create_round(
    *,
    authority: Authority,
    year: int,
    title: str,
    announcement: str,
    opens_at: datetime,
    closes_at: datetime,
    basis: str,
    actor: Any,
    recourse: str = "",
) -> Round:
    """Draws up a call under the profile version that is current today, pinned for good; logged.

    Refused: a call that closes before it opens, or at another hour than the text says; a day of opening on
    which the text is not, or not certainly, in force, unless the basis for holding it is written down.
    """
    round_ = Round(
        authority=authority,
        profile=current_version(),
        year=year,
        title=title.strip(),
        announcement=announcement.strip(),
        opens_at=opens_at,
        closes_at=closes_at,
        basis=basis.strip(),
        recourse=recourse.strip(),
    )
    if not can_organise(actor, round_):
        raise NotAllowed("您没有组织申报的权限。")
    check_round(round_)
    round_.save()
    _record(
        round_,
        "applications.create_round",
        "起草申报批次",
        actor,
        {name: str(getattr(round_, name)) for name in FIELDS},
    )
    return round_


@transaction.atomic
def edit_round(
    *,
    round_: Round,
    year: int,
    title: str,
    announcement: str,
    opens_at: datetime,
    closes_at: datetime,
    basis: str,
    actor: Any,
    recourse: str = "",
) -> Round:
    """Changes a call before it is published; after that only its text.

    Logged with both values. Refused as in `create_round`; and once published: another year, and other
    times, which are a decision of their own (`applications.rescheduling`).
    """
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有组织申报的权限。")
    if round_.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise StateConflict(f"批次{round_.status.label}，不能修改。")
    before = {name: getattr(round_, name) for name in FIELDS}
    after = {
        "year": year,
        "title": title.strip(),
        "announcement": announcement.strip(),
        "opens_at": opens_at,
        "closes_at": closes_at,
        "basis": basis.strip(),
        "recourse": recourse.strip(),
    }
    if round_.state == RoundState.OPEN:
        _check_published(before, after)
    for name, value in after.items():
        setattr(round_, name, value)
    check_round(round_)
    round_.save(update_fields=FIELDS)
    changed = {n: [str(before[n]), str(after[n])] for n in FIELDS if before[n] != after[n]}
    if changed:
        _record(round_, "applications.edit_round", "修改申报批次", actor, changed)
    return round_


@transaction.atomic
def open_round(*, round_: Round, actor: Any) -> Round:
    """Publishes the call: from `opens_at` units may hand in. Logged with the basis where there is one.

    Refused: no announcement, a first day or an end that has passed (nobody could apply on days on which
    nobody knew), and without a basis: a text that is not in force, another call in a year for which the
    text has one.
    """
    lock(round_)
    if not round_.announcement:
        raise DomainError("请先填写申报通知内容。", path="announcement")
    if round_.closes_at <= clock.now():
        raise DomainError("截止时间已过，不能发布。", path="closes_at")
    if clock.local(round_.opens_at).date() < clock.today():
        raise DomainError("开始日期已过，不能发布。请先把开始时间改为今天或以后。", path="opens_at")
    check_round(round_)
    _check_year(round_)
    answer = validity_of(round_)
    perform(
        round_,
        "open",
        actor=actor,
        reason=round_.basis,
        clause=answer.clause,
        data={"validity": answer.status},
    )
    return round_


@transaction.atomic
def close_round(*, round_: Round) -> bool:
    """Ends a call whose time is over; logged as done by the system. True when it ended now."""
    lock(round_)
    if round_.state != RoundState.OPEN or clock.now() < round_.closes_at:
        return False
    perform(round_, "close", actor=None)
    return True


def close_ended_rounds() -> int:
    """Ends every call of the tenant in scope whose time is over; running twice changes nothing."""
    ended = Round.objects.filter(state=RoundState.OPEN, closes_at__lte=clock.now()).order_by("pk")
    return sum(close_round(round_=round_) for round_ in ended)


def validity_of(round_: Round) -> ValidityAnswer:
    """Whether the text that the round rests on is in force on the day the round opens."""
    return validity_on(round_.rules, clock.local(round_.opens_at).date())


def validity_at(day: date) -> ValidityAnswer:
    """The same for a call that is not drawn up yet, by the version current today."""
    return validity_on(current_version().rules, day)


def check_round(round_: Round) -> None:
    """Refuses times that contradict each other or the text, and a text out of force without a basis."""
    if round_.closes_at <= round_.opens_at:
        raise DomainError("截止时间必须晚于开始时间。", path="closes_at")
    rule = round_.rules.round
    if rule is not None and rule.closes_at and f"{clock.local(round_.closes_at):%H:%M}" != rule.closes_at:
        raise DomainError(
            f"文件规定申报截止日当天{rule.closes_at}截止，请按此填写截止时间。",
            path="closes_at",
            clause=rule.clause,
        )
    answer = validity_of(round_)
    if answer.in_force is not True and not round_.basis:
        raise DomainError(
            f"{answer.explanation}如确需举办，请填写举办依据。", path="basis", clause=answer.clause
        )


def _check_year(round_: Round) -> None:
    """Another call in a year for which the text has one needs a basis of its own."""
    more = another_round(round_)
    if more is not None and more.allowed is not True and not round_.basis:
        (why,) = open_points(more)[:1]
        raise DomainError(
            f"{why.explanation}如确需举办，请填写举办依据。", path="basis", clause=why.clauses[0]
        )


def _check_published(before: dict[str, Any], after: dict[str, Any]) -> None:
    if after["year"] != before["year"]:
        raise DomainError("申报通知已发布，年度不能再改。", path="year")
    for name in ("opens_at", "closes_at"):
        if after[name] != before[name]:
            raise DomainError("申报通知已发布，时间不能直接修改，请办理“调整申报时间”。", path=name)


def _record(round_: Round, action: str, label: str, actor: Any, data: dict[str, Any]) -> None:
    LogEntry.record(round_, action=action, label=label, actor=actor, at=clock.now(), data=data)
