"""A unit's people: invited, accepting, leaving, handing over, and replaced by their authority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from accounts.opening import NewAccount
from core import clock, outbox
from core.errors import DomainError, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry, OutboxMessage
from core.tenancy import tenant_scope
from deadlines.models import Notification
from jurisdictions.platform import appoint_operator
from stations.enums import InvitationState, UnitRole
from stations.invitations import (
    MOST_OPEN,
    VALID_FOR,
    accept_invitation,
    invitation_of,
    invite,
    is_usable,
    path_of,
    token_of,
    withdraw_invitation,
)
from stations.membership import end_member, hand_over
from stations.models import ApplicantUnit, Invitation
from stations.permissions import can_edit_unit, can_submit_for_unit
from stations.registration import update_contact
from tests.applications.filing import browser_of
from tests.jurisdictions.acts import pending, somebody
from tests.stations.builders import build_member, build_unit
from tests.world import World, furnish, make_jurisdiction

ORIGIN = "https://skills.example.org"


@pytest.fixture
def unit(world: World) -> ApplicantUnit:
    """An approved unit whose submitter is `unit.person`."""
    return build_unit(world)


def invited(unit: ApplicantUnit, role: UnitRole = UnitRole.EDITOR, **changes: Any) -> Invitation:
    given = {"name": "车晓宁", "email": "che@example.org", "phone": "", "role": role, "actor": unit.person}
    return invite(unit=unit, origin=ORIGIN, **{**given, **changes})


def account(username: str = "invited") -> NewAccount:
    return NewAccount(username, "车晓宁", f"{username}@example.org", "13800000001", "Marigold-77-river")


def live(unit: ApplicantUnit) -> dict[str, str]:
    members = unit.members.filter(ended_at__isnull=True).select_related("user")
    return {member.user.username: member.role for member in members}


# --- inviting --------------------------------------------------------------------


def test_invited_accepted_member(unit: ApplicantUnit) -> None:
    invitation = invited(unit)
    member = accept_invitation(invitation=invitation, account=account())
    assert (member.user.username, member.role, member.unit) == ("invited", UnitRole.EDITOR, unit)
    assert (can_edit_unit(member.user, unit), can_submit_for_unit(member.user, unit)) == (True, False)
    assert not member.user.must_change_password
    assert (invitation.state, invitation.accepted_by) == (InvitationState.ACCEPTED, member.user)
    assert [e.action for e in LogEntry.history_of(unit)] == ["stations.invite", "stations.add_member"]
    assert LogEntry.history_of(invitation).get().action == "stations.accept"


def test_the_token_stands_nowhere(unit: ApplicantUnit) -> None:
    """Planted bug: the token, or the link, kept in the row or in the outbox."""
    invitation = invited(unit, phone="13805350101")
    token = token_of(invitation)
    assert invitation_of(token) == invitation
    with connection.cursor() as cursor:
        for table in ("stations_invitation", "core_outboxmessage", "core_logentry"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            text = cursor.fetchone()[0]
            assert token not in text
            assert "13805350101" not in text
    assert invitation.phone_hint == "138****0101"


def test_the_link_is_mailed_once(unit: ApplicantUnit) -> None:
    invitation = invited(unit)
    outbox.relay_all()
    OutboxMessage.objects.update(done_at=None)
    outbox.relay_all()
    sent = mail.outbox.pop()
    assert (mail.outbox, sent.to) == ([], ["che@example.org"])
    assert f"{ORIGIN}{path_of(invitation)}\n" in sent.body
    assert invited(unit, email="", phone="13805350101").mailed_at is None
    outbox.relay_all()
    assert mail.outbox == []


@pytest.mark.parametrize("spoil", ["withdrawn", "expired", "inviter gone", "inviter disabled"])
def test_a_worthless_link_is_not_mailed_and_not_accepted(unit: ApplicantUnit, spoil: str) -> None:
    """What waits asks again who may. Planted bug: `is_usable` without the inviter's right."""
    inviter = build_member(unit, "second-submitter")
    invitation = invited(unit, actor=inviter)
    if spoil == "withdrawn":
        withdraw_invitation(invitation=invitation, actor=unit.person)
    elif spoil == "expired":
        clock.move_to(moment=clock.now() + VALID_FOR, actor=None)
    elif spoil == "inviter gone":
        end_member(member=unit.members.get(user=inviter), actor=unit.person)
    else:
        User.objects.filter(pk=inviter.pk).update(is_active=False)
    invitation = Invitation.objects.get(pk=invitation.pk)
    assert not is_usable(invitation)
    outbox.relay_all()
    assert mail.outbox == []
    with pytest.raises(StateConflict, match="邀请链接无效"):
        accept_invitation(invitation=invitation, account=account())
    assert not User.objects.filter(username="invited").exists()
    assert Client().get(path_of(invitation)).status_code == 404


def test_a_link_is_used_once(unit: ApplicantUnit) -> None:
    invitation = invited(unit)
    accept_invitation(invitation=invitation, account=account())
    stale = Invitation.objects.get(pk=invitation.pk)
    stale.state = InvitationState.OPEN
    with pytest.raises(StateConflict):
        accept_invitation(invitation=stale, account=account("again"))
    assert live(unit) == {unit.person.username: "submitter", "invited": "editor"}


def test_just_before_its_end_it_still_works(unit: ApplicantUnit) -> None:
    invitation = invited(unit)
    clock.move_to(moment=clock.now() + VALID_FOR - timedelta(minutes=5), actor=None)
    assert accept_invitation(invitation=invitation, account=account()).user.username == "invited"


def test_an_editor_neither_invites_nor_submits_nor_touches_the_account(unit: ApplicantUnit) -> None:
    """Planted bug: the submitter's permission among the editor's in `PERMISSIONS`."""
    editor = accept_invitation(invitation=invited(unit), account=account())
    waiting = invited(unit, email="other@example.org")
    with pytest.raises(NotAllowed):
        invited(unit, actor=editor.user)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation=waiting, actor=editor.user)
    with pytest.raises(NotAllowed):
        end_member(member=unit.members.get(user=unit.person), actor=editor.user)
    with pytest.raises(NotAllowed):
        hand_over(unit=unit, successor=unit.members.get(user=unit.person), actor=editor.user)
    with pytest.raises(NotAllowed):
        update_contact(
            unit=unit,
            contact_name="x",
            contact_phone=unit.contact_phone,
            email="",
            bank_account_name="别人",
            bank_name="别行",
            bank_account="62220000",
            actor=editor.user,
        )
    assert not can_submit_for_unit(editor.user, unit)


@pytest.mark.parametrize(
    ("changes", "path"), [({"name": " "}, "name"), ({"email": "", "phone": " "}, "email")]
)
def test_missing_input_is_refused_at_its_field(
    unit: ApplicantUnit, changes: dict[str, str], path: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        invited(unit, **changes)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_nobodys_letterbox_is_flooded(unit: ApplicantUnit) -> None:
    for _ in range(MOST_OPEN):
        last = invited(unit)
    with pytest.raises(DomainError, match="请先撤回"):
        invited(unit)
    withdraw_invitation(invitation=last, actor=unit.person)
    invited(unit)


def test_staff_operators_and_members_do_not_accept(world: World, unit: ApplicantUnit) -> None:
    """Whoever judges a unit is none of its people. Planted bug: without `works_here` in the verb."""
    invitation = invited(unit)
    operator = somebody()
    appoint_operator(user=operator)
    # A post that only waits to be confirmed is one, too: neither of the two ways leads around the other.
    for person in (world.people["reviewer"], operator, pending(world).user):
        with pytest.raises(NotAllowed, match="不能成为申报单位成员"):
            accept_invitation(invitation=invitation, actor=person)
    with pytest.raises(StateConflict, match="已是该单位成员"):
        accept_invitation(invitation=invitation, actor=unit.person)
    with pytest.raises(NotAllowed):
        accept_invitation(invitation=invitation, actor=None)
    assert live(unit) == {unit.person.username: "submitter"}


def test_an_editor_who_accepts_as_submitter_becomes_one(unit: ApplicantUnit) -> None:
    editor = build_member(unit, "editor", UnitRole.EDITOR)
    accept_invitation(invitation=invited(unit, UnitRole.SUBMITTER), actor=editor)
    assert live(unit) == {unit.person.username: "submitter", "editor": "submitter"}
    assert can_submit_for_unit(editor, unit)


def test_the_database_keeps_state_and_person_together(unit: ApplicantUnit) -> None:
    invitation = invited(unit)
    for changes in ({"state": "accepted", "closed_at": clock.now()}, {"state": "withdrawn"}):
        with pytest.raises(IntegrityError, match="_invitation_"), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**changes)


# --- leaving and handing over ----------------------------------------------------


def test_a_member_who_was_let_go_has_no_right_left(unit: ApplicantUnit) -> None:
    other = build_member(unit, "other")
    end_member(member=unit.members.get(user=other), actor=unit.person)
    assert (can_edit_unit(other, unit), can_submit_for_unit(other, unit)) == (False, False)
    with pytest.raises(DomainError, match="至少保留一名"):
        end_member(member=unit.members.get(user=unit.person, ended_at=None), actor=unit.person)


def test_handing_over_is_one_step(unit: ApplicantUnit) -> None:
    clerk = build_member(unit, "clerk", UnitRole.EDITOR)
    before = unit.person
    hand_over(unit=unit, successor=unit.members.get(user=clerk), actor=before)
    assert live(unit) == {"clerk": "submitter"}
    assert (can_submit_for_unit(clerk, unit), can_edit_unit(before, unit)) == (True, False)
    assert Notification.objects.get().recipient == clerk
    with pytest.raises(NotAllowed):
        hand_over(unit=unit, successor=unit.members.get(user=clerk, ended_at=None), actor=before)
    with pytest.raises(StateConflict):
        hand_over(unit=unit, successor=unit.members.get(user=clerk, ended_at=None), actor=clerk)


# --- the pages -------------------------------------------------------------------


def test_from_the_units_page_to_the_new_members_own(world: World, unit: ApplicantUnit) -> None:
    chief, fields = browser_of(unit.person), {"name": "车晓宁", "role": "editor"}
    page = chief.post(world.url("unit/members/invite/"), fields)
    assert (page.status_code, list(page.context["invitation_form"].errors)) == (422, ["email"])
    answer = chief.post(world.url("unit/members/invite/"), {**fields, "phone": "13805350101"})
    assert answer.status_code == 302
    link = path_of(Invitation.objects.get())
    assert f"http://testserver{link}" in chief.get(world.url("unit/profile/")).content.decode()
    visitor = Client()
    shown = visitor.get(link)
    assert unit.name in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    person = {
        "username": "invited",
        "full_name": "车晓宁",
        "person_email": "che@example.org",
        "phone": "13800000001",
        "password": "Marigold-77-river",
        "password_again": "Marigold-77-river",
    }
    weak = visitor.post(link, {**person, "password": "short", "password_again": "short"})
    assert (weak.status_code, list(weak.context["form"].errors)) == (422, ["password"])
    welcome = visitor.post(link, person, follow=True)
    assert welcome.redirect_chain == [(f"{world.url('unit/profile/')}?unit={unit.pk}", 302)]
    assert "invited" in live(unit)
    assert Client().post(link, {**person, "username": "again"}).status_code == 404
    # An editor sees no links and finds no way to invite.
    profile = visitor.get(world.url("unit/profile/")).content.decode()
    assert "unit/members/invite/" not in profile
    refused = visitor.post(world.url("unit/members/invite/"), {**fields, "phone": "13805350101"})
    assert refused.status_code == 422
    assert Invitation.objects.count() == 1


def test_a_person_with_an_account_joins_with_it(world: World, unit: ApplicantUnit) -> None:
    person = somebody()
    link = path_of(invited(unit))
    browser = browser_of(person)
    assert person.username in browser.get(link).content.decode()
    assert browser.post(link).status_code == 302
    assert live(unit)[person.username] == "editor"
    refused = browser_of(world.people["reviewer"]).get(path_of(invited(unit)))
    assert refused.status_code == 200


def test_a_link_of_another_jurisdiction_or_of_nobody_is_not_found(world: World, unit: ApplicantUnit) -> None:
    token = token_of(invited(unit))
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        furnish(scope.tenant)
        assert invitation_of(token) is None
    assert Client().get(f"/gaoming/invitations/{token}/").status_code == 404
    assert Client().get(world.url("invitations/nonsense/")).status_code == 404


def test_another_units_invitations_and_members_are_not_found(world: World, unit: ApplicantUnit) -> None:
    invitation, stranger = invited(unit), build_unit(world)
    browser = browser_of(stranger.person)
    own = unit.members.get()
    assert browser.post(world.url(f"unit/members/invitations/{invitation.pk}/withdraw/")).status_code == 404
    assert browser.post(world.url(f"unit/members/{own.pk}/end/")).status_code == 404
    answer = browser.post(world.url("unit/members/hand-over/"), {"successor": own.pk})
    assert (answer.status_code, live(stranger)) == (302, {stranger.person.username: "submitter"})


def test_handing_over_on_the_page(world: World, unit: ApplicantUnit) -> None:
    clerk = build_member(unit, "clerk", UnitRole.EDITOR)
    browser = browser_of(unit.person)
    assert "移交并退出" in browser.get(world.url("unit/profile/")).content.decode()
    assert browser_of(clerk).post(world.url("unit/members/hand-over/"), {}).status_code == 404
    successor = unit.members.get(user=clerk)
    assert browser.post(world.url("unit/members/hand-over/"), {"successor": successor.pk}).status_code == 302
    assert live(unit) == {"clerk": "submitter"}
    assert browser.get(world.url("unit/profile/")).status_code == 404
