"""The tenant wall as the code sees it: no query without a tenant in scope.

A request, a task and a command each open one scope with `tenant_scope`. Managers of tenant
tables filter by it and raise when there is none (the first fence); `core.database.base` tells
it to every transaction, where row-level security holds it (the second). Which model the tenant
is, `settings.TENANT_MODEL` says: this module knows no domain.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction

from core.scope import Scope, active_scope, scope_in_force

__all__ = [
    "NoTenant",
    "Scope",
    "TenantManager",
    "TenantModel",
    "TenantOneToOneField",
    "TenantQuerySet",
    "active_scope",
    "active_tenants",
    "current_tenant",
    "for_each_tenant",
    "in_this_scope",
    "on_commit",
    "stream_in_scope",
    "tenant_scope",
]

logger = logging.getLogger(__name__)
T = TypeVar("T")


@runtime_checkable
class TellsTenant(Protocol):
    """A database connection that tells its running transaction the tenant (`core.database`)."""

    def carry_tenant(self) -> None: ...


class NoTenant(RuntimeError):
    """A tenant table was touched outside every tenant's scope."""


@contextmanager
def tenant_scope(tenant: Any) -> Iterator[Scope]:
    """Runs its block for one tenant (an instance of `settings.TENANT_MODEL`).

    A transaction that is already running is told the tenant at once, and the former one at the end.
    """
    scope = Scope(tenant)
    token = scope_in_force.set(scope)
    try:
        _tell_running_transactions()
        yield scope
    finally:
        scope_in_force.reset(token)
        _tell_running_transactions()


def _tell_running_transactions() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block and isinstance(connection, TellsTenant):
            connection.carry_tenant()


def current_tenant() -> Any:
    """The tenant in scope; raises `NoTenant` outside every scope."""
    scope = active_scope()
    if scope is None:
        raise NoTenant("no tenant in scope: open one with core.tenancy.tenant_scope")
    return scope.tenant


def active_tenants() -> Any:
    """Every active tenant, in order; whoever serves them all opens each one's scope with a `with` of its own.

    Not a generator that holds a scope open: an error's traceback would keep it, and the scope, alive.
    """
    return apps.get_model(settings.TENANT_MODEL)._default_manager.filter(is_active=True).order_by("pk")


def for_each_tenant(verb: Callable[[], int]) -> int:
    """Runs a verb that counts what it did in every active tenant's scope; the sum.

    One tenant that fails is logged and left for the next run: it never stops the others.
    """
    done = 0
    for tenant in active_tenants():
        try:
            with tenant_scope(tenant):
                done += verb()
        except Exception:
            logger.exception("%s failed for %s", getattr(verb, "__qualname__", verb), tenant)
    return done


def in_this_scope(work: Callable[..., T]) -> Callable[..., T]:
    """The same work in a scope of the tenant in scope now: for what runs later, or in another thread.

    Outside every scope the work is handed back as it is.
    """
    scope = active_scope()
    if scope is None:
        return work

    def later(*args: Any, **kwargs: Any) -> T:
        with tenant_scope(scope.tenant):
            return work(*args, **kwargs)

    return later


def on_commit(work: Callable[[], Any]) -> None:
    """Runs the work after the commit, for the tenant that is in scope now."""
    transaction.on_commit(in_this_scope(work))


def stream_in_scope(pieces: Iterable[T]) -> Iterator[T]:
    """The pieces of a streaming response: each is made in the scope of the request that began it.

    The request's transaction has ended when the server asks for the pieces; every piece has one of its own.
    """
    iterator = iter(pieces)
    step = in_this_scope(lambda: next(iterator, _END))
    return iter(step, _END)


_END: Any = object()


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset of one tenant's rows."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Only the rows of the tenant in scope."""

    def get_queryset(self) -> TenantQuerySet:
        queryset: TenantQuerySet = super().get_queryset().filter(tenant=current_tenant())
        return queryset


class TenantModel(models.Model):
    """A table whose every row belongs to one tenant.

    Row-level security, tenant-carrying foreign keys and grants follow by themselves on migrate
    (`core.database.wall`); every unique constraint has to include `tenant`.
    """

    # The application may add rows, never change or delete them.
    append_only: ClassVar[bool] = False
    # Rows come from the database itself (a trigger of the owner's); the application only reads.
    written_by_owner: ClassVar[bool] = False
    # The audit role does not read it: it holds what masks are for.
    kept_from_audit: ClassVar[bool] = False

    tenant = models.ForeignKey(
        settings.TENANT_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="辖区"
    )

    objects = TenantManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.tenant_id is None:
            self.tenant = current_tenant()
        super().save(*args, **kwargs)


class TenantOneToOneField(models.OneToOneField[Any, Any]):
    """One to one within a tenant: the model adds a unique constraint over tenant and field.

    Django's own field is unique over all tenants, which would tell one of another's rows.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unique = False
