"""A failed station puts things right: the order with its day, and the result of looking again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from assessments.enums import AssessmentState
from assessments.grading import propose_consequences, tell_result
from assessments.models import Assessment, Rectification
from assessments.permissions import can_finalise
from assessments.scoring import grades_open_to
from assessments.signals import result_recorded
from core import clock
from core.errors import InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from core.workflow import lock
from deadlines.messages import notify
from deadlines.owing import meet, owe
from stations.enums import IN_BEING

# The engine's word for what a grade brings about, and the kind of the deadline.
ORDERS = "order_rectification"
RECTIFICATION_DEADLINE = "rectification"


def rectification_of(assessment: Assessment) -> Rectification | None:
    """What was ordered after this result; None while nothing was."""
    found: Rectification | None = (
        Rectification.objects.filter(assessment=assessment).select_related("ordered_by", "decided_by").first()
    )
    return found


def clause_of(assessment: Assessment) -> str | None:
    """The clause by which this final result has the station put things right; None where none does."""
    if assessment.state != AssessmentState.FINAL:
        return None
    return next((c["clause"] for c in assessment.consequences if c["effect"] == ORDERS), None)


@transaction.atomic
def order_rectification(
    *, assessment: Assessment, requirement: str, due_on: date | None, actor: Any
) -> Rectification:
    """Orders a failed station to put things right by a day that the officer sets; logged, the unit is told.

    The station owes it, with reminders. Refused where the result does not bring it about, a second time,
    once the station has ended, without words, and for a day that has passed.
    """
    lock(assessment)
    clause = clause_of(assessment)
    if not can_finalise(actor, assessment):
        raise NotAllowed("您没有责令整改的权限。")
    if clause is None or assessment.station.state not in IN_BEING:
        raise StateConflict("该项考核结果不需要责令整改，或者站点已不在有效状态。")
    if rectification_of(assessment) is not None:
        raise StateConflict("已责令整改，不能重复下达。")
    problems = []
    if not requirement.strip():
        problems.append(Problem("请写明需要整改的问题和要求。", "requirement", clause))
    if due_on is None or due_on < clock.today():
        problems.append(Problem("请填写整改期限，不能早于今天。", "due_on", clause))
    if problems or due_on is None:
        raise InputRefused(problems)
    found = Rectification.objects.create(
        assessment=assessment,
        requirement=requirement.strip(),
        due_on=due_on,
        clause=clause,
        ordered_by=actor,
        ordered_at=clock.now(),
    )
    LogEntry.record(
        assessment,
        action="assessments.order_rectification",
        label="责令整改",
        actor=actor,
        at=clock.now(),
        reason=found.requirement,
        clause=clause,
        data={"rectification": found.pk, "due_on": due_on.isoformat()},
    )
    station, url = assessment.station, tenant_url("unit:assessment", pk=assessment.pk)
    owe(
        subject=assessment,
        bearer=station,
        kind=RECTIFICATION_DEADLINE,
        label=f"整改：{station.name}{assessment.cycle.label}"[:100],
        due_on=due_on,
        rungs=assessment.rules.reminders.obligations,
        clause=clause,
        url=url,
    )
    notify(
        recipients=station.recipients(),
        title=f"责令整改：{assessment.cycle}"[:120],
        text=f"{assessment.assessor.name}责令{station.name}于{due_on:%Y年%-m月%-d日}前完成整改："
        f"{found.requirement}",
        url=url,
    )
    return found


@transaction.atomic
def judge_rectification(
    *, rectification: Rectification, grade: str, opinion: str, actor: Any
) -> Rectification:
    """Records the result after the station has put things right; final, logged, the unit is told.

    It stands beside the first result: what both bring about is proposed anew, and `result_recorded`
    lets funding look again. Refused a second time, without a grade of the text and without words.
    """
    assessment = rectification.assessment
    lock(assessment)
    lock(rectification)
    if not can_finalise(actor, assessment):
        raise NotAllowed("您没有记录整改结果的权限。")
    if rectification.grade:
        raise StateConflict(f"整改结果已记录为“{rectification.grade}”，不再更改。")
    problems = []
    if grade not in grades_open_to(assessment):
        problems.append(Problem("请选择整改后的等次。", "grade", rectification.clause))
    if not opinion.strip():
        problems.append(Problem("请写明核查意见。", "opinion", rectification.clause))
    if problems:
        raise InputRefused(problems)
    rectification.grade, rectification.opinion = grade, opinion.strip()
    rectification.decided_by, rectification.decided_at = actor, clock.now()
    rectification.save(update_fields=["grade", "opinion", "decided_by", "decided_at"])
    LogEntry.record(
        assessment,
        action="assessments.judge_rectification",
        label=f"整改后评估：{grade}",
        actor=actor,
        at=clock.now(),
        reason=rectification.opinion,
        clause=rectification.clause,
        data={"rectification": rectification.pk, "grade": grade},
    )
    meet(subject=assessment, kind=RECTIFICATION_DEADLINE)
    propose_consequences(assessment)
    effects = "".join(c["explanation"] for c in assessment.consequences if c["effect"] != ORDERS)
    words = f"{rectification.opinion}{effects}"
    tell_result(assessment, f"{assessment.cycle}整改后：{grade}", words)
    result_recorded.send(sender=Assessment, station=assessment.station, actor=actor)
    return rectification
