"""Putting the wall up: what PostgreSQL must hold for every table of a tenant.

Runs after each migration, as the owner, and only adds what is missing, so that a new table
cannot be forgotten. What stands afterwards is read back by `core.database.catalogue`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from core.database.base import TENANT_SETTING
from core.database.global_tables import AUDIT_READS, GLOBAL_TABLES, READ_ONLY
from core.tenancy import TenantModel

OWNER, APP, AUDIT = "stations_owner", "stations_app", "stations_audit"
TENANT_POLICY, AUDIT_POLICY = "tenant_rows", "audit_reads"

# Raises where no tenant is set: an empty answer would look like an empty table.
CURRENT_TENANT = f"""
CREATE OR REPLACE FUNCTION stations_current_tenant() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    tenant text := current_setting('{TENANT_SETTING}', true);
BEGIN
    IF tenant IS NULL OR tenant = '' THEN
        RAISE EXCEPTION 'no tenant in scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN tenant::bigint;
END $$;
"""


def tenant_models() -> list[type[TenantModel]]:
    """Every model whose rows belong to one tenant."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, TenantModel) and model._meta.managed and not model._meta.proxy
    ]


def tenant_keys(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Its foreign keys to rows of a tenant: each must carry the tenant."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel)
    ]


def put_up(connection: Any) -> None:
    """Adds every policy, constraint and grant that is missing; `connection` is the owner's."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        constraints = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        policies = set(cursor.fetchall())
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
        )
        walled = {name for (name,) in cursor.fetchall()}
        statements = [CURRENT_TENANT]
        for model in tenant_models():
            statements += _row_key(model, constraints)
        # Foreign keys need the row keys of every table, and a look at every tenant's rows to begin with.
        for model in tenant_models():
            statements += _carrying_keys(model, constraints, walled)
        for model in tenant_models():
            statements += _policies(model, policies, walled)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        statements += _grants({name for (name,) in cursor.fetchall()})
        cursor.execute(";\n".join(statements))


def _policies(model: type[TenantModel], policies: set[tuple[str, str]], walled: set[str]) -> Iterator[str]:
    table = model._meta.db_table
    if table not in walled:
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    if (table, TENANT_POLICY) not in policies:
        own = "tenant_id = (SELECT stations_current_tenant())"
        yield f'CREATE POLICY {TENANT_POLICY} ON "{table}" TO {APP}, {OWNER} USING ({own}) WITH CHECK ({own})'
    if (table, AUDIT_POLICY) not in policies:
        yield f'CREATE POLICY {AUDIT_POLICY} ON "{table}" FOR SELECT TO {AUDIT} USING (true)'


def row_key_name(model: type[TenantModel]) -> str:
    return _name(model._meta.db_table, "tenant_row")


def carrying_key_name(model: type[TenantModel], column: str) -> str:
    return _name(f"{model._meta.db_table}_{column}", "tenant")


def _row_key(model: type[TenantModel], constraints: set[str]) -> Iterator[str]:
    if (name := row_key_name(model)) not in constraints:
        yield f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{name}" UNIQUE (tenant_id, id)'


def _carrying_keys(model: type[TenantModel], constraints: set[str], walled: set[str]) -> Iterator[str]:
    table = model._meta.db_table
    for field in tenant_keys(model):
        name = carrying_key_name(model, field.column)
        if name not in constraints:
            target = field.related_model._meta.db_table
            for guarded in {table, target} & walled:
                # `_policies` forces it again, in the same transaction.
                yield f'ALTER TABLE "{guarded}" NO FORCE ROW LEVEL SECURITY'
                walled.remove(guarded)
            yield (
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" '
                f'FOREIGN KEY (tenant_id, "{field.column}") REFERENCES "{target}" (tenant_id, id) '
                "DEFERRABLE INITIALLY DEFERRED"
            )


def _grants(tables: set[str]) -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {APP}, {AUDIT}"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {AUDIT}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    for model in tenant_models():
        table = model._meta.db_table
        yield f'GRANT {rights_on(model)} ON "{table}" TO {APP}'
        if not model.kept_from_audit:
            yield f'GRANT SELECT ON "{table}" TO {AUDIT}'
    for table in sorted(tables & GLOBAL_TABLES.keys()):
        rights = "SELECT" if table in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        yield f'GRANT {rights} ON "{table}" TO {APP}'
    for table, columns in AUDIT_READS.items():
        some = f" ({', '.join(columns)})" if columns else ""
        yield f'GRANT SELECT{some} ON "{table}" TO {AUDIT}'


def rights_on(model: type[TenantModel]) -> str:
    """What the application may do with the rows of a table."""
    if model.written_by_owner:
        return "SELECT"
    return "SELECT, INSERT" if model.append_only else "SELECT, INSERT, UPDATE, DELETE"


def _name(stem: str, suffix: str) -> str:
    """A constraint name of at most the 63 bytes that PostgreSQL keeps."""
    name = f"{stem}_{suffix}"
    if len(name) <= 63:
        return name
    mark = hashlib.sha256(stem.encode()).hexdigest()[:8]
    return f"{stem[: 63 - len(suffix) - 10]}_{mark}_{suffix}"
