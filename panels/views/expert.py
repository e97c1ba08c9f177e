"""An expert's pages: the own sheets and nobody else's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import DomainError, EditConflict
from core.limits import READING, limited
from core.web import attempt, attempt_form, on_field, tenant_url
from deadlines.models import Deadline
from deadlines.showing import shown
from documents.handing import Reader, hand_out
from documents.showing import file_row
from jurisdictions.versions import cited, work_calendar
from panels.discussing import apart_in, spread_words
from panels.enums import Method, PanelState, ReopeningState, SheetState, VisitState
from panels.forming import SHEETS_OWED, decline_seat
from panels.forms.sheets import CriteriaForm, DeclineForm, OpinionForm, RecuseForm, RubricForm
from panels.models import Expert, Panel, PanelMember, ScoreSheet, SiteVisit
from panels.permissions import can_score
from panels.reopening import ask_reopening
from panels.rules import clause_of, facts_of, partners_of
from panels.schemes import scheme_of
from panels.scoring import answer_of, answer_of_version, missing_from, recuse_sheet, save_sheet, sign_sheet
from panels.views.discussion import side_by_side

SheetFormType = OpinionForm | CriteriaForm | RubricForm


@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """My sheets: what is still to do, by panel with its last day, and what I have signed.

    Not found by whoever is on no register and has signed nothing.
    """
    mine = list(
        ScoreSheet.objects.of_expert(request.user)
        .select_related("item__panel__authority", "member__expert")
        .order_by("-item__panel_id", "item_id")
    )
    if not mine and not Expert.objects.filter(user=request.user, is_active=True).exists():
        raise Http404
    owed = _owed_by(request.user)
    panels: dict[int, dict[str, Any]] = {}
    for sheet in mine:
        panel = sheet.item.panel
        group = panels.setdefault(
            panel.pk,
            {
                "panel": panel,
                "member": sheet.member,
                "sheets": [],
                "deadline": owed.get(panel.pk),
                "left": 0,
            },
        )
        group["sheets"].append(sheet)
        group["left"] += sheet.state == SheetState.OPEN and panel.state == PanelState.SCORING
    context = {
        "groups": list(panels.values()),
        "left": sum(group["left"] for group in panels.values()),
        "visits": SiteVisit.objects.waiting_for(request.user).select_related("item"),
    }
    return render(request, "panels/panel_sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the own seat up, with the reason; what is signed stands."""
    seats = PanelMember.objects.filter(expert__user=request.user, withdrawn_at__isnull=True)
    member = get_object_or_404(seats.select_related("panel", "expert__user"), pk=pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt_form(
            form, decline_seat, member=member, reason=form.cleaned_data["reason"], actor=request.user
        )
        if done is not None:
            messages.success(request, "已告知组织部门，您不再参加本次评审。")
            return redirect(tenant_url("panel:sheets"))
    return render(request, "panels/panel_decline.html", {"panel": member.panel, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet a page, the material beside it. POST saves, and goes on to the signature when asked to."""
    found = _my_sheet(request, pk)
    if request.method != "POST":
        return render(request, "panels/panel_sheet.html", _sheet_page(request, found, _form(found)))
    form = _form(found, request.POST)
    if not _is_writable(found, request.user):
        return _too_late(request, found, form)
    if form.is_valid():
        saved = attempt_form(
            form,
            save_sheet,
            sheet=found,
            revision=form.cleaned_data["version"],
            actor=request.user,
            **form.values(),
        )
        if saved is not None and request.POST.get("then") != "sign":
            messages.success(request, "已保存，尚未签署。")
            return redirect(tenant_url("panel:sheet", pk=pk))
        if saved is not None:
            problems = missing_from(found)
            if not problems:
                return redirect(tenant_url("panel:sign", pk=pk))
            form.data = form.data.copy()
            form.data["version"] = str(found.revision)
            for problem in problems:
                form.add_error(problem.path if problem.path in form.fields else None, on_field(problem))
    return render(request, "panels/panel_sheet.html", _sheet_page(request, found, form))


def _too_late(request: HttpRequest, found: ScoreSheet, form: SheetFormType) -> HttpResponse:
    """What was typed on a page older than the signature: not saved, said so, and not lost either."""
    form.is_valid()
    messages.error(request, f"{_why_closed(found)}您刚才填写的内容没有保存，列在下面。")
    context = {**_sheet_page(request, found, _form(found)), "typed": form.typed()}
    return render(request, "panels/panel_sheet.html", context, status=409)


def _why_closed(found: ScoreSheet) -> str:
    if found.item.panel.state != PanelState.SCORING:
        return "评审已结束，不能再填写。"
    if found.state == SheetState.OPEN:
        return "您不再评审本项。"
    return f"这份评审表{found.status.label}，不能再修改。"


@require_POST
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps what is valid so far; 409 when the sheet was saved elsewhere in between."""
    found = _my_sheet(request, pk)
    form = _form(found, request.POST)
    form.is_valid()
    revision = form.cleaned_data.get("version")
    if revision is None:
        return JsonResponse({}, status=422)
    try:
        save_sheet(sheet=found, revision=revision, actor=request.user, **form.values())
    except EditConflict as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    except DomainError as refused:
        return JsonResponse({"message": refused.message}, status=422)
    return JsonResponse({"version": found.revision})


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet once more as it will stand; POST signs it and goes to the next one."""
    found = _my_sheet(request, pk)
    writable = _is_writable(found, request.user)
    if request.method == "POST" and not writable:
        messages.error(request, _why_closed(found))
    if not writable or (request.method != "POST" and missing_from(found)):
        return redirect(tenant_url("panel:sheet", pk=pk))
    if request.method == "POST":
        if not attempt(request, sign_sheet, done="已签署。", sheet=found, actor=request.user):
            return redirect(tenant_url("panel:sheet", pk=pk))
        following = _open_sheets(request.user).exclude(pk=pk).first()
        return redirect(
            tenant_url("panel:sheet", pk=following.pk) if following else tenant_url("panel:sheets")
        )
    panel = found.item.panel
    context = {
        "sheet": found,
        "item": found.item,
        **cited(panel.profile),
        "panel": panel,
        "answer": answer_of(found),
        "clause": clause_of(panel),
    }
    return render(request, "panels/panel_sign.html", context)


@require_POST
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Steps back from one item."""
    found = _my_sheet(request, pk)
    form = RecuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明回避理由。")
        return redirect(tenant_url("panel:sheet", pk=pk))
    reason = form.cleaned_data["reason"]
    done = attempt(
        request,
        recuse_sheet,
        done="已申请回避，本项不再由您评审。",
        sheet=found,
        reason=reason,
        actor=request.user,
    )
    return redirect(tenant_url("panel:sheets") if done else tenant_url("panel:sheet", pk=pk))


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks that the own signed sheet be given back."""
    found = _my_sheet(request, pk)
    done = "已申请退回，组织部门批准后您可以修改。"
    reason = request.POST.get("reason", "")
    attempt(request, ask_reopening, done=done, sheet=found, reason=reason, actor=request.user)
    return redirect(tenant_url("panel:sheet", pk=pk))


@require_GET
@limited("export", methods=READING)
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file of the thing judged: for its experts, while the panel is at work and they have not recused."""
    found = _my_sheet(request, pk)
    files = _files_of(found, request.user)
    if files is None:
        raise Http404
    reader = Reader(
        purpose=f"{found.item.panel}评审",
        layout="layouts/panel.html",
        back=tenant_url("panel:sheet", pk=pk),
    )
    return hand_out(request, get_object_or_404(files, pk=file), reader)


def _my_sheet(request: HttpRequest, pk: int) -> ScoreSheet:
    own = ScoreSheet.objects.of_expert(request.user).select_related(
        "item__panel__profile", "item__panel__authority", "item__panel__scheme", "member__expert"
    )
    return get_object_or_404(own, pk=pk)


def _open_sheets(user: Any) -> Any:
    """What this person has still to sign, the nearest day first."""
    return (
        ScoreSheet.objects.of_expert(user)
        .filter(state=SheetState.OPEN, item__panel__state=PanelState.SCORING)
        .order_by(F("item__panel__due_on").asc(nulls_last=True), "item__panel_id", "item_id")
    )


def _is_writable(found: ScoreSheet, user: Any) -> bool:
    at_work = found.item.panel.state == PanelState.SCORING
    return at_work and found.state == SheetState.OPEN and can_score(user, found)


def _may_read_subject(found: ScoreSheet, user: Any) -> bool:
    """The material is open to whoever judges it, as long as they do."""
    return found.state != SheetState.RECUSED and can_score(user, found)


def _files_of(found: ScoreSheet, user: Any) -> Any:
    if not _may_read_subject(found, user):
        return None
    return found.item.subject.panel_attachments()


def _form(found: ScoreSheet, data: Any = None) -> SheetFormType:
    initial = {"version": found.revision, "comment": found.comment, "verdict": found.verdict}
    scheme = scheme_of(found.item.panel)
    if scheme.method == Method.OPINION:
        return OpinionForm(data, initial=initial)
    if scheme.method == Method.CRITERIA:
        return CriteriaForm(data, scheme=scheme, points=found.points, initial=initial)
    return RubricForm(
        data,
        rules=found.item.panel.profile.rules,
        facts=facts_of(found.item),
        points=found.points,
        bonus=found.bonus,
        initial=initial,
    )


def _sheet_page(request: HttpRequest, found: ScoreSheet, form: SheetFormType) -> dict[str, Any]:
    panel = found.item.panel
    siblings = list(
        ScoreSheet.objects.of_expert(request.user)
        .filter(item__panel=panel)
        .order_by("item_id")
        .values_list("pk", "state")
    )
    order = [pk for pk, _ in siblings]
    place = order.index(found.pk)
    reads = _may_read_subject(found, request.user)
    return {
        "sheet": found,
        "item": found.item,
        **cited(panel.profile),
        "panel": panel,
        "clause": clause_of(panel),
        "partners": partners_of(panel),
        "form": form,
        "method": scheme_of(panel).method,
        "answer": answer_of(found),
        "writable": _is_writable(found, request.user),
        "may_recuse": panel.state == PanelState.SCORING
        and found.state in (SheetState.OPEN, SheetState.SIGNED)
        and can_score(request.user, found),
        "versions": [
            {"version": version, "answer": answer_of_version(version, found)}
            for version in found.versions.all()
            if version.signed_at != found.signed_at
        ],
        "reopening": found.reopenings.exclude(state=ReopeningState.REFUSED).last(),
        **_others(found, panel),
        "subject": found.item.subject if reads else None,
        "files": _file_rows(found) if reads else [],
        "visits": found.item.visits.filter(state=VisitState.SIGNED) if reads else [],
        "deadline": _owed_by(request.user).get(panel.pk),
        "place": place + 1,
        "total": len(order),
        "left": sum(state == SheetState.OPEN for _, state in siblings),
        "previous": order[place - 1] if place else None,
        "following": order[place + 1] if place + 1 < len(order) else None,
    }


def _others(found: ScoreSheet, panel: Panel) -> dict[str, Any]:
    """The sheets of the same item, once all have signed and they must be discussed; to who judges it."""
    result = None
    if found.state == SheetState.SIGNED and panel.state == PanelState.SCORING:
        result = apart_in(panel).get(found.item_id)
    return {
        "rows": side_by_side(result),
        "spread": spread_words(scheme_of(panel), result) if result else "",
    }


def _file_rows(found: ScoreSheet) -> list[dict[str, Any]]:
    """The subject's files, each under what the subject says it is, in the subject's order."""
    subject = found.item.subject
    labels = subject.panel_file_labels()
    order = list(labels)
    files = sorted(
        subject.panel_attachments(), key=lambda file: order.index(file.pk) if file.pk in labels else -1
    )
    return [
        file_row(
            file,
            url=tenant_url("panel:attachment", pk=found.pk, file=file.pk),
            label=labels.get(file.pk, ""),
            uploaded_at=None,
        )
        for file in files
    ]


def _owed_by(user: Any) -> dict[int, dict[str, Any] | None]:
    """This expert's dates, by panel."""
    expert = Expert.objects.filter(user=user).first()
    if expert is None:
        return {}
    today, calendar = clock.today(), work_calendar()
    owed = Deadline.objects.filter(kind=SHEETS_OWED, period=str(expert.pk), state="open")
    return {deadline.subject_id: shown(deadline, today=today, calendar=calendar) for deadline in owed}
