"""The bureau's pages of the panels: how far they are, and what came out once all have signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.models import LogEntry
from core.web import attempt, tenant_url
from deadlines.models import Deadline
from deadlines.showing import shown
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited, work_calendar
from panels.consolidation import close_panel
from panels.draws import next_reserve
from panels.enums import Method, PanelState, SheetState
from panels.forming import add_expert, add_reserve, withdraw_seat
from panels.forms import AddExpertForm
from panels.models import Expert, Panel, PanelItem, ScoreSheet
from panels.rules import clause_of, method_of, partners_of
from panels.scoring import answer_of


@require_GET
@requires(Right.RUN_PANEL)
def experts(request: HttpRequest) -> HttpResponse:
    """The expert register, with how much each has in hand."""
    waiting = Count("seats__sheets", filter=Q(seats__sheets__state=SheetState.OPEN))
    rows = Expert.objects.select_related("user").annotate(
        waiting=waiting, panels=Count("seats", distinct=True)
    )
    return render(request, "panels/bureau_experts.html", {"experts": rows.order_by("-is_active", "pk")})


@require_GET
@requires(Right.RUN_PANEL)
def panels(request: HttpRequest) -> HttpResponse:
    """The panels that I organise: how many sheets each still waits for."""
    state = request.GET.get("state", "")
    rows = Panel.objects.run_by(request.user).annotate(
        total=Count("items__sheets"),
        waiting=Count("items__sheets", filter=Q(items__sheets__state=SheetState.OPEN)),
    )
    counts = dict(Panel.objects.run_by(request.user).order_by().values_list("state").annotate(n=Count("pk")))
    if state in PanelState.values:
        rows = rows.filter(state=state)
    address = tenant_url("bureau:panels")
    tabs = [{"label": "全部", "url": address, "active": not state, "count": sum(counts.values())}]
    tabs += [
        {
            "label": one.label,
            "url": f"{address}?state={one}",
            "active": state == one,
            "count": counts.get(one, 0),
        }
        for one in (PanelState.SCORING, PanelState.CLOSED)
    ]
    return render(request, "panels/bureau_panels.html", {"panels": rows.order_by("-pk")[:200], "tabs": tabs})


@require_GET
@requires(Right.RUN_PANEL)
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has signed and who has not; what they wrote only once the panel is closed."""
    found = get_object_or_404(
        Panel.objects.run_by(request.user).select_related("authority", "profile"), pk=pk
    )
    return render(request, "panels/bureau_panel.html", _panel_page(found))


@require_POST
@requires(Right.RUN_PANEL)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the panel and consolidates."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    attempt(request, close_panel, done="评审已结束，汇总结果如下。", panel=found, actor=request.user)
    return redirect(tenant_url("bureau:panel", pk=pk))


@require_POST
@requires(Right.RUN_PANEL)
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Seats one more expert."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    form = AddExpertForm(request.POST, experts=_candidates(found))
    if form.is_valid():
        expert = form.cleaned_data["expert"]
        attempt(
            request,
            add_expert,
            done=f"已增补专家{expert.user}。",
            panel=found,
            expert=expert,
            actor=request.user,
        )
    else:
        messages.error(request, "请选择要增补的专家。")
    return redirect(tenant_url("bureau:panel", pk=pk))


@require_POST
@requires(Right.RUN_PANEL)
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Seats the next of those who stand by."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    attempt(request, add_reserve, done="已按抽取顺序递补。", panel=found, actor=request.user)
    return redirect(tenant_url("bureau:panel", pk=pk))


@require_POST
@requires(Right.RUN_PANEL)
def withdraw(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Takes one expert off the panel."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    seated = get_object_or_404(found.members.select_related("expert__user"), pk=member)
    attempt(
        request,
        withdraw_seat,
        done=f"已撤出专家{seated.expert.user}。",
        member=seated,
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("bureau:panel", pk=pk))


def _candidates(found: Panel) -> Any:
    seated = found.members.values("expert")
    return Expert.objects.filter(is_active=True).exclude(pk__in=seated).select_related("user")


def _panel_page(found: Panel) -> dict[str, Any]:
    closed = found.state == PanelState.CLOSED
    members = list(found.members.select_related("expert__user").order_by("pk"))
    items = list(found.items.prefetch_related(Prefetch("sheets", queryset=_sheets_for_bureau(closed))))
    reasons = _recusal_reasons(items)
    rows = [_item_row(item, members, reasons, closed) for item in items]
    if closed and method_of(found) != Method.OPINION:
        _add_totals(found, items, rows)
    waiting = sum(cell["status"] == SheetState.OPEN for row in rows for cell in row["cells"])
    total = sum(len(row["cells"]) for row in rows)
    return {
        **cited(found.profile),
        "panel": found,
        "clause": clause_of(found),
        "partners": partners_of(found),
        "members": members,
        "rows": rows,
        "closed": closed,
        "waiting": waiting,
        "total": total,
        "done": total - waiting,
        "method": method_of(found),
        "add_form": None if closed else AddExpertForm(experts=_candidates(found)),
        "deadline": _panel_deadline(found),
        "draw": found.draws.first(),
        "next_reserve": None if closed else next_reserve(found),
    }


def _sheets_for_bureau(closed: bool) -> Any:
    """Before the panel is closed, what experts wrote is not even read from the database."""
    sheets = ScoreSheet.objects.order_by("member_id")
    if closed:
        return sheets
    return sheets.only("pk", "tenant_id", "item_id", "member_id", "state")


def _item_row(item: PanelItem, members: list[Any], reasons: dict[int, str], closed: bool) -> dict[str, Any]:
    """One thing with every expert's state; the sheets themselves come with it only once all are in.

    That is the blindness of these pages: no template can show what it is not given.
    """
    names = {member.pk: member.expert for member in members}
    cells = [
        {
            "status": sheet.status,
            "expert": names[sheet.member_id],
            "reason": reasons.get(sheet.pk, ""),
            "sheet": sheet if closed else None,
        }
        for sheet in item.sheets.all()
    ]
    return {"title": item.title, "unit_name": item.unit_name, "outcome": item.outcome, "cells": cells}


def _add_totals(found: Panel, items: list[PanelItem], rows: list[dict[str, Any]]) -> None:
    """Each expert's total beside the mean, once the panel is closed."""
    for item, row in zip(items, rows, strict=True):
        item.panel = found
        for cell in row["cells"]:
            cell["sheet"].item = item
            cell["answer"] = answer_of(cell["sheet"]) if cell["status"] == SheetState.SIGNED else None


def _recusal_reasons(items: list[PanelItem]) -> dict[int, str]:
    left = (SheetState.RECUSED, SheetState.WITHDRAWN)
    recused = [s.pk for item in items for s in item.sheets.all() if s.state in left]
    entries = LogEntry.objects.filter(
        subject_type=ScoreSheet._meta.label_lower,
        subject_id__in=recused,
        action__in=["panels.recuse", "panels.recuse_tied", "panels.withdraw"],
    )
    return dict(entries.values_list("subject_id", "reason"))


def _panel_deadline(found: Panel) -> dict[str, Any] | None:
    if found.due_on is None or found.state == PanelState.CLOSED:
        return None
    day = Deadline(due_on=found.due_on)
    return shown(day, today=clock.today(), calendar=work_calendar())
