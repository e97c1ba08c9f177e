"""Experts drawn for a cycle: which assessments, and the panel that is formed from the draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from assessments.enums import AssessmentState
from assessments.models import Assessment, Cycle
from assessments.scoring import method_of, send_to_panel
from core.errors import DomainError, StateConflict
from core.workflow import lock
from panels.draws import commit_draw, seated_of
from panels.enums import DrawState, Purpose
from panels.models import Draw, Panel
from panels.pots import NO_LIMITS, Limits


@transaction.atomic
def commit_for_cycle(
    *,
    cycle: Cycle,
    assessments: Sequence[Assessment],
    seats: int,
    reserves: int,
    most_of_one_employer: int | None,
    due_on: date | None,
    actor: Any,
    former: Draw | None = None,
    limits: Limits = NO_LIMITS,
) -> Draw:
    """Fixes pot and seed of a draw for reported assessments of the cycle; refused as `commit_draw`."""
    for assessment in assessments:
        reported = assessment.state == AssessmentState.REPORTED
        if assessment.cycle_id != cycle.pk or not reported or method_of(assessment) != "panel":
            raise DomainError("只能选择本批次中由专家组评分、已报告的考核。", path="assessments")
    return commit_draw(
        authority=cycle.authority,
        purpose=Purpose.ASSESSMENT,
        subject=cycle,
        items=[(one, one.station.unit.name) for one in assessments],
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
    assessments = Assessment.objects.filter(pk__in=[item["id"] for item in draw_.items])
    return send_to_panel(
        cycle=Cycle.objects.get(pk=draw_.subject_id),
        assessments=list(assessments.select_related("station__unit", "cycle__profile").order_by("pk")),
        experts=seated_of(draw_),
        due_on=draw_.due_on,
        actor=actor,
        draw=draw_,
    )
