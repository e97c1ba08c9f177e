"""Every state × step × role of a registration, an invitation and a station (`matrix.toml`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from stations.enums import IN_BEING, UNDECIDED, InvitationState, StationState, UnitRole
from stations.models import ApplicantUnit, Invitation, Station
from tests import matrix
from tests.applications.builders import Play
from tests.stations.builders import build_station
from tests.world import World

# Who accepts is an account by then: neither nobody nor the system ever is.
UNPLAYABLE = {("accept", "anonymous"), ("accept", "system")}


def test_every_cell_of_a_registration(world: World) -> None:
    """Planted bug: a reviewer of any authority approves."""
    play = Play(world)
    unit = play.submitted().unit

    def place(state: str) -> ApplicantUnit:
        ApplicantUnit.objects.filter(pk=unit.pk).update(state=state)
        return unit

    assert matrix.walk(ApplicantUnit, matrix.cast(play), place=place) == []


def test_every_cell_of_an_invitation(world: World) -> None:
    play = Play(world)
    unit = play.submitted().unit
    people = matrix.cast(play)
    closed = {"closed_at": clock.now()}

    def place(state: str) -> Invitation:
        return Invitation.objects.create(
            unit=unit,
            name="安接任",
            email="successor@example.org",
            role=UnitRole.SUBMITTER,
            succession=True,
            nonce=state,
            token_hash=state,
            state=state,
            invited_by=people["reviewer"],
            expires_at=clock.now() + timedelta(days=7),
            closed_at=None if state in UNDECIDED else clock.now(),
            accepted_by=people["unit_editor"] if state == InvitationState.ACCEPTED else None,
        )

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "confirm_succession":
            return {"confirmed_by": actor}
        return {**closed, "accepted_by": actor} if step == "accept" else closed

    assert matrix.walk(Invitation, people, place=place, changes=changes, unplayable=UNPLAYABLE) == []


def test_every_cell_of_a_station(world: World) -> None:
    """Planted bug: the officer of any authority revokes."""
    play = Play(world)
    play.submitted()
    people = matrix.cast(play)
    station = build_station(world, tell=False)

    def place(state: str) -> Station:
        times = {
            "ended_at": None if state in IN_BEING else clock.now(),
            "suspended_at": clock.now() if state == StationState.SUSPENDED else None,
        }
        Station.objects.filter(pk=station.pk).update(state=state, **times)
        return station

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "resume":
            return {"suspended_at": None}
        return {"suspended_at" if step == "suspend" else "ended_at": clock.now()}

    assert matrix.walk(Station, people, place=place, changes=changes) == []
