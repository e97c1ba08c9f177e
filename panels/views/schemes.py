"""The page of a scheme, for whichever room's round or cycle it is: the rooms below give it an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.web import attempt, attempt_form
from jurisdictions.models import Authority, RuleProfile
from jurisdictions.versions import cited
from panels.enums import Method, Purpose, SchemeState
from panels.forms.schemes import CriteriaFormSet, SchemeForm
from panels.forms.sheets import CriteriaForm, OpinionForm, RubricForm
from panels.models import Panel, Scheme
from panels.schemes import copy_scheme, criteria_of, formers_of, methods_open, set_scheme, usual_scheme

PREVIEW = {"version": 0}


def scheme_page(
    request: HttpRequest,
    *,
    authority: Authority,
    profile: RuleProfile,
    purpose: Purpose,
    subject: models.Model,
    address: str,
    back: str,
    pretitle: str,
) -> HttpResponse:
    """Shows the scheme with its sheet as an expert will see it; POST sets it, or takes a former one over."""
    whose: dict[str, Any] = {
        "authority": authority,
        "rules": profile.rules,
        "purpose": purpose,
        "subject": subject,
    }
    scheme = Scheme.objects.of(purpose, subject).select_related("set_by", "former").first()
    scheme = scheme or usual_scheme(**whose)
    formers = formers_of(scheme)
    methods = methods_open(profile.rules, purpose)
    if request.method == "POST" and request.POST.get("what") == "copy":
        former = get_object_or_404(formers, pk=_number(request.POST.get("former", "")))
        done = f"已沿用“{former.title}”的方案，请核对。"
        attempt(request, copy_scheme, done=done, former=former, actor=request.user, **whose)
        return redirect(address)
    data = request.POST if request.method == "POST" else None
    form = SchemeForm(data, methods=methods, initial=SchemeForm.initial_of(scheme))
    rows = CriteriaFormSet(data, prefix="criteria", initial=[vars_of(one) for one in criteria_of(scheme)])
    if request.method == "POST":
        if form.is_valid() and rows.is_valid() and _set(form, rows, whose, request.user) is not None:
            messages.success(request, "评审方案已保存；专家组组建时固定。")
            return redirect(address)
        scheme = Scheme.objects.of(purpose, subject).first() or usual_scheme(**whose)
    context = {
        **cited(profile),
        "scheme": scheme,
        "form": form,
        "rows": rows,
        "methods": methods,
        "editable": scheme.state == SchemeState.DRAFT,
        "set": scheme.pk is not None,
        "formers": formers[:20],
        "rules": profile.rules,
        "clause": profile.rules.panel.clause
        if purpose == Purpose.APPLICATION
        else profile.rules.assessment.clause,
        "least": profile.rules.panel.min_experts if purpose == Purpose.APPLICATION else None,
        "preview": _preview(scheme, profile),
        "criteria": criteria_of(scheme),
        "panels": Panel.objects.filter(scheme=scheme.pk) if scheme.pk else (),
        "back": back,
        "pretitle": pretitle,
    }
    return render(request, "panels/bureau_scheme.html", context)


def vars_of(criterion: Any) -> dict[str, Any]:
    """A line of the score sheet as its row of the form shows it."""
    return {"label": criterion.label, "max": criterion.max, "weight": criterion.weight}


def _set(form: SchemeForm, rows: Any, whose: dict[str, Any], actor: Any) -> Scheme | None:
    """Calls the verb; what it refuses lands on the field or on the row that it names."""
    said = [row for row in rows if row.is_said]
    lines = [tuple(row.cleaned_data.get(name) for name in ("label", "max", "weight")) for row in said]
    collector = _Places(form, said)
    return attempt_form(
        collector,  # type: ignore[arg-type]
        set_scheme,
        revision=form.cleaned_data["version"],
        settings=form.settings() | {"criteria": lines},
        actor=actor,
        **whose,
    )


class _Places:
    """Where `core.web.attempt_form` puts a refusal: `criteria-2-weight` is the third row that was said."""

    def __init__(self, form: SchemeForm, rows: Sequence[Any]) -> None:
        self.form, self.rows = form, rows
        named = {
            f"criteria-{number}-{name}": (row, name)
            for number, row in enumerate(rows)
            for name in ("label", "max", "weight")
        }
        self.fields: dict[str, Any] = {**{name: (form, name) for name in form.fields}, **named}

    def add_error(self, path: str | None, error: Any) -> None:
        target, name = self.fields[path] if path else (self.form, None)
        target.add_error(name, error)


def _preview(scheme: Scheme, profile: RuleProfile) -> OpinionForm | CriteriaForm | RubricForm:
    """The sheet that an expert will get, empty."""
    shown: dict[str, Any] = {"initial": PREVIEW, "prefix": None, "auto_id": "preview_%s"}
    if scheme.method == Method.OPINION:
        return OpinionForm(**shown)
    if scheme.method == Method.CRITERIA:
        return CriteriaForm(scheme=scheme, **shown)
    return RubricForm(rules=profile.rules, facts={}, **shown)


def _number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else 0
