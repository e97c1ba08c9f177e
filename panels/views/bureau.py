"""The bureau's pages of the panels: how far they are, and what came out once all have signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.exporting import hand_out
from core.limits import limited
from core.models import LogEntry
from core.web import attempt, tenant_url
from deadlines.models import Deadline
from deadlines.showing import shown
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited, work_calendar
from panels.averaging import rounded
from panels.consolidation import close_panel
from panels.discussing import apart_in, spread_words, undiscussed
from panels.draws import next_reserve
from panels.enums import PanelState, SheetState, VisitState
from panels.forming import add_expert, add_reserve, replace_seat, withdraw_seat
from panels.forms.register import AddExpertForm
from panels.models import Expert, JointDiscussion, Panel, PanelItem, ScoreSheet, SheetVersion
from panels.permissions import can_decide_reopening
from panels.reopening import waiting_reopenings
from panels.reporting import issue_report, report_of
from panels.results import Result, items_with_sheets, results_of, why_words
from panels.rules import clause_of, method_of, partners_of
from panels.schemes import criteria_of, scheme_of
from panels.scoring import answer_of_version
from panels.views.discussion import side_by_side
from panels.workbook import workbook_of


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
        Panel.objects.run_by(request.user).select_related("authority", "profile", "scheme__set_by"), pk=pk
    )
    return render(request, "panels/bureau_panel.html", _panel_page(found, request.user))


@require_POST
@requires(Right.RUN_PANEL)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the panel and consolidates."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    attempt(request, close_panel, done="评审已结束，汇总结果如下。", panel=found, actor=request.user)
    return redirect(tenant_url("bureau:panel", pk=pk))


@limited("export")
@require_POST
@requires(Right.RUN_PANEL)
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The result as a workbook that computes it again; of a closed panel."""
    panels = Panel.objects.run_by(request.user).filter(state=PanelState.CLOSED)
    found = get_object_or_404(panels.select_related("authority", "profile", "scheme"), pk=pk)
    handle = workbook_of(found, results_of(found, items_with_sheets(found)))
    return hand_out(
        handle, filename=f"{found.name}汇总表.xlsx", of=found, label="下载评审汇总表", actor=request.user
    )


@require_POST
@requires(Right.RUN_PANEL)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Issues the panel's report."""
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    attempt(request, issue_report, done="评审报告已出具。", panel=found, actor=request.user)
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
    return _leave(request, pk, member, withdraw_seat, "已撤出专家{}。")


@require_POST
@requires(Right.RUN_PANEL)
def replace(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Seats the next who stands by in the place of a late expert."""
    return _leave(request, pk, member, replace_seat, "已撤出专家{}，并按抽取顺序递补。")


def _leave(request: HttpRequest, pk: int, member: int, verb: Callable[..., Any], done: str) -> HttpResponse:
    found = get_object_or_404(Panel.objects.run_by(request.user), pk=pk)
    seated = get_object_or_404(found.members.select_related("expert__user"), pk=member)
    attempt(
        request,
        verb,
        done=done.format(seated.expert.user),
        member=seated,
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("bureau:panel", pk=pk))


def _candidates(found: Panel) -> Any:
    seated = found.members.values("expert")
    return Expert.objects.filter(is_active=True).exclude(pk__in=seated).select_related("user")


def _panel_page(found: Panel, user: Any) -> dict[str, Any]:
    closed = found.state == PanelState.CLOSED
    members = list(found.members.select_related("expert__user").order_by("pk"))
    late = _late_members(found)
    for member in members:
        member.is_late = member.pk in late
    items = _items_for_bureau(found, closed)
    reasons = _recusal_reasons(items)
    rows = [_item_row(item, members, reasons, closed) for item in items if item.dropped_at is None]
    waiting = sum(cell["status"] == SheetState.OPEN for row in rows for cell in row["cells"])
    total = sum(len(row["cells"]) for row in rows)
    apart = _apart(found) if not closed and not waiting else []
    return {
        **cited(found.profile),
        "panel": found,
        "apart": apart,
        "undiscussed": sum(not row["done"] for row in apart),
        **(_result_page(found, [item for item in items if item.dropped_at is None], rows) if closed else {}),
        "reopenings": [] if closed else _reopenings(found, user),
        "clause": clause_of(found),
        "partners": partners_of(found),
        "members": members,
        "rows": rows,
        "dropped": [item for item in items if item.dropped_at is not None],
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


def _items_for_bureau(found: Panel, closed: bool) -> list[PanelItem]:
    """Before the panel is closed, what experts wrote is not even read from the database."""
    items = found.items.annotate(visited=Count("visits", filter=~Q(visits__state=VisitState.VOID)))
    if closed:
        return items_with_sheets(found, items)
    sheets = ScoreSheet.objects.order_by("member_id").only("pk", "tenant_id", "item_id", "member_id", "state")
    return list(items.prefetch_related(Prefetch("sheets", queryset=sheets)))


def _item_row(item: PanelItem, members: list[Any], reasons: dict[int, str], closed: bool) -> dict[str, Any]:
    """One thing with every expert's state; the sheets themselves come with it only once all are in.

    That is the blindness of these pages: no template can show what it is not given.
    """
    names = {member.pk: member.expert for member in members}
    cells = [
        {
            "pk": sheet.pk,
            "status": sheet.status,
            "expert": names[sheet.member_id],
            "reason": reasons.get(sheet.pk, ""),
            "sheet": sheet if closed else None,
        }
        for sheet in item.sheets.all()
    ]
    return {"item": item, "outcome": item.outcome, "cells": cells}


def _result_page(found: Panel, items: list[PanelItem], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The ranking, and of each item every sheet, what was left out and why, former versions, discussions."""
    scheme = scheme_of(found)
    results = {result.item.pk: result for result in results_of(found, items)}
    absent = {item.pk: row for item, row in zip(items, rows, strict=True)}
    discussions = JointDiscussion.objects.filter(item__panel=found).select_related("recorded_by")
    former = _former_versions(items)
    ranking = [
        {
            "item": item,
            "rows": side_by_side(results.get(item.pk)),
            "why": why_words(scheme, results[item.pk]) if item.pk in results else "",
            "spread": _spread(results.get(item.pk)),
            # The badge shows points where there are any.
            "opinion": {"verdict": (item.outcome or {}).get("verdict", "")},
            "visited": item.visited,
            "absent": [cell for cell in absent[item.pk]["cells"] if cell["status"] != SheetState.SIGNED],
            "former": former.get(item.pk, []),
            "discussions": [one for one in discussions if one.item_id == item.pk],
        }
        for item in sorted(items, key=lambda item: (item.rank or len(items), item.pk))
    ]
    return {
        "ranking": ranking,
        "scheme": scheme,
        "criteria": criteria_of(scheme),
        "report": report_of(found),
    }


def _spread(result: Result | None) -> str:
    return str(rounded(result.average.spread, 2)) if result and result.average else "—"


def _former_versions(items: list[PanelItem]) -> dict[int, list[SheetVersion]]:
    """What was signed and stands no more, by item."""
    sheets = {sheet.pk: sheet for item in items for sheet in item.sheets.all()}
    found: dict[int, list[SheetVersion]] = {}
    for version in SheetVersion.objects.filter(sheet__in=sheets):
        version.sheet = sheets[version.sheet_id]
        if version.signed_at != version.sheet.signed_at:
            version.answer = answer_of_version(version, version.sheet)
            found.setdefault(version.sheet.item_id, []).append(version)
    return found


def _recusal_reasons(items: list[PanelItem]) -> dict[int, str]:
    left = (SheetState.RECUSED, SheetState.WITHDRAWN)
    recused = [s.pk for item in items for s in item.sheets.all() if s.state in left]
    entries = LogEntry.objects.filter(
        subject_type=ScoreSheet._meta.label_lower,
        subject_id__in=recused,
        action__in=["panels.recuse", "panels.recuse_tied", "panels.withdraw"],
    )
    return dict(entries.values_list("subject_id", "reason"))


def _late_members(found: Panel) -> set[int]:
    """The seats of those whose day has passed and who still owe a sheet."""
    if found.due_on is None or found.due_on >= clock.today() or found.state != PanelState.SCORING:
        return set()
    owing = ScoreSheet.objects.filter(item__panel=found, state=SheetState.OPEN)
    return set(owing.values_list("member_id", flat=True))


def _apart(found: Panel) -> list[dict[str, Any]]:
    """What must be talked about before the end, and whether it was."""
    scheme, results = scheme_of(found), list(apart_in(found).values())
    left = {result.item.pk for result in undiscussed(scheme, results)}
    return [
        {"item": one.item, "spread": spread_words(scheme, one), "done": one.item.pk not in left}
        for one in results
    ]


def _reopenings(found: Panel, user: Any) -> list[dict[str, Any]]:
    return [
        {"asked": one, "may_decide": can_decide_reopening(user, one)} for one in waiting_reopenings(found)
    ]


def _panel_deadline(found: Panel) -> dict[str, Any] | None:
    if found.due_on is None or found.state == PanelState.CLOSED:
        return None
    day = Deadline(due_on=found.due_on)
    return shown(day, today=clock.today(), calendar=work_calendar())
