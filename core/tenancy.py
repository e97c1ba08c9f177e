"""The first fence of the tenant wall: no query without a tenant in scope.

A request, a task and a command each open one scope with `tenant_scope`; managers of
tenant tables filter by it and raise when there is none. Which model the tenant is,
`settings.TENANT_MODEL` says: this module knows no domain.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)


class NoTenant(RuntimeError):
    """A tenant table was touched outside every tenant's scope."""


@dataclass(slots=True)
class Scope:
    """What one unit of work knows of its tenant."""

    tenant: Any
    # Filled by `core.clock` on first use, so that one unit of work has one clock.
    clock_offset: timedelta | None = None
    # What one unit of work reads once: keyed by the module that keeps it here.
    memo: dict[str, Any] = field(default_factory=dict)


_scope: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


@contextmanager
def tenant_scope(tenant: Any) -> Iterator[Scope]:
    """Runs its block for one tenant (an instance of `settings.TENANT_MODEL`)."""
    scope = Scope(tenant)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def active_scope() -> Scope | None:
    """The scope of this unit of work, or None outside every tenant."""
    return _scope.get()


def current_tenant() -> Any:
    """The tenant in scope; raises `NoTenant` outside every scope."""
    scope = _scope.get()
    if scope is None:
        raise NoTenant("no tenant in scope: open one with core.tenancy.tenant_scope")
    return scope.tenant


def each_tenant() -> Iterator[Any]:
    """Opens every active tenant's scope in turn: for tasks that serve them all."""
    for tenant in (
        apps.get_model(settings.TENANT_MODEL)._default_manager.filter(is_active=True).order_by("pk")
    ):
        with tenant_scope(tenant):
            yield tenant


def for_each_tenant(verb: Callable[[], int]) -> int:
    """Runs a verb that counts what it did in every active tenant's scope; the sum.

    One tenant that fails is logged and left for the next run: it never stops the others.
    """
    done = 0
    for tenant in each_tenant():
        try:
            done += verb()
        except Exception:
            logger.exception("%s failed for %s", getattr(verb, "__qualname__", verb), tenant)
    return done


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset of one tenant's rows."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Only the rows of the tenant in scope."""

    def get_queryset(self) -> TenantQuerySet:
        queryset: TenantQuerySet = super().get_queryset().filter(tenant=current_tenant())
        return queryset


class TenantModel(models.Model):
    """A table whose every row belongs to one tenant."""

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
