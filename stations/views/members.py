"""A unit's people: inviting, accepting, letting go, handing over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.sessions import sign_in_newcomer
from core.limits import limited
from core.web import attempt, attempt_form, tenant_url
from stations.enums import InvitationState, UnitRole
from stations.forms import AccountFields, HandOverForm, InvitationForm
from stations.invitations import (
    GONE,
    accept_invitation,
    invitation_of,
    invite,
    is_usable,
    withdraw_invitation,
)
from stations.membership import end_member, hand_over
from stations.models import Invitation, UnitMember
from stations.permissions import can_submit_for_unit
from stations.reach import unit_of
from stations.views.unit import profile_page


@require_POST
def invite_member(request: HttpRequest) -> HttpResponse:
    """Invites a colleague; the link then stands on the unit's page."""
    unit = unit_of(request)
    form = InvitationForm(request.POST, auto_id="invite_%s")
    if form.is_valid():
        given = {**form.cleaned_data, "role": UnitRole(form.cleaned_data["role"])}
        made = attempt_form(form, invite, unit=unit, origin=origin_of(request), actor=request.user, **given)
        if made is not None:
            sent = f"，链接将发往{made.email}" if made.email else "，请将链接转告本人"
            messages.success(request, f"已邀请{made.name}（{made.get_role_display()}）{sent}。")
            return redirect(tenant_url("unit:profile"))
    return profile_page(request, unit, invitation_form=form, status=422)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraws an open invitation."""
    found = get_object_or_404(Invitation, pk=pk, unit=unit_of(request), state=InvitationState.OPEN)
    attempt(request, withdraw_invitation, done="邀请已撤回。", invitation=found, actor=request.user)
    return redirect(tenant_url("unit:profile"))


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a colleague's acting for the unit."""
    unit = unit_of(request)
    member = get_object_or_404(UnitMember, pk=pk, unit=unit, ended_at__isnull=True)
    attempt(request, end_member, done=f"已移除{member.user}。", member=member, actor=request.user)
    return redirect(tenant_url("unit:profile"))


@require_POST
def give_over(request: HttpRequest) -> HttpResponse:
    """Leaves the unit and names the colleague who submits from now on."""
    unit = unit_of(request)
    if not can_submit_for_unit(request.user, unit):
        raise Http404
    others = unit.members.filter(ended_at__isnull=True).exclude(user=request.user).select_related("user")
    form = HandOverForm(request.POST, members=others)
    if not form.is_valid():
        messages.error(request, "请选择接任人。")
        return redirect(tenant_url("unit:profile"))
    successor = form.cleaned_data["successor"]
    done = f"已移交给{successor.user}，您不再代表{unit.name}。"
    if attempt(request, hand_over, done=done, unit=unit, successor=successor, actor=request.user):
        return redirect(tenant_url("public:home"))
    return redirect(tenant_url("unit:profile"))


@method_decorator(
    [
        login_not_required,
        never_cache,
        sensitive_post_parameters("password", "password_again"),
        limited("register", by="address"),
    ],
    name="dispatch",
)
class Accept(View):
    """Where an invitation's link leads: with a new account, or with the one that is signed in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = _usable(token)
        if found is None:
            return self._gone(request)
        initial = {"full_name": found.name, "person_email": found.email}
        return self._page(request, found, AccountFields(initial=initial))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = _usable(token)
        if found is None:
            return self._gone(request)
        if request.user.is_authenticated:
            done = attempt(request, accept_invitation, invitation=found, actor=request.user)
            return self._welcome(request, found) if done else redirect(request.path)
        form = AccountFields(request.POST)
        if form.is_valid():
            member = attempt_form(form, accept_invitation, invitation=found, account=form.account())
            if member is not None:
                sign_in_newcomer(request, member.user)
                return self._welcome(request, found)
        return self._page(request, found, form, status=422)

    def _welcome(self, request: HttpRequest, found: Invitation) -> HttpResponse:
        messages.success(request, f"您已是{found.unit.name}的{found.get_role_display()}。")
        return redirect(f"{tenant_url('unit:profile')}?unit={found.unit_id}")

    def _page(self, request: HttpRequest, found: Invitation, form: Any, *, status: int = 200) -> HttpResponse:
        context = {"invitation": found, "form": form}
        return render(request, "stations/invitation.html", context, status=status)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        """The same answer for a link that never was: nothing is said about which ones were."""
        return render(request, "stations/invitation_gone.html", {"text": GONE}, status=404)


def _usable(token: str) -> Invitation | None:
    found = invitation_of(token)
    return found if found is not None and is_usable(found) else None


def origin_of(request: HttpRequest) -> str:
    """Where the site stands, as this request reached it (`ALLOWED_HOSTS` holds the host to ours)."""
    return f"{request.scheme}://{request.get_host()}"
