"""The desk's pages of a successor: one proposes, another confirms."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from stations.enums import InvitationState
from stations.forms import SuccessorForm
from stations.models import Invitation
from stations.permissions import can_confirm_succession, can_decide_for, can_refuse_succession
from stations.succession import (
    confirm_successor,
    ground_of,
    propose_successor,
    refuse_successor,
    submitters_of,
)
from stations.views.desk import unit_on_desk
from stations.views.members import origin_of


@requires(Right.REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposes a successor for a unit that nobody can submit for any more."""
    found = unit_on_desk(request, pk)
    form = SuccessorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt_form(form, propose_successor, unit=found, actor=request.user, **form.cleaned_data)
        if made is not None:
            messages.success(request, "已提出补任，现任审核提交人已收到通知；经另一人确认后发出邀请。")
            return redirect(tenant_url("desk:unit", pk=pk))
    context = {
        "unit": found,
        "form": form,
        "leaving": [member.user for member in submitters_of(found)],
    }
    status = 422 if form.is_bound else 200
    return render(request, "stations/desk_successor.html", context, status=status)


@requires(Right.REVIEW, Right.MANAGE)
@require_safe
def succession(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal: who is to come, who is to go, on what ground."""
    return _page(request, _proposed(request, pk))


@requires(Right.REVIEW, Right.MANAGE)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes; the link goes by mail only."""
    found = _proposed(request, pk)
    done = f"已确认补任，邀请链接将发往{found.email}。"
    attempt(
        request,
        confirm_successor,
        done=done,
        invitation=found,
        origin=origin_of(request),
        actor=request.user,
    )
    return redirect(tenant_url("desk:units"))


@requires(Right.REVIEW, Right.MANAGE)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A no with its reason, or whoever proposed takes it back."""
    found, reason = _proposed(request, pk), request.POST.get("reason", "")
    if not reason.strip():
        return _page(request, found, reason_error="请写明理由。", status=422)
    attempt(
        request,
        refuse_successor,
        done="未办理补任，单位人员不变。",
        invitation=found,
        reason=reason,
        actor=request.user,
    )
    return redirect(tenant_url("desk:units"))


def _proposed(request: HttpRequest, pk: int) -> Invitation:
    proposed = Invitation.objects.filter(state=InvitationState.PROPOSED)
    found: Invitation = get_object_or_404(
        proposed.select_related("unit__home_authority", "invited_by"), pk=pk
    )
    if not can_decide_for(request.user, found.unit):
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Invitation, *, reason_error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "invitation": found,
        "unit": found.unit,
        "ground": ground_of(found),
        "leaving": [member.user for member in submitters_of(found.unit)],
        "may_confirm": can_confirm_succession(request.user, found),
        "may_refuse": can_refuse_succession(request.user, found),
        "own": found.invited_by_id == request.user.pk,
        "reason_error": reason_error,
    }
    return render(request, "stations/desk_succession.html", context, status=status)
