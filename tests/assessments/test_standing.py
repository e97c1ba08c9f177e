"""What a station's text asks of it, and the grounds that end it, on its pages."""

from typing import Any

import pytest

from assessments.enums import AssessmentState
from assessments.models import Assessment
from assessments.obligations import open_obligations
from assessments.standing import duties_of, ending_of, grounds_of, levels_of, superior_of
from stations.enums import StationState
from stations.models import Station
from tests.assessments.acts import assessment_of, report, settle
from tests.browsing import signed_in, text_of
from tests.stations.builders import build_station
from tests.world import SLUGS, World

qinshui = pytest.mark.parametrize("world", ["qinshui"], indirect=True)
gaoming = pytest.mark.parametrize("world", ["gaoming"], indirect=True)
shenzhen = pytest.mark.parametrize("world", ["shenzhen"], indirect=True)


def outcomes(station: Station) -> dict[str, str]:
    return {ground.label: ground.outcome for ground in grounds_of(station)}


def reported(world: World, **figures: Any) -> Station:
    """A Qinshui station whose first yearly report is in, with these figures."""
    station = build_station(world, designated_on="2024-05-20")
    world.at("2025-03-10")
    report(station, assessment_of(station, 2025), **figures)
    return station


@qinshui
def test_duties_are_put_to_the_figures_of_the_report(world: World) -> None:
    found = {f.clause: f.outcome for f in duties_of(reported(world, backbone_trained=4)).answer.findings}
    assert found == {"QS-7.1": "unmet", "QS-7.2": "met", "QS-7.3": "met", "QS-7.4": "met"}


@qinshui
def test_before_any_report_nothing_is_known(world: World) -> None:
    duties = duties_of(build_station(world, designated_on="2024-05-20"))
    assert duties.report is None
    assert {f.outcome for f in duties.answer.findings} == {"unknown"}
    assert {record.record for record in duties.records} >= {"ledger", "image_archive"}


@qinshui
def test_a_failing_grade_is_a_ground_and_what_nobody_recorded_is_none(world: World) -> None:
    station = build_station(world, designated_on="2024-05-20")
    assert set(outcomes(station).values()) == {"unrecorded"}
    settle(world, station, year=2025, total="58")
    found = [ground for ground in grounds_of(station) if ground.clauses[0] == "QS-9.5"]
    assert found[0].outcome == "established"
    assert {g.outcome for g in grounds_of(station) if g.clauses[0] != "QS-9.5"} == {"unrecorded"}


@gaoming
def test_an_assessment_that_nobody_handed_in_is_a_ground_from_the_day_after(world: World) -> None:
    station = build_station(world, designated_on="2022-06-01")
    world.at("2023-01-10")
    open_obligations(station=station)
    first = Assessment.objects.filter(station=station).order_by("due_on").first()
    assert first is not None
    label = "不提交申请或者拒绝评估"
    world.at(first.due_on)
    assert outcomes(station)[label] != "established"
    world.at(first.due_on.replace(year=first.due_on.year + 1))
    assert outcomes(station)[label] == "established"


@shenzhen
def test_an_ending_by_ones_own_wish_and_the_rules_of_the_province(world: World) -> None:
    station = build_station(world)
    assert (ending_of(station).in_text, ending_of(station).status) == (True, None)
    station.state = StationState.DEREGISTERED
    assert ending_of(station).status == "deregistered"
    superior = superior_of(station)
    assert superior is not None
    assert superior.clauses == ("SZ-10.1",)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_pages_say_it_with_its_clauses(world: World) -> None:
    station = build_station(world)
    page = text_of(signed_in(world, "officer"), world.url(f"bureau/stations/{station.pk}/"))
    assert "应履行的职责" in page
    assert "撤销情形核对" in page
    for ground in grounds_of(station):
        assert ground.explanation in page
    for record in duties_of(station).records:
        assert record.explanation in page
    for level, body in levels_of(station):
        assert f"{level.label}：由{body}管理" in page


@qinshui
def test_only_the_bureau_reads_the_grounds(world: World) -> None:
    station = build_station(world)
    client = signed_in(world, "officer")
    client.force_login(station.unit.recipients().first())
    page = text_of(client, world.url(f"unit/stations/{station.pk}/"))
    assert "应履行的职责" in page
    assert "撤销情形核对" not in page
    assert Assessment.objects.exclude(state=AssessmentState.DUE).count() == 0
