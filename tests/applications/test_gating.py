"""The gates of a text before the steps of an application: the engine is asked what the records say."""

import pytest

from applications.enums import Decision
from applications.gating import another_round, ask_gate, known_of, results_of
from applications.models import Opinion, Round
from applications.rounds import open_round
from core.errors import DomainError
from jurisdictions.engine import gate_for_step
from jurisdictions.engine.gates import actions_of, gate_of
from tests.applications.builders import Play
from tests.applications.test_rounds import draw_up
from tests.world import SLUGS


@pytest.fixture
def play(world):
    return Play(world)


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_every_gate_of_an_application_belongs_to_a_step(world):
    later = {"inspect", "pay_key_project"}
    without = {action for action in actions_of(world.rules) if gate_of(world.rules, action).step is None}
    steps = {gate_of(world.rules, action).step for action in actions_of(world.rules)} - {None}
    assert without <= later | {"joint_document"}
    assert "designate" in steps


@pytest.mark.parametrize("world", ["yantai", "gaoming"], indirect=True)
def test_a_desk_that_agreed_is_what_the_gate_asks_for(play):
    application = play.submitted()
    assert ask_gate(application, "forward").allowed is not True
    reviewed = play.story.review("unit", application)
    assert reviewed is None
    application.refresh_from_db()
    assert set(results_of(application, known_of([application])).values()) & {"agreed", "pass"}
    assert ask_gate(application, "forward").allowed is True
    Opinion.objects.filter(application=application).update(decision=Decision.RETURN)
    assert ask_gate(application, "forward").allowed is False


@pytest.mark.parametrize("world", ["qinshui", "gaoming"], indirect=True)
def test_a_second_call_in_a_year_needs_a_basis(world):
    officer = world.people["officer"]
    first = open_round(round_=draw_up(world), actor=officer)
    assert another_round(first) is None
    second = draw_up(world, title="第二批")
    with pytest.raises(DomainError, match="当年第2次") as refused:
        open_round(round_=second, actor=officer)
    assert (refused.value.path, refused.value.clause) == ("basis", world.rules.round.clause)
    Round.objects.filter(pk=second.pk).update(basis="县委人才工作会议纪要〔2024〕3号")
    second.refresh_from_db()
    assert open_round(round_=second, actor=officer).state == "open"


def test_a_step_without_a_gate_is_not_asked(world):
    assert gate_for_step(world.rules, "submit", {}, on=None, calendar=None) is None
