"""A published call opens later or ends later than it said: a recorded decision, told to whom it concerns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from applications.desk.stages import follow_call
from applications.enums import ApplicationState, RoundState
from applications.models import Application, Round, ScheduleChange
from applications.permissions import can_organise
from applications.rounds import check_round
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.templatetags.wording import datetime_text
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify


@transaction.atomic
def reschedule(
    *, round_: Round, opens_at: datetime, closes_at: datetime, reason: str, reference: str, actor: Any
) -> ScheduleChange:
    """Postpones the beginning or the end of a published call, also of one that has ended; logged.

    An ended call is open again until its new end; what is due by its end moves along. The units with a draft
    are told, the public page says so.
    Refused: a call that is not published or whose list is fixed, times that do not become later, a
    beginning or an end in the past, no reason, no paper on which it rests, and what `check_round` refuses.
    """
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有组织申报的权限。")
    if round_.state not in (RoundState.OPEN, RoundState.CLOSED):
        raise StateConflict(f"批次{round_.status.label}，不能调整申报时间。")
    opens_before, closes_before = round_.opens_at, round_.closes_at
    _check_later(round_, opens_at, closes_at)
    if not said(reason):
        raise ReasonRequired("请写明调整申报时间的理由。", path="reason")
    if not said(reference):
        raise DomainError("请填写依据的文件或会议纪要。", path="reference")
    round_.opens_at, round_.closes_at = opens_at, closes_at
    check_round(round_)
    change = ScheduleChange.objects.create(
        round=round_,
        opens_before=opens_before,
        opens_at=opens_at,
        closes_before=closes_before,
        closes_at=closes_at,
        reason=said(reason),
        reference=said(reference),
        decided_by=actor,
    )
    perform(
        round_,
        "reschedule",
        actor=actor,
        reason=reason,
        data={
            "reference": change.reference,
            "opens_at": [opens_before.isoformat(), opens_at.isoformat()],
            "closes_at": [closes_before.isoformat(), closes_at.isoformat()],
        },
        opens_at=opens_at,
        closes_at=closes_at,
    )
    under_review = Application.objects.filter(round=round_, state=ApplicationState.UNDER_REVIEW)
    follow_call(under_review.select_related("round__profile", "unit", "authority"))
    _tell_drafts(change)
    return change


def _check_later(round_: Round, opens_at: datetime, closes_at: datetime) -> None:
    now = clock.now()
    if opens_at < round_.opens_at or (opens_at != round_.opens_at and round_.opens_at <= now):
        words = "申报已经开始，开始时间不能再改。" if round_.opens_at <= now else "开始时间只能延后。"
        raise DomainError(words, path="opens_at")
    if closes_at < round_.closes_at:
        raise DomainError("截止时间只能延后。", path="closes_at")
    if (opens_at, closes_at) == (round_.opens_at, round_.closes_at):
        raise DomainError("时间没有变化。", path="closes_at")
    if closes_at <= now:
        raise DomainError("新的截止时间已过。", path="closes_at")


def _tell_drafts(change: ScheduleChange) -> None:
    """Whoever has begun to write plans by the former end."""
    drafts = Application.objects.filter(round=change.round, state=ApplicationState.DRAFT)
    for draft in drafts.select_related("unit").order_by("pk"):
        notify(
            recipients=draft.unit.recipients(),
            title=f"申报截止时间改为{datetime_text(change.closes_at)}",
            text=f"{change.round.title}：原截止时间为{datetime_text(change.closes_before)}。"
            f"依据：{change.reference}。理由：{change.reason}",
            url=tenant_url("unit:application", pk=draft.pk),
        )
