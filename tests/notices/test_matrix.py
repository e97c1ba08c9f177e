"""Every state × step × role of a notice and of an objection (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

from core import clock
from notices.enums import OPEN
from notices.investigating import file_objection
from notices.models import Objection, PublicNotice
from tests import matrix
from tests.applications.builders import Play
from tests.notices.builders import drafted, objected, published
from tests.world import World

DAY = "2024-06-03"


def _people(world: World) -> dict[str, Any]:
    play = Play(world)
    play.submitted()
    return matrix.cast(play)


def test_every_cell_of_a_notice(world: World) -> None:
    people = _people(world)
    notice = drafted(world)
    days = {"published_at": clock.now(), "first_day": clock.today(), "last_day": clock.today()}

    def place(state: str) -> PublicNotice:
        PublicNotice.objects.filter(pk=notice.pk).update(state=state, **days)
        return notice

    assert matrix.walk(PublicNotice, people, place=place) == []


def test_every_cell_of_an_objection(world: World) -> None:
    """Planted bug: the publisher decides objections too."""
    people = _people(world)
    objection = objected(published(world, DAY))
    decided = {"decided_at": clock.now(), "finding": "已核查"}

    def place(state: str) -> Objection:
        Objection.objects.filter(pk=objection.pk).update(state=state, **({} if state in OPEN else decided))
        return objection

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {} if step == "take_up" else decided

    assert matrix.walk(Objection, people, place=place, changes=changes) == []


def test_a_lead_without_a_name_may_be_filed(world: World) -> None:
    """The same cell as the guard holds above, from the other side."""
    objection = objected(published(world, DAY), name="", contact="", anonymous=True)
    filed = file_objection(objection=objection, reason="没有可以核实的线索", actor=world.people["officer"])
    assert filed.state == "filed"
