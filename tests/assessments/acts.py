"""What the station and its assessor do in a year, as tests use it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.content import asked_of
from assessments.enums import CycleState, Kind
from assessments.grading import accept_filing, finalise, fix_cycle, has_quota
from assessments.models import Assessment
from assessments.obligations import open_obligations
from assessments.reporting import add_evidence, save_report, submit_report
from assessments.resting import report_of
from assessments.revisions import revisions_of
from assessments.scoring import grades_open_to, judge, method_of, score_by_rubric, send_to_panel
from core import clock
from jurisdictions.engine import score_rubric
from panels.consolidation import close_panel
from panels.models import Panel, ScoreSheet
from panels.scoring import save_sheet, sign_sheet
from stations.models import Station
from tests.world import World

PDF = (Path(settings.BASE_DIR) / "fixtures" / "demo" / "sample.pdf").read_bytes()


def pdf(name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def assessment_of(station: Station, year: int, kind: Kind = Kind.ASSESSMENT) -> Assessment:
    return Assessment.objects.get(station=station, cycle__year=year, kind=kind)


def answers(assessment: Assessment, **facts: Any) -> dict[str, Any]:
    """A complete report: every text, every figure (generous, unless told otherwise)."""
    asked = asked_of(assessment)
    values: dict[str, Any] = {}
    for fact in asked.facts:
        values[fact.name] = {"boolean": True, "integer": 50, "decimal": Decimal("200.5")}.get(fact.type, "有")
    return {
        "narratives": {n.name: f"{n.label}：全年工作已完成。" for n in asked.narratives},
        "facts": {**values, **facts},
        "self_points": {},
    }


def fill(station: Station, assessment: Assessment, **facts: Any) -> Assessment:
    """Saved and with its papers, not handed in."""
    person = station.unit.recipients().first()
    save_report(
        assessment=assessment, revision=assessment.revision, actor=person, **answers(assessment, **facts)
    )
    for material in asked_of(assessment).materials:
        add_evidence(assessment=assessment, upload=pdf(), label="", material=material.name, actor=person)
    return assessment


def report(station: Station, assessment: Assessment, **facts: Any) -> Assessment:
    """Handed in by the unit's person; on the due day's eve where the clock stands before it."""
    written = report_of(assessment) or assessment
    fill(station, written, **facts)
    submit_report(assessment=written, pledge=True, actor=station.unit.recipients().first())
    assessment.refresh_from_db()
    return assessment


def settle(
    world: World,
    station: Station,
    *,
    year: int,
    total: str = "",
    grade: str = "",
    accepted: bool | None = None,
) -> Assessment:
    """A year from the report to the final result: by panel, score sheet, judgement or filing."""
    day = date(year, 1, 2)
    if clock.today() < day:
        world.at(day)
    open_obligations(station=station)
    assessment = Assessment.objects.filter(station=station, cycle__year=year).exclude(kind=Kind.REPORT).get()
    opens = assessment.window_start or assessment.due_on - timedelta(days=1)
    if clock.today() < opens:
        world.at(opens)
    report(station, assessment)
    decide(world, assessment, total=total, grade=grade, accepted=accepted)
    assessment.refresh_from_db()
    return assessment


def decide(
    world: World, assessment: Assessment, *, total: str = "", grade: str = "", accepted: bool | None = None
) -> None:
    """From reported to final."""
    officer = world.people["officer"]
    assessor = next(
        p for k, p in world.people.items() if _assesses(p, assessment) and not k.startswith("unit")
    )
    match method_of(assessment):
        case "filing":
            accept_filing(assessment=assessment, revision=assessment.revision, opinion="", actor=assessor)
            return
        case "panel":
            by_panel(world, [assessment], {assessment.pk: Decimal(total)})
        case "rubric":
            score_by_rubric(
                assessment=assessment,
                revision=assessment.revision,
                points=points_for(assessment, Decimal(total)),
                bonus={},
                opinion="已核实",
                actor=assessor,
            )
        case _:
            judge(
                assessment=assessment,
                revision=assessment.revision,
                grade=grade or grades_open_to(assessment)[0],
                opinion="已核实",
                area_opinions=dict.fromkeys(assessment.rules.assessment.areas, "已完成"),
                accepted=accepted
                if accepted is not None
                else (True if assessment.judges_acceptance else None),
                actor=assessor,
            )
    assessment.refresh_from_db()
    if (
        assessment.total is not None
        and has_quota(assessment.rules)
        and assessment.cycle.state == CycleState.OPEN
    ):
        seen = revisions_of(assessment.cycle)
        fix_cycle(cycle=assessment.cycle, seen=seen, actor=officer, leave_out=True)
    else:
        finalise(assessment=assessment, revision=assessment.revision, actor=officer)


def _assesses(person: Any, assessment: Assessment) -> bool:
    return person.has_perm("jurisdictions.assess", assessment.assessor)


def by_panel(world: World, assessments: list[Assessment], totals: dict[int, Decimal]) -> Panel:
    """Sent to two experts who agree, signed, closed; the points come back by themselves."""
    experts = list(world.experts.values())[:2]
    panel = send_to_panel(
        cycle=assessments[0].cycle,
        assessments=assessments,
        experts=experts,
        due_on=clock.today() + timedelta(days=10),
        actor=world.people["officer"],
    )
    for sheet in ScoreSheet.objects.filter(item__panel=panel).select_related("item", "member__expert__user"):
        subject = sheet.item.subject
        actor = sheet.member.expert.user
        save_sheet(
            sheet=sheet,
            revision=sheet.revision,
            points=points_for(subject, totals[subject.pk]),
            comment="查看了材料",
            actor=actor,
        )
        sign_sheet(sheet=sheet, actor=actor)
    return close_panel(panel=panel, actor=world.people["officer"])


def points_for(assessment: Assessment, total: Decimal) -> dict[str, Decimal]:
    """Points for the lines a reviewer fills, so that the sheet comes to `total`."""
    lines = score_rubric(assessment.rules, {}, assessment.facts, {}).items
    left = total - sum((line.points for line in lines if line.points is not None), Decimal(0))
    points = {}
    for line in lines:
        if line.needs_reviewer:
            points[line.id] = max(Decimal(0), min(left, line.max))
            left -= points[line.id]
    assert left == 0, f"{total} cannot be reached: {left} left"
    return points
