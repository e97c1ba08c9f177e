"""Working days, limits and public notices, against dates counted by hand from the official days."""

from __future__ import annotations

from datetime import date

import pytest

from jurisdictions.engine import (
    Limit,
    WorkCalendar,
    calendar_for,
    due_after,
    find_route,
    notice_period,
    stage_list,
    with_readings,
)
from tests.jurisdictions.engine.profiles import profile

CALENDAR = WorkCalendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("published", "excluded", "counted", "provisional"),
    [
        ("2026-02-13", "2026-02-27", "2026-02-26", False),
        ("2026-04-29", "2026-05-09", "2026-05-08", False),
        ("2026-09-18", "2026-09-24", "2026-09-23", False),  # Sunday 20 September is worked
        ("2026-09-28", "2026-10-10", "2026-10-09", False),  # so is Saturday 10 October
        ("2026-12-28", "2027-01-05", "2027-01-04", True),
    ],
)
def test_five_working_days_of_notice(published: str, excluded: str, counted: str, provisional: bool) -> None:
    for slug in ("qinshui", "gaoming"):
        p = profile(slug)
        by_default = notice_period(p, day(published), CALENDAR)
        other = notice_period(with_readings(p, {"G-2": "publication_day_counts"}), day(published), CALENDAR)

        assert by_default is not None
        assert other is not None
        assert (by_default.last_day, by_default.provisional) == (day(excluded), provisional)
        assert by_default.earliest_award.toordinal() == by_default.last_day.toordinal() + 1
        assert other.last_day == day(counted)


def test_five_calendar_days_may_end_inside_a_holiday() -> None:
    p = profile("shenzhen")

    plain = notice_period(p, day("2026-09-28"), CALENDAR)
    rolled = notice_period(with_readings(p, {"SZ-A2": "roll_over_rest_day"}), day("2026-09-28"), CALENDAR)

    assert plain is not None
    assert rolled is not None
    assert (plain.last_day, plain.earliest_award) == (day("2026-10-03"), day("2026-10-04"))
    assert rolled.last_day == day("2026-10-08")


@pytest.mark.parametrize("slug", ["yantai", "wenzhou"])
def test_no_notice_is_invented(slug: str) -> None:
    assert notice_period(profile(slug), day("2020-01-02"), CALENDAR) is None
    assert "notice" not in {s.kind for s in profile(slug).stages}


def test_gaoming_chain_of_seven_seven_and_fifteen_working_days() -> None:
    p = profile("gaoming")
    steps = stage_list(p, find_route(p, {}).path or ())
    received, due = day("2026-09-01"), []
    for step in steps[:3]:
        received = due_after(step.limit, received, CALENDAR).on
        due.append(received)
    period = notice_period(p, due[-1], CALENDAR)

    assert [(s.name, s.authority) for s in steps] == [
        ("formal_review", "town_public_service_office"),
        ("qualification_recheck", "district_hrss"),
        ("expert_review", "district_hrss"),
        ("notice", "district_hrss"),
        ("document_and_plaque", "district_hrss"),
    ]
    assert due == [day("2026-09-10"), day("2026-09-20"), day("2026-10-16")]
    assert period is not None
    assert period.last_day == day("2026-10-23")


def test_calendar_days_and_months() -> None:
    assert due_after(Limit(calendar_days=5), day("2025-03-06"), CALENDAR).on == day("2025-03-11")
    assert due_after(Limit(calendar_days=5, start_day_counted=True), day("2025-03-06"), CALENDAR).on == day(
        "2025-03-10"
    )
    assert due_after(Limit(months=6), day("2025-08-31"), CALENDAR).on == day("2026-02-28")


def test_days_of_the_bureau_come_before_the_official_ones() -> None:
    typhoon = WorkCalendar({day("2025-03-07"): False, day("2025-03-08"): True})

    assert typhoon.is_workday(day("2025-03-07")) == (False, False)
    assert typhoon.add_working_days(day("2025-03-06"), 1) == (day("2025-03-08"), False)


def test_a_year_without_data_is_provisional_until_the_bureau_enters_it() -> None:
    assert CALENDAR.is_workday(day("2027-10-01")) == (False, True)
    assert CALENDAR.is_workday(day("2027-10-08")) == (True, True)
    assert WorkCalendar({day("2027-10-08"): True}).is_workday(day("2027-10-08")) == (True, False)
    assert CALENDAR.is_workday(day("2003-12-31")) == (True, True)


def test_working_days_between_counts_the_end_and_not_the_start() -> None:
    assert CALENDAR.working_days_between(day("2026-09-18"), day("2026-09-24")) == 5
    assert CALENDAR.working_days_between(day("2026-09-24"), day("2026-09-18")) == -5
    assert CALENDAR.working_days_between(day("2026-09-18"), day("2026-09-18")) == 0


def test_reading_of_the_calendar_is_the_profiles() -> None:
    p = profile("gaoming")
    weekends = p.model_copy(update={"conventions": p.conventions.model_copy(update={"calendar": "mon_fri"})})

    assert calendar_for(p).is_workday(day("2026-10-10")) == (True, False)
    assert calendar_for(weekends).is_workday(day("2026-10-10")) == (False, False)
