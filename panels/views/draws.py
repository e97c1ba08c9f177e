"""The page of a draw: what was fixed before it, what came out, and the record to check it by."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.exporting import hand_out
from core.limits import limited
from core.typed import whole_in
from core.web import attempt, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from panels.draws import hold_draw, record_of, void_draw
from panels.enums import DrawState, Purpose
from panels.models import Draw
from panels.pots import limit_words, limits_of

# For each purpose the pages beneath that make another draw for the same, and a panel of this one.
NEXT = {
    Purpose.APPLICATION: ("bureau:draw_new", "bureau:draw_use"),
    Purpose.ASSESSMENT: ("bureau:cycle_draw", "bureau:cycle_draw_use"),
}


@require_GET
@requires(Right.RUN_PANEL)
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw, at whatever step."""
    found = _draw(request, pk)
    names = {one["key"]: one for one in found.candidates}
    result = found.result or {}
    new, use = NEXT[Purpose(found.purpose)]
    context = {
        "draw": found,
        "new_url": tenant_url(new, pk=found.subject_id),
        "use_url": tenant_url(use, pk=found.pk),
        "subject": found.subject,
        "limits": limit_words(limits_of(found)),
        "seated": [names[key] for key in result.get("seated", ())],
        "reserves": [names[key] for key in result.get("reserves", ())],
        "passed_over": [names[key] for key in result.get("passed_over", ())],
        "short": found.result is not None and len(result["seated"]) < found.seats,
        "open": found.state in (DrawState.COMMITTED, DrawState.DRAWN),
        "redrawn": list(found.redrawn.order_by("pk")),
    }
    return render(request, "panels/bureau_draw.html", context)


@require_POST
@requires(Right.RUN_PANEL)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Draws."""
    attempt(request, hold_draw, done="已抽取，种子已公布。", draw_=_draw(request, pk), actor=request.user)
    return redirect(tenant_url("bureau:draw", pk=pk))


@require_POST
@requires(Right.RUN_PANEL)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the draw up, with a reason."""
    attempt(
        request,
        void_draw,
        done="本次抽取已作废，记录保留。",
        draw_=_draw(request, pk),
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("bureau:draw", pk=pk))


@limited("export")
@require_POST
@requires(Right.RUN_PANEL)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as a file, from which `manage.py replay_draw` draws again anywhere; logged: it names people,
    and why they cannot judge.
    """
    found = _draw(request, pk)
    text = json.dumps(record_of(found), ensure_ascii=False, indent=2)
    return hand_out(
        BytesIO(text.encode()),
        filename=f"draw-{found.pk}.json",
        of=found,
        label="下载抽取记录",
        actor=request.user,
        content_type="application/json; charset=utf-8",
    )


def former_of(request: HttpRequest, purpose: Purpose, subject: Model) -> Draw | None:
    """The draw that was given up and is made anew (`?again=`), where there is one for the same."""
    asked = request.GET.get("again", "")
    if not asked:
        return None
    given_up = Draw.objects.run_by(request.user).filter(purpose=purpose, state=DrawState.VOID)
    found: Draw | None = given_up.filter(pk=whole_in(asked, otherwise=0), subject_id=subject.pk).first()
    return found


def _draw(request: HttpRequest, pk: int) -> Any:
    draws = Draw.objects.run_by(request.user).select_related("authority", "committed_by", "drawn_by", "panel")
    return get_object_or_404(draws, pk=pk)
