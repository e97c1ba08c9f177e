"""Working days and the periods counted in them.

The official arrangement (working weekends included) comes from chinesecalendar; a year that it does not
know is guessed from weekends and the fixed statutory days and marked provisional (暂定), never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays as _official_days

from jurisdictions.engine.answers import DueDate, NoticePeriod
from jurisdictions.engine.months import add_months
from jurisdictions.engine.schema.procedure import Limit, Notice
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import say_day

# The days off that fall on the same date every year (国务院《全国年节及纪念日放假办法》); the lunar ones
# cannot be told here, which is one reason why the answer is provisional.
_FIXED_DAYS_OFF = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_FIRST_YEAR = min(_official_days).year
_LAST_YEAR = max(_official_days).year


class WorkCalendar:
    """Which days are worked. `overrides` are the bureau's own days (a typhoon, a newly published year)."""

    def __init__(self, overrides: Mapping[date, bool] | None = None, *, weekends_only: bool = False) -> None:
        self._overrides = dict(overrides or {})
        self._weekends_only = weekends_only

    def is_workday(self, day: date) -> tuple[bool, bool]:
        """(worked, provisional)."""
        if day in self._overrides:
            return self._overrides[day], False
        if self._weekends_only:
            return day.weekday() < 5, False
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return bool(chinese_calendar.is_workday(day)), False
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED_DAYS_OFF, True

    def add_working_days(
        self, start: date, days: int, *, start_day_counted: bool = False
    ) -> tuple[date, bool]:
        """The last of so many working days, and whether it is provisional.

        Day 1 is the next working day, or the start itself where it counts and is worked (reading G-2).
        """
        if days < 1:
            raise ValueError("at least one working day")
        day = start if start_day_counted else start + timedelta(days=1)
        provisional, left = False, days
        while True:
            worked, guessed = self.is_workday(day)
            provisional = provisional or guessed
            left -= worked
            if left == 0:
                return day, provisional
            day += timedelta(days=1)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_workday(day)[0] for day in days)

    def next_workday(self, day: date) -> tuple[date, bool]:
        """The day itself when worked, else the next one that is."""
        provisional = False
        while True:
            worked, guessed = self.is_workday(day)
            provisional = provisional or guessed
            if worked:
                return day, provisional
            day += timedelta(days=1)


def calendar_for(profile: Profile, overrides: Mapping[date, bool] | None = None) -> WorkCalendar:
    """The calendar that the profile's reading of 工作日 asks for (G-3)."""
    return WorkCalendar(overrides, weekends_only=profile.conventions.calendar == "mon_fri")


def due_after(limit: Limit, start: date, calendar: WorkCalendar, clause: str = "") -> DueDate:
    """The last day of a limit that starts with an event on `start`."""
    clause = clause or limit.clause
    if limit.working_days is not None:
        on, provisional = calendar.add_working_days(
            start, limit.working_days, start_day_counted=limit.start_day_counted
        )
        length = f"{limit.working_days}个工作日"
    elif limit.calendar_days is not None:
        on = start + timedelta(days=limit.calendar_days - limit.start_day_counted)
        provisional, length = False, f"{limit.calendar_days}日"
    else:
        on, provisional, length = add_months(start, limit.months or 0), False, f"{limit.months}个月"
    counted = "当日计入" if limit.start_day_counted else "次日起算"
    if limit.roll_to_working_day:
        on, guessed = calendar.next_workday(on)
        provisional = provisional or guessed
    mark = "（暂定，跨入的年度尚未公布放假安排）" if provisional else ""
    return DueDate(
        on, provisional, f"自{say_day(start)}起{length}，{counted}，至{say_day(on)}止{mark}。", clause
    )


def filed_in_time(profile: Profile, last_day: date, handed_in: datetime) -> bool:
    """Whether something came in by the end of the last day of a call: at the hour of the text, else by 24:00.

    What comes in at the hour itself is late, as for a call of the site; times are those of the place.
    """
    hour = profile.round.closes_at if profile.round else ""
    if not hour or handed_in.date() != last_day:
        return handed_in.date() <= last_day
    return handed_in.time() < time.fromisoformat(hour)


def notice_period(
    profile: Profile,
    published: date,
    calendar: WorkCalendar,
    *,
    start_day_counted: bool | None = None,
    rule: Notice | None = None,
) -> NoticePeriod | None:
    """First and last day of the public notice, and the first day on which a station may be designated.

    None: the text has no public notice, and none is invented. `start_day_counted` overrides the reading G-2;
    `rule` is another notice of the text, such as that of key projects.
    """
    rule = rule or profile.notice
    if rule is None:
        return None
    counts = rule.start_day_counted if start_day_counted is None else start_day_counted
    length: dict[str, int] = {f"{rule.unit}s": rule.days}
    due = due_after(Limit(**length, start_day_counted=counts), published, calendar)  # type: ignore[arg-type]
    last, provisional = due.on, due.provisional
    if rule.roll_to_working_day:
        last, guessed = calendar.next_workday(last)
        provisional = provisional or guessed
    unit = "个工作日" if rule.unit == "working_day" else "日"
    counted = "发布当日计入" if counts else "发布次日起算"
    mark = "（暂定）" if provisional else ""
    return NoticePeriod(
        first_day=published,
        last_day=last,
        earliest_award=last + timedelta(days=1),
        provisional=provisional,
        clause=rule.clause,
        explanation=f"公示{rule.days}{unit}，{counted}，{say_day(published)}发布，{say_day(last)}届满{mark}。"
        f"依据{profile.article(rule.clause)}。",
    )
