"""统一汇总上报: what a first desk sends up as one list, and what its receiver sees and sends back of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from applications.desk.consolidating import rows_of_list, send_back, send_list
from applications.dossier.team import team_of
from applications.enums import ApplicationState as S
from applications.models import Application, Consolidation, Round
from applications.permissions import can_organise
from core.errors import DomainError
from core.exporting import hand_out
from core.limits import limited
from core.sheets import write_sheet
from core.templatetags.wording import datetime_text
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited

PAGE = 50
COLUMNS = (
    ("序号", 6),
    ("申报编号", 20),
    ("申报单位", 40),
    ("负责人", 12),
    ("初审意见", 40),
    ("初审人", 12),
    ("初审时间", 20),
    ("退回情况", 40),
)


@require_GET
@requires(Right.REVIEW)
def lists(request: HttpRequest) -> HttpResponse:
    """The lists that my authorities sent or received, and what waits to go up, call by call."""
    mine = request.authorities
    found = (
        Consolidation.objects.filter(Q(authority__in=mine) | Q(receiver__in=mine))
        .select_related("round", "authority", "receiver", "sent_by")
        .annotate(total=Count("files"), back=Count("files", filter=Q(files__returned_at__isnull=False)))
        .order_by("-pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    ready = _agreed(request).values("round", "round__title").annotate(n=Count("pk")).order_by("round")
    return render(request, "applications/desk_lists.html", {"page": page, "ready": ready})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
def list_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of what is agreed in a call, desk by desk; POST sends the chosen files up."""
    round_ = get_object_or_404(Round.objects.published().select_related("profile", "authority"), pk=pk)
    found = list(
        _agreed(request).filter(round=round_).select_related("unit", "authority", "agreed_by").order_by("pk")
    )
    chosen = request.POST.getlist("files") if request.method == "POST" else None
    problems: tuple[Any, ...] = ()
    if chosen is not None:
        authority = next((a for a in request.authorities if str(a.pk) == request.POST.get("authority")), None)
        try:
            if authority is None:
                raise DomainError("请重新选择上报部门。")
            made = send_list(
                round_=round_,
                authority=authority,
                applications=[one for one in found if str(one.pk) in chosen and one.authority == authority],
                actor=request.user,
            )
        except DomainError as error:
            problems = error.problems
        else:
            messages.success(request, f"已汇总上报，上报编号 {made.number}。")
            return redirect(tenant_url("desk:list", pk=made.pk))
    desks: dict[int, dict[str, Any]] = {}
    for one in found:
        # Joined once above; every file of the page is of this call.
        one.round = round_
        desk = desks.setdefault(one.authority_id, {"authority": one.authority, "rows": []})
        leader = next((member.name for member in team_of(one) if member.is_leader), "")
        desk["rows"].append(
            {"application": one, "leader": leader, "picked": chosen is None or str(one.pk) in chosen}
        )
    context = {
        "round": round_,
        "rules": round_.rules,
        "desks": desks.values(),
        "problems": [(problem.path, problem.message) for problem in problems],
    }
    status = 422 if problems else 200
    return render(request, "applications/desk_list_new.html", context | cited(round_.profile), status=status)


@require_safe
@requires(Right.REVIEW)
def list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One list as one thing: its table, its paper, where each of its files is now."""
    made = _list(request, pk)
    receives, leads = made.receiver in request.authorities, can_organise(request.user, made.round)
    rows = rows_of_list(made)
    for row in rows:
        file, one = row["file"], row["application"]
        on_desk = one.state == S.UNDER_REVIEW and receives and one.authority_id == made.receiver_id
        waits = one.state == S.AWAITING_PANEL and leads
        row["may_return"] = file.returned_at is None and (on_desk or waits)
    context = {"made": made, "rows": rows, "rules": made.round.rules, **cited(made.round.profile)}
    return render(request, "applications/desk_list.html", context)


@require_POST
@requires(Right.REVIEW)
@limited("export")
def list_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The table of a list as a spreadsheet."""
    made = _list(request, pk)
    columns = [(made.round.rules.terms.leader if word == "负责人" else word, w) for word, w in COLUMNS]
    rows = (
        (
            place,
            row["number"],
            row["unit"],
            row["leader"],
            row["opinion"],
            row["author"],
            datetime_text(row["at"]),
            f"{datetime_text(row['file'].returned_at)}退回：{row['file'].return_reason}"
            if row["file"].returned_at
            else "",
        )
        for place, row in enumerate(rows_of_list(made), start=1)
    )
    handle = write_sheet(title="汇总上报", columns=columns, rows=rows)
    return hand_out(
        handle, filename=f"{made.number}.xlsx", of=made, label="下载汇总上报表", actor=request.user
    )


@require_POST
@requires(Right.REVIEW)
def list_return(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Sends one file of a list back to the desk that sent it."""
    made = _list(request, pk)
    line = get_object_or_404(made.files.select_related("application__unit"), pk=file)
    attempt(
        request,
        send_back,
        done=f"已退回{made.authority.name}：{line.application.unit.name}。",
        application=line.application,
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("desk:list", pk=pk))


def _agreed(request: HttpRequest) -> Any:
    """What my desks have agreed to and not sent up yet."""
    return Application.objects.filter(
        authority__in=request.authorities, state=S.UNDER_REVIEW, agreed_at__isnull=False
    )


def _list(request: HttpRequest, pk: int) -> Consolidation:
    found = Consolidation.objects.visible_to(request.user).filter(
        Q(authority__in=request.authorities) | Q(receiver__in=request.authorities)
    )
    joined = found.select_related("round__profile", "round__authority", "authority", "receiver", "document")
    return get_object_or_404(joined, pk=pk)
