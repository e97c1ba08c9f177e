"""A successor whom the unit's authority names: one proposes, another confirms, those who go are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from core import outbox
from core.errors import InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from deadlines.models import Notification
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint, dismiss
from stations.enums import InvitationState, UnitRole
from stations.invitations import accept_invitation, is_usable, path_of, token_of
from stations.models import ApplicantUnit, Invitation, UnitMember
from stations.permissions import can_edit_unit, can_submit_for_unit
from stations.succession import confirm_successor, propose_successor, refuse_successor
from tests.applications.filing import browser_of
from tests.jurisdictions.acts import confirmed, somebody
from tests.stations.builders import build_member, build_unit
from tests.stations.test_membership import ORIGIN, account, invited, live
from tests.world import World

GIVEN = {
    "name": "安接任",
    "email": "successor@example.org",
    "document": "沁机函〔2024〕3号",
    "reason": "原经办人离职，账号无人掌握",
}


@pytest.fixture
def unit(world: World) -> ApplicantUnit:
    return build_unit(world)


def proposed(world: World, unit: ApplicantUnit, **changes: Any) -> Invitation:
    return propose_successor(unit=unit, **{**GIVEN, "actor": world.people["reviewer"], **changes})


def colleague(world: World, unit: ApplicantUnit) -> Any:
    """Another reviewer at the unit's own authority."""
    person = somebody()
    appoint(user=person, authority=unit.home_authority, role=Role.REVIEWER, actor=None)
    return person


def test_a_proposal_takes_nothing_from_anybody_and_sends_no_link(world: World, unit: ApplicantUnit) -> None:
    """Planted bug: whoever proposes ends the submitters, or sends the link, at once."""
    open_one = invited(unit, UnitRole.EDITOR)
    invitation = proposed(world, unit)
    assert can_submit_for_unit(unit.person, unit)
    open_one.refresh_from_db()
    assert open_one.state == InvitationState.OPEN
    assert (invitation.state, is_usable(invitation)) == (InvitationState.PROPOSED, False)
    outbox.relay_all()
    assert not [m for m in mail.outbox if m.to == ["successor@example.org"]]
    with pytest.raises(StateConflict):
        accept_invitation(invitation=invitation, account=account())
    assert Client().get(path_of(invitation)).status_code == 404
    with pytest.raises(StateConflict, match="已有补任待确认"):
        proposed(world, unit)


def test_who_is_to_lose_access_is_told_at_once_in_the_app_and_by_mail(
    world: World, unit: ApplicantUnit
) -> None:
    second = build_member(unit, "second")
    build_member(unit, "editor", UnitRole.EDITOR)
    proposed(world, unit)
    outbox.relay_all()
    for person in (unit.person, second):
        (message,) = Notification.objects.filter(recipient=person)
        assert message.title == f"拟更换审核提交人：{unit.name}"
        assert "安接任" in message.text
        assert [person.email] in [one.to for one in mail.outbox]
    assert not Notification.objects.filter(recipient__username="editor").exists()


@pytest.mark.parametrize("by", ["colleague", "officer"])
def test_another_one_confirms_and_then_it_happens(world: World, unit: ApplicantUnit, by: str) -> None:
    old, editor = unit.person, build_member(unit, "editor", UnitRole.EDITOR)
    stale = invited(unit, UnitRole.SUBMITTER)
    invitation = proposed(world, unit)
    second = colleague(world, unit) if by == "colleague" else world.people["officer"]
    confirm_successor(invitation=invitation, origin=ORIGIN, actor=second)
    assert live(unit) == {"editor": "editor"}
    assert not can_edit_unit(old, unit)
    stale.refresh_from_db()
    assert stale.state == InvitationState.WITHDRAWN
    entries = LogEntry.history_of(unit).filter(action__endswith="_successor").order_by("id")
    assert [(e.action, e.actor, e.reason) for e in entries] == [
        ("stations.propose_successor", world.people["reviewer"], GIVEN["reason"]),
        ("stations.appoint_successor", second, GIVEN["reason"]),
    ]
    assert entries[1].data == {
        "document": GIVEN["document"],
        "invitation": invitation.pk,
        "ended": [old.pk],
        "invitations": [stale.pk],
    }
    assert Notification.objects.filter(recipient=old).first().title == f"您已不再代表{unit.name}"
    outbox.relay_all()
    assert [m.to for m in mail.outbox if path_of(invitation) in m.body] == [["successor@example.org"]]
    accept_invitation(invitation=invitation, actor=editor)
    assert live(unit) == {"editor": "submitter"}


def test_nobody_confirms_the_own_proposal_and_no_stranger_any(world: World, unit: ApplicantUnit) -> None:
    """Planted bug: whoever proposes confirms."""
    invitation = proposed(world, unit)
    for stranger in ("reviewer", "reviewer2", "admin", "auditor", "expert1"):
        with pytest.raises(NotAllowed):
            confirm_successor(invitation=invitation, origin=ORIGIN, actor=world.people[stranger])
    with pytest.raises(NotAllowed):
        confirm_successor(invitation=invitation, origin=ORIGIN, actor=unit.person)
    assert can_submit_for_unit(unit.person, unit)
    with pytest.raises(IntegrityError, match="does_not_confirm"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(confirmed_by=invitation.invited_by)


def test_a_refusal_changes_nothing_and_says_so(world: World, unit: ApplicantUnit) -> None:
    invitation, second = proposed(world, unit), colleague(world, unit)
    with pytest.raises(ReasonRequired):
        refuse_successor(invitation=invitation, reason=" ", actor=second)
    refuse_successor(invitation=invitation, reason="单位否认", actor=second)
    assert can_submit_for_unit(unit.person, unit)
    assert Notification.objects.filter(recipient=unit.person).first().title == f"补任未办理：{unit.name}"
    with pytest.raises(StateConflict):
        confirm_successor(invitation=invitation, origin=ORIGIN, actor=second)
    refuse_successor(invitation=proposed(world, unit), reason="填错", actor=world.people["reviewer"])


def test_only_the_units_own_authority_proposes_and_with_everything(world: World, unit: ApplicantUnit) -> None:
    for stranger in ("reviewer2", "officer", "admin", "expert1"):
        with pytest.raises(NotAllowed):
            proposed(world, unit, actor=world.people[stranger])
    with pytest.raises(NotAllowed):
        proposed(world, unit, actor=unit.person)
    empty = {"name": "", "email": " ", "document": "", "reason": " "}
    with pytest.raises(InputRefused) as refused:
        proposed(world, unit, **empty)
    assert [problem.path for problem in refused.value.problems] == list(empty)
    assert live(unit) == {unit.person.username: "submitter"}


def test_a_reviewer_who_was_dismissed_has_named_nobody(world: World, unit: ApplicantUnit) -> None:
    post = confirmed(world, Role.REVIEWER)
    ApplicantUnit.objects.filter(pk=unit.pk).update(home_authority=world.lead)
    unit.refresh_from_db()
    first = proposed(world, unit, actor=post.user)
    confirm_successor(invitation=first, origin=ORIGIN, actor=world.people["officer"])
    assert is_usable(first)
    second = proposed(world, unit, actor=post.user)
    dismiss(membership=post, actor=world.people["admin"], reason="调离")
    assert not is_usable(Invitation.objects.get(pk=first.pk))
    with pytest.raises(NotAllowed):
        confirm_successor(invitation=second, origin=ORIGIN, actor=world.people["officer"])


def test_proposed_on_one_page_confirmed_on_another(world: World, unit: ApplicantUnit) -> None:
    url = world.url(f"desk/units/{unit.pk}/successor/")
    assert browser_of(world.people["reviewer2"]).get(url).status_code == 404
    desk, officer = browser_of(world.people["reviewer"]), browser_of(world.people["officer"])
    assert str(unit.person) in desk.get(url).content.decode()
    assert desk.post(url, {**GIVEN, "document": ""}).status_code == 422
    answer = desk.post(url, GIVEN, follow=True)
    assert answer.redirect_chain == [(world.url(f"desk/units/{unit.pk}/"), 302)]
    invitation = Invitation.objects.get()
    page = world.url(f"desk/successions/{invitation.pk}/")
    own = desk.get(page).content.decode()
    assert "confirm/" not in own
    assert token_of(invitation) not in own
    desk.post(f"{page}confirm/")
    assert can_submit_for_unit(unit.person, unit)
    stranger = browser_of(world.people["reviewer2"])
    assert (stranger.get(page).status_code, stranger.post(f"{page}confirm/").status_code) == (404, 404)
    assert page in officer.get(world.url("desk/units/")).content.decode()
    shown = officer.get(page).content.decode()
    assert GIVEN["document"] in shown
    assert GIVEN["email"] in shown
    assert officer.post(f"{page}refuse/", {"reason": " "}).status_code == 422
    assert officer.post(f"{page}confirm/").status_code == 302
    assert not can_submit_for_unit(unit.person, unit)
    assert officer.get(page).status_code == 404
    # The unit's own log names the authority, not the person there.
    accept_invitation(invitation=Invitation.objects.get(), account=account())
    member = UnitMember.objects.get(user__username="invited")
    own = browser_of(member.user).get(world.url("unit/profile/")).content.decode()
    assert world.people["reviewer"].full_name not in own
    assert unit.home_authority.name in own
