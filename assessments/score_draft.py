"""A score sheet that is not finished yet: kept as far as it goes, without a result."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.content import stored
from assessments.enums import AssessmentState
from assessments.models import Assessment
from assessments.permissions import can_assess
from assessments.revisions import check_shown
from assessments.scoring import RUBRIC, method_of
from core.errors import DomainError, InputRefused, NotAllowed, Problem, StateConflict
from core.workflow import lock
from jurisdictions.engine import score_rubric

OPEN_STATES = (AssessmentState.REPORTED, AssessmentState.SCORED)


@transaction.atomic
def save_score_draft(
    *,
    assessment: Assessment,
    revision: int,
    points: Mapping[str, Decimal],
    bonus: Mapping[str, Decimal | int],
    opinion: str,
    actor: Any,
) -> Assessment:
    """Keeps the lines scored so far; not logged, nobody is told, and a result that stands is not touched.

    `revision` is the one that the page was made from: an older one is an `EditConflict`. Refused: not
    the assessor's, not waiting for points, points of no line or beyond a line's maximum.
    """
    if method_of(assessment) != RUBRIC:
        raise DomainError("该项考核不由经办人按评分表评分。")
    if not can_assess(actor, assessment):
        raise NotAllowed("您没有评定的权限。")
    lock(assessment)
    check_shown(assessment, revision)
    if assessment.state not in OPEN_STATES:
        raise StateConflict(f"当前状态为“{assessment.status.label}”，不能评分。")
    answer = score_rubric(assessment.rules, points, assessment.facts, bonus)
    if answer.problems:
        raise InputRefused(Problem(p.message, p.path, p.clause) for p in answer.problems)
    assessment.draft = {"points": stored(points), "bonus": stored(bonus), "opinion": opinion.strip()}
    assessment.revision = revision + 1
    assessment.save(update_fields=["draft", "revision"])
    return assessment
