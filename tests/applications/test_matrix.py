"""Every state × step × role of a round and of an application (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

from applications.enums import ApplicationState
from applications.models import Application, Round
from core import clock
from tests import matrix
from tests.applications.builders import Play
from tests.stations.builders import build_station
from tests.world import World


def test_every_cell_of_a_round(world: World) -> None:
    play = Play(world)
    play.submitted()
    people = matrix.cast(play)

    def place(state: str) -> Round:
        Round.objects.filter(pk=play.round.pk).update(state=state)
        return Round.objects.get(pk=play.round.pk)

    assert matrix.walk(Round, people, place=place) == []


def test_every_cell_of_an_application(world: World) -> None:
    """Planted bugs: `can_decide` asks for RUN_PANEL; `withdraw` starts from UNDER_REVIEW too."""
    play = Play(world)
    application = play.submitted()
    people = matrix.cast(play)
    station = build_station(world, tell=False)

    def place(state: str) -> Application:
        fields: dict[str, Any] = {"state": state, "authority": world.authorities["industry"], "stage": 1}
        if state == ApplicationState.DESIGNATED:
            fields["station"] = station
        Application.objects.filter(pk=application.pk).update(**fields)
        return Application.objects.get(pk=application.pk)

    def changes(step: str, actor: Any) -> dict[str, Any]:
        if step == "agree":
            return {"agreed_text": "同意", "agreed_by": actor, "agreed_at": clock.now()}
        return {"station": station} if step == "designate" else {}

    assert matrix.walk(Application, people, place=place, changes=changes) == []


def test_the_first_desk_has_nobody_to_send_back_to(world: World) -> None:
    """The one cell that asks for more than a state: which desk it lies on."""
    application = Play(world).submitted()
    assert application.stage == 0
    assert not Application.workflow.can(application, "send_back", world.people["reviewer"])
