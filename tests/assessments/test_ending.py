"""A station ends: two people, a ground of the text, a paper, and nothing owed or paid any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from assessments.ending import (
    ask_to_deregister,
    decide_ending,
    grounds_open_to,
    key_of,
    propose_revocation,
    refuse_ending,
    steps_of,
    withdraw_ending,
)
from assessments.enums import AssessmentState, EndingState
from assessments.models import StationEnding
from assessments.obligations import open_obligations
from assessments.scoring import send_to_panel
from assessments.standing import grounds_of
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Deadline, Notification
from documents.models import OfficialDocument
from stations.certificates import issue_certificate
from stations.enums import StationState
from stations.models import Station
from tests.applications.filing import browser_of
from tests.assessments.acts import assessment_of, report, settle
from tests.assessments.endings import HEARD, REASON, RECOURSE, second_officer
from tests.browsing import text_of
from tests.stations.builders import build_station
from tests.world import World

FACTS: dict[str, Any] = {"reason": REASON, "heard": HEARD}


@pytest.fixture
def station(world: World) -> Station:
    return build_station(world)


@pytest.fixture
def second(world: World) -> User:
    return second_officer(world)


def ground(station: Station, words: str = "") -> str:
    return next(key_of(one) for one in grounds_open_to(station) if words in one.label)


def proposed(world: World, station: Station, **changes: Any) -> StationEnding:
    given = {"ground": ground(station), "serious": True, **FACTS, **changes}
    return propose_revocation(station=station, actor=world.people["officer"], **given)


@pytest.mark.parametrize("world", ["qinshui", "gaoming", "yantai", "shenzhen", "wenzhou"], indirect=True)
def test_every_open_ground_of_every_text_can_be_proposed_and_says_what_it_brings(
    world: World, station: Station
) -> None:
    grounds = grounds_open_to(station)
    assert grounds
    for one in grounds:
        made = proposed(world, station, ground=key_of(one))
        assert (made.ground, made.clauses[0], made.finding) == (one.label, one.clauses[0], one.explanation)
        assert world.rules.terms.station in made.brings
        withdraw_ending(ending=made, actor=world.people["officer"])


def test_another_decides_and_everything_ends(world: World, station: Station, second: User) -> None:
    certificate = issue_certificate(station=station, actor=None)
    open_obligations(station=station)
    assert Deadline.objects.filter(state="open").exists()
    made = proposed(world, station)
    assert Notification.objects.filter(recipient=second, title__contains="撤销待决定").exists()
    decide_ending(ending=made, actor=second, recourse=RECOURSE)
    station.refresh_from_db()
    made.refresh_from_db()
    assert (station.state, made.state, made.decided_by) == (StationState.REVOKED, EndingState.DECIDED, second)
    assert (station.standing.label, station.standing.in_force) == ("已撤销", False)
    assert "已撤销" in text_of(Client(), f"/verify/{certificate.verification_code}/")
    paper = OfficialDocument.objects.get(kind="revocation")
    assert made.document == paper
    assert all(words in paper.html for words in (*FACTS.values(), RECOURSE, made.brings))
    owed = Deadline.objects.filter(state="open")
    assert not [one for one in owed if getattr(one.subject, "station", one.subject) == station]
    steps = LogEntry.history_of(station).filter(action__endswith="revoke").get()
    assert (steps.clause, steps.reason) == (made.clauses[0], FACTS["reason"])
    with pytest.raises(StateConflict, match="已撤销"):
        proposed(world, station)


def test_no_assessment_of_it_comes_to_a_result(world: World, second: User) -> None:
    """Planted bug: assessments stay due, and the cycle waits for them for ever."""
    at_panel, reported_, due = (build_station(world, designated_on="2024-05-20") for _ in range(3))
    world.at("2025-03-10")
    for one in (at_panel, reported_):
        report(one, assessment_of(one, 2025))
    open_obligations(station=due)
    officer = world.people["officer"]
    first = assessment_of(at_panel, 2025)
    experts = list(world.experts.values())[:2]
    panel = send_to_panel(
        cycle=first.cycle, assessments=[first], experts=experts, due_on=clock.today(), actor=officer
    )
    for one in (at_panel, reported_, due):
        decide_ending(ending=proposed(world, one), actor=second, recourse=RECOURSE)
    states = {one.station_id: one.state for one in first.cycle.assessments.all()}
    assert set(states.values()) == {AssessmentState.CLOSED}
    item = panel.items.get()
    assert item.drop_reason == "该站已撤销"
    assert Notification.objects.filter(recipient=experts[0].user, title__contains="终止评审").exists()
    open_obligations(station=due)
    assert first.cycle.assessments.get(station=due).state == AssessmentState.CLOSED
    assert "不再考核" in text_of(
        browser_of(officer), world.url(f"bureau/assessments/cycles/{first.cycle_id}/")
    )


def test_a_unit_hears_of_a_revocation_when_it_is_decided(world: World, second: User) -> None:
    """Planted bug: its page lists what was proposed, and why it was not agreed to."""
    station = build_station(world)
    unit = browser_of(station.unit.recipients().first())
    page = world.url(f"unit/stations/{station.pk}/")
    made = proposed(world, station)
    assert made.ground not in text_of(unit, page)
    refuse_ending(ending=made, reason="内部意见", actor=second)
    assert "内部意见" not in text_of(unit, page)
    decide_ending(ending=proposed(world, station), actor=second, recourse=RECOURSE)
    assert made.ground in text_of(unit, page)


def test_nobody_decides_what_they_proposed(world: World, station: Station, second: User) -> None:
    """Planted bug: the permission forgets who proposed; then the constraint still holds."""
    made = proposed(world, station)
    with pytest.raises(NotAllowed, match="不能自己决定"):
        decide_ending(ending=made, actor=world.people["officer"], recourse=RECOURSE)
    with pytest.raises(NotAllowed):
        refuse_ending(ending=made, reason="不同意", actor=world.people["officer"])
    station.refresh_from_db()
    assert station.state == StationState.ACTIVE
    with pytest.raises(IntegrityError, match="ending_is_decided_by_another"), transaction.atomic():
        StationEnding.objects.filter(pk=made.pk).update(decided_by=made.proposed_by)
    with pytest.raises(StateConflict, match="待决定"):
        proposed(world, station)
    refuse_ending(ending=made, reason="证据不足", actor=second)
    station.refresh_from_db()
    assert station.state == StationState.ACTIVE
    assert Notification.objects.filter(recipient=world.people["officer"], text="证据不足").exists()
    proposed(world, station)


def test_only_a_ground_of_the_text_that_the_record_leaves_open(world: World, station: Station) -> None:
    """Planted bug: any words are a ground."""
    with pytest.raises(DomainError, match="文件规定的"):
        proposed(world, station, ground="QS-10.1 主管部门认为应当撤销")
    for missing in ("reason", "heard"):
        with pytest.raises(ReasonRequired):
            proposed(world, station, **{missing: " "})
    with pytest.raises(NotAllowed):
        propose_revocation(
            station=station, ground=ground(station), actor=world.people["publisher"], serious=True, **FACTS
        )
    assert not StationEnding.objects.exists()


@pytest.mark.parametrize("world", ["qinshui"], indirect=True)
def test_a_ground_against_which_the_record_speaks_is_none(world: World, station: Station) -> None:
    """Planted bug: what does not hold may be chosen all the same. Here: a grade that is a pass."""
    settle(world, station, year=2025, total="75")
    against = next(one for one in grounds_of(station) if one.outcome == "not")
    with pytest.raises(DomainError, match="不相抵触"):
        proposed(world, station, ground=key_of(against))


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_where_money_comes_back_only_if_it_is_serious_that_is_decided(world: World, station: Station) -> None:
    with pytest.raises(DomainError, match="情节严重"):
        proposed(world, station, serious=None)
    grave = proposed(world, station, serious=True)
    assert "追回资金" in grave.brings
    withdraw_ending(ending=grave, actor=world.people["officer"])
    assert "不追回资金" in proposed(world, station, serious=False).brings


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_a_unit_asks_and_the_authority_agrees_after_every_step(world: World, station: Station) -> None:
    unit = station.unit.recipients().first()
    assert unit is not None
    made = ask_to_deregister(station=station, reason="业务调整，不再建站。", actor=unit)
    station.refresh_from_db()
    assert station.state == StationState.ACTIVE
    with pytest.raises(DomainError, match="牌匾"):
        decide_ending(ending=made, actor=world.people["officer"], done=["approved"])
    with pytest.raises(NotAllowed):
        decide_ending(ending=made, actor=unit, done=[step.name for step in steps_of(station)])
    decide_ending(ending=made, actor=world.people["officer"], done=[step.name for step in steps_of(station)])
    station.refresh_from_db()
    assert (station.state, station.standing.label) == (StationState.DEREGISTERED, "已注销")
    assert OfficialDocument.objects.filter(kind="deregistration").exists()


def test_a_text_without_it_knows_no_ending_by_wish(world: World, station: Station) -> None:
    with pytest.raises(DomainError, match="没有规定主动注销"):
        ask_to_deregister(station=station, reason="不再建站", actor=station.unit.recipients().first())
    page = browser_of(station.unit.recipients().first())
    assert page.post(world.url(f"unit/stations/{station.pk}/deregister/"), {"reason": "x"}).status_code == 404
    assert "注销" not in text_of(page, world.url(f"unit/stations/{station.pk}/"))


def test_the_pages_from_proposal_to_paper(world: World, station: Station, second: User) -> None:
    officer = browser_of(world.people["officer"])
    address = world.url(f"bureau/stations/{station.pk}/revoke/")
    assert "提出撤销" in text_of(officer, world.url(f"bureau/stations/{station.pk}/"))
    given = {"ground": ground(station), **FACTS}
    refused = officer.post(address, {**given, "heard": ""})
    assert refused.status_code == 422
    assert FACTS["reason"] in refused.content.decode()
    assert officer.post(address, given).status_code == 302
    made = StationEnding.objects.get()
    page = world.url(f"bureau/endings/{made.pk}/")
    assert "须由本部门另一名经办人决定" in text_of(officer, page)
    assert officer.post(page, {"recourse": RECOURSE}).status_code == 422
    other = browser_of(second)
    assert other.post(page, {"recourse": ""}).status_code == 422
    assert other.post(page, {"recourse": RECOURSE}).status_code == 302
    assert "撤销决定书" in text_of(other, page)
    assert browser_of(world.people["reviewer"]).get(page).status_code == 404
    assert "已撤销" in text_of(browser_of(station.unit.recipients().first()), world.url("unit/stations/"))
