"""The unit's applications: begun, looked at, moved to another call."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.revealing import answer, reveals
from applications.desk.inquiring import bars_of
from applications.desk.letters import letters_to
from applications.dossier.answers import is_editable, problems_of, unit_findings
from applications.dossier.reading import chapters_of
from applications.dossier.sections import progress_of
from applications.filing.carrying_over import carry_over, left_behind, rounds_to_carry_to
from applications.filing.drafting import start_application
from applications.filing.tracking import deadline_of, stepper_of, timeline_of, with_whom
from applications.models import Round
from applications.permissions import can_reveal, can_submit
from applications.views.own import brought, corrections, mine, reveals_of
from core.errors import DomainError
from core.web import say_refusal, tenant_url
from jurisdictions.versions import cited
from stations.reach import unit_of


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the unit's draft in a round."""
    unit = unit_of(request)
    round_ = get_object_or_404(Round.objects.published(), pk=pk)
    try:
        application = start_application(round_=round_, unit=unit, actor=request.user)
    except DomainError as error:
        say_refusal(request, error)
        return redirect(tenant_url("unit:home"))
    return redirect(tenant_url("unit:application", pk=application.pk))


@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list while it is with the unit, else where it stands."""
    found = mine(request, pk)
    context = {
        "application": found,
        "rules": found.rules,
        "steps": stepper_of(found),
        "deadline": deadline_of(found),
        "entries": timeline_of(found),
        "who": with_whom(found),
        "letters": letters_to(found),
        **cited(found.round.profile),
    }
    if not is_editable(found):
        context |= {"chapters": chapters_of(found), "materials": brought(found), **reveals_of(found)}
        return render(request, "applications/unit_progress.html", context)
    problems = problems_of(found)
    context |= {
        "lines": progress_of(found, problems),
        "findings": (*unit_findings(found).findings, *bars_of(found)),
        "corrections": corrections(found),
        "ready": not problems,
        "elsewhere": [(one, left_behind(found, one)) for one in rounds_to_carry_to(found)],
        "may_carry": can_submit(request.user, found),
    }
    return render(request, "applications/unit_application.html", context)


@require_POST
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner's click: the draft goes on in the call that the form names."""
    found = mine(request, pk)
    chosen = request.POST.get("round", "")
    target = next((one for one in rounds_to_carry_to(found) if str(one.pk) == chosen), None)
    if target is None:
        raise Http404
    try:
        carried = carry_over(application=found, round_=target, actor=request.user)
    except DomainError as refused:
        say_refusal(request, refused)
        return redirect(tenant_url("unit:application", pk=pk))
    messages.success(request, f"已转入{target.title}，原草稿已撤回。")
    if carried.left:
        messages.warning(request, f"新批次不用的内容没有转入：{'、'.join(carried.left)}。")
    return redirect(tenant_url("unit:application", pk=carried.application.pk))


@reveals
def reveal_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's own people look at the numbers that they typed."""
    back = tenant_url("unit:application", pk=pk)
    return answer(request, subject=mine(request, pk), allowed=can_reveal, back=back)
