"""Dated obligations of a station."""

from __future__ import annotations

from datetime import date

import pytest

from jurisdictions.engine import ObligationDone, WorkCalendar, obligations_between, with_readings
from tests.jurisdictions.engine.profiles import profile

CALENDAR = WorkCalendar()


def owed(
    slug: str, designated: str, until: str, readings: dict[str, str] | None = None, **facts: str
) -> list[tuple[str, str]]:
    dated = obligations_between(
        with_readings(profile(slug), readings),
        designated=date.fromisoformat(designated),
        on_or_before=date.fromisoformat(until),
        calendar=CALENDAR,
        facts=facts,
    )
    return [(o.name, str(o.due_on)) for o in dated]


def test_qinshui_marches_within_the_two_years_and_the_acceptance() -> None:
    assert owed("qinshui", "2024-05-20", "2030-01-01") == [
        ("annual_evaluation", "2025-03-31"),
        ("annual_evaluation", "2026-03-31"),
        ("acceptance", "2026-05-20"),
    ]
    assert owed("qinshui", "2024-02-10", "2030-01-01") == [
        ("annual_evaluation", "2025-03-31"),
        ("acceptance", "2026-02-10"),
    ]


def test_a_window_belongs_to_the_horizon_once_it_opens() -> None:
    assert owed("qinshui", "2024-05-20", "2025-02-28") == []
    assert owed("qinshui", "2024-05-20", "2025-03-01") == [("annual_evaluation", "2025-03-31")]


def test_gaoming_september_and_the_end_of_construction() -> None:
    assert owed("gaoming", "2023-12-29", "2030-01-01") == [
        ("first_evaluation", "2024-09-30"),
        ("second_evaluation", "2025-12-29"),
    ]


def test_no_last_day_is_invented_for_the_second_evaluation() -> None:
    second = obligations_between(
        profile("gaoming"), designated=date(2023, 5, 10), on_or_before=date(2030, 1, 1), calendar=CALENDAR
    )[-1]

    assert (second.name, second.has_limit, second.window_start) == (
        "second_evaluation",
        False,
        date(2025, 5, 10),
    )
    assert second.combined_with == "acceptance"


def test_yantai_reports_and_the_county_that_only_county_stations_have() -> None:
    county = owed("yantai", "2020-09-10", "2021-12-31", unit_affiliation="county")
    central = owed("yantai", "2020-09-10", "2021-12-31", unit_affiliation="central")

    assert county == [
        ("annual_report", "2021-03-15"),
        ("annual_assessment", "2021-03-30"),
        ("county_result_report", "2021-03-30"),
    ]
    assert central == county[:2]


@pytest.mark.parametrize(
    ("option", "due"),
    [
        ("inclusive_no_roll", "2020-03-15"),
        ("before_exclusive", "2020-03-14"),
        ("roll_to_next_working_day", "2020-03-16"),
    ],
)
def test_readings_of_a_named_date(option: str, due: str) -> None:
    assert owed("yantai", "2019-09-10", "2020-12-31", {"G-4": option})[0] == ("annual_report", due)


def test_shenzhen_files_before_march_in_leap_years_too() -> None:
    assert owed("shenzhen", "2023-06-01", "2025-12-31") == [
        ("annual_filing", "2024-02-29"),
        ("annual_filing", "2025-02-28"),
    ]
    assert owed("shenzhen", "2023-06-01", "2024-12-31", {"SZ-A1": "end_of_march"}) == [
        ("annual_filing", "2024-03-31")
    ]


def test_wenzhou_every_two_years() -> None:
    assert owed("wenzhou", "2020-02-29", "2024-12-31") == [
        ("performance_evaluation", "2022-02-28"),
        ("performance_evaluation", "2024-02-28"),
    ]


def test_the_same_question_gives_the_same_list() -> None:
    assert owed("yantai", "2019-06-01", "2026-01-01") == owed("yantai", "2019-06-01", "2026-01-01")


def test_history_moves_the_next_two_year_evaluation() -> None:
    dated = obligations_between(
        profile("wenzhou"),
        designated=date(2020, 1, 10),
        on_or_before=date(2025, 1, 1),
        history=(ObligationDone("performance_evaluation", date(2022, 3, 1)),),
        calendar=CALENDAR,
    )
    assert [o.due_on for o in dated] == [date(2022, 1, 10), date(2024, 3, 1)]
