"""The one way to change a stored state: who, from where, why; logged once; safe against a second hand."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from core import clock
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import tenant_scope
from core.workflow import perform
from funding.enums import TrancheState
from funding.models import Tranche
from tests.database import connected_as
from tests.stations.builders import build_station
from tests.world import World, furnish, make_jurisdiction


def _due(world: World) -> Tranche:
    return Tranche.objects.get(award__station=build_station(world), seq=1)


def test_a_step_saves_the_state_and_appends_to_the_log(world: World) -> None:
    tranche, maker = _due(world), world.people["maker"]
    before = LogEntry.objects.count()
    entry = perform(
        tranche, "approve", actor=maker, clause="QS-11.3", approved_by=maker, approved_at=tranche.due_at
    )
    tranche.refresh_from_db()
    assert (tranche.state, tranche.approved_by) == (TrancheState.APPROVED, maker)
    assert LogEntry.objects.count() == before + 1
    assert (entry.action, entry.source, entry.target, entry.actor, entry.actor_name, entry.clause) == (
        "funding.approve",
        "due",
        "approved",
        maker,
        maker.full_name,
        "QS-11.3",
    )


def test_a_step_from_elsewhere_is_refused_in_the_readers_words(world: World) -> None:
    tranche = _due(world)
    with pytest.raises(StateConflict, match="当前状态为“应付”，不能办理“复核放款”。"):
        perform(tranche, "order", actor=world.people["checker"])


@pytest.mark.parametrize("who", ["checker", "officer", "reviewer", "publisher", "admin", "auditor"])
def test_a_step_by_the_wrong_person_is_refused(world: World, who: str) -> None:
    tranche, count = _due(world), LogEntry.objects.count()
    with pytest.raises(NotAllowed):
        perform(tranche, "approve", actor=world.people[who])
    tranche.refresh_from_db()
    assert tranche.state == TrancheState.DUE
    assert LogEntry.objects.count() == count


def test_a_step_of_the_system_is_nobodys(world: World) -> None:
    tranche = _due(world)
    with pytest.raises(NotAllowed):
        perform(tranche, "refuse", actor=world.people["officer"], reason="不付")


def test_a_reason_of_blanks_is_no_reason(world: World) -> None:
    tranche = _due(world)
    with pytest.raises(ReasonRequired) as refused:
        perform(tranche, "refuse", actor=None, reason="  \n ")
    assert refused.value.path == "reason"


def test_what_the_caller_holds_in_memory_never_overwrites(world: World) -> None:
    tranche = _due(world)
    stale = Tranche.objects.get(pk=tranche.pk)
    Tranche.objects.filter(pk=tranche.pk).update(explanation="别人刚写的")
    stale.explanation, maker = "旧的", world.people["maker"]
    perform(stale, "approve", actor=maker, approved_by=maker, approved_at=stale.due_at)
    assert Tranche.objects.get(pk=tranche.pk).explanation == "别人刚写的"


CHANGES = (
    "UPDATE core_logentry SET actor_name = '某人'",
    "DELETE FROM core_logentry",
    "TRUNCATE core_logentry CASCADE",
    "TRUNCATE jurisdictions_jurisdiction CASCADE",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_may_not_change_the_log(world: World, statement: str) -> None:
    """By grant. Planted bug: `append_only` taken from the model."""
    build_station(world)
    assert LogEntry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_log_stops_its_owners_mistakes_too() -> None:
    """Planted bug: without migration core 0003 each statement goes through and this is red."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        LogEntry.record(jurisdiction, action="test", label="试", actor=None, at=clock.now())
    for statement in CHANGES:
        with connected_as("postgres") as link:
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                link.execute(statement)
            link.rollback()


@pytest.mark.django_db(transaction=True)
def test_of_two_hands_at_once_one_takes_the_step_and_one_is_told() -> None:
    """Planted bug: without the row lock in `perform` both go through (two log entries)."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        tranche, maker = _due(world), world.people["maker"]
        start, answers = threading.Barrier(2), []

        def hand() -> None:
            try:
                with tenant_scope(jurisdiction):
                    mine = Tranche.objects.get(pk=tranche.pk)
                    start.wait()
                    answers.append(_try(mine, maker))
            finally:
                connection.close()

        threads = [threading.Thread(target=hand) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(answers) == ["StateConflict", "done"]
        assert LogEntry.history_of(tranche).filter(action="funding.approve").count() == 1


def _try(tranche: Tranche, maker: Any) -> str:
    try:
        perform(tranche, "approve", actor=maker, approved_by=maker, approved_at=tranche.due_at)
    except StateConflict:
        return "StateConflict"
    return "done"
