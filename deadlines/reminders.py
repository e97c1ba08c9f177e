"""The reminder ladder: each rung of each deadline once, however often the task runs."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from core import clock
from deadlines.enums import DeadlineState
from deadlines.messages import notify
from deadlines.models import Deadline, Reminder

# The rung below the ladder: the due day has passed and nothing was done.
OVERDUE = -1
# The last rung where the text names a beginning only: from this day on it may be done.
BEGINS = 0


def remind_all() -> int:
    """Gives every reminder of the tenant in scope whose day has come; returns how many."""
    given = 0
    for deadline in Deadline.objects.filter(state=DeadlineState.OPEN).order_by("due_on", "pk"):
        given += remind(deadline)
    return given


def remind(deadline: Deadline) -> bool:
    """Gives the lowest rung reached; rungs missed on the way down are marked as skipped.

    A scheduler that slept for days therefore says one thing, the present one. The unique
    row is written before the message in the same transaction: two workers cannot both.
    """
    days_left = (deadline.due_on - clock.today()).days
    reached = [rung for rung in ladder(deadline) if days_left <= rung]
    done = set(deadline.reminders.values_list("rung", flat=True))
    if not reached or reached[-1] in done:
        return False
    try:
        with transaction.atomic():
            for rung in reached[:-1]:
                if rung not in done:
                    Reminder.objects.create(deadline=deadline, rung=rung, skipped=True)
            Reminder.objects.create(deadline=deadline, rung=reached[-1])
            notify(
                recipients=deadline.bearer.recipients(),
                title=_title(deadline, days_left),
                text=_text(deadline, days_left),
                url=deadline.url,
            )
    except IntegrityError:
        return False
    return True


def ladder(deadline: Deadline) -> list[int]:
    """The rungs from the first to the last: what is never overdue is told once that it begins."""
    last = OVERDUE if deadline.firm else BEGINS
    return sorted({*deadline.rungs, last}, reverse=True)


def _title(deadline: Deadline, days_left: int) -> str:
    if not deadline.firm:
        return (
            f"可以办理：{deadline.label}" if days_left <= 0 else f"还有 {days_left} 天开始：{deadline.label}"
        )
    if days_left < 0:
        return f"已逾期：{deadline.label}"
    return f"今日截止：{deadline.label}" if days_left == 0 else f"还有 {days_left} 天：{deadline.label}"


def _text(deadline: Deadline, days_left: int) -> str:
    day = f"{deadline.due_on.year}年{deadline.due_on.month}月{deadline.due_on.day}日"
    provisional = "（暂定）" if deadline.provisional else ""
    if not deadline.firm:
        basis = f"依据：{deadline.clause}。" if deadline.clause else ""
        return f"{deadline.label}，自 {day}{provisional}起办理，文件未规定截止日期。{basis}"
    state = f"已逾期 {-days_left} 天" if days_left < 0 else f"还有 {days_left} 天"
    basis = f"依据：{deadline.clause}。" if deadline.clause else ""
    return f"{deadline.label}，截止日期 {day}{provisional}，{state}。{basis}"
