"""Sheets that lie too far apart, and sheets that are given back: the bureau's pages for both."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited
from panels.discussing import apart_in, record_discussion, spread_words
from panels.forms.discussion import DiscussionForm, ReopenForm
from panels.models import Panel, PanelMember, Reopening, ScoreSheet
from panels.reopening import ask_reopening, grant_reopening, refuse_reopening
from panels.rules import clause_of, method_of
from panels.schemes import scheme_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def discussion(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """The sheets of one item side by side, as all have signed and they lie too far apart; POST records."""
    panel = _panel(request, pk)
    found = get_object_or_404(panel.items.select_related("panel"), pk=item)
    result = apart_in(panel).get(found.pk)
    if result is None and not found.discussions.exists():
        raise Http404
    signed = list(result.signed) if result else []
    members = PanelMember.objects.filter(pk__in=[sheet.member_id for sheet in signed])
    form = DiscussionForm(
        request.POST or None,
        members=members.select_related("expert__user"),
        sheets=ScoreSheet.objects.filter(pk__in=[s.pk for s in signed]).select_related(
            "member__expert__user"
        ),
        initial={"held_on": clock.today(), "participants": [member.pk for member in members]},
    )
    if request.method == "POST" and form.is_valid():
        done = attempt_form(form, record_discussion, item=found, actor=request.user, **form.cleaned_data)
        if done is not None:
            messages.success(request, "合议已记录。")
            return redirect(tenant_url("bureau:panel", pk=pk))
    context = {
        **cited(panel.profile),
        "panel": panel,
        "item": found,
        "result": result,
        "spread": spread_words(scheme_of(panel), result) if result else "",
        "rows": side_by_side(result),
        "method": method_of(panel),
        "form": form,
        "discussions": found.discussions.select_related("recorded_by"),
        "clause": clause_of(panel),
    }
    return render(request, "panels/bureau_discussion.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def reopen(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """Asks that one signed sheet be given back."""
    panel = _panel(request, pk)
    sheets = ScoreSheet.objects.filter(item__panel=panel).select_related("item__panel__authority")
    found = get_object_or_404(sheets.select_related("member__expert__user"), pk=sheet)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt_form(
            form, ask_reopening, sheet=found, reason=form.cleaned_data["reason"], actor=request.user
        )
        if done is not None:
            messages.success(request, "已申请，等待另一人批准。")
            return redirect(tenant_url("bureau:panel", pk=pk))
    return render(request, "panels/bureau_reopen.html", {"panel": panel, "sheet": found, "form": form})


@require_POST
@requires(Right.RUN_PANEL)
def reopening_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the sheet back."""
    found = _reopening(request, pk)
    done = "已批准，已通知专家；原版次保留可查。"
    attempt(request, grant_reopening, done=done, reopening=found, actor=request.user)
    return redirect(tenant_url("bureau:panel", pk=found.sheet.item.panel_id))


@require_POST
@requires(Right.RUN_PANEL)
def reopening_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves the sheet as it was signed."""
    found = _reopening(request, pk)
    reason = request.POST.get("reason", "")
    attempt(
        request, refuse_reopening, done="已告知申请人。", reopening=found, reason=reason, actor=request.user
    )
    return redirect(tenant_url("bureau:panel", pk=found.sheet.item.panel_id))


def side_by_side(result: Any) -> list[dict[str, Any]]:
    """Each expert's sheet with its sum, in the order of the seats."""
    if result is None:
        return []
    return [{"sheet": sheet, "answer": result.answers.get(sheet.pk)} for sheet in result.signed]


def _panel(request: HttpRequest, pk: int) -> Panel:
    rows = Panel.objects.run_by(request.user).select_related("authority", "profile", "scheme")
    return get_object_or_404(rows, pk=pk)


def _reopening(request: HttpRequest, pk: int) -> Reopening:
    mine = Reopening.objects.filter(sheet__item__panel__in=Panel.objects.run_by(request.user))
    return get_object_or_404(mine.select_related("sheet__item__panel__authority", "version"), pk=pk)
