"""Refusals in the log: who was kept from what. After the request, by a transaction of its own, in bounds."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core import clock
from core.acting import acting
from core.audit import digest
from core.errors import NotAllowed
from core.models import REFUSED, LogEntry
from core.tenancy import tenant_scope
from jurisdictions.platform import platform_tenant

logger = logging.getLogger(__name__)

NOBODY = "未登录"
LABELS = {
    "rights": "越权操作被拒绝",
    HTTPStatus.NOT_FOUND: "查看无权访问或不存在的内容",
    HTTPStatus.FORBIDDEN: "访问被拒绝",
    HTTPStatus.TOO_MANY_REQUESTS: "操作过于频繁被拒绝",
}
WINDOW = timedelta(hours=1)


def record_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Logs that the request was refused, if it was.

    Refused is: a verb said `NotAllowed`, whatever page came of it; the answer is 403 (an expired form too)
    or 429; a signed-in person asked a page that exists for something out of reach (404). Logged are the
    view, its ids and the person, not what was sent.
    """
    try:
        kind, reason = _kind(request, response)
        if kind is not None:
            with (
                tenant_scope(getattr(request, "jurisdiction", None) or platform_tenant()),
                transaction.atomic(),
            ):
                _record(request, response, LABELS[kind], reason)
    except Exception:
        # The answer stands already; that it could not be logged is told to the system's own log.
        logger.exception("a refusal could not be logged")


def within_bounds(action: str = REFUSED) -> bool:
    """Whether one more of these (`core.models.BOUNDED`) may be logged: nobody floods the log.

    A session, or without one an address, has `AUDIT_REFUSALS_PER_HOUR` in a tenant.
    """
    here = acting()
    recent = LogEntry.objects.filter(
        action=action,
        origin=here.origin,
        session=here.session,
        recorded_at__gt=timezone.now() - WINDOW,
    )
    return recent.count() < settings.AUDIT_REFUSALS_PER_HOUR


def _kind(request: HttpRequest, response: HttpResponse) -> tuple[Any, str]:
    refusals = [error for error in acting().refusals if isinstance(error, NotAllowed)]
    if refusals:
        return "rights", refusals[0].message
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        return (status if _person(request) is not None and _is_page(request) else None), ""
    return (status if status in LABELS else None), ""


def _is_page(request: HttpRequest) -> bool:
    """Whether the address is one of ours, in a jurisdiction that there is: a mistyped one refuses nobody."""
    match = request.resolver_match
    if match is None:
        return False
    return getattr(request, "jurisdiction", None) is not None or "<slug:jurisdiction>" not in match.route


def _person(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _record(request: HttpRequest, response: HttpResponse, label: str, reason: str) -> None:
    if not within_bounds():
        return
    person, match = _person(request), request.resolver_match
    jurisdiction = getattr(request, "jurisdiction", None)
    given = match.kwargs if match is not None else {}
    LogEntry.record(
        person or jurisdiction or platform_tenant(),
        action=REFUSED,
        label=label,
        actor=person,
        actor_name="" if person else NOBODY,
        at=clock.now(),
        reason=reason,
        data={
            "view": match.view_name if match is not None else "",
            "method": request.method,
            "status": response.status_code,
            "ids": {
                name: value if isinstance(value, int) else digest(str(value)) for name, value in given.items()
            },
        },
    )
