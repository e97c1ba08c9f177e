"""The desk's pages of one file: the file with its checklist, and the decisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.revealing import answer, reveals
from applications.desk.assigning import assign, return_to_pool
from applications.desk.checking import unclear_route
from applications.desk.consolidating import agree, disagree, goes_up_in_lists
from applications.desk.forms import (
    AssignForm,
    BringForm,
    ChecklistForm,
    ForwardForm,
    RejectForm,
    ReturnForm,
    correction_formset,
    items_of,
)
from applications.desk.inquiring import bars_of, record_file
from applications.desk.letters import accept, letters_to
from applications.desk.looking import looked, newest_of, news_of
from applications.desk.overlaps import overlaps_of
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
from applications.views.progress import entries_of, events_of, opinions_of
from core.limits import TAKING, limited
from core.templatetags.wording import datetime_text
from core.typed import whole_in
from core.web import attempt, attempt_form, tenant_url
from documents.enums import DocumentKind
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.permissions import people_holding
from jurisdictions.versions import cited

View = Callable[..., HttpResponse]


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
    overlaps, more = overlaps_of(application, request.user)
    letters = list(letters_to(application))
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
        "overlaps": overlaps,
        "more_overlaps": more,
        "overlap_page": "desk:file",
        "letters": letters,
        "may_accept": form is not None
        and application.stage == 0
        and all(letter.kind != DocumentKind.ACCEPTANCE for letter in letters),
        "falsity": application.found_false,
        "may_disqualify": Application.workflow.can(application, "disqualify", request.user),
        "findings": findings_of(application).findings,
        "bars": form.bars if form is not None else bars_of(application),
        "explanations": explanations_of(application),
        "obstacles": obstacles(application) if form is not None else (),
        "step": current_step(application),
        "unclear_route": unclear_route(application) if form is not None else None,
        "steps": stepper_of(application),
        "opinions": opinions_of(application),
        "events": events_of(application),
        "news": entries_of(news_of(application, request.user)),
        "upto": newest_of(application),
        "assign_form": AssignForm(reviewers=people_holding(Right.REVIEW, [application.authority])),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.REVIEW)
@on_my_desk
def forward_file(request: HttpRequest, application: Application) -> HttpResponse:
    """Agreement with its opinion, once nothing stands in the way."""
    if request.method != "POST" and application.state != S.UNDER_REVIEW:
        return _already_decided(request, application)
    form = ForwardForm(
        request.POST or None, initial={"stage": application.stage, "text": application.agreed_text}
    )
    following = next_step(application)
    if request.method == "POST" and form.is_valid():
        waits = request.POST.get("then") == "agree"
        verb = agree if waits else forward
        done = attempt_form(form, verb, application=application, actor=request.user, **form.cleaned_data)
        if done is not None:
            words = "已签署初审同意，待汇总上报" if waits else "已同意上报"
            messages.success(request, f"{words}：{application.unit.name}。")
            return redirect(tenant_url("desk:queue"))
        application.refresh_from_db()
    context = _decision_page(application, form) | {
        "following": following,
        "obstacles": obstacles(application),
        "in_lists": goes_up_in_lists(application, current_step(application)),
    }
    return render(request, "applications/desk_forward.html", context)


@require_POST
@requires(Right.REVIEW)
@on_my_desk
def disagree_file(request: HttpRequest, application: Application) -> HttpResponse:
    """Takes back an agreement that has not gone up."""
    attempt(request, disagree, done="已撤回初审同意。", application=application, actor=request.user)
    return redirect(tenant_url("desk:file", pk=application.pk))


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
@requires(Right.REVIEW)
@on_my_desk
def accept_file(request: HttpRequest, application: Application) -> HttpResponse:
    """The letter that the first desk accepts what was handed in."""
    attempt(
        request,
        accept,
        done="已出具受理通知书，并通知申报单位。",
        application=application,
        actor=request.user,
    )
    return redirect(tenant_url("desk:file", pk=application.pk))


@require_POST
@requires(Right.REVIEW)
@on_my_desk
def assign_file(request: HttpRequest, application: Application) -> HttpResponse:
    """Hands the file to a colleague of the desk, or puts it back for all of them."""
    form = AssignForm(request.POST, reviewers=people_holding(Right.REVIEW, [application.authority]))
    if not form.is_valid():
        messages.error(request, "请选择办理人。")
    elif (reviewer := form.cleaned_data["reviewer"]) is not None:
        given = {"application": application, "actor": request.user, "reason": form.cleaned_data["reason"]}
        attempt(request, assign, done=f"已转交{reviewer}办理。", reviewer=reviewer, **given)
    else:
        attempt(
            request,
            return_to_pool,
            done="已退回待办池，本部门审核人员都可办理。",
            application=application,
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
    return redirect(tenant_url("desk:file", pk=application.pk))


@require_POST
@requires(Right.REVIEW)
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Remembers how far this person has seen the file; the page asks for it by itself when it is opened."""
    upto = request.POST.get("upto", "")
    looked(application=_visible(request, pk), upto=whole_in(upto, otherwise=0), actor=request.user)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(tenant_url("desk:file", pk=pk))


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
