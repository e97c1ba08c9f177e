"""A draft goes on under a newer version only by its owner's click; a running round keeps its version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications.enums import ApplicationState
from applications.filing.carrying_over import carry_over, left_behind, rounds_to_carry_to
from applications.models import Application, Round
from applications.rounds import create_round, open_round
from core import clock
from core.errors import NotAllowed, StateConflict
from deadlines.models import Notification
from tests.applications.filing import browser_of, filled, submitter_of
from tests.jurisdictions.proposals import activated
from tests.world import World


def new_round(world: World) -> Round:
    """A further call, of whatever version is current today."""
    now = clock.now()
    made = create_round(
        authority=world.lead,
        year=now.year,
        title="新规则批次",
        announcement="按新规则申报",
        opens_at=now,
        closes_at=now + timedelta(days=30),
        basis="按新规则",
        actor=world.people["officer"],
    )
    return open_round(round_=made, actor=world.people["officer"])


def other_text(world: World) -> str:
    """A version that asks one thing otherwise: what the draft says of it has no place any more."""
    return world.profile.text.replace("employees_total", "staff_total")


def test_a_running_round_keeps_its_version_and_its_drafts_are_told(world: World) -> None:
    """Planted bugs: activation pins rounds anew; nobody is told."""
    draft = filled(world)
    version = activated(world, clock.today(), text=other_text(world))
    draft.refresh_from_db()
    assert draft.round.profile == world.profile
    assert Round.objects.get(pk=draft.round.pk).profile == world.profile
    told = Notification.objects.filter(title__contains="规则有新版本")
    assert {one.recipient for one in told} == set(draft.unit.recipients())
    assert rounds_to_carry_to(draft) == []
    made = new_round(world)
    assert made.profile == version
    assert rounds_to_carry_to(draft) == [made]


def test_what_fits_goes_along_and_what_does_not_is_named(world: World) -> None:
    draft = filled(world)
    activated(world, clock.today(), text=other_text(world))
    target = new_round(world)
    files = draft.panel_attachments().count()
    assert left_behind(draft, target) == ("员工总人数",)
    carried = carry_over(application=draft, round_=target, actor=submitter_of(world))
    new, old = carried.application, Application.objects.get(pk=draft.pk)
    new.refresh_from_db()
    assert (old.state, new.state, new.round) == (ApplicationState.WITHDRAWN, ApplicationState.DRAFT, target)
    assert carried.left == ("员工总人数",)
    assert "employees_total" not in new.facts
    assert (new.narratives, new.rosters, new.persons) == (old.narratives, old.rosters, old.persons)
    assert (new.panel_attachments().count(), old.panel_attachments().count()) == (files, 0)
    with pytest.raises(StateConflict):
        carry_over(application=old, round_=target, actor=submitter_of(world))


def test_nobody_but_its_owner_moves_a_draft(world: World) -> None:
    """Planted bug: the officer moves it."""
    draft = filled(world)
    activated(world, clock.today(), text=other_text(world))
    target = new_round(world)
    for key in ("officer", "admin", "reviewer"):
        with pytest.raises(NotAllowed):
            carry_over(application=draft, round_=target, actor=world.people[key])


def test_the_page_offers_it_and_the_click_does_it(world: World) -> None:
    draft = filled(world)
    activated(world, clock.today(), text=other_text(world))
    browser: Client = browser_of(submitter_of(world))
    page = world.url(f"unit/applications/{draft.pk}/")
    assert "可以转入新批次" not in browser.get(page).content.decode()
    target = new_round(world)
    assert "可以转入新批次" in browser.get(page).content.decode()
    assert browser.post(f"{page}carry-over/", {"round": draft.round_id}).status_code == 404
    answer: Any = browser.post(f"{page}carry-over/", {"round": target.pk}, follow=True)
    assert "没有转入：员工总人数" in answer.content.decode()


def test_the_offer_says_before_the_click_what_will_be_lost(world: World) -> None:
    """Planted bugs: the owner learns of the loss afterwards; whoever fills the draft in sees no offer."""
    draft = filled(world)
    activated(world, clock.today(), text=other_text(world))
    target = new_round(world)
    page = world.url(f"unit/applications/{draft.pk}/")
    shown = browser_of(submitter_of(world)).get(page).content.decode()
    assert "转入后不再保留：员工总人数" in shown
    assert f"?version={target.profile.version}&amp;compare={world.profile.version}" in shown
    assert "转入这一批次" in shown
    shown = browser_of(world.people["editor"]).get(page).content.decode()
    assert "转入后不再保留：员工总人数" in shown
    assert "转入这一批次" not in shown


def test_what_is_bound_to_a_version_cites_that_version(world: World) -> None:
    """Planted bug: 依据 on a draft's page leads to the text that replaced its own."""
    draft = filled(world)
    activated(world, clock.today(), text=other_text(world))
    shown = browser_of(submitter_of(world)).get(world.url(f"unit/applications/{draft.pk}/")).content.decode()
    assert f"/rules/?version={world.profile.version}#" in shown
    assert "/rules/#" not in shown
