"""Notices before the public, and behind the counter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reauthentication import recently_authenticated
from accounts.revealing import answer, reveals
from core.limits import limited
from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from core.workflow import Workflow
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import holds
from jurisdictions.versions import cited, current_rules
from notices import publication, wording
from notices.enums import NoticeState, ObjectionState
from notices.forms import DraftForm, FindingForm, ObjectionForm
from notices.models import Objection, PublicNotice
from notices.objections import decide_objection, raise_objection
from notices.permissions import can_handle_objection
from notices.publication import publish_notice, revise_notice, withdraw_notice

PAGE_SIZE = 20


@login_not_required
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Running notices first, then the ended ones."""
    notices = PublicNotice.objects.shown().annotate(lines=Count("entries")).order_by("-published_at", "-pk")
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/public_list.html", {"page_obj": page, "rules": current_rules()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("objection", by="address")
def public_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice, with the form for objections while it runs."""
    notice = get_object_or_404(PublicNotice.objects.shown().select_related("profile", "document"), pk=pk)
    form = ObjectionForm(notice, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt_form(form, raise_objection, notice=notice, **given):
            messages.success(request, "异议已提交，受理部门将核实处理，并按您留下的联系方式与您联系。")
            return redirect(tenant_url("public:notice", pk=pk))
    status = 422 if form.errors else 200
    return render(request, "notices/public_notice.html", {**_as_printed(notice), "form": form}, status=status)


@requires(Right.MANAGE, Right.PUBLISH)
@require_safe
def bureau_list(request: HttpRequest) -> HttpResponse:
    """The notices of this person's authorities, with what waits on each."""
    waiting = Count("objections", filter=Q(objections__state=ObjectionState.RECEIVED), distinct=True)
    notices = (
        PublicNotice.objects.visible_to(request.user)
        .annotate(lines=Count("entries", distinct=True), waiting=waiting)
        .order_by("-pk")
    )
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/bureau_list.html", {"page_obj": page, "rules": current_rules()})


@requires(Right.MANAGE, Right.PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def bureau_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft with its preview, then the running notice with its objections; POST saves the words."""
    notice = _reachable(request, pk)
    form = _draft_form(request, notice)
    if form is not None and request.method == "POST" and form.is_valid():
        if attempt_form(form, revise_notice, notice=notice, actor=request.user, **form.cleaned_data):
            messages.success(request, "公示稿已保存。")
            return redirect(tenant_url("bureau:notice", pk=pk))
        notice = _reachable(request, pk)
    workflow: Workflow = notice.workflow
    context = {
        **_as_printed(notice),
        "form": form,
        "can_publish": workflow.can(notice, "publish", request.user),
        "can_withdraw": workflow.can(notice, "withdraw", request.user),
        "draft": notice.state == NoticeState.DRAFT,
        "period": publication.period_if_published(notice.rules),
        "objections": notice.objections.select_related("entry"),
        "history": list(LogEntry.history_of(notice).order_by("-id")),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "notices/bureau_notice.html", context, status=status)


@requires(Right.PUBLISH)
@require_POST
@recently_authenticated(act="发布公示")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes after the confirmation on the notice's page."""
    notice = _reachable(request, pk)
    attempt(request, publish_notice, notice=notice, actor=request.user, done="公示已发布。")
    return redirect(tenant_url("bureau:notice", pk=pk))


@requires(Right.PUBLISH)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the notice back, with its reason."""
    notice = _reachable(request, pk)
    reason = request.POST.get("reason", "")
    attempt(request, withdraw_notice, notice=notice, reason=reason, actor=request.user, done="公示已撤回。")
    return redirect(tenant_url("bureau:notice", pk=pk))


@requires(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection with who raised it; POST records the finding."""
    found = get_object_or_404(_objections(request), pk=pk)
    form = FindingForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decided = attempt_form(form, decide_objection, objection=found, actor=request.user, **form.answers)
        if decided:
            messages.success(request, f"核查结论已登记：{decided.status.label}。")
            return redirect(tenant_url("bureau:notice", pk=found.notice_id))
    context = {
        "objection": found,
        "notice": found.notice,
        "rules": found.notice.rules,
        **cited(found.notice.profile),
        "form": form,
        "waiting": found.state == ObjectionState.RECEIVED,
        "history": list(LogEntry.history_of(found).order_by("-id")),
    }
    return render(request, "notices/objection.html", context, status=422 if form.errors else 200)


def _objections(request: HttpRequest) -> QuerySet[Any]:
    return Objection.objects.filter(notice__authority__in=request.authorities).select_related(
        "notice__profile", "notice__authority", "entry"
    )


@reveals
@requires(Right.MANAGE)
def reveal_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """How the objector is reached."""
    found = get_object_or_404(_objections(request), pk=pk)
    back = tenant_url("bureau:objection", pk=pk)
    return answer(request, subject=found, allowed=can_handle_objection, back=back)


def _reachable(request: HttpRequest, pk: int) -> PublicNotice:
    reachable = PublicNotice.objects.visible_to(request.user)
    notice: PublicNotice = get_object_or_404(
        reachable.select_related("profile", "authority", "document"), pk=pk
    )
    return notice


def _as_printed(notice: PublicNotice) -> dict[str, Any]:
    """What the public reads."""
    return {
        "notice": notice,
        "paragraphs": publication.paragraphs(notice),
        "contact": [line for line in notice.contact.splitlines() if line.strip()],
        "entries": list(notice.entries.all()),
        **cited(notice.profile),
        "list_title": wording.list_title(notice.rules),
        "length": wording.length_of(notice.rules),
    }


def _draft_form(request: HttpRequest, notice: PublicNotice) -> DraftForm | None:
    """The form for the words, while they may be changed and by whom."""
    if notice.state != NoticeState.DRAFT or not holds(request.user, Right.MANAGE, notice.authority):
        return None
    initial = {"title": notice.title, "body": notice.body, "contact": notice.contact}
    return DraftForm(request.POST if request.method == "POST" else None, initial=initial)
