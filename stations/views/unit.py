"""Registering a unit, and the unit's own page about itself and its people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.revealing import answer, reveals
from accounts.sessions import sign_in_newcomer
from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from stations.enums import UnitRole, UnitState
from stations.forms import ContactForm, MemberForm, RegistrationForm, UnitFields
from stations.membership import add_member, end_member
from stations.models import ApplicantUnit, UnitMember
from stations.permissions import can_reveal_unit, can_submit_for_unit
from stations.reach import unit_of, units_of
from stations.registration import reapply_unit, register_unit, update_contact


@login_not_required
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
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
    return _profile_page(request, unit, form=form, status=422 if form.is_bound else 200)


@reveals
def reveal_own(request: HttpRequest) -> HttpResponse:
    """The unit's own telephone or account number in full."""
    back = tenant_url("unit:profile")
    return answer(request, subject=unit_of(request), allowed=can_reveal_unit, back=back)


@sensitive_post_parameters("password")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Opens an account for a colleague."""
    unit = unit_of(request)
    form = MemberForm(request.POST)
    if form.is_valid():
        role = UnitRole(form.cleaned_data["role"])
        member = attempt_form(
            form, add_member, unit=unit, account=form.account(), role=role, actor=request.user
        )
        if member is not None:
            messages.success(
                request, f"已添加{member.user}（{member.get_role_display()}），首次登录须修改密码。"
            )
            return redirect(tenant_url("unit:profile"))
    return _profile_page(request, unit, member_form=form, status=422)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a colleague's acting for the unit."""
    unit = unit_of(request)
    member = get_object_or_404(UnitMember, pk=pk, unit=unit, ended_at__isnull=True)
    attempt(request, end_member, done=f"已移除{member.user}。", member=member, actor=request.user)
    return redirect(tenant_url("unit:profile"))


def _profile_page(
    request: HttpRequest,
    unit: ApplicantUnit,
    *,
    form: ContactForm | UnitFields | None = None,
    member_form: MemberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sent_back = unit.state == UnitState.REJECTED
    if form is None:
        form = (UnitFields if sent_back else ContactForm)(initial=UnitFields.initial_of(unit))
    context = {
        "unit": unit,
        "facts": facts_of(unit),
        "sent_back": sent_back,
        "rejection": unit.last_reason() if sent_back else "",
        "form": form,
        "member_form": member_form or MemberForm(auto_id="member_%s"),
        "members": unit.members.filter(ended_at__isnull=True).select_related("user"),
        "may_manage": can_submit_for_unit(request.user, unit),
        "entries": _told_of(unit),
    }
    return render(request, "stations/unit_profile.html", context, status=status)


def _told_of(unit: ApplicantUnit) -> list[dict[str, Any]]:
    """What happened, newest first; of an authority's act the authority, not the person."""
    decisions = {"stations.approve", "stations.reject"}
    return [
        {
            "at": entry.at,
            "title": entry.label,
            "who": unit.home_authority.name if entry.action in decisions else entry.actor_name,
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
