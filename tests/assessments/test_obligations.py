"""What a station owes from designation on, by its own profile."""

from datetime import date
from typing import Any

import pytest

from assessments.enums import Kind
from assessments.models import Assessment, Cycle
from assessments.obligations import open_obligations
from assessments.tasks import open_obligations as task
from core import clock
from core.models import LogEntry
from core.workflow import perform
from deadlines.enums import DeadlineState
from deadlines.models import Deadline
from tests.assessments.acts import assessment_of, settle
from tests.stations.builders import build_station
from tests.world import World

# jurisdiction → (designated, on this day, [(kind, window, due, has a limit)])
DATES = {
    "qinshui": ("2024-05-20", "2024-05-20", [("assessment", date(2025, 3, 1), date(2025, 3, 31), True)]),
    "gaoming": (
        "2022-06-15",
        "2023-06-15",
        [
            ("assessment", date(2023, 9, 1), date(2023, 9, 30), True),
            ("assessment", date(2024, 6, 15), date(2024, 6, 15), False),
        ],
    ),
    "yantai": (
        "2019-06-03",
        "2019-06-03",
        [("report", None, date(2020, 3, 15), True), ("assessment", None, date(2020, 3, 30), True)],
    ),
    "shenzhen": ("2017-06-01", "2017-06-01", [("filing", None, date(2018, 2, 28), True)]),
    "wenzhou": ("2014-05-20", "2015-06-01", [("assessment", None, date(2016, 5, 20), True)]),
}


def stored(station: Any) -> list[tuple[Any, ...]]:
    rows = Assessment.objects.filter(station=station).order_by("due_on", "pk")
    return list(rows.values_list("kind", "window_start", "due_on", "has_limit"))


@pytest.mark.parametrize("world", list(DATES), indirect=True)
def test_designation_and_the_passing_of_time_open_what_the_text_says(world: World) -> None:
    designated, day, expected = DATES[world.slug]
    station = build_station(world, designated_on=designated)
    world.at(day)
    task()
    assert stored(station) == expected
    # However often it runs.
    assert (task(), open_obligations(station=station)) == (0, [])
    assert stored(station) == expected
    for assessment in Assessment.objects.filter(station=station):
        assert LogEntry.history_of(assessment).count() == 1


def test_the_deadline_carries_the_profiles_ladder_and_the_stations_address(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    assessment = assessment_of(station, 2025)
    deadline = assessment.deadlines.get()
    assert (deadline.bearer, deadline.rungs, deadline.clause, deadline.firm) == (
        station,
        list(world.rules.reminders.obligations),
        "QS-9.2",
        True,
    )
    assert deadline.url == f"/qinshui/unit/assessments/{assessment.pk}/"
    assert list(deadline.bearer.recipients()) == [station.person]


def test_stations_of_one_year_share_a_cycle(world: World) -> None:
    first = build_station(world, designated_on="2024-05-20")
    second = build_station(world, designated_on="2024-08-01")
    assert assessment_of(first, 2025).cycle == assessment_of(second, 2025).cycle
    assert Cycle.objects.count() == 1


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_yantai_county_owes_the_city_its_result_and_the_municipal_unit_brings_no_such_duty(
    world: World,
) -> None:
    county = build_station(world, designated_on="2019-06-03")
    facts = {**county.facts, "unit_affiliation": "municipal"}
    municipal = build_station(world, designated_on="2019-06-03", facts=facts)
    found = Deadline.objects.filter(kind="county_result_report")
    assert [(d.subject, d.bearer, d.period, d.due_on) for d in found] == [
        (county, world.authorities["zhifu"], "2020", date(2020, 3, 30))
    ]
    assert assessment_of(county, 2020).assessor == world.authorities["zhifu"]
    assert assessment_of(county, 2020).reviewer == world.lead
    assert (assessment_of(municipal, 2020).assessor, assessment_of(municipal, 2020).reviewer) == (
        world.lead,
        None,
    )


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_the_countys_date_is_met_by_its_result_and_not_opened_again(world: World) -> None:
    station = build_station(world, designated_on="2019-06-03")
    settle(world, station, year=2020, grade="合格")
    deadline = Deadline.objects.get(kind="county_result_report", period="2020")
    assert deadline.state == DeadlineState.MET
    task()
    deadline.refresh_from_db()
    assert deadline.state == DeadlineState.MET


def test_qinshui_acceptance_is_the_countys_duty_when_two_years_are_over(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    world.at("2025-06-01")
    task()
    deadline = Deadline.objects.get(kind="acceptance")
    assert (deadline.subject, deadline.bearer, deadline.due_on, deadline.firm) == (
        station,
        world.lead,
        date(2026, 5, 20),
        False,
    )


@pytest.mark.parametrize("world", ["wenzhou"], indirect=True)
def test_wenzhou_counts_the_next_two_years_from_the_last_evaluation(world: World) -> None:
    station = build_station(world, designated_on="2014-05-20")
    world.at("2016-07-10")
    settle(world, station, year=2016, total="85")
    world.at("2017-08-01")
    task()
    assert [row[2] for row in stored(station)] == [date(2016, 5, 20), date(2018, 7, 10)]


def test_an_ended_station_owes_nothing_new(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20", tell=False)
    perform(station, "revoke", actor=world.people["officer"], reason="提供虚假材料", ended_at=clock.now())
    assert open_obligations(station=station) == []
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_the_second_evaluation_of_gaoming_carries_the_acceptance(world: World) -> None:
    station = build_station(world, designated_on="2022-06-15")
    world.at("2023-07-01")
    task()
    assert list(
        Assessment.objects.filter(station=station).order_by("due_on").values_list("with_acceptance", "kind")
    ) == [(False, Kind.ASSESSMENT), (True, Kind.ASSESSMENT)]
