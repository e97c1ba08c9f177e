"""Notices before the public, and behind the counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reauthentication import recently_authenticated
from accounts.revealing import answer, reveals
from core.limits import TAKING, limited
from core.models import LogEntry
from core.web import attempt, attempt_form, tenant_url
from core.workflow import Workflow
from documents.handing import Reader, hand_out
from documents.showing import file_row
from documents.uploading import open_to_files
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import holds
from jurisdictions.versions import cited, current_rules
from notices import publication, wording
from notices.enums import OPEN, NoticeState, ObjectionState
from notices.forms import DraftForm, FindingForm, ObjectionForm, ReceiptForm, StepForm
from notices.investigating import file_objection, record_step, take_up
from notices.models import Objection, ObjectionFile, PublicNotice
from notices.objections import decide_objection, raise_objection
from notices.permissions import can_handle_objection
from notices.publication import publish_notice, revise_notice, withdraw_notice
from notices.receipts import objection_with

PAGE_SIZE = 20
# Where the session keeps the code of the objection just raised.
RECEIPT = "objection_receipt"


@login_not_required
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Running notices first, then the ended ones."""
    notices = PublicNotice.objects.shown().annotate(lines=Count("entries")).order_by("-published_at", "-pk")
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/public_list.html", {"page_obj": page, "rules": current_rules()})


@open_to_files
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("objection", by="address")
def public_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice, with the form for objections while its list stands; a superseded one says by which."""
    notice = get_object_or_404(
        PublicNotice.objects.shown().select_related("profile", "document", "authority", "supersedes"), pk=pk
    )
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    # What is sent about a notice that was superseded meanwhile is refused in words, and kept in the form.
    form = ObjectionForm(notice, *sent) if notice.is_in_force or request.method == "POST" else None
    if form is not None and request.method == "POST" and form.is_valid():
        raised = attempt_form(form, raise_objection, notice=notice, **form.cleaned_data)
        if raised:
            # Shown on the next page: the code stands in no address and in no log.
            request.session[RECEIPT] = raised.receipt
            return redirect(tenant_url("public:objection_state"))
    refused = request.method == "POST"
    context = {
        **_as_printed(notice),
        "form": form if form and (form.has_entries or refused) else None,
        "successor": notice.successor,
        "files_again": bool(refused and request.FILES),
    }
    return render(request, "notices/public_notice.html", context, status=422 if refused else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify", by="address")
def objection_state(request: HttpRequest) -> HttpResponse:
    """Where an objection stands, for whoever has its receipt; nothing of a person, no account."""
    given = request.session.get(RECEIPT, "")
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    receipt = form.cleaned_data["receipt"] if form.is_valid() else given
    found = objection_with(receipt)
    if form.is_bound and form.is_valid() and found is None:
        form.add_error("receipt", "没有找到这个查询码，请核对后重新输入。")
    context = {
        "form": form,
        "objection": None if form.errors else found,
        "steps": list(found.steps.all()) if found else [],
        "new_receipt": given if request.method != "POST" else "",
    }
    return render(request, "notices/objection_state.html", context, status=422 if form.errors else 200)


@requires(Right.MANAGE, Right.PUBLISH)
@require_safe
def bureau_list(request: HttpRequest) -> HttpResponse:
    """The notices of this person's authorities, with what waits on each."""
    waiting = Count("objections", filter=Q(objections__state__in=OPEN), distinct=True)
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
        "successor": notice.successor,
        "round_pk": notice.subject_id if notice.subject_type.model == "round" else None,
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
    """One objection with who raised it and how it was looked into; POST records the finding."""
    found = get_object_or_404(_objections(request), pk=pk)
    form = FindingForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decided = attempt_form(form, decide_objection, objection=found, actor=request.user, **form.answers)
        if decided:
            messages.success(request, f"核查结论已登记：{decided.status.label}。")
            return redirect(tenant_url("bureau:notice", pk=found.notice_id))
    return _objection_page(request, found, form, StepForm(), refused=bool(form.errors))


@requires(Right.MANAGE)
@require_POST
@limited("upload")
def objection_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Records one step of the investigation, with its files."""
    found = get_object_or_404(_objections(request), pk=pk)
    form = StepForm(request.POST, request.FILES)
    if form.is_valid() and attempt_form(
        form, record_step, objection=found, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, "核查步骤已登记。")
        return redirect(tenant_url("bureau:objection", pk=pk))
    return _objection_page(request, found, FindingForm(found), form, refused=True)


@requires(Right.MANAGE)
@require_POST
def objection_lead(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Decides, with its reason, what becomes of what came late or without a name."""
    found = get_object_or_404(_objections(request), pk=pk)
    verb, done = {"take-up": (take_up, "已转入核查。"), "file": (file_objection, "已存档备查。")}[act]
    reason = request.POST.get("reason", "")
    attempt(request, verb, objection=found, reason=reason, actor=request.user, done=done)
    return redirect(tenant_url("bureau:objection", pk=pk))


@requires(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("export", methods=TAKING)
def objection_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of an objection or of its investigation."""
    file = get_object_or_404(
        ObjectionFile.objects.select_related("attachment"), pk=pk, objection__in=_objections(request)
    )
    reader = Reader(
        purpose="公示异议核查",
        layout="layouts/bureau.html",
        back=tenant_url("bureau:objection", pk=file.objection_id),
        originals=True,
    )
    return hand_out(request, file.attachment, reader)


def _objection_page(
    request: HttpRequest, found: Objection, form: FindingForm, step_form: StepForm, *, refused: bool
) -> HttpResponse:
    workflow: Workflow = found.workflow
    context = {
        "objection": found,
        "notice": found.notice,
        "rules": found.notice.rules,
        **cited(found.notice.profile),
        "form": form,
        "step_form": step_form,
        "waiting": found.state == ObjectionState.RECEIVED,
        "may_file": found.is_open and (found.late or found.anonymous),
        "may_take_up": workflow.can(found, "take_up", request.user),
        "steps": [(step, _rows_of(step.files.all())) for step in _steps_of(found)],
        "evidence": _rows_of(found.files.filter(step__isnull=True).select_related("attachment")),
        "history": list(LogEntry.history_of(found).order_by("-id")),
    }
    return render(request, "notices/objection.html", context, status=422 if refused else 200)


def _steps_of(objection: Objection) -> Any:
    return objection.steps.select_related("recorded_by").prefetch_related("files__attachment")


def _rows_of(files: Iterable[ObjectionFile]) -> list[dict[str, Any]]:
    return [file_row(file.attachment, url=tenant_url("bureau:objection_file", pk=file.pk)) for file in files]


def _objections(request: HttpRequest) -> QuerySet[Any]:
    return Objection.objects.filter(notice__authority__in=request.authorities).select_related(
        "notice__profile", "notice__authority", "entry", "reply_paper"
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
        reachable.select_related("profile", "authority", "document", "supersedes"), pk=pk
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
        "columns": wording.columns_of(notice.rules),
        "length": wording.length_of(notice.rules),
    }


def _draft_form(request: HttpRequest, notice: PublicNotice) -> DraftForm | None:
    """The form for the words, while they may be changed and by whom."""
    if notice.state != NoticeState.DRAFT or not holds(request.user, Right.MANAGE, notice.authority):
        return None
    initial = {"title": notice.title, "body": notice.body, "contact": notice.contact}
    return DraftForm(request.POST if request.method == "POST" else None, initial=initial)
