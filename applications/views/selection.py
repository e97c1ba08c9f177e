"""From review to the list: forming the panel, and deciding who is proposed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.desk.checking import is_open
from applications.dossier.answers import findings_of
from applications.enums import CHOSEN, RoundState
from applications.enums import ApplicationState as S
from applications.models import Application, Round
from applications.selection.decision import UNDECIDED, decide_round
from applications.selection.forms import ListForm, PanelForm
from applications.selection.panel_stage import outcomes_of, ranks_of, send_to_panel, statutory_due
from applications.selection.places import places_of, taken_places
from core import clock
from core.web import attempt_form, tenant_url
from deadlines.showing import shown
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.versions import cited, work_calendar
from panels.enums import Purpose
from panels.models import Scheme
from panels.views.schemes import scheme_page

# Of those that are still on their way so many are named on the list; the board has them all.
WAITING_SHOWN = 50
ORDER = {"recommend": 0, "tied": 1, "oppose": 2}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def panel_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Chooses experts for the applications that wait for a panel."""
    found = _round(request, pk)
    waiting = found.applications.filter(state=S.AWAITING_PANEL).select_related("unit").order_by("pk")
    owed = statutory_due(waiting)
    form = PanelForm(
        request.POST or None,
        applications=waiting,
        initial={"applications": [a.pk for a in waiting], "due_on": _proposed_day(owed)},
    )
    if request.method == "POST" and form.is_valid():
        panel = attempt_form(
            form,
            send_to_panel,
            round_=found,
            applications=list(form.cleaned_data["applications"].select_related("unit", "round__profile")),
            experts=list(form.cleaned_data["experts"]),
            due_on=form.cleaned_data["due_on"],
            actor=request.user,
        )
        if panel is not None:
            messages.success(request, "专家组已组建，并已通知各位专家。")
            return redirect(tenant_url("bureau:panel", pk=panel.pk))
    context = {
        "round": found,
        "form": form,
        "waiting": waiting,
        "rules": found.rules,
        "owed": shown(owed, today=clock.today(), calendar=work_calendar()),
        "scheme": Scheme.objects.of(Purpose.APPLICATION, found).first(),
        **cited(found.profile),
    }
    return render(request, "applications/bureau_panel_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.RUN_PANEL)
def round_scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """How the panels of this round judge."""
    found = _round(request, pk)
    return scheme_page(
        request,
        authority=found.authority,
        profile=found.profile,
        purpose=Purpose.APPLICATION,
        subject=found,
        address=tenant_url("bureau:round_scheme", pk=pk),
        back=tenant_url("bureau:round", pk=pk),
        pretitle="申报批次",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Right.MANAGE)
def decision_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The list: first chosen, then shown once more with its numbers, then fixed."""
    found = _round(request, pk)
    rows = _rows(found)
    evaluated = [row["application"] for row in rows if row["application"].state == S.EVALUATED]
    outcomes = {row["application"].pk: row["outcome"] or {} for row in rows}
    form = ListForm(request.POST or None, applications=evaluated, outcomes=outcomes)
    _tie_fields(rows, form)
    waiting = found.applications.filter(state__in=UNDECIDED).exclude(state=S.EVALUATED).count()
    context = _list_page(found, rows, form) | {"waiting": waiting}
    if request.method == "POST" and form.is_valid():
        choices = form.choices()
        if request.POST.get("then") != "decide":
            return render(
                request, "applications/bureau_list_confirm.html", context | _summary(found, rows, choices)
            )
        done = attempt_form(form, decide_round, round_=found, choices=choices, actor=request.user)
        if done is not None:
            messages.success(request, "名单已确定，并已通知各申报单位。")
            return redirect(tenant_url("bureau:list", pk=pk))
        found.refresh_from_db()
        context["round"] = found
    return render(request, "applications/bureau_list.html", context)


def _round(request: HttpRequest, pk: int) -> Round:
    return get_object_or_404(Round.objects.led_by(request.user).select_related("profile", "authority"), pk=pk)


def _proposed_day(owed: Any) -> Any:
    return owed.due_on if owed is not None and owed.due_on >= clock.today() else None


def _rows(found: Round) -> list[dict[str, Any]]:
    """Every application that came as far as the list, what the experts said first; of those still on their
    way the first `WAITING_SHOWN`.
    """
    joined = found.applications.select_related("unit", "round__profile").order_by("pk")
    come = Q(state__in=[S.EVALUATED, *CHOSEN, S.NOT_SELECTED, S.REMOVED])
    on_way = joined.filter(state__in=UNDECIDED).exclude(state=S.EVALUATED).values("pk")[:WAITING_SHOWN]
    applications = list(joined.filter(come | Q(pk__in=on_way)))
    outcomes, places = outcomes_of(applications), ranks_of(applications)
    rows = [
        _row(application, outcomes.get(application.pk)) | {"rank": places.get(application.pk)}
        for application in applications
    ]
    return sorted(rows, key=_rank)


def _row(application: Application, outcome: dict[str, Any] | None) -> dict[str, Any]:
    findings = [f for f in findings_of(application).findings if f.force == "hard" and f.outcome != "met"]
    return {
        "application": application,
        "outcome": outcome,
        "open": [f for f in findings if is_open(f)],
        "unmet": [f for f in findings if not is_open(f) and (f.outcome == "unmet" or f.missing)],
        "fields": None,
    }


def _rank(row: dict[str, Any]) -> tuple[int, Decimal, int, int]:
    """By verdict, then by points or by how many recommend, then as the panel ranked them."""
    outcome = row["outcome"]
    if not outcome:
        return (len(ORDER), Decimal(0), 0, row["application"].pk)
    return (
        ORDER.get(outcome.get("verdict", ""), 0),
        -Decimal(outcome.get("graded_total", outcome.get("recommend", 0))),
        row["rank"] or 0,
        row["application"].pk,
    )


def _tie_fields(rows: list[dict[str, Any]], form: ListForm) -> None:
    for row in rows:
        pk = row["application"].pk
        if f"choice-{pk}" in form.fields:
            row["fields"] = {"choice": form[f"choice-{pk}"], "reason": form[f"reason-{pk}"]}


def _list_page(found: Round, rows: list[dict[str, Any]], form: ListForm) -> dict[str, Any]:
    target, cap = places_of(found)
    return {
        "round": found,
        "rows": rows,
        "form": form,
        "target": target,
        "cap": cap,
        "taken": taken_places(found),
        "place_clause": found.rules.round.clause if found.rules.round else "",
        "decidable": found.state == RoundState.CLOSED,
        **cited(found.profile),
    }


def _summary(found: Round, rows: list[dict[str, Any]], choices: dict[int, Any]) -> dict[str, Any]:
    """What the confirmation shows: both lists, and whether the target of the text is passed."""
    chosen = [row for row in rows if row["application"].pk in choices]
    for row in chosen:
        row["choice"] = choices[row["application"].pk]
    proposed = [row for row in chosen if row["choice"].proposed]
    target = places_of(found)[0]
    return {
        "proposed": proposed,
        "dropped": [row for row in chosen if not row["choice"].proposed],
        "over_target": target is not None and taken_places(found) + len(proposed) > target,
    }
