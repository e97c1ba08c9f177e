"""A right that was taken back is gone at the next request, in sessions that were open before (T13).

Queued money is in `tests/funding/test_release.py`, queued mail in `tests/stations/test_membership.py`.
"""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jurisdictions.enums import Role
from jurisdictions.models import Membership
from jurisdictions.staffing import dismiss
from panels.enums import PanelState, SheetState
from panels.forming import withdraw_seat
from panels.models import ScoreSheet
from stations.enums import UnitRole
from stations.membership import end_member
from tests.applications.builders import Play
from tests.applications.filing import browser_of
from tests.browsing import signed_in
from tests.stations.builders import build_member, build_unit
from tests.world import World

# Who, the page of theirs that must close, and something they could still post to.
STAFF = [
    ("reviewer", "desk/"),
    ("officer", "bureau/rounds/"),
    ("publisher", "bureau/notices/"),
    ("maker", "funds/tranches/"),
    ("checker", "funds/tranches/"),
    ("auditor", "audit/"),
]
ADMINISTRATIONS = [("admin", "settings/"), ("security", "settings/security/")]


@pytest.mark.parametrize(("key", "page"), STAFF)
def test_dismissed_in_an_open_session(world: World, key: str, page: str) -> None:
    session = signed_in(world, key)
    assert session.get(world.url(page)).status_code == 200
    for membership in Membership.objects.filter(user=world.people[key], state="live"):
        dismiss(membership=membership, actor=world.people["admin"], reason="调离")
    assert session.get(world.url(page)).status_code == 404


@pytest.mark.parametrize(
    ("key", "page"), [*STAFF, ("admin", "settings/"), ("security", "settings/security/")]
)
def test_disabled_in_an_open_session(world: World, key: str, page: str) -> None:
    session = signed_in(world, key)
    assert session.get(world.url(page)).status_code == 200
    User.objects.filter(pk=world.people[key].pk).update(is_active=False)
    answer = session.get(world.url(page))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_a_post_elsewhere_keeps_only_what_it_gives(world: World) -> None:
    """One of two posts ends: the other's pages stay, those of the ended one close."""
    maker = signed_in(world, "maker")
    lead = Membership.objects.get(user=world.people["maker"], authority=world.lead, role=Role.FINANCE_MAKER)
    dismiss(membership=lead, actor=world.people["admin"], reason="调整")
    assert maker.get(world.url("funds/tranches/")).status_code == 200


@pytest.mark.parametrize("role", list(UnitRole))
def test_a_member_let_go_in_an_open_session(world: World, role: UnitRole) -> None:
    unit = build_unit(world)
    person = build_member(unit, "colleague", role)
    session = browser_of(person)
    assert session.get(world.url("unit/profile/")).status_code == 200
    end_member(member=unit.members.get(user=person), actor=unit.person)
    for page in ("unit/", "unit/profile/", "unit/stations/", "unit/assessments/"):
        assert session.get(world.url(page)).status_code == 404
    assert session.post(world.url("unit/profile/"), {}).status_code == 404


def test_an_expert_taken_off_a_panel_in_an_open_session(world: World) -> None:
    """Planted bug: `of_expert` without the seat, or `withdraw_seat` without taking the grant back."""
    play = Play(world)
    panel = play.at_panel("unit")
    expert = world.experts["expert1"]
    member = panel.members.get(expert=expert)
    sheet = ScoreSheet.objects.get(member=member)
    session = signed_in(world, "expert1")
    page = world.url(f"panel/sheets/{sheet.pk}/")
    assert session.get(page).status_code == 200
    withdraw_seat(member=member, reason="与申报单位有利害关系", actor=play.officer)
    assert session.get(page).status_code == 404
    for act in ("autosave/", "sign/", "recuse/"):
        given = {"version": sheet.revision, "verdict": "recommend", "comment": "好", "reason": "无"}
        assert session.post(f"{page}{act}", given).status_code == 404
    sheet.refresh_from_db()
    panel.refresh_from_db()
    assert (sheet.state, sheet.verdict, panel.state) == (SheetState.WITHDRAWN, "", PanelState.SCORING)


def test_nothing_of_the_house_is_open_without_signing_in(world: World) -> None:
    for _, page in STAFF:
        assert Client().get(world.url(page)).status_code == 302
