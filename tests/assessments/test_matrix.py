"""Every state × step × role of a cycle and of an assessment (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

from assessments.enums import AssessmentState, CycleState, EndingState
from assessments.models import Assessment, Cycle, StationEnding
from core import clock
from tests import matrix
from tests.applications.builders import Play
from tests.assessments.endings import second_officer
from tests.stations.builders import build_station
from tests.world import World


def _cycle(world: World) -> Cycle:
    return Cycle.objects.create(
        authority=world.lead, profile=world.profile, obligation="annual", label="年度评估", year=2025
    )


def test_every_cell_of_a_cycle(world: World) -> None:
    play = Play(world)
    play.submitted()
    cycle = _cycle(world)

    def place(state: str) -> Cycle:
        Cycle.objects.filter(pk=cycle.pk).update(
            state=state, fixed_at=clock.now() if state == CycleState.FIXED else None
        )
        return cycle

    assert matrix.walk(Cycle, matrix.cast(play), place=place) == []


def test_every_cell_of_an_assessment(world: World) -> None:
    """Planted bug: the assessor itself confirms where another authority re-checks."""
    play = Play(world)
    application = play.submitted()
    people = matrix.cast(play)
    station = build_station(world, unit=_with_person(application.unit, people), tell=False)
    assessment = Assessment.objects.create(
        cycle=_cycle(world),
        station=station,
        assessor=world.lead,
        reviewer=world.authorities["housing"],
        kind="assessment",
        due_on=clock.today(),
    )

    def place(state: str) -> Assessment:
        owed = state in (AssessmentState.DUE, AssessmentState.RETURNED)
        Assessment.objects.filter(pk=assessment.pk).update(
            state=state,
            reported_at=None if owed else clock.now(),
            finalised_at=clock.now() if state == AssessmentState.FINAL else None,
        )
        return assessment

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step in ("accept_filing", "finalise"):
            return {"finalised_at": clock.now()}
        return {"reported_at": clock.now()} if step == "report" else {}

    assert matrix.walk(Assessment, people, place=place, changes=changes) == []


def test_every_cell_of_an_ending(world: World) -> None:
    """Planted bug: whoever proposed decides."""
    play = Play(world)
    application = play.submitted()
    people = matrix.cast(play)
    second = people["second_officer"] = second_officer(world)
    station = build_station(world, unit=_with_person(application.unit, people), tell=False)
    ending = StationEnding.objects.create(
        station=station, kind="revocation", clauses=["QS-10.1"], reason="x", proposed_by=people["officer"]
    )
    by = {"decided_by": second, "decided_at": clock.now()}

    def place(state: str) -> StationEnding:
        over = by if state == EndingState.DECIDED else {"decided_by": None, "decided_at": None}
        StationEnding.objects.filter(pk=ending.pk).update(state=state, **over)
        return ending

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"decided_by": actor, "decided_at": clock.now()} if step != "withdraw" else {}

    assert matrix.walk(StationEnding, people, place=place, changes=changes) == []


def _with_person(unit: Any, people: dict[str, Any]) -> Any:
    unit.person = people["unit_submitter"]
    return unit
