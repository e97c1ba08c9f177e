"""Registering a unit, and the unit's own page about itself and its people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.revealing import answer, reveals
from accounts.sessions import sign_in_newcomer
from core.limits import limited
from core.models import LogEntry
from core.web import attempt_form, tenant_url
from stations.enums import InvitationState, UnitState
from stations.forms import ContactForm, HandOverForm, InvitationForm, RegistrationForm, UnitFields
from stations.invitations import is_usable, path_of
from stations.models import ApplicantUnit
from stations.permissions import can_reveal_unit, can_submit_for_unit
from stations.reach import unit_of, units_of
from stations.registration import reapply_unit, register_unit, update_contact


@login_not_required
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("register", by="address")
def register(request: HttpRequest) -> HttpResponse:
    """A unit with its first person; a person who is signed in registers the unit alone."""
    person = request.user if request.user.is_authenticated else None
    if person is not None and units_of(person):
        return redirect(tenant_url("unit:home"))
    form_class = UnitFields if person else RegistrationForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = form.account() if isinstance(form, RegistrationForm) else None
        unit = attempt_form(form, register_unit, data=form.unit_data(), account=account, actor=person)
        if unit is not None:
            if person is None:
                sign_in_newcomer(request, unit.members.get().user)
            messages.success(request, f"注册信息已提交，由{unit.home_authority}审核。")
            return redirect(tenant_url("unit:home"))
    status = 422 if form.is_bound else 200
    return render(
        request, "stations/unit_register.html", {"form": form, "with_account": person is None}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What the unit is; corrects a registration that was sent back, else changes contacts and account."""
    unit = unit_of(request)
    sent_back = unit.state == UnitState.REJECTED
    initial = UnitFields.initial_of(unit)
    form = (UnitFields if sent_back else ContactForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if sent_back:
            changed = attempt_form(form, reapply_unit, unit=unit, data=form.unit_data(), actor=request.user)
            done = "已重新提交，等待审核。"
        else:
            changed = attempt_form(form, update_contact, unit=unit, actor=request.user, **form.cleaned_data)
            done = "单位信息已保存。"
        if changed is not None:
            messages.success(request, done)
            return redirect(tenant_url("unit:home" if sent_back else "unit:profile"))
    return profile_page(request, unit, form=form, status=422 if form.is_bound else 200)


@reveals
def reveal_own(request: HttpRequest) -> HttpResponse:
    """The unit's own telephone or account number in full."""
    back = tenant_url("unit:profile")
    return answer(request, subject=unit_of(request), allowed=can_reveal_unit, back=back)


def profile_page(
    request: HttpRequest,
    unit: ApplicantUnit,
    *,
    form: ContactForm | UnitFields | None = None,
    invitation_form: InvitationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page about the unit, with the forms of whichever view shows it."""
    sent_back = unit.state == UnitState.REJECTED
    if form is None:
        form = (UnitFields if sent_back else ContactForm)(initial=UnitFields.initial_of(unit))
    context = {
        "unit": unit,
        "facts": facts_of(unit),
        "sent_back": sent_back,
        "rejection": unit.last_reason() if sent_back else "",
        "form": form,
        "invitation_form": invitation_form or InvitationForm(auto_id="invite_%s"),
        **_people_of(request, unit),
        "entries": _told_of(unit),
    }
    return render(request, "stations/unit_profile.html", context, status=status)


def _people_of(request: HttpRequest, unit: ApplicantUnit) -> dict[str, Any]:
    """Members for everyone; links and the way out for who may invite."""
    members = unit.members.filter(ended_at__isnull=True).select_related("user")
    if not can_submit_for_unit(request.user, unit):
        return {"members": members, "may_manage": False}
    others = members.exclude(user=request.user)
    invitations = unit.invitations.filter(state=InvitationState.OPEN).order_by("-pk")
    return {
        "members": members,
        "may_manage": True,
        "invitations": [
            (found, request.build_absolute_uri(path_of(found)) if is_usable(found) else "")
            for found in invitations
        ],
        "hand_over_form": HandOverForm(members=others) if others else None,
    }


def _told_of(unit: ApplicantUnit) -> list[dict[str, Any]]:
    """What happened, newest first; of an authority's act the authority, not the person."""
    own = set(unit.members.values_list("user", flat=True))
    return [
        {
            "at": entry.at,
            "title": entry.label,
            "who": entry.actor_name if entry.actor_id in {None, *own} else unit.home_authority.name,
            "text": entry.reason,
        }
        for entry in LogEntry.history_of(unit).order_by("-id")
    ]


def facts_of(unit: ApplicantUnit) -> list[tuple[str, str]]:
    """What a unit registered with, in words."""
    return [
        ("单位名称", unit.name),
        ("统一社会信用代码", unit.uscc),
        ("单位类型", unit.type_label),
        ("受理部门", unit.home_authority.name),
        ("地址", unit.address),
        ("法定代表人", unit.legal_representative),
    ]
