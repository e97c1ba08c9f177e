"""The unit checks its application, hands it in, or takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications.desk.inquiring import bars_of
from applications.dossier.answers import is_editable, problems_of, reason_for, unit_findings
from applications.dossier.reading import chapters_of
from applications.dossier.sections import place_of, row_of
from applications.filing.changes import correction_of
from applications.filing.submission import resubmit, submit, withdraw
from applications.filing.tracking import stepper_of
from applications.models import Application
from applications.permissions import can_submit
from applications.views.own import brought, mine, reveals_of, say_where, url_of, with_draft
from core.errors import DomainError, Problem
from core.typed import whole_in
from core.web import attempt, tenant_url
from jurisdictions.versions import cited


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def review(request: HttpRequest, found: Application) -> HttpResponse:
    """核对并提交: everything once more, what stands in the way, the pledge, and the button."""
    refused: tuple[Problem, ...] = ()
    if request.method == "POST":
        version = request.POST.get("version", "")
        verb = resubmit if found.submitted_at else submit
        try:
            verb(
                application=found,
                actor=request.user,
                pledged=request.POST.get("pledge") == "on",
                revision=whole_in(version, otherwise=-1),
            )
        except DomainError as error:
            refused = error.problems
            found = mine(request, found.pk)
            if not is_editable(found):
                say_where(request, found)
                return redirect(tenant_url("unit:application", pk=found.pk))
        else:
            messages.success(request, f"已提交，申报编号 {found.number}，由{found.authority.name}受理。")
            return redirect(tenant_url("unit:application", pk=found.pk))
    return _show_review(request, found, refused)


def _show_review(request: HttpRequest, found: Application, refused: tuple[Problem, ...]) -> HttpResponse:
    problems = problems_of(found)
    known = {(problem.path, problem.message) for problem in problems}
    answer = unit_findings(found)
    context = {
        "application": found,
        **cited(found.round.profile),
        "problems": [_linked(found, problem) for problem in problems],
        "refused": [p for p in refused if (p.path, p.message) not in known and p.path != "pledge"],
        "pledge_error": next((p.message for p in refused if p.path == "pledge"), ""),
        "pledge_summary": [("id_pledge", p.message) for p in refused if p.path == "pledge"],
        "chapters": chapters_of(found),
        **reveals_of(found),
        "materials": brought(found),
        "findings": (*answer.findings, *bars_of(found)),
        "reasons": [(f, reason_for(found, f.key)) for f in answer.findings if reason_for(found, f.key)],
        "steps": stepper_of(found),
        "may_submit": can_submit(request.user, found),
        "correction": correction_of(found),
        "in_time": bool(found.submitted_at) or found.round.takes_applications(),
    }
    return render(request, "applications/unit_review.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def take_back(request: HttpRequest, found: Application) -> HttpResponse:
    """Asks once more, then withdraws."""
    if request.method == "POST":
        attempt(
            request,
            withdraw,
            done="申报已撤回。",
            application=found,
            actor=request.user,
            reason=request.POST.get("reason", ""),
        )
        return redirect(tenant_url("unit:home"))
    return render(request, "applications/unit_withdraw.html", {"application": found})


def _linked(found: Application, problem: Problem) -> dict[str, str]:
    return {
        "url": url_of(found, place_of(found.rules, problem.path)),
        "message": f"{row_of(found.rules, problem.path)}{problem.message}",
        "clause": problem.clause,
    }
