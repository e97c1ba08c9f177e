"""Signing in, failing to, and what protects an account: into the log of every jurisdiction concerned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import account_event
from core import clock
from core.acting import afterwards
from core.audit import digest, roles_of
from core.models import BOUNDED, LogEntry
from core.tenancy import active_tenants, tenant_scope
from jurisdictions.platform import platform_tenant
from jurisdictions.refusals import NOBODY, within_bounds


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What happened to which account, and who did it."""

    action: str
    label: str
    user: Any = None
    actor: Any = None
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Somebody tried and was not let in: the request's own transaction may be rolled back."""
        return self.action in BOUNDED

    def write(self) -> None:
        """One entry wherever the account's owner is somebody, else one with the platform."""
        with transaction.atomic():
            # By number: whoever writes to several chains takes them in the same order.
            if not sum([self._write_in(tenant) for tenant in active_tenants()]):
                with tenant_scope(platform_tenant()) as scope:
                    self._write_here(self.user or scope.tenant)

    def _write_in(self, tenant: Any) -> bool:
        with tenant_scope(tenant):
            return bool(roles_of(self.user)) and self._write_here()

    def _write_here(self, subject: Any = None) -> bool:
        if not self.failed or within_bounds(self.action):
            LogEntry.record(
                subject or self.user,
                action=self.action,
                label=self.label,
                actor=self.actor,
                actor_name=NOBODY if self.failed else "",
                at=clock.now(),
                reason=self.reason,
                data=self.data,
            )
        return True


def log_opening(user: Any, actor: Any) -> None:
    """That an account was opened for somebody, here and by whom; its owner is nobody anywhere yet."""
    LogEntry.record(user, action="accounts.opened", label="开设账号", actor=actor, at=clock.now())


@receiver(account_event)
def log_account_event(
    sender: Any,
    *,
    action: str,
    label: str,
    user: Any = None,
    username: str = "",
    actor: Any = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **others: Any,
) -> None:
    """Logs the event; a failure after the request, in a transaction of its own and within bounds.

    Of a user name that nobody has only a digest is kept: people type their password there.
    """
    known = {**(data or {}), **({"username": digest(username)} if username and user is None else {})}
    event = AccountEvent(action, label, user, actor, reason, known)
    if event.failed:
        afterwards(event.write)
    else:
        event.write()
