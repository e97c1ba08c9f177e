"""Recording a person's answer to what the text leaves to judgement."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assessments.enums import Kind, Question
from assessments.models import Determination
from assessments.obligations import owed_by
from assessments.permissions import can_determine
from assessments.resting import STATION
from assessments.signals import result_recorded
from core import clock
from core.errors import NotAllowed, ReasonRequired
from core.models import LogEntry
from core.scope import once
from core.web import tenant_url
from deadlines.messages import notify
from deadlines.owing import meet
from jurisdictions.engine.schema.station import PeriodEndedAndAccepted, YearsAndPerformsWell
from stations.models import Station


@transaction.atomic
def determine(
    *, station: Station, question: Question, answer: bool, reason: str, actor: Any
) -> Determination:
    """Records an answer with its reason: 发挥作用好, 连续运转, 建设期满验收合格. Never overwritten: a later
    one stands beside it and counts.

    Logged on the station; the unit is told; `result_recorded` lets funding look again. Refused to
    everyone but the officers of the leading authority, and without a reason.
    """
    question = Question(question)
    found = Determination(
        station=station,
        question=question,
        answer=answer,
        reason=reason.strip(),
        clause=clause_of(station, question),
        decided_by=actor,
        decided_at=clock.now(),
    )
    if not can_determine(actor, found):
        raise NotAllowed("您没有作出认定结论的权限。")
    if not found.reason:
        raise ReasonRequired("请写明作出该结论的理由和依据。", path="reason")
    found.save()
    word = "是" if answer else "否"
    LogEntry.record(
        station,
        action="assessments.determine",
        label=f"认定：{question.label}",
        actor=actor,
        at=clock.now(),
        target=word,
        reason=found.reason,
        clause=found.clause,
        data={"determination": found.pk, "question": question.value, "answer": answer},
    )
    if question == Question.ACCEPTANCE:
        _meet_acceptance(station)
    notify(
        recipients=station.recipients(),
        title=f"{station.name}：{question.label}——{word}"[:120],
        text=f"{station.authority.name}认定“{question.label}”：{word}。理由：{found.reason}",
        url=tenant_url("unit:stations"),
    )
    result_recorded.send(sender=Determination, station=station, actor=actor)
    return found


def questions_of(station: Station) -> list[Question]:
    """The questions that a payment or an obligation of this station's profile waits for."""
    rules = station.profile.rules
    asked: set[Question] = set()
    for tranche in rules.award.tranches if rules.award else ():
        if isinstance(tranche.condition, YearsAndPerformsWell):
            asked |= {Question.PERFORMS_WELL, Question.CONTINUOUS}
        if isinstance(tranche.condition, PeriodEndedAndAccepted):
            asked.add(Question.ACCEPTANCE)
    asked |= {Question.ACCEPTANCE for rule in rules.obligations if rule.kind == Kind.ACCEPTANCE}
    return [question for question in Question if question in asked]


def answer_to(station: Station, question: Question) -> bool | None:
    """The last recorded answer; None while nobody has said."""
    return once(f"assessments.answers:{station.pk}", lambda: _answers(station)).get(question)


def _answers(station: Station) -> dict[str, bool]:
    """The last recorded answer to each question."""
    given = Determination.objects.filter(station=station).order_by("pk")
    return dict(given.values_list("question", "answer"))


def clause_of(station: Station, question: Question) -> str:
    """The clause that asks the question: that of the payment, else that of the obligation."""
    rules = station.profile.rules
    wanted = PeriodEndedAndAccepted if question == Question.ACCEPTANCE else YearsAndPerformsWell
    for tranche in rules.award.tranches if rules.award else ():
        if isinstance(tranche.condition, wanted):
            return tranche.clause
    acceptance = (rule.clause for rule in rules.obligations if rule.kind == Kind.ACCEPTANCE)
    return next(acceptance, "") if question == Question.ACCEPTANCE else ""


def _meet_acceptance(station: Station) -> None:
    """The authority owed the acceptance: it has been given."""
    for obligation in owed_by(station):
        if obligation.kind == Kind.ACCEPTANCE and obligation.who != STATION:
            meet(subject=station, kind=obligation.name, period=str(obligation.year))
