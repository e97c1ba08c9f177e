"""How many a text lets there be, in a year, of a group and in all: the desk and the list obey it."""

from __future__ import annotations

import pytest

from applications.desk.review import obstacles
from applications.enums import ApplicationState
from applications.models import Application
from applications.selection.decision import Choice, decide_round, propose
from core import clock
from core.errors import InputRefused
from jurisdictions.models import RuleProfile
from stations.models import Station
from tests.applications.builders import Play
from tests.jurisdictions.proposals import activated
from tests.world import World

ROUND = "round: {per_year: 1, clause: QS-11.1, reading: QS-A19}"


def play_under(world: World, **bounds: str) -> Play:
    """A round under qinshui's text with these numbers in its round."""
    assert ROUND in world.profile.text
    more = "".join(f", {name}: {value}" for name, value in bounds.items())
    text = world.profile.text.replace(ROUND, ROUND.replace("per_year: 1", f"per_year: 1{more}"))
    world.at(str(world.demo["round"]["opens"])[:10])
    activated(world, clock.today(), text=text)
    return Play(world)


def cap_on(by: str, bound: str = "most: 1", of: str = "designations") -> str:
    return f"[{{key: few, label: 同组名额, by: {by}, of: {of}, {bound}, clause: QS-11.1}}]"


def refused(play: Play, application: Application) -> list[tuple[str, str]]:
    """What keeps it off the list."""
    with pytest.raises(InputRefused) as found:
        propose(application=application, actor=play.officer)
    return [(problem.message, problem.clause) for problem in found.value.problems]


def test_the_cap_of_the_year_is_kept(world: World) -> None:
    play = play_under(world, cap="1")
    first, second = play.evaluated("unit", "second")
    propose(application=first, actor=play.officer)
    ((words, clause),) = refused(play, second)
    assert ("将达2个，上限1个" in words, clause) == (True, "QS-11.1")


def test_the_cap_on_all_is_kept(world: World) -> None:
    """Stations in force count, and those on the list that are still to be designated."""
    play = play_under(world, total_cap="1")
    first, second = play.evaluated("unit", "second")
    propose(application=first, actor=play.officer)
    ((words, _),) = refused(play, second)
    assert "累计将达2个，上限1个" in words
    assert not Station.objects.exists()


@pytest.mark.parametrize("by", ["recommender", "tier"])
def test_the_cap_of_a_group_is_kept(world: World, by: str) -> None:
    """Both units came by one desk, and are of one kind."""
    cap = cap_on(by) if by == "recommender" else cap_on(by).replace("clause", "fact: unit_type, clause")
    play = play_under(world, group_caps=cap)
    first, second = play.evaluated("unit", "second")
    Application.objects.filter(pk=second.pk).update(route=first.route)
    second.refresh_from_db()
    second.facts = {**second.facts, "unit_type": first.facts["unit_type"]}
    second.save()
    with pytest.raises(InputRefused) as found:
        decide_round(
            round_=play.round,
            choices={first.pk: Choice(True), second.pk: Choice(True)},
            actor=play.officer,
        )
    (problem,) = found.value.problems
    assert "将达2个，超过上限1个" in problem.message
    assert (problem.path, problem.clause) == (f"choice-{second.pk}", "QS-11.1")
    assert second.unit.name in problem.message
    # Nothing of a list that is refused stands.
    first.refresh_from_db()
    assert first.state == ApplicationState.EVALUATED


def test_units_of_one_name_are_not_one_unit(world: World) -> None:
    play = play_under(world, group_caps=cap_on("host"))
    first, second = play.evaluated("unit", "second")
    second.unit.name = first.unit.name
    second.unit.save()
    for application in (first, second):
        propose(application=application, actor=play.officer)
        assert application.state == ApplicationState.PROPOSED


def test_a_desk_recommends_no_more_than_the_text_lets_it(world: World) -> None:
    play = play_under(world, group_caps=cap_on("recommender", of="applications"))
    first = play.submitted("unit")
    second = play.submitted("second")
    Application.objects.filter(pk=second.pk).update(route=first.route, authority=first.authority)
    second.refresh_from_db()
    assert [p for p in obstacles(first) if p.clause == "QS-11.1"] == []
    recommender = first.authority.name
    play.story.review("unit", first)
    (problem,) = [p for p in obstacles(second) if p.clause == "QS-11.1"]
    assert f"{recommender}将达2个，超过上限1个" in problem.message


def test_a_text_without_such_numbers_refuses_nothing(world: World) -> None:
    assert RuleProfile.objects.get() == world.profile
    play = Play(world)
    for application in play.evaluated("unit", "second"):
        propose(application=application, actor=play.officer)
        assert application.state == ApplicationState.PROPOSED
