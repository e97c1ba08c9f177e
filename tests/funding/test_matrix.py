"""Every state × step × role of a tranche (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

from guardian.shortcuts import assign_perm

from core import clock
from funding.enums import TrancheState
from funding.models import Tranche
from tests import matrix
from tests.applications.builders import Play
from tests.funding.acts import tranche
from tests.jurisdictions.acts import somebody
from tests.stations.builders import build_station
from tests.world import World

APPROVED = (TrancheState.APPROVED, TrancheState.ORDERED, TrancheState.RELEASED)


def test_every_cell_of_a_tranche(world: World) -> None:
    """Planted bugs: whoever approved may order; what is held may be approved."""
    play = Play(world)
    play.submitted()
    approver = somebody()
    for right in ("prepare_payment", "release_payment"):
        assign_perm(f"jurisdictions.{right}", approver, world.lead)
    people = {**matrix.cast(play), "approver": approver}
    subject = tranche(build_station(world), 1)
    assert subject.award.authority == world.lead

    def place(state: str) -> Tranche:
        fields: dict[str, Any] = {"state": state}
        if state in APPROVED:
            fields |= {"approved_by": approver, "approved_at": clock.now()}
        if state in APPROVED[1:]:
            fields |= {"ordered_by": people["checker"], "ordered_at": clock.now()}
        Tranche.objects.filter(pk=subject.pk).update(**fields)
        return subject

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "approve":
            return {"approved_by": actor, "approved_at": clock.now()}
        return {"ordered_by": actor, "ordered_at": clock.now()} if step == "order" else {}

    assert matrix.walk(Tranche, people, place=place, changes=changes) == []
