"""Every state × step × role of a panel, its scheme, draw, sheets and their reopening (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

import pytest

from applications.models import Application
from applications.selection.drawing import commit_for_round
from core import clock
from panels.enums import DrawState, Method, Purpose, ReopeningState, SchemeState, SheetState, VisitState
from panels.models import (
    Draw,
    Panel,
    Reopening,
    Scheme,
    ScoreSheet,
    SheetVersion,
    SiteVisit,
    SiteVisitor,
)
from tests import matrix
from tests.applications.builders import Play
from tests.world import World


@pytest.fixture
def play(world: World) -> Play:
    return Play(world)


def test_every_cell_of_a_panel(play: Play) -> None:
    panel = play.at_panel()

    def place(state: str) -> Panel:
        Panel.objects.filter(pk=panel.pk).update(state=state)
        return panel

    assert matrix.walk(Panel, matrix.cast(play), place=place) == []


def test_every_cell_of_a_scheme(play: Play) -> None:
    round_ = play.open_round()
    scheme = Scheme.objects.create(
        authority=play.world.lead,
        purpose=Purpose.APPLICATION,
        subject=round_,
        title=round_.title,
        method=Method.OPINION,
        set_by=play.officer,
    )

    def place(state: str) -> Scheme:
        frozen_at = clock.now() if state == SchemeState.FROZEN else None
        Scheme.objects.filter(pk=scheme.pk).update(state=state, frozen_at=frozen_at)
        return scheme

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"frozen_at": clock.now()}

    assert matrix.walk(Scheme, matrix.cast(play), place=place, changes=changes) == []


def test_every_cell_of_a_draw(play: Play) -> None:
    panel = play.at_panel("unit")
    play.reviewed("second")
    draw = commit_for_round(
        round_=play.round,
        applications=list(Application.objects.filter(state="awaiting_panel")),
        due_on=None,
        seats=3,
        reserves=0,
        most_of_one_employer=None,
        actor=play.officer,
    )
    drawn = {"seed": "0" * 64, "result": {}, "drawn_at": clock.now()}

    def place(state: str) -> Draw:
        fields = {} if state in (DrawState.COMMITTED, DrawState.VOID) else drawn
        used = {"panel": panel} if state == DrawState.USED else {}
        Draw.objects.filter(pk=draw.pk).update(state=state, **fields, **used)
        return draw

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"hold_draw": drawn, "use_draw": {"panel": panel}}.get(step, {})

    assert matrix.walk(Draw, matrix.cast(play), place=place, changes=changes) == []


def test_every_cell_of_a_sheet(play: Play) -> None:
    """Planted bug: `can_score` without the sheet's own expert."""
    play.at_panel()
    people = matrix.cast(play)
    sheet = ScoreSheet.objects.get(member__expert__user=people["expert_here"])

    def place(state: str) -> ScoreSheet:
        signed_at = clock.now() if state == SheetState.SIGNED else None
        ScoreSheet.objects.filter(pk=sheet.pk).update(state=state, signed_at=signed_at)
        if state == SheetState.SIGNED:
            _reopening(sheet, signed_at, ReopeningState.GRANTED, play.officer, people["secretary"])
        return sheet

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"signed_at": clock.now()} if step == "sign" else {}

    assert matrix.walk(ScoreSheet, people, place=place, changes=changes) == []


def test_every_cell_of_a_reopening(play: Play) -> None:
    """Planted bug: whoever asked may grant as well."""
    play.at_panel()
    people = matrix.cast(play)
    sheet = ScoreSheet.objects.get(member__expert__user=people["expert_here"])
    signed_at = clock.now()
    ScoreSheet.objects.filter(pk=sheet.pk).update(state=SheetState.SIGNED, signed_at=signed_at)

    def place(state: str) -> Reopening:
        decided_by = None if state == ReopeningState.ASKED else people["secretary"]
        return _reopening(sheet, signed_at, state, play.officer, decided_by)

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"decided_by": actor, "decided_at": clock.now()}

    assert matrix.walk(Reopening, people, place=place, changes=changes) == []


def test_every_cell_of_a_site_visit(play: Play) -> None:
    play.at_panel()
    people = matrix.cast(play)
    item = ScoreSheet.objects.get(member__expert__user=people["expert_here"]).item
    now = clock.now()

    def place(state: str) -> SiteVisit:
        visit = SiteVisit.objects.create(
            item=item, held_at=now, place="车间", findings=[], recorded_by=play.officer
        )
        for who in ("expert_here", "officer"):
            SiteVisitor.objects.create(visit=visit, user=people[who], name=who, employer="组内")
        visit.visitors.update(signed_at=now)
        visit.state, visit.signed_at = state, now if state == VisitState.SIGNED else None
        visit.save()
        return visit

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return {"signed_at": now} if step == "sign_visit" else {}

    assert matrix.walk(SiteVisit, people, place=place, changes=changes) == []


def _reopening(sheet: ScoreSheet, signed_at: Any, state: str, asked_by: Any, decided_by: Any) -> Reopening:
    version = SheetVersion.objects.create(sheet=sheet, number=1, signed_at=signed_at)
    return Reopening.objects.create(
        sheet=sheet,
        version=version,
        reason=matrix.REASON,
        state=state,
        asked_by=asked_by,
        decided_by=decided_by,
        decided_at=decided_by and signed_at,
    )
