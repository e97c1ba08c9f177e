"""Experts drawn for a cycle of assessments, as for a round of applications."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.drawing import commit_for_cycle, panel_from_draw
from assessments.enums import AssessmentState
from core import clock
from core.errors import DomainError, StateConflict
from core.web import tenant_url
from panels.drawing import replay
from panels.draws import hold_draw, record_of
from panels.enums import DrawState
from panels.models import Draw, Expert, Panel
from tests.assessments.acts import by_panel
from tests.assessments.test_grading import reported
from tests.browsing import signed_in, text_of
from tests.world import World

pytestmark = pytest.mark.parametrize("world", ["qinshui"], indirect=True)


def committed(world: World, assessments: list, **more) -> Draw:
    numbers = {"seats": 2, "reserves": 1, "most_of_one_employer": None, **more}
    return commit_for_cycle(
        cycle=assessments[0].cycle,
        assessments=assessments,
        due_on=clock.today() + timedelta(days=9),
        actor=world.people["officer"],
        **numbers,
    )


def test_the_panel_of_a_cycle_is_of_those_who_were_drawn(world: World) -> None:
    """Planted bug: the panel is formed and the draw stays open."""
    assessments, officer = reported(world, 2), world.people["officer"]
    made = committed(world, assessments)
    with pytest.raises(StateConflict):
        by_panel(world, assessments, {})
    with pytest.raises(StateConflict):
        panel_from_draw(draw_=made, actor=officer)
    hold_draw(draw_=made, actor=officer)
    panel = panel_from_draw(draw_=made, actor=officer)
    made.refresh_from_db()
    assert (made.state, made.panel) == (DrawState.USED, panel)
    assert replay(record_of(made)).seated == tuple(made.result["seated"])
    seated = panel.members.order_by("pk").values_list("expert_id", flat=True)
    assert [str(pk) for pk in seated] == made.result["seated"]
    assert {one.subject_id for one in panel.items.all()} == {one.pk for one in assessments}
    for one in assessments:
        one.refresh_from_db()
        assert one.state == AssessmentState.AT_PANEL


def test_what_is_not_reported_is_not_drawn_for(world: World) -> None:
    (one,) = reported(world, 1)
    type(one).objects.filter(pk=one.pk).update(state=AssessmentState.DUE)
    one.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        committed(world, [one])
    assert refused.value.problems[0].path == "assessments"


def test_the_pages_from_the_cycle_to_the_panel(world: World) -> None:
    assessments = reported(world, 2)
    cycle, officer = assessments[0].cycle, signed_in(world, "officer")
    address = tenant_url("bureau:cycle_draw", pk=cycle.pk)
    assert address in text_of(officer, tenant_url("bureau:cycle", pk=cycle.pk))
    assert "可以抽取的专家" in text_of(officer, address)
    day = (clock.today() + timedelta(days=9)).isoformat()
    values = {"assessments": [one.pk for one in assessments], "seats": "2", "reserves": "1", "due_on": day}
    Expert.objects.update(level=None)
    wrong = officer.post(address, values | {"least_level": "3"}).content.decode()
    assert "可抽取的专家只有 0 名" in wrong
    assert "没有登记级别" in wrong
    sent = officer.post(address, values)
    draw = Draw.objects.get()
    assert sent.headers["Location"] == tenant_url("bureau:draw", pk=draw.pk)
    # The page of the other purpose knows nothing of it.
    hold_draw(draw_=draw, actor=world.people["officer"])
    assert officer.post(tenant_url("bureau:draw_use", pk=draw.pk)).status_code == 404
    page = text_of(officer, tenant_url("bureau:draw", pk=draw.pk))
    use = tenant_url("bureau:cycle_draw_use", pk=draw.pk)
    assert use in page
    formed = officer.post(use)
    panel = Panel.objects.get()
    assert formed.headers["Location"] == tenant_url("bureau:panel", pk=panel.pk)
    for key in ("reviewer", "publisher", "expert1"):
        assert signed_in(world, key).get(address).status_code in (403, 404)


def test_a_draw_that_was_given_up_is_made_anew_from_its_numbers(world: World) -> None:
    assessments, officer = reported(world, 2), signed_in(world, "officer")
    draw = committed(world, assessments, reserves=0)
    officer.post(tenant_url("bureau:draw_void", pk=draw.pk), {"reason": "有专家请假"})
    address = f"{tenant_url('bureau:cycle_draw', pk=draw.subject_id)}?again={draw.pk}"
    assert address in text_of(officer, tenant_url("bureau:draw", pk=draw.pk))
    assert officer.get(address).context["form"]["reserves"].value() == 0
    day = (clock.today() + timedelta(days=9)).isoformat()
    values = {"assessments": [one.pk for one in assessments], "seats": "2", "reserves": "1", "due_on": day}
    officer.post(address, values)
    assert Draw.objects.get(state=DrawState.COMMITTED).former == draw
