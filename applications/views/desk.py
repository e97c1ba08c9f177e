"""The desk's pages: the queue, the file with its checklist, and the three decisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.revealing import answer, reveals
from applications.desk.checking import unclear_route
from applications.desk.forms import (
    BringForm,
    ChecklistForm,
    ForwardForm,
    QueueFilter,
    RejectForm,
    ReturnForm,
    correction_formset,
    items_of,
)
from applications.desk.inquiring import bars_of, record_file
from applications.desk.review import forward, obstacles, problem_items, reject, return_for_correction
from applications.desk.stages import current_step, next_step
from applications.dossier.answers import findings_of
from applications.dossier.reading import chapters_of, explanations_of
from applications.enums import ApplicationState as S
from applications.filing.changes import correction_of
from applications.filing.drafting import add_material_file, remove_material_file
from applications.filing.tracking import stepper_of
from applications.models import Application, MaterialFile
from applications.permissions import can_reveal, can_review
from applications.views.handing import hand_out_file
from applications.views.listing import rows_of, with_due_day
from applications.views.progress import events_of, opinions_of
from core.limits import TAKING, limited
from core.templatetags.wording import datetime_text
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited

PAGE = 50
View = Callable[..., HttpResponse]
# The queue's views: word, and which applications (with `mine` for those on the desk now).
VIEWS = {"mine": "待我审核", "returned": "待单位补正", "passed": "已上报", "rejected": "不予通过"}


def on_my_desk(view: View) -> View:
    """Hands the view an application on a desk of this person.

    The desk that has passed it on (a second press of the button, a colleague who was quicker) is told
    by whom and to whom; others find nothing here.
    """

    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = _visible(request, pk)
        if found.authority in request.authorities:
            return view(request, found, **kwargs)
        last = found.opinions.filter(authority__in=request.authorities).select_related("author").last()
        if last is None:
            raise Http404
        messages.warning(
            request,
            f"这份申报已由{last.author}于{datetime_text(last.at)}{last.get_decision_display()}，"
            f"转交{found.authority.name}，当前为“{found.status.label}”。",
        )
        return redirect(tenant_url("desk:file", pk=pk))

    return inner


@require_GET
@requires(Right.REVIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """What lies on my authorities' desks, the nearest day first."""
    form = QueueFilter(request.GET)
    form.is_valid()
    view = form.cleaned_data.get("state") if form.cleaned_data.get("state") in VIEWS else "mine"
    views = _views(request)
    found = Application.objects.filter(views[view])
    if query := form.cleaned_data.get("q", "").strip():
        found = found.filter(Q(unit__name__icontains=query) | Q(number__icontains=query))
    found = with_due_day(found.select_related("unit", "round__profile", "authority").distinct())
    page = Paginator(found.order_by(F("due").asc(nulls_last=True), "submitted_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    rows = rows_of(list(page))
    address = tenant_url("desk:queue")
    counts = _counts(views)
    tabs = [
        {"label": word, "url": f"{address}?state={key}", "active": key == view, "count": counts[key]}
        for key, word in VIEWS.items()
    ]
    context = {"rows": rows, "page": page, "tabs": tabs, "form": form, "view": view, "query": query}
    return render(request, "applications/desk_queue.html", context)


def _views(request: HttpRequest) -> dict[str, Q]:
    desks = Q(authority__in=request.authorities)
    seen = Q(pk__in=Application.objects.filter(opinions__authority__in=request.authorities).values("pk"))
    return {
        "mine": desks & Q(state=S.UNDER_REVIEW),
        "returned": desks & Q(state=S.RETURNED),
        "passed": seen
        & ~Q(state__in=[S.RETURNED, S.REJECTED, S.WITHDRAWN])
        & ~(desks & Q(state=S.UNDER_REVIEW)),
        "rejected": desks & Q(state=S.REJECTED),
    }


def _counts(views: dict[str, Q]) -> dict[str, int]:
    return Application.objects.aggregate(
        **{name: Count("pk", filter=condition, distinct=True) for name, condition in views.items()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The form and the checklist side by side. POST keeps the checklist, then goes where the button says."""
    application = _visible(request, pk)
    mine = _is_mine(request, application)
    form = ChecklistForm(request.POST or None, application=application) if mine else None
    if request.method == "POST" and form is None:
        messages.warning(request, "核对记录没有保存：这份申报现在不在您的办理环节。")
    if request.method == "POST" and form is not None and form.is_valid():
        saved = attempt_form(
            form,
            record_file,
            application=application,
            found=form.found(),
            overrides=form.overrides(),
            materials=form.materials(),
            confirmed=form.confirmed(),
            judgements=form.judgements(),
            actor=request.user,
        )
        if saved is not None:
            then = request.POST.get("then")
            if then in ("forward", "return", "reject"):
                return redirect(tenant_url(f"desk:{then}", pk=pk))
            messages.success(request, "核对记录已保存。")
            return redirect(tenant_url("desk:file", pk=pk))
    return render(request, "applications/desk_file.html", _file_page(request, application, form))


def _file_page(request: HttpRequest, application: Application, form: ChecklistForm | None) -> dict[str, Any]:
    shown = form or ChecklistForm(application=application)
    return {
        "application": application,
        "rules": application.rules,
        "correction": correction_of(application),
        **cited(application.round.profile),
        "mine": form is not None,
        "form": shown,
        "lines": shown.lines(lambda found: tenant_url("desk:attachment", pk=application.pk, file=found.pk)),
        "bring_form": BringForm(),
        "chapters": chapters_of(application),
        "reveal_url": tenant_url("desk:reveal", pk=application.pk),
        "reveal_reasons": "review contact",
        "sharing": Application.objects.sharing_persons(application)
        .visible_to(request.user)
        .filter(submitted_at__isnull=False)
        .select_related("unit"),
        "findings": findings_of(application).findings,
        "bars": form.bars if form is not None else bars_of(application),
        "explanations": explanations_of(application),
        "obstacles": obstacles(application) if form is not None else (),
        "step": current_step(application),
        "unclear_route": unclear_route(application) if form is not None else None,
        "steps": stepper_of(application),
        "opinions": opinions_of(application),
        "events": events_of(application),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
@on_my_desk
def forward_file(request: HttpRequest, application: Application) -> HttpResponse:
    """Agreement with its opinion, once nothing stands in the way."""
    if request.method != "POST" and application.state != S.UNDER_REVIEW:
        return _already_decided(request, application)
    form = ForwardForm(request.POST or None, initial={"stage": application.stage})
    following = next_step(application)
    if request.method == "POST" and form.is_valid():
        done = attempt_form(form, forward, application=application, actor=request.user, **form.cleaned_data)
        if done is not None:
            messages.success(request, f"已同意上报：{application.unit.name}。")
            return redirect(tenant_url("desk:queue"))
        application.refresh_from_db()
    context = _decision_page(application, form) | {
        "following": following,
        "obstacles": obstacles(application),
    }
    return render(request, "applications/desk_forward.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
@on_my_desk
def return_file(request: HttpRequest, application: Application) -> HttpResponse:
    """The points to put right, one by one, and the day by which."""
    if request.method != "POST" and application.state != S.UNDER_REVIEW:
        return _already_decided(request, application)
    form = ReturnForm(request.POST or None, initial={"stage": application.stage})
    formset = correction_formset(application, request.POST or None, problem_items(application))
    if request.method == "POST" and form.is_valid() & formset.is_valid():
        done = attempt_form(
            form,
            return_for_correction,
            application=application,
            items=items_of(formset, application),
            actor=request.user,
            **form.cleaned_data,
        )
        if done is not None:
            messages.success(request, f"已退回补正，并通知{application.unit.name}。")
            return redirect(tenant_url("desk:queue"))
    context = _decision_page(application, form) | {"formset": formset}
    return render(request, "applications/desk_return.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
@on_my_desk
def reject_file(request: HttpRequest, application: Application) -> HttpResponse:
    """Refusal with reason and clause."""
    if request.method != "POST" and application.state != S.UNDER_REVIEW:
        return _already_decided(request, application)
    form = RejectForm(request.POST or None, application=application, initial={"stage": application.stage})
    if request.method == "POST" and form.is_valid():
        done = attempt_form(form, reject, application=application, actor=request.user, **form.cleaned_data)
        if done is not None:
            messages.success(request, f"已决定不予通过，并通知{application.unit.name}。")
            return redirect(tenant_url("desk:queue"))
    unmet = [f for f in findings_of(application).findings if f.outcome == "unmet" and f.force == "hard"]
    context = _decision_page(application, form) | {"unmet": unmet}
    return render(request, "applications/desk_reject.html", context)


@require_POST
@limited("upload")
@requires(Right.REVIEW)
@on_my_desk
def bring(request: HttpRequest, application: Application, material: str) -> HttpResponse:
    """A paper that the desk itself brings (a recommendation)."""
    form = BringForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        attempt(
            request,
            add_material_file,
            done="已上传。",
            application=application,
            name=material,
            upload=upload,
            actor=request.user,
        )
    else:
        messages.error(request, "请选择要上传的文件。")
    return redirect(tenant_url("desk:file", pk=application.pk) + f"#material-{material}")


@require_POST
@requires(Right.REVIEW)
@on_my_desk
def remove(request: HttpRequest, application: Application, file: int) -> HttpResponse:
    """Takes a paper of the desk's own away again."""
    found = get_object_or_404(MaterialFile, pk=file, material__application=application)
    attempt(
        request,
        remove_material_file,
        done="已移除。",
        application=application,
        file=found,
        actor=request.user,
    )
    return redirect(tenant_url("desk:file", pk=application.pk))


@reveals
@requires(Right.REVIEW)
def reveal_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers of persons in one roster, to be compared with the papers."""
    back = tenant_url("desk:file", pk=pk)
    return answer(request, subject=_visible(request, pk), allowed=can_reveal, back=back)


@requires(Right.REVIEW)
@limited("export", methods=TAKING)
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of an application that lies or lay on the person's desk; by POST an original, with a reason."""
    application = _visible(request, pk)
    return hand_out_file(request, application, file, "layouts/desk.html", tenant_url("desk:file", pk=pk))


def _visible(request: HttpRequest, pk: int) -> Application:
    """An application that this person may see, once it has been handed in."""
    found = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    return get_object_or_404(
        found.select_related("unit", "round__profile", "round__authority", "authority"), pk=pk
    )


def _is_mine(request: HttpRequest, application: Application) -> bool:
    return application.state == S.UNDER_REVIEW and can_review(request.user, application)


def _already_decided(request: HttpRequest, application: Application) -> HttpResponse:
    messages.warning(request, "这份申报已不在审核环节。")
    return redirect(tenant_url("desk:file", pk=application.pk))


def _decision_page(application: Application, form: Any) -> dict[str, Any]:
    return {
        "application": application,
        **cited(application.round.profile),
        "step": current_step(application),
        "form": form,
    }
