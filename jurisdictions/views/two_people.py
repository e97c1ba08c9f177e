"""What waits for a second person: the list of all three administrations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.reauthentication import recently_authenticated
from core.errors import DomainError
from core.web import attempt, attempt_form, say_refusal, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import AccountAct, ProposalState, Right
from jurisdictions.forms import AskForm
from jurisdictions.models import AccountProposal
from jurisdictions.permissions import can_agree_to_act, can_refuse_act
from jurisdictions.two_people import agree_to_act, ask_for_act, open_proposals, refuse_act

EVERY_ADMINISTRATION = (Right.ADMINISTER, Right.SECURE, Right.AUDIT)
PAST = 20
ASKED = "已提交申请，24 小时内经另一人同意后办理。"


@requires(*EVERY_ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits and what was decided; POST asks for an act to the account of a security administrator."""
    form = AskForm(request.POST if request.method == "POST" else None, asker=request.user)
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt_form(form, ask_for_act, **form.given(), actor=request.user):
        messages.success(request, ASKED)
        return redirect(tenant_url("settings:proposals"))
    return _page(request, form, status=422 if form.errors else 200)


@requires(*EVERY_ADMINISTRATION)
@never_cache
@require_POST
@recently_authenticated
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes; an initial password is shown on the answer, this once."""
    found = _proposal(pk)
    try:
        password = agree_to_act(proposal=found, actor=request.user)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("settings:proposals"))
    if found.act == AccountAct.SET_PASSWORD:
        context = {"user_shown": found.user, "password": password, "back": tenant_url("settings:proposals")}
        return render(request, "jurisdictions/initial_password.html", context)
    messages.success(request, f"已{found.get_act_display()}：{found.user}。")
    return redirect(tenant_url("settings:proposals"))


@requires(*EVERY_ADMINISTRATION)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A no with its reason, or whoever asked takes it back."""
    found = _proposal(pk)
    attempt(
        request,
        refuse_act,
        done="未办理，账号保持原样。",
        proposal=found,
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("settings:proposals"))


def _page(request: HttpRequest, form: AskForm, *, status: int) -> HttpResponse:
    waiting = list(open_proposals())
    decided = AccountProposal.objects.exclude(state=ProposalState.OPEN)
    context: dict[str, Any] = {
        "waiting": [
            (one, can_agree_to_act(request.user, one), can_refuse_act(request.user, one)) for one in waiting
        ],
        "decided": decided.select_related("user", "proposed_by", "decided_by")[:PAST],
        "form": form if form.can_ask else None,
    }
    return render(request, "jurisdictions/proposals.html", context, status=status)


def _proposal(pk: int) -> AccountProposal:
    found: AccountProposal = get_object_or_404(
        AccountProposal.objects.select_related("user", "proposed_by"), pk=pk
    )
    return found
