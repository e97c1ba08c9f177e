"""Appointing, confirming, ending; and what the database says about it by itself."""

from __future__ import annotations

import threading
from itertools import combinations, permutations
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import User
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from jurisdictions.account_care import care_for_account
from jurisdictions.enums import (
    MAKER_AND_CHECKER,
    RIGHTS_OF_ROLE,
    ROLES_HERE,
    THREE_ADMINISTRATIONS,
    AccountAct,
    MembershipState,
    Right,
    Role,
)
from jurisdictions.models import Authority, Membership
from jurisdictions.permissions import holds, rights_of
from jurisdictions.platform import appoint_operator, platform_tenant
from jurisdictions.staffing import (
    appoint,
    confirm_appointment,
    dismiss,
    engage,
    refuse_appointment,
)
from stations.enums import UnitRole
from stations.membership import grant_role
from tests.jurisdictions.acts import confirmed, in_post, pending, somebody
from tests.stations.builders import build_unit
from tests.world import World, furnish, make_jurisdiction

# Every role and exactly the rights that it gives: the whole matrix, written down once more.
MATRIX: dict[str, set[str]] = {
    "reviewer": {"review", "assess"},
    "bureau_officer": {"review", "assess", "manage", "run_panel"},
    "panel_secretary": {"run_panel"},
    "notice_publisher": {"publish"},
    "finance_maker": {"prepare_payment"},
    "finance_checker": {"release_payment"},
    "administrator": {"administer"},
    "security_administrator": {"secure"},
    "auditor": {"audit"},
    "platform_operator": {"operate"},
}


def test_the_matrix_is_whole() -> None:
    assert {
        role.value: {right.value for right in rights} for role, rights in RIGHTS_OF_ROLE.items()
    } == MATRIX
    assert set(MATRIX) == set(Role.values)
    assert {right for rights in MATRIX.values() for right in rights} == set(Right.values)


@pytest.mark.parametrize("role", ROLES_HERE)
def test_a_role_gives_exactly_its_rights_and_only_at_its_authority(world: World, role: Role) -> None:
    """Planted bug: a right added to any role in `RIGHTS_OF_ROLE`, or granted at every authority."""
    membership = confirmed(world, role)
    held = {
        (authority, right.value)
        for authority in Authority.objects.all()
        for right in Right
        if holds(membership.user, right, authority)
    }
    assert held == {(world.lead, right) for right in MATRIX[role]}
    dismiss(membership=membership, actor=world.people["security"], reason="岗位调整")
    assert rights_of(membership.user) == frozenset()


# --- one appoints, another confirms --------------------------------------------


def test_an_appointment_gives_nothing_until_it_is_confirmed(world: World) -> None:
    """Planted bug: rights assigned in `appoint`."""
    membership = pending(world, user=world.people["expert1"])
    assert (membership.state, membership.appointed_by) == (MembershipState.PENDING, world.people["admin"])
    assert rights_of(membership.user) == frozenset()
    assert membership.user not in world.lead.recipients()
    confirm_appointment(membership=membership, actor=world.people["security"])
    assert (membership.state, membership.confirmed_by) == (MembershipState.LIVE, world.people["security"])
    assert rights_of(membership.user) == {Right.REVIEW, Right.ASSESS}
    assert membership.user in world.lead.recipients()
    entries = LogEntry.history_of(membership)
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("jurisdictions.appoint", world.people["admin"]),
        ("jurisdictions.confirm", world.people["security"]),
    ]
    who = {"user": membership.user_id, "authority": world.lead.pk, "role": "reviewer"}
    assert [entry.data for entry in entries] == [who, who]
    with pytest.raises(StateConflict):
        confirm_appointment(membership=membership, actor=world.people["security"])


def test_only_a_security_administrator_who_is_not_involved_confirms_or_refuses(world: World) -> None:
    """Planted bug: `can_confirm` without the two names."""
    membership = pending(world)
    for stranger in ("admin", "officer", "auditor", "expert1"):
        with pytest.raises(NotAllowed):
            confirm_appointment(membership=membership, actor=world.people[stranger])
        with pytest.raises(NotAllowed):
            refuse_appointment(membership=membership, reason="不妥", actor=world.people[stranger])
    own = pending(world, Role.REVIEWER, user=world.people["security"])
    with pytest.raises(NotAllowed, match="自己的任职"):
        confirm_appointment(membership=own, actor=world.people["security"])
    confirm_appointment(membership=own, actor=in_post(world, Role.SECURITY_ADMINISTRATOR))
    assert holds(world.people["security"], Right.REVIEW, world.lead)


def test_who_appointed_does_not_confirm_even_with_both_rights(world: World) -> None:
    """Should a person ever hold both rights, the verb and the database still ask for two people."""
    from guardian.shortcuts import assign_perm  # noqa: PLC0415 - no verb gives both

    admin = world.people["admin"]
    assign_perm("jurisdictions.secure", admin, world.lead)
    membership = pending(world)
    with pytest.raises(NotAllowed, match="任命人不能确认"):
        confirm_appointment(membership=membership, actor=admin)
    with pytest.raises(IntegrityError, match="appointer_does_not_confirm"), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(
            state=MembershipState.LIVE, confirmed_by=admin, confirmed_at=clock.now()
        )


def test_refused_it_never_gave_a_right_and_may_be_given_again(world: World) -> None:
    membership = pending(world)
    with pytest.raises(ReasonRequired):
        refuse_appointment(membership=membership, reason=" ", actor=world.people["security"])
    refuse_appointment(membership=membership, reason="编制已满", actor=world.people["security"])
    assert (membership.state, membership.ended_by) == (MembershipState.REFUSED, world.people["security"])
    assert rights_of(membership.user) == frozenset()
    assert LogEntry.history_of(membership).last().reason == "编制已满"
    with pytest.raises(StateConflict):
        confirm_appointment(membership=membership, actor=world.people["security"])
    again = confirmed(world, Role.REVIEWER, user=membership.user)
    assert again.pk != membership.pk


def test_the_same_post_is_given_once(world: World) -> None:
    membership = pending(world)
    assert pending(world, user=membership.user) == membership
    confirm_appointment(membership=membership, actor=world.people["security"])
    assert pending(world, user=membership.user) == membership
    assert Membership.objects.filter(user=membership.user).count() == 1


def test_the_system_appoints_and_confirms_at_once(world: World) -> None:
    waiting = pending(world)
    live = appoint(user=waiting.user, authority=world.lead, role=Role.REVIEWER, actor=None)
    assert (live, live.state, live.confirmed_by) == (waiting, MembershipState.LIVE, None)
    assert rights_of(waiting.user) == {Right.REVIEW, Right.ASSESS}


def test_only_the_administrator_appoints_and_never_themself(world: World) -> None:
    """Planted bug: without the look at `actor.pk` the database answers with an error page."""
    person = somebody()
    for stranger in ("security", "officer", "auditor", "expert1"):
        with pytest.raises(NotAllowed):
            appoint(user=person, authority=world.lead, role=Role.REVIEWER, actor=world.people[stranger])
    admin = world.people["admin"]
    with pytest.raises(NotAllowed, match="自己"):
        appoint(user=admin, authority=world.lead, role=Role.BUREAU_OFFICER, actor=admin)
    assert not Membership.objects.filter(user=person).exists()


def test_a_disabled_account_gets_no_post_and_none_of_its_waiting_ones(world: World) -> None:
    membership = pending(world)
    membership.user.is_active = False
    membership.user.save()
    with pytest.raises(DomainError, match="已停用"):
        confirm_appointment(membership=membership, actor=world.people["security"])
    with pytest.raises(DomainError, match="已停用"):
        pending(world, Role.NOTICE_PUBLISHER, user=membership.user)


# --- what one person never is together -------------------------------------------


@pytest.mark.parametrize(("first", "second"), list(permutations(THREE_ADMINISTRATIONS, 2)))
def test_the_three_administrations_are_three_people(world: World, first: Role, second: Role) -> None:
    """Planted bug: the check left out of `_check_combination`; the constraint's own words then answer."""
    person = in_post(world, first)
    before = Membership.objects.count()
    with pytest.raises(DomainError, match=f"已是.*{first.label}：系统管理、安全管理、审计须由三人分别担任"):
        pending(world, second, user=person)
    with pytest.raises(DomainError):
        appoint(user=person, authority=world.authorities["finance"], role=second, actor=None)
    assert Membership.objects.count() == before


@pytest.mark.parametrize(("first", "second"), list(combinations(THREE_ADMINISTRATIONS, 2)))
def test_the_database_alone_keeps_the_three_apart(world: World, first: Role, second: Role) -> None:
    """Planted bug: without the constraint one person is two of the three."""
    person = in_post(world, first)
    for state in (MembershipState.PENDING, MembershipState.LIVE):
        with pytest.raises(IntegrityError, match="three_administrations"), transaction.atomic():
            Membership.objects.create(
                user=person, authority=world.lead, role=second, state=state, confirmed_at=clock.now()
            )


def test_after_one_administration_ends_the_person_may_take_another(world: World) -> None:
    membership = confirmed(world, Role.AUDITOR)
    dismiss(membership=membership, actor=world.people["admin"], reason="轮岗")
    assert confirmed(world, Role.SECURITY_ADMINISTRATOR, user=membership.user).state == MembershipState.LIVE


def test_one_person_may_be_of_the_three_in_two_jurisdictions(world: World) -> None:
    person = in_post(world, Role.AUDITOR)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        there = furnish(scope.tenant)
        assert confirmed(there, Role.ADMINISTRATOR, user=person).state == MembershipState.LIVE


@pytest.mark.parametrize(("first", "second"), list(permutations(MAKER_AND_CHECKER)))
def test_who_prepares_payments_does_not_release_them(world: World, first: Role, second: Role) -> None:
    person = in_post(world, first)
    with pytest.raises(DomainError, match="须由两人分别担任"):
        pending(world, second, user=person)
    elsewhere = world.authorities["finance"]
    with pytest.raises(DomainError, match="须由两人分别担任"):
        appoint(user=person, authority=elsewhere, role=second, actor=None)
    # The same role at another authority is no second role.
    assert appoint(user=person, authority=elsewhere, role=first, actor=None).state == MembershipState.LIVE
    for authority in (world.lead, elsewhere):
        with pytest.raises(IntegrityError, match="maker_or_checker"), transaction.atomic():
            Membership.objects.create(user=person, authority=authority, role=second)


@pytest.mark.django_db(transaction=True)
def test_of_two_appointments_at_the_same_moment_the_database_admits_one() -> None:
    """Both checks pass before either saves; the second one gets the sentence, not an error page."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        person = somebody()
    said: list[str] = []
    first_saved, second_waits = threading.Event(), threading.Event()

    def second() -> None:
        try:
            with tenant_scope(jurisdiction):
                first_saved.wait(10)
                # At another authority: the lock on one would make the two wait for each other.
                appoint(user=person, authority=world.authorities["finance"], role=Role.AUDITOR, actor=None)
        except DomainError as refused:
            said.append(refused.message)
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    with tenant_scope(jurisdiction), transaction.atomic():
        appoint(user=person, authority=world.lead, role=Role.SECURITY_ADMINISTRATOR, actor=None)
        first_saved.set()
        second_waits.wait(1)
    thread.join(20)
    assert said == ["系统管理、安全管理、审计须由三人分别担任。"]
    with tenant_scope(jurisdiction):
        assert [m.role for m in Membership.objects.filter(user=person)] == [Role.SECURITY_ADMINISTRATOR]


# --- ending ----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "security"])
def test_either_administration_ends_a_post_at_once(world: World, who: str) -> None:
    membership = confirmed(world)
    with pytest.raises(ReasonRequired):
        dismiss(membership=membership, actor=world.people[who], reason=" ")
    dismiss(membership=membership, actor=world.people[who], reason="调离")
    assert (membership.state, membership.ended_by) == (MembershipState.ENDED, world.people[who])
    assert rights_of(membership.user) == frozenset()
    with pytest.raises(StateConflict):
        dismiss(membership=membership, actor=world.people[who], reason="再来")


def test_nobody_else_ends_a_post_and_nobody_their_own(world: World) -> None:
    membership = confirmed(world)
    for stranger in ("officer", "auditor", "publisher"):
        with pytest.raises(NotAllowed):
            dismiss(membership=membership, actor=world.people[stranger], reason="无")
    in_post(world, Role.ADMINISTRATOR)
    own = Membership.objects.get(user=world.people["admin"])
    with pytest.raises(NotAllowed, match="自己的任职"):
        dismiss(membership=own, actor=world.people["admin"], reason="离任")
    for column in ("ended_by", "appointed_by"):
        with pytest.raises(IntegrityError, match="nobody_appoints_or_dismisses"), transaction.atomic():
            Membership.objects.filter(pk=own.pk).update(**{column: own.user})


@pytest.mark.parametrize(("key", "by"), [("admin", "security"), ("security", "admin")])
def test_the_last_administrator_stays_until_there_is_a_successor(world: World, key: str, by: str) -> None:
    """Planted bug: without the check the two can leave the jurisdiction with nobody to appoint or confirm."""
    own = Membership.objects.get(user=world.people[key])
    with pytest.raises(StateConflict, match="请先任命并确认继任者"):
        dismiss(membership=own, actor=world.people[by], reason="离任")
    waiting = pending(world, Role(own.role))
    with pytest.raises(StateConflict):
        dismiss(membership=own, actor=world.people[by], reason="离任")
    confirm_appointment(membership=waiting, actor=world.people["security"])
    dismiss(membership=own, actor=world.people[by], reason="离任")
    assert own.state == MembershipState.ENDED


def test_a_right_that_another_post_gives_stays(world: World) -> None:
    reviewing = confirmed(world, Role.REVIEWER)
    confirmed(world, Role.BUREAU_OFFICER, user=reviewing.user)
    waiting = pending(world, Role.NOTICE_PUBLISHER, user=reviewing.user)
    dismiss(membership=reviewing, actor=world.people["admin"], reason="岗位调整")
    assert rights_of(reviewing.user) == {Right.REVIEW, Right.ASSESS, Right.MANAGE, Right.RUN_PANEL}
    dismiss(membership=waiting, actor=world.people["admin"], reason="撤回")
    assert rights_of(reviewing.user) == {Right.REVIEW, Right.ASSESS, Right.MANAGE, Right.RUN_PANEL}


def test_a_waiting_post_keeps_no_right_alive(world: World) -> None:
    """Planted bug: with waiting posts counted among the others, dismissing leaves their rights."""
    live = confirmed(world, Role.REVIEWER)
    pending(world, Role.BUREAU_OFFICER, user=live.user)
    dismiss(membership=live, actor=world.people["admin"], reason="岗位调整")
    assert rights_of(live.user) == frozenset()


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (MembershipState.ENDED, {}),
        (MembershipState.REFUSED, {}),
        (MembershipState.LIVE, {"confirmed_at": None}),
    ],
)
def test_state_and_times_agree_in_the_database(world: World, state: str, changes: dict[str, Any]) -> None:
    membership = confirmed(world)
    with pytest.raises(IntegrityError, match="membership_"), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(state=state, **changes)


# --- somebody new ----------------------------------------------------------------


def test_somebody_new_gets_an_account_and_a_password_that_is_told_once(world: World) -> None:
    from accounts.opening import NewAccount  # noqa: PLC0415 - used here only

    account = NewAccount("qs-new", "段新", "qs-new@example.org", "", "")
    membership, password = engage(
        account=account, authority=world.lead, role=Role.REVIEWER, actor=world.people["admin"]
    )
    person = membership.user
    assert (person.check_password(password), person.must_change_password) == (True, True)
    assert membership.state == MembershipState.PENDING
    rows = [str(entry.data) + entry.reason for entry in LogEntry.objects.all()]
    assert not [row for row in rows if password in row]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_outboxmessage")
        assert cursor.fetchone() == (0,)
    with pytest.raises((InputRefused, DomainError)) as refused:
        engage(account=account, authority=world.lead, role=Role.REVIEWER, actor=world.people["admin"])
    assert refused.value.problems[0].path == "username"
    with pytest.raises(NotAllowed):
        engage(account=account, authority=world.lead, role=Role.REVIEWER, actor=world.people["security"])


# --- the platform ----------------------------------------------------------------


def test_the_platforms_role_is_not_a_jurisdictions_to_give(world: World) -> None:
    with pytest.raises(DomainError, match="只能由平台任命"):
        pending(world, Role.PLATFORM_OPERATOR)
    operator = somebody()
    membership = appoint_operator(user=operator)
    assert membership.tenant == platform_tenant()
    with tenant_scope(platform_tenant()), pytest.raises(DomainError, match="只能由平台任命"):
        appoint(user=somebody(), authority=Authority.objects.get(), role=Role.AUDITOR, actor=None)


def test_who_runs_the_platform_works_in_no_jurisdiction(world: World) -> None:
    """Planted bug: without the constraint `operator_or_staff` the second insert goes through."""
    operator = somebody()
    appoint_operator(user=operator)
    with pytest.raises(DomainError, match="是平台运行人员"):
        pending(world, Role.REVIEWER, user=operator)
    with pytest.raises(IntegrityError, match="operator_or_staff"), transaction.atomic():
        Membership.objects.create(user=operator, authority=world.lead, role=Role.REVIEWER)
    with pytest.raises(DomainError, match="任职"):
        appoint_operator(user=world.people["officer"])
    assert rights_of(operator) == frozenset()


# --- people of a unit ------------------------------------------------------------


def test_people_of_a_unit_get_no_post_here(world: World) -> None:
    """Planted bug: without the bar a unit's submitter reviews what the unit hands in."""
    unit = build_unit(world)
    for role in (Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(DomainError, match="申报单位成员"):
            appoint(user=unit.person, authority=world.lead, role=role, actor=world.people["admin"])
    with pytest.raises(DomainError, match="申报单位成员"):
        appoint(user=unit.person, authority=world.lead, role=Role.REVIEWER, actor=None)
    assert not Membership.objects.filter(user=unit.person).exists()


def test_who_joined_a_unit_meanwhile_is_not_confirmed(world: World) -> None:
    """Planted bug: the combination asked about at the appointment only."""
    waiting = pending(world)
    grant_role(unit=build_unit(world), user=waiting.user, role=UnitRole.EDITOR, actor=None)
    with pytest.raises(DomainError, match="申报单位成员"):
        confirm_appointment(membership=waiting, actor=world.people["security"])
    assert rights_of(waiting.user) == frozenset()


def test_the_last_administrators_account_stays_in_use(world: World) -> None:
    """Planted bugs: disabling asks nothing; a disabled account counts as a successor."""
    admin, security = world.people["admin"], world.people["security"]
    disable = {"act": AccountAct.DISABLE, "reason": "离岗", "actor": security}
    with pytest.raises(StateConflict, match="最后一名系统管理员"):
        care_for_account(user=admin, **disable)
    other = in_post(world, Role.ADMINISTRATOR)
    care_for_account(user=other, **disable)
    with pytest.raises(StateConflict, match="最后一名系统管理员"):
        care_for_account(user=admin, **disable)
    own = Membership.objects.get(user=admin)
    with pytest.raises(StateConflict, match="请先任命并确认继任者"):
        dismiss(membership=own, actor=security, reason="离任")
    in_post(world, Role.ADMINISTRATOR)
    care_for_account(user=admin, **disable)
    assert not User.objects.get(pk=admin.pk).is_active
