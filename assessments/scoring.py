"""The assessor's side: by the panel's sheets, by a score sheet of its own, by judgement, by filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.content import stored
from assessments.enums import AssessmentState, Kind
from assessments.models import Assessment, Cycle
from assessments.obligations import REPORT_DEADLINE, meet_authority
from assessments.resting import report_of
from assessments.revisions import check_shown
from core import clock
from core.errors import DomainError, InputRefused, Problem
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from deadlines.models import Deadline
from deadlines.owing import owe
from jurisdictions.engine import Profile, RubricAnswer, added_up, grade_for, score_rubric
from panels.draws import check_no_open_draw, use_draw
from panels.enums import Purpose
from panels.forming import form_panel
from panels.models import Draw, Expert, Panel, PanelItem

RUBRIC = "rubric"


def method_of(assessment: Assessment) -> str:
    """How its result comes about: panel, rubric, judgement, acceptance or filing."""
    rule = assessment.rules.assessment
    if assessment.kind in (Kind.FILING, Kind.REPORT) or rule.method == "filing":
        return "filing"
    if assessment.kind == Kind.ACCEPTANCE:
        return "acceptance"
    if rule.method == RUBRIC:
        return "panel" if assessment.by_panel else RUBRIC
    return "judgement"


@transaction.atomic
def return_report(
    *, assessment: Assessment, reason: str, due_on: date | None = None, actor: Any
) -> Assessment:
    """Gives a report back for correction. Logged with the reason; the station is told and owes it again.

    `due_on` is a day that the officer sets, because no text names one; without it the original day stands.
    What rests on a report is given back together with it.
    """
    if due_on is not None and due_on < clock.today():
        raise DomainError("补正期限不能早于今天。", path="due_on")
    report = report_of(assessment)
    if report is not None and report.state == AssessmentState.REPORTED:
        return_report(assessment=report, reason=reason, due_on=due_on, actor=actor)
    perform(assessment, "return", actor=actor, reason=reason, clause=assessment.clause, reported_at=None)
    if report is not None:
        return assessment
    old = Deadline.objects.filter(
        subject_type__app_label="assessments",
        subject_type__model="assessment",
        subject_id=assessment.pk,
        kind=REPORT_DEADLINE,
    ).first()
    url = tenant_url("unit:assessment", pk=assessment.pk)
    owe(
        subject=assessment,
        bearer=assessment.station,
        kind=REPORT_DEADLINE,
        label=f"补正：{assessment.station.name}{assessment.cycle.label}"[:100],
        due_on=due_on or max(assessment.due_on, clock.today()),
        rungs=old.rungs if old else assessment.rules.reminders.obligations,
        clause=assessment.clause,
        firm=assessment.has_limit or due_on is not None,
        url=url,
    )
    notify(
        recipients=assessment.station.recipients(),
        title=f"请补正：{assessment.cycle}"[:120],
        text=f"{assessment.assessor.name}退回了{assessment.cycle}：{reason.strip()}",
        url=url,
    )
    return assessment


@transaction.atomic
def send_to_panel(
    *,
    cycle: Cycle,
    assessments: Sequence[Assessment],
    experts: Sequence[Expert],
    due_on: date | None,
    actor: Any,
    name: str = "",
    draw: Draw | None = None,
) -> Panel:
    """Hands reported assessments of one cycle to a panel of experts; logged on each, the experts are told.

    `draw`: the one by which the experts were drawn. Refused for what is not reported, not the profile's
    to a panel, or of another cycle, and while a draw for one of them is open.
    """
    lock(cycle)
    if draw is None:
        check_no_open_draw(cycle, [assessment.pk for assessment in assessments])
    for assessment in assessments:
        if assessment.cycle_id != cycle.pk or method_of(assessment) != "panel":
            raise DomainError("只能提交本批次中由专家组评分的考核。")
        perform(assessment, "send_to_panel", actor=actor, clause=assessment.clause)
    panel = form_panel(
        authority=cycle.authority,
        profile=cycle.profile,
        purpose=Purpose.ASSESSMENT,
        subject=cycle,
        name=name.strip() or f"{cycle}专家组",
        experts=experts,
        items=[(a, a.station.name, a.station.unit.name) for a in assessments],
        due_on=due_on,
        actor=actor,
    )
    if draw is not None:
        use_draw(draw_=draw, panel=panel, actor=actor)
    return panel


@transaction.atomic
def take_points(*, panel: Panel, actor: Any) -> list[Assessment]:
    """Writes what a closed panel found onto its assessments; called when the panel closes. Logged on each."""
    taken = []
    for item in PanelItem.objects.filter(panel=panel, dropped_at__isnull=True):
        assessment = item.subject
        if not isinstance(assessment, Assessment) or assessment.state != AssessmentState.AT_PANEL:
            continue
        outcome = item.outcome
        total, base = Decimal(outcome["graded_total"]), Decimal(outcome["base"])
        extra = Decimal(outcome["total"]) - base
        lock(assessment)
        perform(
            assessment,
            "take_points",
            actor=None,
            clause=assessment.rules.assessment.clause,
            data={
                "panel": panel.pk,
                "closed_by": getattr(actor, "pk", None),
                "total": outcome["graded_total"],
            },
            points=outcome["points"],
            bonus=outcome["bonus"],
            total=total,
            added_up=added_up(assessment.rules, base, extra) if extra else "",
            revision=assessment.revision + 1,
            explanation=grade_for(assessment.rules, total).explanation,
            scored_at=clock.now(),
        )
        meet_authority(assessment)
        taken.append(assessment)
    return taken


@transaction.atomic
def score_by_rubric(
    *,
    assessment: Assessment,
    revision: int,
    points: Mapping[str, Decimal | None],
    bonus: Mapping[str, Decimal | int],
    opinion: str,
    actor: Any,
) -> Assessment:
    """An officer's score sheet, added up by the engine; logged with the total. Open until final.

    Figures that the sheet computes from the report (areas, counts) are the engine's, not the officer's.
    Refused with each line named: points missing, beyond the maximum, or of no line; and as an
    `EditConflict` where `revision` is older than what stands. A draft of the sheet is done with.
    """
    if method_of(assessment) != RUBRIC:
        raise DomainError("该项考核不由经办人按评分表评分。")
    lock(assessment)
    check_shown(assessment, revision)
    entered = {key: value for key, value in points.items() if value is not None}
    answer = score_rubric(assessment.rules, entered, assessment.facts, bonus)
    problems = [Problem(p.message, p.path, p.clause) for p in answer.problems]
    problems += [
        Problem(item.explanation, f"points.{item.id}", item.id)
        for item in answer.items
        if item.accepted and item.points is None
    ]
    if problems:
        raise InputRefused(problems)
    perform(
        assessment,
        "score",
        actor=actor,
        clause=answer.clause,
        data={"base": str(answer.base), "bonus": str(answer.bonus), "total": str(answer.graded_total)},
        points=stored({item.id: item.points for item in answer.items}),
        bonus={key: str(value) for key, value in bonus.items()},
        total=answer.graded_total,
        added_up=added_words(answer, assessment.rules),
        draft={},
        revision=revision + 1,
        opinion=opinion.strip(),
        explanation=grade_for(assessment.rules, answer.graded_total).explanation,
        scored_at=clock.now(),
    )
    meet_authority(assessment)
    return assessment


def added_words(answer: RubricAnswer, rules: Profile) -> str:
    """The engine's sum in words, where there is more to say than the total itself."""
    return answer.explanation.removesuffix(f"依据{rules.article(answer.clause)}。") if answer.bonus else ""


@transaction.atomic
def judge(
    *,
    assessment: Assessment,
    revision: int,
    grade: str,
    opinion: str,
    actor: Any,
    area_opinions: Mapping[str, str] | None = None,
    accepted: bool | None = None,
) -> Assessment:
    """A grade given by judgement, because the text has no points; logged. May be judged again until final.

    The grade is one of the profile's, the opinion is written, and where the text names areas each has
    its own words. Where acceptance belongs to it (GM-14.6), that is answered too. `revision` is the one
    that the page showed: an older one is an `EditConflict`, and nobody's judgement is overwritten unread.
    """
    if method_of(assessment) not in ("judgement", "acceptance"):
        raise DomainError("该项考核不是直接评定等次的。")
    lock(assessment)
    check_shown(assessment, revision)
    rules = assessment.rules
    areas = {area: text.strip() for area, text in (area_opinions or {}).items() if text.strip()}
    problems = list(_judgement_problems(assessment, rules, grade, opinion, areas, accepted))
    if problems:
        raise InputRefused(problems)
    article = rules.article(rules.assessment.clause)
    perform(
        assessment,
        "score",
        actor=actor,
        clause=rules.assessment.clause,
        data={"grade": grade, "accepted": accepted},
        grade=grade,
        accepted=accepted if assessment.judges_acceptance else None,
        opinion=opinion.strip(),
        area_opinions=areas,
        revision=revision + 1,
        explanation=f"由{assessment.assessor.short_name}评定为{grade}。依据{article}。",
        scored_at=clock.now(),
    )
    meet_authority(assessment)
    _accept_report(assessment, actor)
    return assessment


def _accept_report(assessment: Assessment, actor: Any) -> None:
    """The report that it rests on has been read: it is taken on file with it."""
    report = report_of(assessment)
    if report is None or report.state != AssessmentState.REPORTED:
        return
    perform(
        report,
        "accept_filing",
        actor=actor,
        clause=report.clause,
        explanation=f"已收到并据以考核。依据{report.rules.article(report.clause)}。",
        scored_at=clock.now(),
        finalised_at=clock.now(),
    )


def grades_open_to(assessment: Assessment) -> tuple[str, ...]:
    """The grades that may be given by judgement; acceptance knows only passed and failed."""
    grades = assessment.rules.assessment.grades
    if assessment.kind == Kind.ACCEPTANCE:
        return tuple(g.value for g in grades if not g.excellent)
    return tuple(g.value for g in grades)


def _judgement_problems(
    assessment: Assessment,
    rules: Profile,
    grade: str,
    opinion: str,
    areas: Mapping[str, str],
    accepted: bool | None,
) -> list[Problem]:
    problems = []
    if grade not in grades_open_to(assessment):
        problems.append(Problem("请选择等次。", "grade", rules.assessment.clause))
    if not opinion.strip():
        problems.append(Problem("请写明评估意见。", "opinion", rules.assessment.clause))
    if assessment.kind != Kind.ACCEPTANCE:
        problems += [
            Problem(f"请填写“{area}”的意见。", f"area_{number}", rules.assessment.clause)
            for number, area in enumerate(rules.assessment.areas)
            if area not in areas
        ]
    if assessment.judges_acceptance and accepted is None:
        problems.append(Problem("请选择验收结论。", "accepted", assessment.clause))
    return problems


@transaction.atomic
def send_back(*, assessment: Assessment, reason: str, actor: Any) -> Assessment:
    """The re-checker asks the assessor to look again; logged with the reason, the assessor is told."""
    lock(assessment)
    perform(
        assessment,
        "send_back",
        actor=actor,
        reason=reason,
        clause=assessment.clause,
        revision=assessment.revision + 1,
    )
    notify(
        recipients=assessment.assessor.recipients(),
        title=f"退回重评：{assessment.station.name}"[:120],
        text=f"{assessment.cycle}的评定被退回：{reason.strip()}",
        url=tenant_url("bureau:assessment", pk=assessment.pk),
    )
    return assessment
