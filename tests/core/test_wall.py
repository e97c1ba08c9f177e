"""The second fence of the tenant wall, as PostgreSQL holds it.

Every guard has its twin: the same check with the bug planted, in a transaction that is rolled back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from core.database import catalogue, standing
from core.database.global_tables import GLOBAL_TABLES
from core.database.wall import rights_on, tenant_models
from core.models import Series
from core.tenancy import in_this_scope, on_commit, stream_in_scope, tenant_scope
from jurisdictions.models import Authority, Jurisdiction, Membership
from tests import processes
from tests.database import SUPERUSER, connected_as
from tests.world import World, make_jurisdiction

# --- what stands in the catalogue -------------------------------------------------


@pytest.mark.django_db
def test_every_table_is_walled_or_global_with_a_reason() -> None:
    assert catalogue.faults_of_tables(connection) == []


@pytest.mark.django_db
def test_the_allow_list_names_what_there_is_and_why() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = {name for (name,) in cursor.fetchall()}
    assert tables == GLOBAL_TABLES.keys() | {model._meta.db_table for model in tenant_models()}
    assert all(len(reason) > 15 for reason in GLOBAL_TABLES.values())


PLANTED = {
    "CREATE TABLE forgotten (id bigint)": [
        "forgotten lacks row-level security, FORCE, the tenant's policy for reading and writing"
    ],
    "ALTER TABLE core_series NO FORCE ROW LEVEL SECURITY": ["core_series lacks FORCE"],
    "ALTER TABLE core_series DISABLE ROW LEVEL SECURITY": ["core_series lacks row-level security"],
    "DROP POLICY tenant_rows ON core_series": [
        "core_series lacks the tenant's policy for reading and writing"
    ],
    "ALTER POLICY tenant_rows ON core_series USING (true)": [
        "core_series lacks the tenant's policy for reading and writing"
    ],
    "ALTER POLICY tenant_rows ON core_series WITH CHECK (true)": [
        "core_series lacks the tenant's policy for reading and writing"
    ],
    "CREATE POLICY kind ON core_series USING (true)": ["core_series has a policy nobody knows: kind"],
    "CREATE UNIQUE INDEX alone ON core_series (name)": ["core_series: unique alone leaves the tenant out"],
    "ALTER TABLE jurisdictions_membership DROP CONSTRAINT jurisdictions_membership_authority_id_tenant": [
        "jurisdictions_membership: KEY does not carry the tenant"
    ],
    "CREATE VIEW peep AS SELECT * FROM core_series": ["view peep reads with its owner's rights"],
    "CREATE MATERIALIZED VIEW hoard AS SELECT 1 AS one": ["hoard is a materialised view"],
    "CREATE FUNCTION climb() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": [
        "function climb runs with its owner's rights"
    ],
    "GRANT UPDATE ON core_logentry TO stations_app": [
        "core_logentry: the application holds INSERT, SELECT, UPDATE, due is INSERT, SELECT"
    ],
    "GRANT TRUNCATE ON core_series TO PUBLIC": [
        "core_series: the application holds DELETE, INSERT, SELECT, TRUNCATE, UPDATE, "
        "due is DELETE, INSERT, SELECT, UPDATE"
    ],
}


@pytest.mark.django_db
@pytest.mark.parametrize("plant", PLANTED)
def test_each_gap_in_the_wall_is_named(plant: str) -> None:
    with connected_as(SUPERUSER["USER"]) as link:
        key = link.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 1 "
            "AND conrelid = 'jurisdictions_membership'::regclass "
            "AND confrelid = 'jurisdictions_authority'::regclass"
        ).fetchone()
        assert key is not None
        link.execute(plant)
        found = catalogue.faults_of_tables(link)
        link.rollback()
    assert found == [fault.replace("KEY", key[0]) for fault in PLANTED[plant]]


# --- the role -----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_tests_themselves_run_as_the_applications_role() -> None:
    assert connection.settings_dict["USER"] == "stations_app"
    assert standing.faults_of_role() == []
    standing.require_safe_role()


ROLES = {
    "ALTER ROLE stations_app BYPASSRLS": ["it bypasses row-level security"],
    "ALTER ROLE stations_app CREATEROLE": ["it may make roles"],
    "ALTER ROLE stations_app CREATEDB": ["it may make databases"],
    "CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO stations_app": [
        "it owns 1 objects",
        "it may truncate 1 tables",
    ],
    "GRANT TRUNCATE ON core_series TO stations_app": ["it may truncate 1 tables"],
    "GRANT stations_owner TO stations_app": [
        f"it may truncate {len(GLOBAL_TABLES) + len(tenant_models())} tables",
        "it is a member of pg_database_owner, stations_owner",
    ],
}


@pytest.mark.django_db
@pytest.mark.parametrize("plant", ROLES)
def test_a_role_that_could_climb_over_is_refused(plant: str) -> None:
    with connected_as(SUPERUSER["USER"]) as link:
        link.execute(plant)
        link.execute("SET LOCAL SESSION AUTHORIZATION stations_app")
        found = standing.faults_of_role(link)
        link.rollback()
    assert found == ROLES[plant]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "start",
    [
        "import config.wsgi",
        "import django; django.setup(); import config.celery; from celery.signals import worker_init; "
        "worker_init.send(sender=None)",
        "import django; django.setup(); import config.celery; from celery.signals import beat_init; "
        "beat_init.send(sender=None)",
    ],
    ids=["web", "worker", "beat"],
)
def test_no_program_serves_people_under_a_privileged_role(start: str) -> None:
    address = processes.environment()["DATABASE_URL"]
    for role, code in (("stations_app", 0), ("stations_owner", 1), ("postgres", 1)):
        done = subprocess.run(
            [sys.executable, "-c", start],
            env=processes.environment(DATABASE_URL=address.replace("stations_app", role)),
            cwd=processes.ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
        if code:
            assert f"The database role '{role}' must not serve people" in done.stderr


def test_a_privileged_role_is_named_with_its_faults(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(standing, "faults_of_role", lambda connection: ["it is a superuser"])
    with pytest.raises(ImproperlyConfigured, match="must not serve people: it is a superuser"):
        standing.require_safe_role()


# --- no tenant, no rows ---------------------------------------------------------------


@contextmanager
def rejected(words: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_without_a_tenant_the_database_refuses(model: Any) -> None:
    """T3: raw SQL, for nothing else gets past the managers; a row stands so that it could be seen."""
    table = model._meta.db_table
    place = make_jurisdiction("yantai")
    with transaction.atomic(), connection.cursor() as cursor:
        with tenant_scope(place):
            Series.objects.create(name="something to see")
        if rights_on(model) != "SELECT":
            with rejected("no tenant in scope|violates not-null"):
                cursor.execute(f'INSERT INTO "{table}" (tenant_id) VALUES (%s)', [place.pk])
        if table == Series._meta.db_table:
            for statement in (
                f'SELECT * FROM "{table}"',
                f'UPDATE "{table}" SET tenant_id = tenant_id',
                f'DELETE FROM "{table}"',
            ):
                with rejected("no tenant in scope"):
                    cursor.execute(statement)
        if "UPDATE" not in rights_on(model):
            with rejected("permission denied"):
                cursor.execute(f'UPDATE "{table}" SET tenant_id = tenant_id')
            with rejected("permission denied"):
                cursor.execute(f'DELETE FROM "{table}"')
        with rejected("permission denied"):
            cursor.execute(f'TRUNCATE "{table}" CASCADE')


def test_raw_sql_sees_and_touches_the_own_tenant_only(world: World) -> None:
    other = make_jurisdiction("yantai")
    with tenant_scope(other):
        foreign = Authority.objects.create(kind="x", name="烟台市金丝雀局", short_name="金丝雀")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jurisdictions_authority WHERE tenant_id = %s", [other.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE jurisdictions_authority SET name = 'x' WHERE id = %s", [foreign.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM jurisdictions_authority WHERE id = %s", [foreign.pk])
        assert cursor.rowcount == 0
        with rejected("row-level security"):
            cursor.execute(
                "INSERT INTO core_series (tenant_id, name, last) VALUES (%s, 'smuggled', 1)", [other.pk]
            )
        with rejected("row-level security"):
            cursor.execute(
                "UPDATE jurisdictions_authority SET tenant_id = %s WHERE id = %s",
                [other.pk, world.lead.pk],
            )


@pytest.mark.django_db(transaction=True)
def test_a_key_to_another_tenants_row_is_refused() -> None:
    """T6: the plain foreign key would take it, since its check sees every tenant's rows."""
    own, other = make_jurisdiction("qinshui"), make_jurisdiction("yantai")
    with tenant_scope(other):
        foreign = Authority.objects.create(kind="x", name="烟台市金丝雀局", short_name="金丝雀")
    person = User.objects.create(username="u", full_name="某")
    with tenant_scope(own):
        smuggled = Membership(user=person, authority_id=foreign.pk, role="reviewer")
        with pytest.raises(DatabaseError, match="authority_id_tenant"):
            smuggled.save()


def test_a_unique_key_does_not_tell_of_another_tenants_row(world: World) -> None:
    with tenant_scope(make_jurisdiction("yantai")):
        Series.objects.create(name="the same")
    Series.objects.create(name="the same")
    assert Series.objects.filter(name="the same").count() == 1


# --- what carries the tenant -------------------------------------------------------------


def tenant_of_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('stations.tenant', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db(transaction=True)
def test_the_setting_ends_with_its_transaction() -> None:
    place = make_jurisdiction("yantai")
    assert tenant_of_database() == ""
    with tenant_scope(place):
        assert tenant_of_database() == str(place.pk)
        with transaction.atomic():
            assert tenant_of_database() == str(place.pk)
    assert tenant_of_database() == ""
    with rejected("no tenant in scope"), connection.cursor() as cursor:
        cursor.execute("SELECT stations_current_tenant()")


@pytest.mark.django_db(transaction=True)
def test_scopes_nest_inside_a_transaction_and_through_a_rollback() -> None:
    one, two = make_jurisdiction("yantai"), make_jurisdiction("gaoming")
    with transaction.atomic():
        with tenant_scope(one):
            with rejected("division by zero"), tenant_scope(two), connection.cursor() as cursor:
                assert tenant_of_database() == str(two.pk)
                cursor.execute("SELECT 1 / 0")
            assert tenant_of_database() == str(one.pk)
        assert tenant_of_database() == ""


@pytest.mark.django_db(transaction=True)
def test_one_connection_serves_five_tenants_in_turn_and_mixes_nothing() -> None:
    """T4 on the real middleware: ten in a hundred requests fail half-way."""
    places = [make_jurisdiction(slug) for slug in ("yantai", "shenzhen", "gaoming", "qinshui", "wenzhou")]
    for place in places:
        with tenant_scope(place):
            Series.objects.create(name=place.slug)
    seen = set()
    for number in range(1_000):
        place = places[number % 5]
        try:
            with tenant_scope(place), transaction.atomic():
                seen.add((place.slug, *Series.objects.values_list("name", flat=True)))
                with connection.cursor() as cursor:
                    cursor.execute("SELECT name FROM core_series")
                    seen.add((place.slug, *(name for (name,) in cursor.fetchall())))
                if number % 10 == 0:
                    raise RuntimeError
        except RuntimeError:
            pass
    assert seen == {(place.slug, place.slug) for place in places}


@pytest.mark.django_db(transaction=True)
def test_work_outside_the_transaction_keeps_its_tenant() -> None:
    """T5: after the commit, in a stream, in a thread."""
    one, two = make_jurisdiction("yantai"), make_jurisdiction("gaoming")
    for place in (one, two):
        with tenant_scope(place):
            Series.objects.create(name=place.slug)
    seen: list[str] = []

    def look() -> None:
        seen.extend(Series.objects.values_list("name", flat=True))

    with transaction.atomic(), tenant_scope(one):
        on_commit(look)
    assert seen == ["yantai"]

    with tenant_scope(one), transaction.atomic():
        pieces = stream_in_scope(name for name in Series.objects.values_list("name", flat=True).iterator())
    with tenant_scope(two):
        assert list(pieces) == ["yantai"]

    with tenant_scope(one):

        def in_thread() -> None:
            look()
            connection.close()

        thread = threading.Thread(target=in_this_scope(in_thread))
    seen.clear()
    thread.start()
    thread.join()
    assert seen == ["yantai"]


@pytest.mark.django_db(transaction=True)
def test_audit_reads_every_tenant_and_no_password_and_writes_nothing() -> None:
    for slug in ("yantai", "gaoming"):
        with tenant_scope(make_jurisdiction(slug)):
            Series.objects.create(name=slug)
    with connected_as("stations_audit") as link:
        assert link.execute("SELECT name FROM core_series ORDER BY id").fetchall() == [
            ("yantai",),
            ("gaoming",),
        ]
        assert link.execute("SELECT count(username) FROM accounts_user").fetchone() == (0,)
        for statement in (
            "SELECT password FROM accounts_user",
            "SELECT * FROM django_session",
            "SELECT token FROM core_sealedtext",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(statement)
            link.rollback()
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
            link.execute("DELETE FROM core_series")
        link.rollback()
    with connected_as("stations_backup") as link:
        assert link.execute("SELECT count(*) FROM core_series").fetchone() == (2,)
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
            link.execute("DELETE FROM core_series")
        link.rollback()


@pytest.mark.django_db
def test_jurisdictions_are_the_only_thing_that_every_tenant_sees(world: World) -> None:
    other = make_jurisdiction("yantai")
    assert set(Jurisdiction.objects.filter(slug__in=["qinshui", "yantai"])) == {world.jurisdiction, other}


def test_who_serves_does_not_know_the_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The launcher hands the owner's address to its preparations only."""
    from config import launch  # noqa: PLC0415 - the module that is looked at

    assert "DATABASE_OWNER_URL" in os.environ  # the tests migrate themselves
    known: list[str] = []
    monkeypatch.setattr(launch, "manage", lambda options, environment, *_: known.extend(environment) or "")
    options = launch.Options(var_dir=tmp_path, host="127.0.0.1", port=1, demo=False)
    environment, _ = launch.prepare(options)
    assert "DATABASE_OWNER_URL" in known
    for child in launch.children(options, environment):
        assert "DATABASE_OWNER_URL" not in child.environment
        assert "DATABASE_URL" in child.environment
