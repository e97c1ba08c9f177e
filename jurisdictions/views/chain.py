"""The state of the chain for the auditor: how long it is, when it was verified, how far it is sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.auditing import VERIFIED, record_verification
from core.chain import Outcome
from core.models import LogEntry, LogHead, LogLink
from core.seals import head_of
from core.templatetags.wording import date_text
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right

SHOWN_HEADS = 30
GROUP = 8


@requires(Right.AUDIT)
@require_safe
def chain(request: HttpRequest) -> HttpResponse:
    """Length, last verification, last seals."""
    last = LogLink.objects.order_by("-position").first()
    heads = list(LogHead.objects.order_by("-day")[:SHOWN_HEADS])
    sealed = heads[0].position if heads else 0
    context = {
        "last": last,
        "heads": heads,
        "unsealed": (last.position if last else 0) - sealed,
        "verification": LogEntry.objects.filter(action=VERIFIED).order_by("-id").first(),
    }
    return render(request, "jurisdictions/chain.html", context)


@requires(Right.AUDIT)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Verifies the whole chain now, and says how it went."""
    found: list[Outcome] = []
    if attempt(request, lambda: found.append(record_verification(actor=request.user))):
        outcome = found[0]
        if outcome.fault is None:
            messages.success(request, f"核验完成：{outcome.entries} 条记录完整，未被改动。")
        else:
            messages.error(request, f"核验发现异常：{outcome.fault.text}。请立即保全现场并报告。")
    return redirect(tenant_url("audit:chain"))


@requires(Right.AUDIT)
@require_safe
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """One sealed head, to be printed and kept outside the house."""
    row: LogHead = get_object_or_404(LogHead, pk=pk)
    head = head_of(row)
    context: dict[str, Any] = {
        "head": head,
        "day": date_text(head.day),
        "hash": _groups(head.hash),
        "seal": _groups(head.seal),
        "problem": head.problem(),
    }
    return render(request, "jurisdictions/seal.html", context)


def _groups(digits: str) -> list[str]:
    return [digits[start : start + GROUP] for start in range(0, len(digits), GROUP)]
