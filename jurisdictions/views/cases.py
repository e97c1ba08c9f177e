"""The fixed cases that every proposed version is asked."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.case_words import facts_in_words, field_words, value_words
from jurisdictions.engine.words import kind_word
from jurisdictions.enums import Right
from jurisdictions.fixed_cases import add_case, bundled_cases, precedent, withdraw_case
from jurisdictions.models import FixedCase
from jurisdictions.version_forms import CaseForm, PrecedentForm
from jurisdictions.versions import current_rules


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """The list; a number (`?number=`) fills the form with a decision of the past, POST adds a case."""
    picker = PrecedentForm(request.GET if "number" in request.GET else None)
    form = CaseForm(request.POST) if request.method == "POST" else CaseForm(initial=_initial(picker))
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt_form(form, add_case, **form.cleaned_data, rules=current_rules(), actor=request.user):
        messages.success(request, "已添加。")
        return redirect(tenant_url("settings:cases"))
    rows = FixedCase.objects.filter(withdrawn_at__isnull=True).select_related("added_by")
    rules = current_rules()
    for row in rows:
        row.facts = facts_in_words(rules, row.given)
        row.answer = "；".join(
            f"{field_words(name)}：{value_words(rules, part, name)}" for name, part in row.expected.items()
        )
    context = {
        "form": form,
        "picker": picker,
        "rows": [(row, kind_word(row.kind)) for row in rows],
        "bundled": len(bundled_cases(request.jurisdiction.slug)),
    }
    status = 422 if form.errors or picker.errors else 200
    return render(request, "jurisdictions/cases.html", context, status=status)


@requires(Right.ADMINISTER)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Holds to a case no longer."""
    attempt(
        request,
        withdraw_case,
        done="已停用。",
        case=get_object_or_404(FixedCase, pk=pk),
        reason=request.POST.get("reason", ""),
        actor=request.user,
    )
    return redirect(tenant_url("settings:cases"))


def _initial(picker: PrecedentForm) -> dict[str, Any]:
    if not picker.is_bound or not picker.is_valid():
        return {}
    try:
        found = precedent(picker.cleaned_data["number"])
    except DomainError as error:
        picker.add_error("number", error.message)
        return {}
    return {
        "title": found.title,
        "source": f"申报编号 {picker.cleaned_data['number']}",
        "kind": found.kind,
        "on": found.on,
        "given": json.dumps(found.given, ensure_ascii=False, indent=1),
        "expected": json.dumps(found.expected, ensure_ascii=False, indent=1),
    }
