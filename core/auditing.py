"""The daily work on the log: seal, verify, and say in the log itself how it went."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import clock
from core.chain import Outcome, verify
from core.errors import DomainError
from core.models import LogEntry, LogLink
from core.seals import every_tenant, seal_today
from core.tenancy import current_tenant

logger = logging.getLogger(__name__)

VERIFIED = "audit.verify"


def seal_and_verify() -> int:
    """Seals today's head of the tenant in scope and verifies its chain, each once a day; 1 when it did.

    A fault is logged as an error of the system and stands in the log for the auditor.
    """
    if seal_today() is None or _verified_today():
        return 0
    record_verification(actor=None)
    return 1


def seal_and_verify_all() -> int:
    """The same for every tenant, active or not; one that fails never stops the others."""
    done = 0
    for tenant in every_tenant():
        try:
            done += seal_and_verify()
        except Exception:
            logger.exception("sealing the log failed for %s", tenant)
    return done


def record_verification(*, actor: Any) -> Outcome:
    """Verifies the chain of the tenant in scope and records the outcome as an entry.

    A person waits for it, so it is refused where the chain is too long (`AUDIT_VERIFY_ROWS`): the daily
    task does it there.
    """
    last = LogLink.objects.order_by("-position").first()
    if actor is not None and last is not None and last.position > settings.AUDIT_VERIFY_ROWS:
        raise DomainError("记录较多，请以每日自动核验的结果为准，或由运维人员执行核验命令。")
    outcome = verify()
    fault = outcome.fault
    data: dict[str, Any] = {"entries": outcome.entries, "heads": outcome.heads}
    if fault is not None:
        logger.error("the log of %s is not intact: %s", current_tenant(), fault)
        data["fault"] = {"kind": fault.kind, "position": fault.position, "entry": fault.entry}
    LogEntry.record(
        current_tenant(),
        action=VERIFIED,
        label="核验办理记录" if fault is None else "核验办理记录：发现异常",
        actor=actor,
        at=clock.now(),
        reason="" if fault is None else fault.text,
        data=data,
    )
    return outcome


def _verified_today() -> bool:
    last = LogEntry.objects.filter(action=VERIFIED).order_by("-id").first()
    return last is not None and timezone.localdate(last.recorded_at) == timezone.localdate()
