"""Experts drawn for a round: which applications, and the panel that is formed from the draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from applications.enums import ApplicationState
from applications.models import Application, Round
from applications.selection.panel_stage import send_to_panel
from core.errors import DomainError, StateConflict
from core.workflow import lock
from panels.draws import commit_draw, seated_of
from panels.enums import DrawState, Purpose
from panels.models import Draw, Panel
from panels.pots import NO_LIMITS, Limits


@transaction.atomic
def commit_for_round(
    *,
    round_: Round,
    applications: Sequence[Application],
    seats: int,
    reserves: int,
    most_of_one_employer: int | None,
    due_on: date | None,
    actor: Any,
    former: Draw | None = None,
    limits: Limits = NO_LIMITS,
) -> Draw:
    """Fixes pot and seed of a draw for applications of the round that wait for their panel.

    Refused as `panels.draws.commit_draw`, and for fewer seats than the text has experts judge.
    """
    rules = round_.rules
    least = rules.panel.min_experts
    if least and seats < least:
        raise DomainError(f"专家组至少需要 {least} 名专家。", path="seats", clause=rules.panel.clause)
    for application in applications:
        if application.round_id != round_.pk or application.state != ApplicationState.AWAITING_PANEL:
            raise DomainError(f"“{application.unit.name}”的申报不在本批次待评审之列。", path="applications")
    return commit_draw(
        authority=round_.authority,
        purpose=Purpose.APPLICATION,
        subject=round_,
        items=[(application, application.unit.name) for application in applications],
        seats=seats,
        reserves=reserves,
        most_of_one_employer=most_of_one_employer,
        due_on=due_on,
        actor=actor,
        former=former,
        limits=limits,
    )


@transaction.atomic
def panel_from_draw(*, draw_: Draw, actor: Any) -> Panel:
    """Forms the panel of those who were drawn, on what was drawn for; refused as `send_to_panel`."""
    lock(draw_)
    if draw_.state != DrawState.DRAWN:
        raise StateConflict(f"抽取{draw_.status.label}，不能组建专家组。")
    round_ = Round.objects.get(pk=draw_.subject_id)
    applications = Application.objects.filter(pk__in=[item["id"] for item in draw_.items])
    return send_to_panel(
        round_=round_,
        applications=list(applications.select_related("unit", "round__profile").order_by("pk")),
        experts=seated_of(draw_),
        due_on=draw_.due_on,
        actor=actor,
        draw=draw_,
    )
