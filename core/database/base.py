"""PostgreSQL that is told the tenant: `SET LOCAL` at the start of every transaction in a scope.

The setting lives as long as the transaction, so a pooled or kept connection carries nothing
into the next piece of work. A statement outside a transaction gets one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base as postgresql
from psycopg.pq import TransactionStatus

from core.scope import active_scope

# What the policies read (`stations_current_tenant()` in `core.database.wall`).
TENANT_SETTING = "stations.tenant"


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Django's PostgreSQL backend, with the tenant carried into each transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_one_transaction)

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Begins a transaction with its tenant; Django's outermost `atomic` comes through here."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and active_scope() is not None:
            try:
                self.carry_tenant()
            except BaseException:
                self.close()
                raise

    def carry_tenant(self) -> None:
        """Tells the running transaction the tenant in scope, or that there is none.

        Does nothing in a failed transaction: its rollback restores what the savepoint knew.
        """
        if self.connection is None or self.connection.closed:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        scope = active_scope()
        tenant = "" if scope is None else str(scope.tenant.pk)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", (TENANT_SETTING, tenant))

    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        """Test databases are made and dropped by the role that owns the real one."""
        owner = {**self.settings_dict, **settings.DATABASE_OWNER, "NAME": "postgres"}
        connection = type(self)(owner, alias=NO_DB_ALIAS)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def _one_transaction(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    connection = context["connection"]
    if active_scope() is None or not connection.get_autocommit():
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        return execute(sql, params, many, context)
