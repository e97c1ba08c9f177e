"""The log's chain: complete whatever happens at once, and no change to it goes unseen."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from psycopg.conninfo import make_conninfo

from core import clock
from core.chain import Outcome, verify
from core.database.owner import signed_in_as
from core.models import LogEntry, LogLink
from core.seals import seal_today
from core.tenancy import tenant_scope
from jurisdictions.models import Authority, Jurisdiction
from tests.core.tampering import entries, link_at, rehash_from, tampering
from tests.database import connected_as
from tests.processes import ROOT, environment
from tests.world import World, make_jurisdiction

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH = 12


@pytest.fixture
def place() -> Iterator[Jurisdiction]:
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        yield jurisdiction


@pytest.fixture
def chain(place: Jurisdiction) -> list[LogEntry]:
    """A chain of twelve entries in each of two tenants, whose numbers lie in one another; both sealed."""
    other = make_jurisdiction("yantai")
    mine = []
    for _ in range(LENGTH // 4):
        mine += entries(4, place)
        with tenant_scope(other):
            entries(4, other)
    for tenant in (place, other):
        with tenant_scope(tenant):
            assert seal_today() is not None
    return mine


def found(outcome: Outcome) -> tuple[str, int | None, int | None]:
    assert outcome.fault is not None
    return outcome.fault.kind, outcome.fault.position, outcome.fault.entry


# --- linking --------------------------------------------------------------------


def test_every_entry_is_linked_at_commit_and_verifies(chain: list[LogEntry]) -> None:
    links = list(LogLink.objects.all())
    assert [link.entry_id for link in links] == [entry.pk for entry in chain]
    assert [link.position for link in links] == list(range(1, LENGTH + 1))
    assert [link.previous for link in links] == ["", *(link.hash for link in links[:-1])]
    assert verify() == Outcome(LENGTH, 1, None)


def test_what_is_rolled_back_leaves_no_link(place: Jurisdiction) -> None:
    entries(2, place)
    _log_in_vain(place)
    with transaction.atomic():
        kept = entries(1, place)
        _log_in_vain(place)
    assert [link.position for link in LogLink.objects.all()] == [1, 2, 3]
    assert link_at(3).entry == kept[0]
    assert verify() == Outcome(3, 0, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_logwaiting")
        assert cursor.fetchone() == (0,)


def _log_in_vain(place: Jurisdiction) -> None:
    with transaction.atomic():
        entries(2, place)
        transaction.set_rollback(True)


def test_one_transaction_may_log_to_several_tenants(place: Jurisdiction) -> None:
    other = make_jurisdiction("yantai")
    with transaction.atomic():
        with tenant_scope(other):
            entries(2, other)
        entries(2, place)
        with tenant_scope(other):
            entries(1, other)
    assert verify() == Outcome(2, 0, None)
    with tenant_scope(other):
        assert verify() == Outcome(3, 0, None)


def in_threads(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """The work done by so many threads, each with a connection of its own; what went wrong in them."""
    start, errors = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_eight_at_once_make_one_chain(place: Jurisdiction) -> None:
    """Planted bug: without the advisory lock in `core_log_append` two take the same position."""
    other = make_jurisdiction("yantai")

    def work(number: int) -> None:
        # Half of them take the tenants the other way round.
        tenants = [place, other] if number % 2 else [other, place]
        for _ in range(8):
            with transaction.atomic():
                for tenant in tenants:
                    with tenant_scope(tenant):
                        entries(2, tenant)

    assert in_threads(8, work) == []
    for tenant in (place, other):
        with tenant_scope(tenant):
            assert verify() == Outcome(8 * 8 * 2, 0, None)
            assert [link.position for link in LogLink.objects.all()] == list(range(1, 129))


def test_linking_waits_for_nobody_who_waits_for_it(place: Jurisdiction) -> None:
    """Foreign keys are checked at commit too. Planted bug: linking in the entry's own trigger, before them,
    ends in a deadlock: one has the chain and waits for the row, the other has the row and waits for it.
    """
    held = Authority.objects.create(kind="x", name="甲局", short_name="甲")
    locked, queued = threading.Event(), threading.Event()

    def with_row(_: int) -> None:
        with tenant_scope(place), transaction.atomic():
            Authority.objects.select_for_update(of=("self",)).get(pk=held.pk)
            locked.set()
            assert queued.wait(20)
            # Long enough for the other to reach its commit.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.5)")
            entries(1, place)

    def with_key(_: int) -> None:
        with tenant_scope(place), transaction.atomic():
            assert locked.wait(20)
            entries(1, place)
            held.memberships.create(user=_person(), role="auditor")
            queued.set()

    assert in_threads(2, lambda number: (with_row, with_key)[number](number)) == []
    assert verify() == Outcome(2, 0, None)


def _person() -> Any:
    return (
        Authority._meta.get_field("memberships")
        .related_model._meta.get_field("user")
        .related_model.objects.create(username="某人", full_name="某人")
    )


def test_a_stale_snapshot_makes_no_fork(place: Jurisdiction) -> None:
    """Under REPEATABLE READ the newest link is invisible: the commit fails, the chain stays whole."""

    def work(_: int) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with tenant_scope(place):
                assert LogLink.objects.count() == 0
                assert in_threads(1, lambda _: _log_one(place)) == []
                entries(1, place)

    (error,) = in_threads(1, work)
    assert isinstance(error, IntegrityError)
    assert verify() == Outcome(1, 0, None)


def _log_one(place: Jurisdiction) -> None:
    with tenant_scope(place):
        entries(1, place)


# --- rights ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO core_loglink (tenant_id, entry_id, position, version, previous, hash) "
        "SELECT tenant_id, id, 99, 1, '', '' FROM core_logentry LIMIT 1",
        "UPDATE core_loglink SET hash = ''",
        "DELETE FROM core_loglink",
        "TRUNCATE core_loglink",
        "UPDATE core_loghead SET hash = ''",
        "DELETE FROM core_loghead",
        "UPDATE core_logentry SET reason = ''",
        "DELETE FROM core_logentry",
        "INSERT INTO core_logwaiting (tenant_id, entry_id) VALUES (1, 1)",
        "DELETE FROM core_logwaiting",
        "SELECT core_log_append(tenant_id, id) FROM core_logentry",
        "ALTER TABLE core_logentry DISABLE TRIGGER log_note",
        "SET session_replication_role = replica",
    ],
)
@pytest.mark.django_db(transaction=False)
def test_the_application_only_adds_entries_and_heads(world: World, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize("table", ["core_loglink", "core_loghead"])
def test_links_and_heads_stop_their_owners_mistakes_too(
    chain: list[LogEntry], place: Jurisdiction, table: str
) -> None:
    for statement in (f"UPDATE {table} SET hash = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with connected_as("postgres") as link:
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                link.execute(statement)
            link.rollback()


def test_the_audit_role_verifies_and_writes_nothing(chain: list[LogEntry], place: Jurisdiction) -> None:
    known = connection.settings_dict
    url = make_conninfo(
        dbname=known["NAME"], user="stations_audit", host=known["HOST"], port=known["PORT"] or None
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        cwd=ROOT,
        env={**environment(AUDIT_SEAL_DIR=str(settings.AUDIT_SEAL_DIR)), "DATABASE_URL": url,
             "DATABASE_OWNER_URL": "", "SECRET_KEY": settings.SECRET_KEY},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert f"qinshui: intact, {LENGTH} entries, 1 sealed heads" in done.stdout
    with signed_in_as({"USER": "stations_audit", "PASSWORD": ""}), pytest.raises(DatabaseError):
        entries(1, place)


# --- tampering ------------------------------------------------------------------

TEXTS = (
    "actor_name", "role", "origin", "session", "request", "subject_type", "action", "label", "source",
    "target", "reason", "clause",
)  # fmt: skip
JSONS = ("data", "before", "after")
MOMENTS = ("at", "recorded_at")
TEXT = "'[1]'"


def edit(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(1, LENGTH))
    column = dice.choice((*TEXTS, *JSONS, *MOMENTS, "subject_id", "actor_id"))
    change = {
        **dict.fromkeys(TEXTS, f"left({column} || 'x', 16)" if column == "session" else f"{column} || 'x'"),
        **dict.fromkeys(JSONS, f"{column} || '{{\"x\": 1}}'"),
        **dict.fromkeys(MOMENTS, f"{column} + interval '1 microsecond'"),
        "subject_id": "subject_id + 1",
        "actor_id": "1",
    }[column]
    cursor.execute(f"UPDATE core_logentry SET {column} = {change} WHERE id = %s", [link.entry_id])
    return "edited entry", link.position, link.entry_id


def delete_entry(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(1, LENGTH))
    cursor.execute("DELETE FROM core_logentry WHERE id = %s", [link.entry_id])
    return "deleted entry", link.position, link.entry_id


def delete_both(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(1, LENGTH - 1))
    cursor.execute("DELETE FROM core_loglink WHERE id = %s", [link.pk])
    cursor.execute("DELETE FROM core_logentry WHERE id = %s", [link.entry_id])
    return "gap", link.position, None


def delete_and_close_up(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(1, LENGTH - 1))
    following = link_at(link.position + 1)
    delete = "DELETE FROM {} WHERE id = %s"
    cursor.execute(delete.format("core_loglink"), [link.pk])
    cursor.execute(delete.format("core_logentry"), [link.entry_id])
    _shift(cursor, link.position, -1)
    return "link edited", link.position, following.entry_id


def insert_plain(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    return "inserted entry", None, _copy(cursor, dice.randint(1, LENGTH))


def insert_linked(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    """An entry with a link that fits, and everything after it moved up: the next link no longer fits."""
    place = dice.randint(2, LENGTH - 1)
    following, new = link_at(place), _copy(cursor, place)
    _shift(cursor, place, 1)
    cursor.execute(
        "INSERT INTO core_loglink (tenant_id, entry_id, position, version, previous, hash) "
        "SELECT tenant_id, id, %s, 1, %s, core_log_hash(%s, %s, e) FROM core_logentry e WHERE id = %s",
        [place, following.previous, following.previous, place, new],
    )
    return "link edited", place + 1, following.entry_id


def swap_places(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    first, second = (link_at(position) for position in sorted(dice.sample(range(2, LENGTH + 1), 2)))
    for link, position in ((first, -1), (second, first.position), (first, second.position)):
        cursor.execute("UPDATE core_loglink SET position = %s WHERE id = %s", [position, link.pk])
    return "reordered", first.position, second.entry_id


def swap_entries(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    first, second = (link_at(position) for position in sorted(dice.sample(range(1, LENGTH + 1), 2)))
    for link, entry in ((first, -1), (second, first.entry_id), (first, second.entry_id)):
        cursor.execute("UPDATE core_loglink SET entry_id = %s WHERE id = %s", [entry, link.pk])
    return "reordered", first.position, second.entry_id


def swap_contents(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    first, second = (link_at(position) for position in sorted(dice.sample(range(1, LENGTH + 1), 2)))
    for old, new in ((first.entry_id, -1), (second.entry_id, first.entry_id), (-1, second.entry_id)):
        cursor.execute("UPDATE core_logentry SET id = %s WHERE id = %s", [new, old])
    return "edited entry", first.position, first.entry_id


def edit_link(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(2, LENGTH - 1))
    column = dice.choice(("hash", "previous", "version"))
    value: Any = 2 if column == "version" else f"{dice.getrandbits(256):064x}"
    cursor.execute(f"UPDATE core_loglink SET {column} = %s WHERE id = %s", [value, link.pk])
    return "link edited", link.position, link.entry_id


def delete_link(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    link = link_at(dice.randint(1, LENGTH - 1))
    cursor.execute("DELETE FROM core_loglink WHERE id = %s", [link.pk])
    return "gap", link.position, link.entry_id


def truncate(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    last = dice.randint(0, LENGTH - 1)
    gone = list(LogLink.objects.filter(position__gt=last).values_list("entry_id", flat=True))
    cursor.execute("DELETE FROM core_loglink WHERE entry_id = ANY (%s)", [gone])
    cursor.execute("DELETE FROM core_logentry WHERE id = ANY (%s)", [gone])
    return "truncated", last + 1, None


def rewrite(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    """One entry changed and every hash from there on computed anew: only the seal knows better."""
    link = link_at(dice.randint(1, LENGTH))
    cursor.execute("UPDATE core_logentry SET reason = '另一个理由' WHERE id = %s", [link.entry_id])
    rehash_from(cursor, link.position)
    return "rewritten", LENGTH, link_at(LENGTH).entry_id


def rewrite_without_one(cursor: Any, dice: random.Random) -> tuple[str, int | None, int | None]:
    """One entry and its link taken out, the rest moved up and computed anew: one short of the seal."""
    link = link_at(dice.randint(1, LENGTH - 1))
    cursor.execute("DELETE FROM core_loglink WHERE id = %s", [link.pk])
    cursor.execute("DELETE FROM core_logentry WHERE id = %s", [link.entry_id])
    _shift(cursor, link.position, -1)
    rehash_from(cursor, link.position)
    return "truncated", LENGTH, None


def _copy(cursor: Any, position: int) -> int:
    names = ", ".join(field.column for field in LogEntry._meta.concrete_fields if field.column != "id")
    cursor.execute(
        f"INSERT INTO core_logentry ({names}) SELECT {names} FROM core_logentry WHERE id = %s RETURNING id",
        [link_at(position).entry_id],
    )
    return int(cursor.fetchone()[0])


def _shift(cursor: Any, position: int, by: int) -> None:
    """Moves every link from a position on; by way of negative numbers, past the unique key."""
    links = LogLink.objects.filter(position__gte=position)
    ids = list(links.values_list("pk", flat=True))
    cursor.execute("UPDATE core_loglink SET position = -position WHERE id = ANY (%s)", [ids])
    cursor.execute("UPDATE core_loglink SET position = %s - position WHERE id = ANY (%s)", [by, ids])


KINDS = (
    edit, delete_entry, delete_both, delete_and_close_up, insert_plain, insert_linked, swap_places,
    swap_entries, swap_contents, edit_link, delete_link, truncate, rewrite, rewrite_without_one,
)  # fmt: skip


def test_every_one_of_a_hundred_variants_is_found_at_its_row(
    chain: list[LogEntry], place: Jurisdiction
) -> None:
    """Planted bugs: a column left out of both hashes, unlinked entries not asked for, heads not read."""
    dice = random.Random(20261125)
    wrong = []
    for number in range(112):
        tamper = KINDS[number % len(KINDS)]
        with tampering() as cursor:
            expected = tamper(cursor, dice)
            answer = found(verify())
            if answer != expected:
                wrong.append((number, tamper.__name__, expected, answer))
    assert wrong == []
    assert verify() == Outcome(LENGTH, 1, None)


def test_every_column_of_an_entry_is_under_the_hash(place: Jurisdiction) -> None:
    entries(1, place)
    changes = {"at": "now()", "recorded_at": "now()", "subject_id": "7", "actor_id": "1"}
    for column in (*TEXTS, *JSONS, *MOMENTS, "subject_id", "actor_id"):
        with tampering() as cursor:
            cursor.execute(f"UPDATE core_logentry SET {column} = {changes.get(column, TEXT)}")
            assert found(verify()) == ("edited entry", 1, link_at(1).entry_id), column


def test_the_hash_covers_every_column_there_is() -> None:
    """A column that is added later has to be put under a new format of the hash, or be named here."""
    tried = {*TEXTS, *JSONS, *MOMENTS, "subject_id", "actor_id", "id", "tenant_id"}
    assert {field.column for field in LogEntry._meta.concrete_fields} == tried


def test_tampering_in_one_tenant_is_no_fault_of_another(chain: list[LogEntry], place: Jurisdiction) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE core_logentry SET label = 'x' WHERE tenant_id <> %s", [place.pk])
        assert verify() == Outcome(LENGTH, 1, None)
        for other in Jurisdiction.objects.filter(slug="yantai"):
            with tenant_scope(other):
                assert verify().fault is not None


def test_a_clock_moved_back_breaks_no_chain(place: Jurisdiction) -> None:
    entries(1, place)
    clock.move_to(moment=clock.now().replace(year=1999), actor=None, allow_back=True)
    assert verify() == Outcome(2, 0, None)


def test_nobody_calls_the_functions_of_the_chain(place: Jurisdiction) -> None:
    """Planted bug: the triggers' functions left to PUBLIC, to hang on a table of one's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname IN"
            " ('core_log_note', 'core_log_link', 'core_log_append')"
            " AND has_function_privilege('stations_app', oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []
    LogEntry.record(place, action="test.chain", label="试", actor=None, at=clock.now())
    assert LogLink.objects.filter(entry__action="test.chain").count() == 1
