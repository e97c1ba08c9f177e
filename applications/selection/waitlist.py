"""Those for whom no place was left stand by, and the first of them takes a place that comes free."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from applications.enums import CHOSEN, ApplicationState, RoundState
from applications.gating import proposal_points
from applications.models import Application, Round
from applications.permissions import can_organise
from applications.selection.decision import objections_to, tell
from applications.selection.designation import list_fixed_on
from applications.selection.places import place_problems
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, ReasonRequired, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.typed import said
from core.workflow import lock, perform
from jurisdictions.engine.places import stand_by, stands_by_until


@transaction.atomic
def put_on_waitlist(*, application: Application, actor: Any) -> Application:
    """Puts an application that the list left off next on the waitlist; logged, the unit is told.

    Refused where the text has no waitlist or no more places on it, before the list is fixed, for one
    that was not left off, and to whoever does not organise the round.
    """
    round_ = application.round
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有列为候补的权限。")
    if round_.state != RoundState.DECIDED:
        raise StateConflict("名单尚未确定，不能列候补。")
    lock(application)
    if application.state != ApplicationState.NOT_SELECTED or application.standby is not None:
        raise StateConflict(f"“{application.unit.name}”当前不能列为候补。")
    known = round_.applications.filter(standby__isnull=False)
    answer = stand_by(round_.rules, known.count())
    if answer.allowed is not True:
        clause = answer.clauses[0] if answer.clauses else ""
        raise InputRefused([Problem("".join(answer.explanation) or "本办法没有规定候补。", "", clause)])
    application.standby = (known.aggregate(last=Max("standby"))["last"] or 0) + 1
    application.save(update_fields=["standby"])
    LogEntry.record(
        application,
        action="applications.stand_by",
        label="列为候补",
        actor=actor,
        at=clock.now(),
        clause=answer.clauses[0],
        data={"place": application.standby},
    )
    tell(application, "已列为候补", f"候补第{application.standby}位。")
    return application


@transaction.atomic
def call_up(*, round_: Round, reason: str, actor: Any) -> Application:
    """Gives a place that came free to the first of the waitlist, by a recorded decision.

    It is on the list from now on; where the text has a notice, an amended list shows it. Logged, the
    unit is told. Refused without a reason, while no place is free, with nobody waiting, after the time,
    and for what keeps any application off the list.
    """
    lock(round_)
    if not said(reason):
        raise ReasonRequired("递补必须写明理由。", path="reason")
    if free_places(round_) < 1:
        raise DomainError("没有空出的名额，不能递补。")
    application = waiting(round_).first()
    if application is None:
        raise DomainError("没有候补单位。")
    until = last_day(round_)
    if until is not None and clock.today() > until:
        raise DomainError(f"候补已于{date_text(until)}到期，不能递补。")
    problems = (*objections_to(application), *place_problems(application))
    points = proposal_points(application, divided=False)
    if problems or points:
        raise InputRefused([*problems, *(Problem(f.explanation, "", f.clauses[0]) for f in points)])
    rule = round_.rules.round
    assert rule is not None
    assert rule.waitlist is not None
    perform(
        application,
        "call_up",
        actor=actor,
        reason=reason,
        clause=rule.waitlist.clause,
        data={"place": application.standby},
        decided_at=None,
    )
    tell(application, "候补递补，已列入拟认定名单", "贵单位由候补递补，已列入拟认定名单。")
    return application


def waiting(round_: Round) -> Any:
    """Who stands by still, the first in front."""
    found = round_.applications.filter(standby__isnull=False, state=ApplicationState.NOT_SELECTED)
    return found.select_related("unit", "round__profile", "round__authority").order_by("standby")


def free_places(round_: Round) -> int:
    """Places of the list that came free and were given to nobody yet."""
    freed = round_.applications.filter(state=ApplicationState.REMOVED).count()
    called = (*CHOSEN, ApplicationState.REMOVED)
    return freed - round_.applications.filter(standby__isnull=False, state__in=called).count()


def last_day(round_: Round) -> date | None:
    """The last day on which a place may still be given; None where the text sets none."""
    fixed_on = list_fixed_on(round_)
    return stands_by_until(round_.rules, fixed_on) if fixed_on else None
