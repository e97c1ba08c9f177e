"""Records of visits to the place: the organisers' pages, and the page on which an expert signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.limits import READING, limited
from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from documents.handing import Reader, hand_out
from documents.showing import file_row
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited
from panels.enums import SheetState, VisitState
from panels.forms.visits import VisitFileForm, VisitForm, findings_initial
from panels.models import Panel, PanelItem, SiteVisit
from panels.permissions import may_read_visit
from panels.visiting import (
    add_visit_file,
    files_of,
    lines_of,
    may_record,
    may_visit,
    officers_of,
    record_visit,
    sign_visit,
    visit_clause,
    void_visit,
)


class Pages(NamedTuple):
    """Where an audience finds a record, and a file of it."""

    record: str
    file: str


PAGES = {
    "bureau": Pages("bureau:visit", "bureau:visit_file"),
    "panel": Pages("panel:visit", "panel:visit_file"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def visits(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """The records of one item; POST writes another one."""
    mine = Panel.objects.run_by(request.user).filter(pk=pk)
    items = PanelItem.objects.filter(panel__in=mine).select_related("panel__authority", "panel__profile")
    return _write(request, get_object_or_404(items, pk=item), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def visit_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrects a signed record by another one, which begins with what the former says."""
    former = _run(request, pk)
    if former.state != VisitState.SIGNED:
        return redirect(tenant_url("bureau:visit", pk=pk))
    return _write(request, former.item, former)


def _write(request: HttpRequest, item: PanelItem, former: SiteVisit | None) -> HttpResponse:
    panel = item.panel
    lines = lines_of(panel)
    form = VisitForm(
        request.POST or None,
        experts=may_visit(item),
        officers=officers_of(panel),
        lines=lines,
        initial=_initial(former, [key for key, _ in lines]),
    )
    if request.method == "POST" and form.is_valid():
        made = attempt_form(form, record_visit, item=item, former=former, actor=request.user, **form.values())
        if made is not None:
            messages.success(request, "已记录。请补充照片，再请考察人员签署；签署后不能修改。")
            return redirect(tenant_url("bureau:visit", pk=made.pk))
    context = {
        **cited(panel.profile),
        "panel": panel,
        "item": item,
        "visits": [] if former else item.visits.prefetch_related("visitors"),
        "form": form if former or may_record(item) else None,
        "former": former,
        "clause": visit_clause(panel),
    }
    return render(request, "panels/bureau_visits.html", context)


@require_GET
@requires(Right.RUN_PANEL)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One record, for who organises the panel."""
    return render(request, "panels/bureau_visit.html", _page(request, _run(request, pk), "bureau"))


@require_POST
@limited("upload", methods=("POST",))
@requires(Right.RUN_PANEL)
def visit_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a photo or paper."""
    return _add(request, _run(request, pk), "bureau")


@require_POST
@requires(Right.RUN_PANEL)
def visit_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs, as an officer who was there."""
    return _sign(request, _run(request, pk), "bureau")


@require_POST
@requires(Right.RUN_PANEL)
def visit_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a record up that is not signed by all."""
    found = _run(request, pk)
    reason = request.POST.get("reason", "")
    attempt(request, void_visit, done="已作废。", visit=found, reason=reason, actor=request.user)
    return redirect(tenant_url("bureau:visit", pk=pk))


@requires(Right.RUN_PANEL)
@limited("export", methods=READING)
def visit_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A photo or paper, for who organises the panel."""
    return _hand_out(request, _run(request, pk), file, "bureau")


@require_GET
def own_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One record, for an expert who was there."""
    return render(request, "panels/panel_visit.html", _page(request, _own(request, pk), "panel"))


@require_POST
@limited("upload", methods=("POST",))
def own_visit_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a photo, from the phone of who was there."""
    return _add(request, _own(request, pk), "panel")


@require_POST
def own_visit_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs, as an expert who was there."""
    return _sign(request, _own(request, pk), "panel")


@limited("export", methods=READING)
def own_visit_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A photo or paper, for an expert who was there."""
    return _hand_out(request, _own(request, pk), file, "panel")


def _run(request: HttpRequest, pk: int) -> SiteVisit:
    mine = SiteVisit.objects.filter(item__panel__in=Panel.objects.run_by(request.user))
    return get_object_or_404(_joined(mine), pk=pk)


def _own(request: HttpRequest, pk: int) -> SiteVisit:
    """A record that the person signs or reads as an expert; not found by all others."""
    found: SiteVisit = get_object_or_404(_joined(SiteVisit.objects.of_expert(request.user)), pk=pk)
    if not may_read_visit(request.user, found):
        raise Http404
    return found


def _joined(rows: Any) -> Any:
    return rows.select_related("item__panel__authority", "item__panel__profile", "former", "recorded_by")


def _page(request: HttpRequest, found: SiteVisit, audience: str) -> dict[str, Any]:
    visitors = list(found.visitors.all())
    stepped_back = set(
        found.item.sheets.filter(state__in=(SheetState.RECUSED, SheetState.WITHDRAWN)).values_list(
            "member__expert__user", flat=True
        )
    )
    for one in visitors:
        one.cannot_sign = one.signed_at is None and one.user_id in stepped_back
    mine = next((one for one in visitors if one.user_id == request.user.pk), None)
    open_ = found.state == VisitState.DRAFT
    untouched = open_ and not any(one.signed_at for one in visitors)
    page = PAGES[audience]
    return {
        **cited(found.item.panel.profile),
        "visit": found,
        "item": found.item,
        "panel": found.item.panel,
        "visitors": visitors,
        "corrections": found.corrections.exclude(state=VisitState.VOID),
        "void_reason": _void_reason(found),
        "may_sign": open_ and mine is not None and mine.signed_at is None,
        "form": VisitFileForm() if untouched and (mine or audience == "bureau") else None,
        "clause": visit_clause(found.item.panel),
        "files": [
            file_row(
                one.attachment,
                url=tenant_url(page.file, pk=found.pk, file=one.attachment_id),
                label=one.caption,
            )
            for one in found.files.select_related("attachment")
        ],
    }


def _void_reason(found: SiteVisit) -> str:
    if found.state != VisitState.VOID:
        return ""
    given = LogEntry.objects.filter(
        subject_type=SiteVisit._meta.label_lower, subject_id=found.pk, action="panels.void_visit"
    )
    return given.values_list("reason", flat=True).last() or ""


def _add(request: HttpRequest, found: SiteVisit, audience: str) -> HttpResponse:
    form = VisitFileForm(request.POST, request.FILES)
    if form.is_valid():
        attempt(
            request, add_visit_file, done="已补充。", visit=found, actor=request.user, **form.cleaned_data
        )
    else:
        messages.error(request, "请选择要上传的照片或材料，说明不超过 100 字。")
    return redirect(tenant_url(PAGES[audience].record, pk=found.pk))


def _sign(request: HttpRequest, found: SiteVisit, audience: str) -> HttpResponse:
    attempt(request, sign_visit, done="已签署。", visit=found, actor=request.user)
    return redirect(tenant_url(PAGES[audience].record, pk=found.pk))


def _hand_out(request: HttpRequest, found: SiteVisit, file: int, audience: str) -> HttpResponseBase:
    reader = Reader(
        purpose=f"{found.item.panel}实地考察",
        layout=f"layouts/{audience}.html",
        back=tenant_url(PAGES[audience].record, pk=found.pk),
    )
    return hand_out(request, get_object_or_404(files_of(found), pk=file), reader)


def _initial(former: SiteVisit | None, keys: Sequence[str]) -> dict[str, Any]:
    if former is None:
        return {"held_on": clock.today()}
    there = former.visitors.values("user")
    held_at = former.held_at.astimezone(clock.SHANGHAI)
    return {
        "held_on": held_at.date(),
        "held_time": held_at.time(),
        "place": former.place,
        "unit_people": former.unit_people,
        "statement": former.statement,
        "members": may_visit(former.item).filter(expert__user__in=there),
        "officers": officers_of(former.item.panel).filter(pk__in=there),
        **findings_initial(former.findings, keys),
    }
