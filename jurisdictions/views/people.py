"""Who works where: the list of the administrations, appointing, confirming and ending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import RIGHTS_OF_ROLE, SEEN_STATES, MembershipState, Right, Role
from jurisdictions.forms import AppointmentForm, NewPersonForm, PeopleFilter
from jurisdictions.models import Membership
from jurisdictions.offers import Appointed, appoint_by_name
from jurisdictions.permissions import can_appoint, can_confirm, can_dismiss
from jurisdictions.staffing import confirm_appointment, dismiss, engage, refuse_appointment

PAGE_SIZE = 30
WAITS = "待安全管理员确认后生效。"
OFFERED = "已提交。该用户名不是本辖区人员的，将请本人登录后同意；同意后显示在此，由安全管理员确认。"


@requires(Right.ADMINISTER, Right.SECURE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a post, or whose post waits to be confirmed; ended ones by the filter."""
    filters = PeopleFilter(request.GET)
    posts = filters.narrow(Membership.objects.select_related("user", "authority"))
    page = Paginator(posts.order_by("-state", "authority_id", "role", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "filters": filters,
        "page_obj": page,
        "waiting": Membership.objects.filter(state=MembershipState.PENDING).count(),
        "may_appoint": can_appoint(request.user),
    }
    return render(request, "jurisdictions/people.html", context)


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def appoint_person(request: HttpRequest) -> HttpResponse:
    """Appoints somebody who has a place here; to everybody else the post is offered, and nothing is told."""
    form = AppointmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt_form(form, appoint_by_name, **given, actor=request.user)
        if made is not None:
            messages.success(request, _told(made))
            return redirect(tenant_url("settings:people"))
    status = 422 if form.errors else 200
    return render(request, "jurisdictions/appoint.html", {"form": form}, status=status)


def _told(made: Appointed) -> str:
    if made.membership is None:
        return OFFERED
    return f"已任命{made.membership.user}为{made.membership.get_role_display()}，{WAITS}"


@requires(Right.ADMINISTER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Opens an account for somebody new and appoints them; the initial password is shown this once."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt_form(
            form,
            engage,
            account=form.account(),
            authority=form.cleaned_data["authority"],
            role=form.cleaned_data["role"],
            actor=request.user,
        )
        if done:
            membership, password = done
            context = {"user_shown": membership.user, "password": password, "membership": membership}
            return render(request, "jurisdictions/initial_password.html", context)
    status = 422 if form.errors else 200
    return render(request, "jurisdictions/new_person.html", {"form": form}, status=status)


@requires(Right.ADMINISTER, Right.SECURE)
@require_safe
def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: what it gives, what happened to it, and what this person may do about it."""
    return _page(request, _post(pk))


@requires(Right.SECURE)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The security administrator's yes."""
    membership = _post(pk)
    attempt(
        request, confirm_appointment, done="已确认，权限即时生效。", membership=membership, actor=request.user
    )
    return redirect(tenant_url("settings:people"))


@requires(Right.SECURE)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """The security administrator's no, with its reason."""
    return _with_reason(request, pk, refuse_appointment, "refuse", "未同意该任命。")


@requires(Right.ADMINISTER, Right.SECURE)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a post, with its reason."""
    return _with_reason(request, pk, dismiss, "end", "任职已结束，权限已收回。")


def _with_reason(
    request: HttpRequest, pk: int, verb: Callable[..., Any], name: str, done: str
) -> HttpResponse:
    membership = _post(pk)
    reason = request.POST.get("reason", "")
    if not reason.strip():
        return _page(request, membership, errors={name: "请写明理由。"}, status=422)
    if attempt(request, verb, membership=membership, actor=request.user, reason=reason, done=done):
        return redirect(tenant_url("settings:people"))
    return redirect(tenant_url("settings:appointment", pk=pk))


def _page(
    request: HttpRequest, membership: Membership, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    is_open = membership.ended_at is None
    pending = membership.state == MembershipState.PENDING
    context = {
        "membership": membership,
        "rights": [right.label for right in RIGHTS_OF_ROLE[Role(membership.role)]],
        "entries": LogEntry.history_of(membership).order_by("-id"),
        "may_confirm": pending and can_confirm(request.user, membership),
        "may_dismiss": is_open and can_dismiss(request.user, membership),
        "pending": pending,
        "errors": errors or {},
    }
    return render(request, "jurisdictions/appointment.html", context, status=status)


def _post(pk: int) -> Membership:
    posts = Membership.objects.select_related("user", "authority", "appointed_by", "confirmed_by", "ended_by")
    membership: Membership = get_object_or_404(posts.filter(state__in=SEEN_STATES), pk=pk)
    return membership
