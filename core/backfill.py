"""Sealing what stood in plain text before there was a vault. For migrations: plain SQL, no models."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from core.masking import mask
from core.sealing import seal
from core.vault import Sealed, index_of, purpose_of, seal_globally

# Says for which tenant the database answers, under row-level security; harmless without it.
TENANT = "SELECT set_config('stations.tenant', %s, true)"


def each_tenant(cursor: Any) -> Iterator[int]:
    """The id of every tenant, each with the database answering for it."""
    cursor.execute("SELECT id FROM jurisdictions_jurisdiction ORDER BY id")
    for (tenant,) in cursor.fetchall():
        cursor.execute(TENANT, [str(tenant)])
        yield tenant
    cursor.execute(TENANT, [""])


def seal_for(cursor: Any, tenant: int, kind: str, text: str) -> Sealed:
    """Puts one number into a tenant's vault; one row for equal ones."""
    if not text.strip():
        return Sealed()
    index, ref = index_of(kind, text, tenant), uuid.uuid4()
    token = seal(text.strip(), purpose=purpose_of(kind, tenant, ref))
    cursor.execute(
        "INSERT INTO core_sealedtext (id, tenant_id, kind, token, index, since)"
        " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT (tenant_id, kind, index) DO NOTHING",
        [ref, tenant, kind, token, index],
    )
    cursor.execute(
        "SELECT id FROM core_sealedtext WHERE tenant_id = %s AND kind = %s AND index = %s",
        [tenant, kind, index],
    )
    return Sealed(mask(text, kind), str(cursor.fetchone()[0]))


def seal_column(schema_editor: Any, table: str, column: str, kind: str) -> None:
    """Seals a column of a tenant table, row by row."""
    with schema_editor.connection.cursor() as cursor:
        for tenant in each_tenant(cursor):
            change = partial(_sealed_column, cursor, tenant, kind)
            _rewrite(cursor, table, column, change, ("tenant_id = %s AND", [tenant]))


def _sealed_column(cursor: Any, tenant: int, kind: str, text: str) -> str:
    return _in_column(seal_for(cursor, tenant, kind, text))


def seal_global_column(schema_editor: Any, table: str, column: str, kind: str) -> None:
    """Seals a column of a table that belongs to no tenant."""
    with schema_editor.connection.cursor() as cursor:
        _rewrite(cursor, table, column, lambda text: _in_column(seal_globally(text, kind)), ("", []))


def rewrite_documents(
    schema_editor: Any, table: str, column: str, change: Callable[[Any, int, Any], Any]
) -> None:
    """Rewrites the JSON documents of a tenant table: `change(cursor, tenant, document)`; None leaves one."""
    with schema_editor.connection.cursor() as cursor:
        for tenant in each_tenant(cursor):
            cursor.execute(f"SELECT id, {column} FROM {table} WHERE tenant_id = %s", [tenant])
            for pk, document in cursor.fetchall():
                content = json.loads(document) if isinstance(document, str) else document
                changed = change(cursor, tenant, content)
                if changed is not None:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = %s::jsonb WHERE id = %s", [json.dumps(changed), pk]
                    )


def _in_column(sealed: Sealed) -> str:
    return f"{sealed.ref} {sealed}" if sealed else ""


def _rewrite(
    cursor: Any, table: str, column: str, change: Callable[[str], str], where: tuple[str, list[Any]]
) -> None:
    condition, params = where
    cursor.execute(f"SELECT id, {column} FROM {table} WHERE {condition} {column} <> ''", params)
    for pk, text in cursor.fetchall():
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [change(text), pk])
