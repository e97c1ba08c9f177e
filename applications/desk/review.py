"""What a desk decides: pass the file on, give it back for correction, or end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import transaction

from applications.desk.checking import check_label, checks_of, is_open, require_desk
from applications.desk.grounds import check_ground
from applications.desk.inquiring import bar_obstacles
from applications.desk.letters import issue_letter
from applications.desk.stages import (
    PANEL,
    REVIEW_KINDS,
    close_stage,
    current_step,
    due_of,
    next_step,
    open_stage,
    steps_of,
)
from applications.dossier.answers import findings_of, known_facts
from applications.dossier.papers import desk_lacks
from applications.enums import ApplicationState, Decision, MaterialCheck
from applications.filing.submission import CORRECTION
from applications.gating import agreeing, ask_gate, known_of, open_points, require_gate
from applications.models import Application, Opinion
from applications.selection.places import recommendation_problems
from core import clock
from core.errors import DomainError, InputRefused, Problem, ReasonRequired
from core.web import tenant_url
from core.workflow import perform
from deadlines.ladder import working_day_rungs
from deadlines.messages import notify
from deadlines.owing import owe
from documents.enums import DocumentKind
from jurisdictions.engine import StageStep
from jurisdictions.versions import work_calendar

# The kind of stage from which a file leaves for the body that designates.
FIRST_DESK = "first_pass"
# What a file says once its agreement went up, or was given up.
NOT_AGREED: dict[str, Any] = {"agreed_text": "", "agreed_by": None, "agreed_at": None}
# Guards against a mistyped year: the round's list waits for the correction. No text sets a limit.
LONGEST_CORRECTION = timedelta(days=180)


class CorrectionItem(TypedDict):
    """One thing to put right: where (`facts.x`, `materials.y`), its words, what is wanted."""

    path: str
    label: str
    text: str


@transaction.atomic
def forward(*, application: Application, text: str, actor: Any, stage: int | None = None) -> Application:
    """Agrees and passes the file on: to the next desk, or from the last one to the panel.

    The opinion stands signed; this desk's date is met, the next one's opened; unit and next desk are
    told. Refused while `obstacles` names anything; the clause is that of the stage.
    """
    step = take_up(application, actor, stage)
    pass_on(application, step, _needed(text, "请填写审核意见。", "text"), signed_by=actor, actor=actor)
    if application.state == ApplicationState.UNDER_REVIEW:
        _tell_desk(application)
    else:
        _tell_lead(application)
    return application


def pass_on(
    application: Application,
    step: StageStep,
    text: str,
    *,
    signed_by: Any,
    actor: Any,
    signed_at: datetime | None = None,
) -> Opinion:
    """Passes a file that was taken up on, with the opinion that somebody signed; the unit is told, the next
    desk is not. Refused while `obstacles` names anything.
    """
    problems = obstacles(application)
    if problems:
        raise InputRefused(problems)
    following = next_step(application)
    if following is None:
        raise DomainError("办理路径在此结束，没有下一环节。")
    index = application.stage + 1
    close_stage(application)
    opinion = _sign(application, step, Decision.FORWARD, text, signed_by, at=signed_at)
    if step.kind == FIRST_DESK:
        require_gate(application, "forward")
    goes_to_desk = following.kind in REVIEW_KINDS
    perform(
        application,
        "forward" if goes_to_desk else "complete_review",
        actor=actor,
        reason=text,
        clause=step.clause,
        data={"stage": step.name, "next": following.name},
        reviewer=None,
        **NOT_AGREED,
        **open_stage(application, index),
    )
    if not goes_to_desk:
        _owe_panel(application)
    where = f"由{application.authority.name}继续审核" if goes_to_desk else "等待专家评审"
    _tell_unit(application, f"已通过{step.label}", f"贵单位的申报已通过{step.label}，{where}。")
    return opinion


@transaction.atomic
def return_for_correction(
    *,
    application: Application,
    items: Sequence[CorrectionItem],
    due_on: date,
    actor: Any,
    text: str = "",
    stage: int | None = None,
) -> Application:
    """Gives the file back with each point on its own; the unit owes the correction by `due_on`.

    The desk's date is met (a corrected file opens a new one); the unit gets a letter with every point.
    Refused: no point, a point without words, a day that has passed or lies too far ahead.
    """
    step = take_up(application, actor, stage)
    _check_items(items)
    if due_on < clock.today():
        raise DomainError("补正期限不能早于今天。", path="due_on")
    if due_on > clock.today() + LONGEST_CORRECTION:
        raise DomainError(
            f"补正期限最长 {LONGEST_CORRECTION.days} 天，请核对日期：名单要等补正期满才能确定。",
            path="due_on",
        )
    close_stage(application)
    points = [CorrectionItem(path=i["path"], label=i["label"], text=i["text"].strip()) for i in items]
    reason = "；".join(f"{point['label']}：{point['text']}" for point in points)
    _sign(application, step, Decision.RETURN, text.strip() or reason, actor, items=points)
    perform(
        application,
        "return",
        actor=actor,
        reason=reason,
        clause=step.clause,
        data={"stage": step.name, "items": points, "due_on": due_on.isoformat()},
        **NOT_AGREED,
    )
    _owe_correction(application, step.clause, due_on)
    issue_letter(application, DocumentKind.CORRECTION, actor=actor, items=points, due=due_on)
    _tell_unit(
        application,
        "申报材料需要补正",
        f"请于{due_on:%Y年%-m月%-d日}前补正后重新提交。\n"
        + "\n".join(f"{p['label']}：{p['text']}" for p in points),
    )
    return application


@transaction.atomic
def reject(
    *,
    application: Application,
    reason: str,
    clause: str,
    actor: Any,
    stage: int | None = None,
    although_met: bool = False,
) -> Application:
    """Ends the application at this desk, with its reason and its clause; the unit gets a letter with both.

    Refused: no reason, a clause that is none of its grounds (`applications.desk.grounds`), or one that was
    found to be met without the confirmation (`although_met`).
    """
    step = take_up(application, actor, stage)
    reason = _needed(reason, "请写明不予通过的理由。", "reason")
    check_ground(application, clause, although_met=although_met)
    close_stage(application)
    _sign(application, step, Decision.REJECT, reason, actor, clause=clause)
    perform(
        application,
        "reject",
        actor=actor,
        reason=reason,
        clause=clause,
        data={"stage": step.name, "although_met": although_met},
        decided_at=clock.now(),
        **NOT_AGREED,
    )
    recourse = application.round.recourse
    issue_letter(
        application, DocumentKind.REFUSAL, actor=actor, reason=reason, clause=clause, recourse=recourse
    )
    article = application.rules.article(clause)
    words = f"理由：{reason}\n依据：{article}（{clause}）\n{recourse}".rstrip()
    _tell_unit(application, "申报未通过审核", words)
    return application


def obstacles(application: Application) -> tuple[Problem, ...]:
    """What stands in the way of passing the file on, each with its place; nothing is changed.

    A condition that waits for a person's judgement is no obstacle: a later stage can still decide it,
    and the list cannot be fixed before somebody has (`applications.selection.decision`).
    """
    return (
        *_material_obstacles(application),
        *_check_obstacles(application),
        *_condition_obstacles(application),
        *bar_obstacles(application),
        *_gate_obstacles(application),
        *_place_obstacles(application),
    )


def correction_places(application: Application) -> tuple[tuple[str, str], ...]:
    """The places that a correction may name: `(path, words)`, in the order of the form."""
    rules = application.rules
    asked = [f for f in rules.facts if f.asked_of != "reviewer" and not f.judged and f.derived is None]
    brought = [m for m in rules.materials if m.brought_by == "unit"]
    kinds = (
        ("facts", asked),
        ("narratives", rules.narratives),
        ("rosters", rules.rosters),
        ("materials", brought),
    )
    return tuple((f"{kind}.{part.name}", part.label) for kind, parts in kinds for part in parts)


def problem_items(application: Application) -> list[CorrectionItem]:
    """The points that the checks of the materials have already made."""
    labels = {material.name: material.label for material in application.rules.materials}
    return [
        CorrectionItem(path=f"materials.{row.name}", label=labels[row.name], text=row.note)
        for row in application.materials.all()
        if row.check_state == MaterialCheck.PROBLEM and row.name in labels
    ]


def _material_obstacles(application: Application) -> list[Problem]:
    """What the checks of the materials have found, then what the engine misses in the bundle."""
    rows = {row.name: row for row in application.materials.prefetch_related("files")}
    problems: dict[str, Problem] = {}
    for rule in application.rules.materials:
        row = rows.get(rule.name)
        path, brought = f"materials.{rule.name}", bool(row and (row.files.all() or row.declared_none))
        if row is not None and row.check_state == MaterialCheck.PROBLEM:
            problems[path] = Problem(f"“{rule.label}”需补正：{row.note}", path, rule.clause)
        elif rule.brought_by == "unit" and brought and row.check_state == MaterialCheck.UNCHECKED:
            problems[path] = Problem(f"“{rule.label}”尚未核对。", path, rule.clause)
    stated = {f"checks.{name}" for name in checks_of(application)}
    for lack in desk_lacks(application, known_facts(application)):
        if lack.path not in stated:
            problems.setdefault(lack.path, lack)
    return list(problems.values())


def _check_obstacles(application: Application) -> list[Problem]:
    step = current_step(application)
    confirmed = application.checks.get(step.name, [])
    return [
        Problem(f"请确认：{check_label(application, name)}。", f"checks.{name}", step.clause)
        for name in checks_of(application)
        if name not in confirmed
    ]


def _gate_obstacles(application: Application) -> list[Problem]:
    """What the text's gate would say once this desk has agreed; what the desk confirms is said above."""
    step = current_step(application)
    if step.kind != FIRST_DESK:
        return []
    given = agreeing(application, step.name) | dict.fromkeys(step.checks, True)
    known = known_of([application])
    verified = ask_gate(application, "verify", known=known)
    false = [found for found in verified.findings if found.outcome == "unmet"] if verified else []
    points = open_points(ask_gate(application, "forward", given=given, known=known))
    said = {found.clauses[0]: found for found in (*false, *points)}
    return [Problem(found.explanation, "", clause) for clause, found in said.items()]


def _place_obstacles(application: Application) -> tuple[Problem, ...]:
    """How many the first desk may recommend a year, where the text says so."""
    return recommendation_problems(application) if current_step(application).kind == FIRST_DESK else ()


def _condition_obstacles(application: Application) -> list[Problem]:
    return [
        Problem(finding.explanation, f"conditions.{finding.key}", finding.clause)
        for finding in findings_of(application).findings
        if finding.force == "hard"
        and (
            finding.outcome == "unmet"
            or (finding.outcome == "unknown" and finding.missing and not is_open(finding))
        )
    ]


def take_up(application: Application, actor: Any, stage: int | None) -> StageStep:
    """The file, locked, on this person's desk, at the stage that their page showed."""
    require_desk(application, actor, stage)
    return current_step(application)


def _check_items(items: Sequence[CorrectionItem]) -> None:
    if not items:
        raise DomainError("请至少列出一项需要补正的内容。", path="items")
    for item in items:
        if not item["text"].strip():
            raise DomainError(f"请写明“{item['label']}”需要怎样补正。", path="items")


def _sign(
    application: Application,
    step: Any,
    decision: Decision,
    text: str,
    actor: Any,
    *,
    items: Sequence[CorrectionItem] = (),
    clause: str = "",
    at: datetime | None = None,
) -> Opinion:
    opinion: Opinion = Opinion.objects.create(
        application=application,
        authority=application.authority,
        stage=application.stage,
        stage_label=step.label,
        author=actor,
        decision=decision,
        text=text,
        items=list(items),
        clause=clause,
        at=at or clock.now(),
    )
    return opinion


def _needed(text: str, message: str, path: str) -> str:
    if not text.strip():
        raise ReasonRequired(message, path=path)
    return text.strip()


def _owe_correction(application: Application, clause: str, due_on: date) -> None:
    rungs = working_day_rungs(due_on, application.rules.reminders.stages_working_days, work_calendar())
    owe(
        subject=application,
        bearer=application.unit,
        kind=CORRECTION,
        period=str(application.stage),
        label=f"补正申报材料：{application.round.title}"[:100],
        due_on=due_on,
        rungs=rungs,
        clause=clause,
        explanation=f"{application.authority.name}退回补正时确定。",
        url=tenant_url("unit:application", pk=application.pk),
    )


def _owe_panel(application: Application) -> None:
    """The lead owes the panel's report by the text's limit; nothing is owed where it sets none."""
    step = steps_of(application)[application.stage]
    due = due_of(application, step)
    if due.due_on is None:
        return
    owe(
        subject=application,
        bearer=application.authority,
        kind=PANEL,
        label=f"{step.label}：{application.unit.name}"[:100],
        due_on=due.due_on,
        provisional=due.provisional,
        rungs=working_day_rungs(due.due_on, step.reminders, work_calendar()),
        clause=due.clause,
        explanation=due.explanation,
        url=tenant_url("bureau:round", pk=application.round_id),
    )


def _tell_desk(application: Application) -> None:
    notify(
        recipients=application.authority.recipients(),
        title=f"收到上报的申报：{application.unit.name}"[:120],
        text=f"{application.round.title}，申报编号 {application.number}。",
        url=tenant_url("desk:file", pk=application.pk),
    )


def _tell_lead(application: Application) -> None:
    notify(
        recipients=application.round.authority.recipients(),
        title=f"待组织专家评审：{application.unit.name}"[:120],
        text=f"{application.round.title}，申报编号 {application.number}，已通过全部审核环节。",
        url=tenant_url("bureau:round", pk=application.round_id),
    )


def _tell_unit(application: Application, title: str, text: str) -> None:
    notify(
        recipients=application.unit.recipients(),
        title=title[:120],
        text=f"{application.round.title}（{application.number}）：{text}",
        url=tenant_url("unit:application", pk=application.pk),
    )
