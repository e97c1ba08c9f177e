"""The station's side: a draft that is never lost, evidence, and the report handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assessments.content import asked_of, is_required, stored
from assessments.enums import AssessmentState
from assessments.models import Assessment, Evidence
from assessments.obligations import REPORT_DEADLINE
from assessments.permissions import can_edit_report
from assessments.resting import resting_on, rests_on_report
from core import clock
from core.errors import DomainError, EditConflict, InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from deadlines.owing import meet
from documents.intake import take_in
from documents.quotas import Allowance
from documents.removal import discard
from documents.scanning import is_infected
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.station import RubricItem

OPEN_STATES = (AssessmentState.DUE, AssessmentState.RETURNED)
# What a station may bring besides the papers that the profile names.
ACCEPTS = ("pdf", "jpg", "png", "docx", "xlsx")


@transaction.atomic
def save_report(
    *,
    assessment: Assessment,
    revision: int,
    narratives: Mapping[str, str],
    facts: Mapping[str, Any],
    self_points: Mapping[str, Decimal | None],
    actor: Any,
) -> Assessment:
    """Keeps what the station has written so far; not logged, nobody is told.

    `revision` is the one the page was made from: an older one is an `EditConflict`, and nothing is
    overwritten. Refused: not the unit's own, already handed in, points beyond a line's maximum.
    """
    lock(assessment)
    _check_open(assessment, actor)
    if revision != assessment.revision:
        raise EditConflict("本报告已在别处保存过，请刷新后再改；您刚才填写的内容仍在本页。")
    _check_self_points(assessment, self_points)
    assessment.narratives = {name: text.strip() for name, text in narratives.items() if text.strip()}
    assessment.facts = stored(facts)
    assessment.self_points = stored(self_points)
    assessment.revision += 1
    assessment.saved_at = clock.now()
    assessment.save(update_fields=["narratives", "facts", "self_points", "revision", "saved_at"])
    return assessment


@transaction.atomic
def add_evidence(
    *, assessment: Assessment, upload: UploadedFile, label: str, actor: Any, material: str = ""
) -> Evidence:
    """Takes in one file of evidence within the unit's room; logged. `material` is one that the obligation
    names, or empty.
    """
    lock(assessment)
    _check_open(assessment, actor)
    asked = {m.name: m for m in asked_of(assessment).materials}
    if material and material not in asked:
        raise DomainError("没有这项材料。", path="material")
    accepts = asked[material].accepts if material else ACCEPTS
    name = label.strip() or (asked[material].label if material else "")
    if not name:
        raise DomainError("请写明这份材料证明什么。", path="label")
    attachment = take_in(
        upload=upload,
        accepts=accepts,
        actor=actor,
        allowance=Allowance(holder=assessment.station.unit, dossier=assessment.panel_attachments()),
        personal=bool(material) and asked[material].is_personal,
    )
    evidence = Evidence.objects.create(
        assessment=assessment, material=material, label=name[:100], attachment=attachment
    )
    LogEntry.record(
        assessment,
        action="assessments.add_evidence",
        label="上传佐证材料",
        actor=actor,
        at=clock.now(),
        data={"evidence": evidence.pk, "sha256": attachment.sha256},
    )
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, actor: Any) -> None:
    """Takes a file out of a report that is still open; logged. Once the report has been handed in, the
    stored file itself stays.
    """
    lock(evidence.assessment)
    _check_open(evidence.assessment, actor)
    LogEntry.record(
        evidence.assessment,
        action="assessments.remove_evidence",
        label="移除佐证材料",
        actor=actor,
        at=clock.now(),
        data={"evidence": evidence.pk, "attachment": evidence.attachment_id},
    )
    attachment = evidence.attachment
    evidence.delete()
    if evidence.assessment.state == AssessmentState.DUE:
        discard(attachment=attachment)


@transaction.atomic
def submit_report(*, assessment: Assessment, pledge: bool, actor: Any) -> Assessment:
    """Hands the report in. Logged; the assessing authority is told, the station's date is met.

    Where the text asks for a report and assesses by it (YT-12.4, YT-13.1), handing the report in hands in
    the assessment of the same year. Before the window opens it is refused with the date. After the last
    day it is accepted and shown as late: lateness alone never costs a station its title (readings QS-A12,
    GM-A13). Refused with each place named while something that the profile asks for is missing.
    """
    lock(assessment)
    if rests_on_report(assessment):
        raise DomainError("本项考核以年度报告为准，请在年度报告中填写并提交。")
    opens = opens_on(assessment)
    if opens is not None and clock.today() < opens:
        raise DomainError(
            f"自 {opens:%Y年%-m月%-d日} 起受理，现在还不能提交；已填写的内容已保存。",
            clause=assessment.clause,
        )
    problems = missing_from(assessment)
    if not pledge:
        problems.append(Problem("请确认所填内容和材料真实有效。", "pledge"))
    if problems:
        raise InputRefused(problems)
    moment = clock.now()
    perform(
        assessment,
        "report",
        actor=actor,
        clause=assessment.clause,
        reported_at=moment,
        pledged_at=moment,
        revision=assessment.revision + 1,
        data={
            "late": assessment.has_limit and clock.today() > assessment.due_on,
            "revision": assessment.revision,
        },
    )
    meet(subject=assessment, kind=REPORT_DEADLINE)
    for resting in resting_on(assessment).filter(state__in=OPEN_STATES):
        perform(
            resting,
            "report",
            actor=actor,
            clause=resting.clause,
            narratives=assessment.narratives,
            facts=assessment.facts,
            revision=resting.revision + 1,
            reported_at=moment,
            pledged_at=moment,
            data={"report": assessment.pk},
        )
    notify(
        recipients=assessment.assessor.recipients(),
        title=f"已提交：{assessment.station.name}{assessment.cycle.label}"[:120],
        text=f"{assessment.station.unit.name}已提交{assessment.cycle}，请考核。",
        url=tenant_url("bureau:assessment", pk=assessment.pk),
    )
    return assessment


def opens_on(assessment: Assessment) -> date | None:
    """The first day on which it can be handed in; None where nothing speaks against today.

    Where the text gives no window but asks about a year, that year must be over.
    """
    if assessment.window_start is not None:
        return assessment.window_start
    if assessment.covers_year is not None and assessment.covers_year < assessment.due_on.year:
        return date(assessment.covers_year + 1, 1, 1)
    return None


def missing_from(assessment: Assessment) -> list[Problem]:
    """What the profile asks for and the report does not have yet."""
    asked = asked_of(assessment)
    problems = [
        Problem(f"请填写“{n.label}”。", f"narratives.{n.name}", n.clause)
        for n in asked.narratives
        if n.required and not assessment.narratives.get(n.name)
    ]
    problems += [
        Problem(f"“{n.label}”超过 {n.max_chars} 字。", f"narratives.{n.name}", n.clause)
        for n in asked.narratives
        if len(assessment.narratives.get(n.name, "")) > n.max_chars
    ]
    problems += [
        Problem(f"请填写“{fact.label}”。", f"facts.{fact.name}", fact.clause)
        for fact in asked.facts
        if assessment.facts.get(fact.name) is None and is_required(assessment.rules, fact, assessment.facts)
    ]
    problems += [problem for fact in asked.facts if (problem := _out_of_range(fact, assessment.facts))]
    problems += [
        Problem(f"“{evidence.label}”查出病毒，请移除后重新上传。", "evidence")
        for evidence in assessment.evidence.select_related("attachment")
        if is_infected(evidence.attachment)
    ]
    brought = set(assessment.evidence.values_list("material", flat=True))
    problems += [
        Problem(f"请上传“{material.label}”。", f"materials.{material.name}", material.clause)
        for material in asked.materials
        if material.required is True and material.name not in brought
    ]
    return problems


def _out_of_range(fact: Fact, facts: Mapping[str, Any]) -> Problem | None:
    value = facts.get(fact.name)
    if fact.type not in ("integer", "decimal") or value is None:
        return None
    number = Decimal(str(value))
    if fact.min is not None and number < fact.min:
        return Problem(f"“{fact.label}”不能小于 {fact.min}。", f"facts.{fact.name}", fact.clause)
    if fact.max is not None and number > fact.max:
        return Problem(f"“{fact.label}”不能大于 {fact.max}。", f"facts.{fact.name}", fact.clause)
    return None


def _check_open(assessment: Assessment, actor: Any) -> None:
    if not can_edit_report(actor, assessment):
        raise NotAllowed("您没有填写本单位报告的权限。")
    if assessment.state not in OPEN_STATES:
        raise StateConflict("报告已提交，不能再修改。")
    if rests_on_report(assessment):
        raise DomainError("本项考核以年度报告为准，请在年度报告中填写。")


def _check_self_points(assessment: Assessment, points: Mapping[str, Decimal | None]) -> None:
    rubric = asked_of(assessment).rubric
    lines: dict[str, RubricItem] = (
        {item.id: item for category in rubric.categories for item in category.items} if rubric else {}
    )
    problems = []
    for key, value in points.items():
        if key not in lines:
            problems.append(Problem("评分表没有这一项。", f"self_points.{key}"))
        elif value is not None and not 0 <= value <= lines[key].max:
            problems.append(
                Problem(f"应在 0 至 {lines[key].max} 分之间。", f"self_points.{key}", lines[key].clause)
            )
    if problems:
        raise InputRefused(problems)
