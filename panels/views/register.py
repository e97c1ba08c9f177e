"""One expert of the register: ties to units, and days on which the expert cannot come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right
from panels.enums import TieKind
from panels.forms.register import AbsenceForm, ParticularsForm, TieForm
from panels.models import Expert, ExpertTie
from panels.register import (
    Particulars,
    add_absence,
    add_tie,
    change_expert,
    confirm_expert,
    end_tie,
    particulars_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry, a form that changes it, and two that add to it."""
    found = get_object_or_404(Expert.objects.select_related("user"), pk=pk)
    what = request.POST.get("what", "")
    current = particulars_of(found)._asdict()
    form = ParticularsForm(request.POST if what == "particulars" else None, initial=current)
    tie_form = TieForm(request.POST if what == "tie" else None)
    absence_form = AbsenceForm(request.POST if what == "absence" else None)
    made = None
    if what == "particulars" and form.is_valid():
        particulars = Particulars(**form.cleaned_data)
        made = attempt_form(form, change_expert, expert=found, particulars=particulars, actor=request.user)
    if what == "tie" and tie_form.is_valid():
        data = {**tie_form.cleaned_data, "kind": TieKind(tie_form.cleaned_data["kind"])}
        made = attempt_form(tie_form, add_tie, expert=found, actor=request.user, **data)
    if what == "absence" and absence_form.is_valid():
        made = attempt_form(
            absence_form, add_absence, expert=found, actor=request.user, **absence_form.cleaned_data
        )
    if made is not None:
        messages.success(request, "已登记。")
        return redirect(tenant_url("bureau:expert", pk=pk))
    context = {
        "expert": found,
        "form": form,
        "tie_form": tie_form,
        "absence_form": absence_form,
        "ties": found.ties.filter(ended_at__isnull=True),
        "absences": found.absences.filter(ends_on__gte=clock.today()),
    }
    return render(request, "panels/bureau_expert.html", context)


@require_POST
@requires(Right.RUN_PANEL)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets an expert whom another person entered into the draws."""
    found = get_object_or_404(Expert, pk=pk)
    attempt(request, confirm_expert, done="已确认入库，可以参加抽取。", expert=found, actor=request.user)
    return redirect(tenant_url("bureau:expert", pk=pk))


@require_POST
@requires(Right.RUN_PANEL)
def tie_end(request: HttpRequest, pk: int, tie: int) -> HttpResponse:
    """Takes one tie back."""
    found = get_object_or_404(ExpertTie.objects.filter(expert=pk), pk=tie)
    attempt(request, end_tie, done="已撤销。", tie=found, actor=request.user)
    return redirect(tenant_url("bureau:expert", pk=pk))
