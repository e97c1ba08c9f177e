"""The leading bureau's acts on a call beside its text: other times, files to download."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.call_files import add_call_file, remove_call_file
from applications.enums import RoundState
from applications.models import CallFile, Round
from applications.rescheduling import reschedule
from applications.selection.forms import CallFileForm, ScheduleForm
from core.limits import READING, limited
from core.templatetags.wording import datetime_text
from core.web import attempt, attempt_form, tenant_url
from documents.handing import Reader, hand_out
from documents.showing import file_row
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def round_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """A published call opens later or ends later: the decision with its reason and paper."""
    found = _round(request, pk)
    if request.method != "POST" and found.state not in (RoundState.OPEN, RoundState.CLOSED):
        messages.warning(request, f"批次{found.status.label}，不能调整申报时间。")
        return redirect(tenant_url("bureau:round", pk=pk))
    form = ScheduleForm(request.POST or None, round_=found)
    if request.method == "POST" and form.is_valid():
        done = attempt_form(form, reschedule, round_=found, actor=request.user, **form.cleaned_data)
        if done is not None:
            messages.success(
                request, f"申报截止时间改为{datetime_text(done.closes_at)}，已告知正在填报的单位。"
            )
            return redirect(tenant_url("bureau:round", pk=pk))
        found.refresh_from_db()
    context = {"round": found, "form": form, "changes": found.schedule_changes.select_related("decided_by")}
    return render(request, "applications/bureau_round_schedule.html", context | cited(found.profile))


@require_http_methods(["GET", "HEAD", "POST"])
@limited("upload", methods=("POST",))
@requires(Right.MANAGE)
def call_files(request: HttpRequest, pk: int) -> HttpResponse:
    """What the call offers to download; POST adds a file."""
    found = _round(request, pk)
    form = CallFileForm(request.POST or None, request.FILES or None, round_=found)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        upload = given.pop("file")
        done = attempt_form(form, add_call_file, round_=found, upload=upload, actor=request.user, **given)
        if done is not None:
            messages.success(request, f"已添加“{done.label}”。")
            return redirect(tenant_url("bureau:call_files", pk=pk))
        found.refresh_from_db()
    labels = {one.name: one.label for one in found.rules.materials}
    files = [
        {
            "file": one,
            "material": labels.get(one.material, ""),
            "row": file_row(
                one.attachment, url=tenant_url("bureau:call_file", pk=pk, file=one.pk), label=one.label
            ),
        }
        for one in found.call_files.select_related("attachment")
    ]
    context = {"round": found, "form": form, "files": files, "fixed": found.state == RoundState.DECIDED}
    return render(request, "applications/bureau_call_files.html", context | cited(found.profile))


@requires(Right.MANAGE)
@limited("export", methods=READING)
def call_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of the call, also before it is published."""
    found = get_object_or_404(CallFile, round=_round(request, pk), pk=file)
    back = tenant_url("bureau:call_files", pk=pk)
    return hand_out(request, found.attachment, Reader("核对申报通知附件", "layouts/bureau.html", back))


@require_POST
@requires(Right.MANAGE)
def call_file_remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Takes a file off the call."""
    found = get_object_or_404(CallFile.objects.select_related("round"), round=_round(request, pk), pk=file)
    attempt(request, remove_call_file, done=f"已移除“{found.label}”。", file=found, actor=request.user)
    return redirect(tenant_url("bureau:call_files", pk=pk))


def _round(request: HttpRequest, pk: int) -> Round:
    return get_object_or_404(Round.objects.led_by(request.user).select_related("profile", "authority"), pk=pk)
