"""Versions of the rules: the list, bringing one, looking at a proposed one, deciding."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reauthentication import recently_authenticated
from core import clock
from core.limits import READING, limited
from core.web import attempt, attempt_form, tenant_url
from jurisdictions import proposing
from jurisdictions.access import requires
from jurisdictions.engine.differences import differences
from jurisdictions.engine.loader import ProfileError, ProfileIssue
from jurisdictions.enums import ReplayState, Right, VersionState
from jurisdictions.fixed_cases import explain_cases, run_cases
from jurisdictions.models import Replay, RuleProfile
from jurisdictions.permissions import (
    can_activate_version,
    can_propose_version,
    can_read_versions,
    can_refuse_version,
    can_withdraw_version,
    holds_somewhere,
)
from jurisdictions.replaying import kinds, start_replay
from jurisdictions.rereading import text_with_readings
from jurisdictions.version_forms import ActivationForm, ReadingsForm, VersionForm
from jurisdictions.versions import current_version

PER_PAGE = 20
KEPT = "已提出，正在推演往次事项；由另一人决定是否启用。"


def readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets through who may propose a version or decide on one."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_read_versions(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@readers
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, newest first, and which of them is current."""
    found = RuleProfile.objects.select_related("proposed_by", "decided_by").defer("text").order_by("-pk")
    context = {
        "versions": found,
        "current": current_version(),
        "may_propose": can_propose_version(request.user),
    }
    return render(request, "jurisdictions/versions.html", context)


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest) -> HttpResponse:
    """Bringing a version as a file or as text; what was typed stays, every slip is named with its line."""
    if request.method != "POST":
        day = clock.today()
        initial = {"version": proposing.next_name(day), "text": current_version().text}
        return render(request, "jurisdictions/version_new.html", {"form": VersionForm(initial=initial)})
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("version", "text", "reason")}
        if made := attempt_form(form, _propose, shown=form, actor=request.user, **given):
            return redirect(tenant_url("settings:version", pk=made.pk))
    return render(request, "jurisdictions/version_new.html", {"form": form}, status=422)


def _propose(*, shown: VersionForm, **given: Any) -> RuleProfile | None:
    try:
        return proposing.propose_version(**given)
    except proposing.TextRefused as refused:
        shown.refuse(refused)
        return None


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def readings(request: HttpRequest) -> HttpResponse:
    """Choosing other readings: the current text with those words changed is proposed."""
    current = current_version()
    data = request.POST if request.method == "POST" else None
    initial = {"version": proposing.next_name(clock.today())}
    form = ReadingsForm(data, rules=current.rules, initial=initial)
    if data is not None and form.is_valid():
        made = attempt_form(form, _propose_readings, shown=form, current=current, actor=request.user)
        if made:
            return redirect(tenant_url("settings:version", pk=made.pk))
    context = {"form": form, "current": current}
    return render(request, "jurisdictions/version_readings.html", context, status=422 if form.errors else 200)


def _propose_readings(*, shown: ReadingsForm, current: RuleProfile, actor: Any) -> RuleProfile:
    return proposing.propose_version(
        version=shown.cleaned_data["version"],
        text=text_with_readings(current, shown.wanted),
        reason=shown.cleaned_data["reason"],
        actor=actor,
    )


@readers
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: what it changes, how it answers the fixed cases, what of the past it would change."""
    return _page(request, _version(pk))


@readers
@limited("export", methods=READING)
@require_safe
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of a version, as a file to work on."""
    found = _version(pk)
    response = HttpResponse(found.text, content_type="application/yaml; charset=utf-8")
    name = f"{request.jurisdiction.slug}-{found.version}.yaml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@readers
@require_POST
@recently_authenticated(act="启用规则版本")
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes, from a day on; the day is told once more before it holds."""
    found = _version(pk)
    form = ActivationForm(request.POST, earliest=proposing.earliest_start(found))
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("active_from", "basis")}
        given |= {"version": found, "actor": request.user}
        if request.POST.get("confirmed") != given["active_from"].isoformat():
            if words := attempt_form(form, proposing.activation_words, **given):
                return _page(request, found, form=form, confirm=words)
        elif attempt_form(form, proposing.activate_version, **given):
            return redirect(tenant_url("settings:version", pk=pk))
    return _page(request, _version(pk), form=form, status=422)


@readers
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A no with its reason, or the proposer takes it back."""
    attempt(
        request,
        proposing.refuse_version,
        done="该版本不予采用。",
        version=_version(pk),
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("settings:version", pk=pk))


@readers
@require_POST
@recently_authenticated(act="撤回已启用的规则版本")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """An activated version that has not begun is taken back by another person."""
    attempt(
        request,
        proposing.withdraw_version,
        done="已撤回，该版本不会启用。",
        version=_version(pk),
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("settings:version", pk=pk))


@readers
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Why the fixed cases that come out otherwise are right to do so."""
    attempt(
        request,
        explain_cases,
        done="已记录说明。",
        version=_version(pk),
        seen=request.POST.getlist("case"),
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("settings:version", pk=pk))


@readers
@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The past once more: something has come in since, or a replay broke off."""
    attempt(request, start_replay, done="已重新开始推演。", version=_version(pk), actor=request.user)
    return redirect(tenant_url("settings:version", pk=pk))


def _version(pk: int) -> RuleProfile:
    found: RuleProfile = get_object_or_404(
        RuleProfile.objects.select_related("proposed_by", "decided_by", "withdrawn_by"), pk=pk
    )
    return found


def _page(
    request: HttpRequest,
    found: RuleProfile,
    *,
    form: ActivationForm | None = None,
    confirm: str = "",
    status: int = 200,
) -> HttpResponse:
    """`confirm`: what the person has to confirm before the version is activated."""
    current = current_version()
    proposed = found.state == VersionState.PROPOSED
    # A text that an earlier check let in may be no profile to this one: the page shows it, to be refused.
    issues = _issues(found)
    cases = run_cases(found) if proposed and not issues else []
    open_cases = [case.case.key for case in cases if not case.passed and not case.explained]
    context: dict[str, Any] = {
        "version": found,
        "current": current,
        "proposed": proposed,
        "issues": issues,
        "confirm": confirm,
        "differences": () if issues or found.pk == current.pk else differences(current.rules, found.rules),
        "failed": [case for case in cases if not case.passed],
        "passed": sum(case.passed for case in cases),
        "open_cases": open_cases,
        "waivers": found.waivers.select_related("given_by"),
        "may_explain": proposed and can_propose_version(request.user),
        "may_activate": proposed and can_activate_version(request.user, found),
        "may_withdraw": found.state == VersionState.ACTIVE
        and can_withdraw_version(request.user, found)
        and not proposing.has_begun(found),
        "may_refuse": proposed and can_refuse_version(request.user, found),
        "hindrances": proposing.hindrances(found, len(open_cases)) if proposed else [],
        "form": form or ActivationForm(earliest=proposing.earliest_start(found)),
        **_replay_words(request, found),
    }
    return render(request, "jurisdictions/version.html", context, status=status)


def _issues(found: RuleProfile) -> list[ProfileIssue]:
    """Why a stored text cannot be read as a profile any more; empty where it can."""
    try:
        found.rules  # noqa: B018 - read for its error
    except ProfileError as error:
        return error.issues
    return []


def _replay_words(request: HttpRequest, found: RuleProfile) -> dict[str, Any]:
    latest: Replay | None = found.replays.first()
    if latest is None:
        return {"replay": None}
    known = {kind.key: kind for kind in kinds()}
    chosen = request.GET.get("kind", "")
    rows = latest.findings.filter(kind=chosen) if chosen in known else latest.findings.all()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    opens = holds_somewhere(request.user, Right.MANAGE)
    for row in page.object_list:
        kind = known.get(row.kind)
        row.url = tenant_url(kind.url_name, pk=row.subject_id) if opens and kind and kind.url_name else ""
    counts = [(known[key], latest.progress[key]) for key in known if key in latest.progress]
    return {
        "replay": latest,
        "running": latest.state == ReplayState.RUNNING,
        "counts": counts,
        "seen": sum(count["seen"] for _, count in counts),
        "total": sum(count["total"] for _, count in counts),
        "findings": page,
        "chosen_kind": chosen if chosen in known else "",
    }
