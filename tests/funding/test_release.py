"""Approved by one, ordered by another, paid once."""

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from guardian.shortcuts import assign_perm

from accounts.models import User
from core.errors import InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from deadlines.models import Notification
from funding.enums import Account, TrancheState
from funding.ledger import balance
from funding.models import Journal, LedgerEntry, Release, Tranche
from funding.release import approve_tranche, order_release, release_ordered, release_tranche, send_back
from jurisdictions.enums import MembershipState
from jurisdictions.models import Membership
from jurisdictions.staffing import dismiss
from tests.database import connected_as
from tests.funding.acts import ordered, tranche
from tests.sealed import plain
from tests.stations.builders import build_station, build_unit
from tests.world import World, furnish, make_jurisdiction


def test_from_due_to_paid(world: World) -> None:
    station = build_station(world)
    subject = ordered(world, station)
    assert release_ordered() == 1
    subject.refresh_from_db()
    assert (subject.state, subject.approved_by, subject.ordered_by) == (
        TrancheState.RELEASED,
        world.people["maker"],
        world.people["checker"],
    )
    release = Release.objects.get()
    assert (release.tranche, release.reference) == (subject, f"140521-{subject.pk:010d}")
    assert dict(release.journal.entries.values_list("account", "amount_fen")) == {
        Account.PAYABLE.value: 4_000_000,
        Account.FISCAL.value: -4_000_000,
    }
    assert [entry.action for entry in LogEntry.history_of(subject)] == [
        "funding.fall_due",
        "funding.approve",
        "funding.order",
        "funding.release",
    ]
    paid = Notification.objects.filter(title__startswith="已拨付")
    assert {n.recipient for n in paid} == {station.person, world.people["maker"], world.people["checker"]}
    proof = balance()
    assert proof.holds
    assert (proof.paid_by_books_fen, proof.owed_by_books_fen) == (4_000_000, 6_000_000)


def test_a_second_run_pays_nothing(world: World) -> None:
    subject = ordered(world, build_station(world))
    assert [release_ordered(), release_ordered(), release_tranche(tranche_id=subject.pk)] == [1, 0, False]
    assert Release.objects.count() == 1
    assert Journal.objects.filter(kind="release").count() == 1


def test_nothing_is_paid_that_was_not_ordered(world: World) -> None:
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    assert release_ordered() == 0
    assert not release_tranche(tranche_id=subject.pk)


# --- four eyes (M12) ----------------------------------------------------------


@pytest.fixture
def both(world: World) -> Tranche:
    """A tranche approved by somebody who holds both rights, in two tabs, so to speak.

    No appointment gives both; should a grant ever do so, the payment itself still asks for two people.
    """
    maker = world.people["maker"]
    assign_perm("jurisdictions.release_payment", maker, world.lead)
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=maker)
    return subject


def test_the_same_person_is_refused_in_words(world: World, both: Tranche) -> None:
    with pytest.raises(NotAllowed, match="不能是同一人"):
        order_release(tranche=both, actor=world.people["maker"])
    both.refresh_from_db()
    assert both.state == TrancheState.APPROVED


def test_the_same_person_is_refused_by_the_database(world: World, both: Tranche) -> None:
    """Planted bug: without the constraint `maker_is_not_checker` the update goes through."""
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        Tranche.objects.filter(pk=both.pk).update(
            state=TrancheState.ORDERED, ordered_by=world.people["maker"], ordered_at=both.approved_at
        )


@pytest.mark.parametrize("state", [TrancheState.ORDERED, TrancheState.RELEASED])
def test_the_database_pays_nothing_without_two_names(world: World, state: TrancheState) -> None:
    subject = tranche(build_station(world), 1)
    with pytest.raises(IntegrityError, match="tranche_has"), transaction.atomic():
        Tranche.objects.filter(pk=subject.pk).update(state=state)


@pytest.mark.parametrize("who", ["checker", "officer", "reviewer", "publisher", "admin", "auditor"])
def test_only_a_maker_approves(world: World, who: str) -> None:
    subject = tranche(build_station(world), 1)
    with pytest.raises(NotAllowed):
        approve_tranche(tranche=subject, actor=world.people[who])


@pytest.mark.parametrize("who", ["maker", "officer", "reviewer", "publisher", "admin", "auditor"])
def test_only_a_checker_orders_or_sends_back(world: World, who: str) -> None:
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    with pytest.raises(NotAllowed):
        order_release(tranche=subject, actor=world.people[who])
    with pytest.raises(NotAllowed):
        send_back(tranche=subject, reason="金额不符", actor=world.people[who])


def test_sent_back_it_is_due_again_and_approved_by_nobody(world: World) -> None:
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    with pytest.raises(ReasonRequired):
        send_back(tranche=subject, reason=" ", actor=world.people["checker"])
    send_back(tranche=subject, reason="账户名称不符", actor=world.people["checker"])
    subject.refresh_from_db()
    assert (subject.state, subject.approved_by, subject.approved_at) == (TrancheState.DUE, None, None)
    message = Notification.objects.filter(title__startswith="退回").get()
    assert (message.recipient, "账户名称不符" in message.text) == (world.people["maker"], True)


def test_without_the_units_account_nothing_is_approved(world: World) -> None:
    subject = tranche(build_station(world, unit=build_unit(world, bank=False)), 1)
    with pytest.raises(InputRefused) as refused:
        approve_tranche(tranche=subject, actor=world.people["maker"])
    assert [p.message for p in refused.value.problems] == [
        "单位尚未登记开户名称，不能核准。",
        "单位尚未登记开户银行，不能核准。",
        "单位尚未登记银行账号，不能核准。",
    ]


def test_a_tranche_that_is_not_due_is_not_approved(world: World) -> None:
    subject = tranche(build_station(world), 2)
    with pytest.raises(StateConflict):
        approve_tranche(tranche=subject, actor=world.people["maker"])


# --- queued, and then the right is gone (T13) -----------------------------------


@pytest.mark.parametrize("who", ["maker", "checker"])
@pytest.mark.parametrize("how", ["dismissed", "disabled"])
def test_what_was_ordered_is_not_paid_once_one_of_the_two_has_lost_the_right(
    world: World, who: str, how: str
) -> None:
    """Planted bug: without `lost_right` the worker pays in the name of somebody who may not any more."""
    subject = ordered(world, build_station(world))
    person = world.people[who]
    if how == "disabled":
        User.objects.filter(pk=person.pk).update(is_active=False)
    else:
        for post in Membership.objects.filter(user=person, state=MembershipState.LIVE):
            dismiss(membership=post, actor=world.people["admin"], reason="调离")
    assert release_ordered() == 0
    subject.refresh_from_db()
    assert (subject.state, subject.approved_by, subject.ordered_by, subject.payee) == (
        TrancheState.DUE,
        None,
        None,
        {},
    )
    assert not Release.objects.exists()
    assert not Journal.objects.filter(kind="release").exists()
    entry = LogEntry.history_of(subject).last()
    assert (entry.action, entry.actor) == ("funding.give_back", None)
    assert str(person) in entry.reason
    assert entry.data == {
        "approved_by": world.people["maker"].pk,
        "ordered_by": world.people["checker"].pk,
    }
    other = world.people["checker" if who == "maker" else "maker"]
    assert Notification.objects.filter(recipient=other, title__startswith="放款已停止").count() == 1
    # Stopped for good, not until the person is back: it is approved and ordered anew.
    User.objects.filter(pk=person.pk).update(is_active=True)
    assert release_ordered() == 0


# --- the books ----------------------------------------------------------------


BOOKED = (
    "UPDATE funding_ledgerentry SET amount_fen = amount_fen * 2",
    "DELETE FROM funding_ledgerentry",
    "UPDATE funding_journal SET memo = '改'",
    "DELETE FROM funding_journal",
    "UPDATE funding_release SET reference = '改'",
    "DELETE FROM funding_release",
    "TRUNCATE funding_ledgerentry",
    "TRUNCATE funding_journal CASCADE",
    "TRUNCATE funding_release",
)


def test_the_application_cannot_change_what_was_booked(world: World) -> None:
    """Planted bug: with UPDATE and DELETE granted on append-only tables the statements meet a trigger."""
    ordered(world, build_station(world))
    release_ordered()
    for statement in BOOKED:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_nobody_else_changes_what_was_booked_either(world: World) -> None:
    """Not even a superuser, who passes grants and policies. Planted bug: without migration funding 0004."""
    ordered(world, build_station(world))
    release_ordered()
    for statement in BOOKED:
        with pytest.raises(psycopg.Error, match="append-only"), connected_as("postgres") as link:
            link.execute(statement)


@pytest.mark.parametrize("amounts", [[], [5_000], [5_000, -4_999], [5_000, 5_000]])
def test_a_journal_that_does_not_sum_to_zero_is_refused_at_commit(world: World, amounts: list[int]) -> None:
    """Planted bug: without the deferred trigger a half-posted or crooked journal is committed."""
    award = tranche(build_station(world), 1).award

    def crooked() -> None:
        journal = Journal.objects.create(number=99, kind="release", award=award, memo="坏账")
        for amount in amounts:
            LedgerEntry.objects.create(journal=journal, account=Account.FISCAL, amount_fen=amount)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="is not balanced"), transaction.atomic():
        crooked()


def test_one_tenants_run_never_pays_another_tenants_tranche(world: World) -> None:
    subject = ordered(world, build_station(world))
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        furnish(other)
        assert release_ordered() == 0
        assert not release_tranche(tranche_id=subject.pk)
    subject.refresh_from_db()
    assert subject.state == TrancheState.ORDERED


def test_a_changed_account_stops_the_release_until_it_is_approved_again(world: World) -> None:
    station = build_station(world)
    subject = tranche(station, 1)
    approve_tranche(tranche=subject, actor=world.people["maker"])
    approved = subject.payee
    unit = station.unit
    unit.bank_account = "6222000000002222"
    unit.save()
    subject = Tranche.objects.get(pk=subject.pk)
    with pytest.raises(StateConflict, match="收款账户有变更"):
        order_release(tranche=subject, actor=world.people["checker"])
    send_back(tranche=subject, reason="账户已变更", actor=world.people["checker"])
    approve_tranche(tranche=subject, actor=world.people["maker"])
    order_release(tranche=subject, actor=world.people["checker"])
    assert release_ordered() == 1
    paid = Release.objects.get().payee
    assert plain(paid["bank_account"]) == "6222000000002222"
    assert paid != approved
