"""An assessment's content as the pages show it: plain rows for the components."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assessments.content import asked_of
from assessments.models import Assessment
from assessments.resting import report_of
from core.models import LogEntry
from core.web import tenant_url
from documents.showing import file_row
from jurisdictions.engine import score_rubric
from jurisdictions.engine.values import show


def narratives_shown(assessment: Assessment) -> list[dict[str, Any]]:
    """The texts handed in, by their labels."""
    return [
        {"label": n.label, "text": assessment.narratives.get(n.name, ""), "clause": n.clause}
        for n in asked_of(assessment).narratives
    ]


def facts_shown(assessment: Assessment) -> list[tuple[str, str, str]]:
    """The figures handed in: label, value with unit, clause."""
    rows = []
    for fact in asked_of(assessment).facts:
        value = assessment.facts.get(fact.name)
        if fact.type == "choice":
            value = next((choice.label for choice in fact.choices if choice.value == value), value)
        text = show(value)
        rows.append((fact.label, f"{text} {fact.unit}".strip() if value is not None else text, fact.clause))
    return rows


def rubric_shown(assessment: Assessment) -> list[dict[str, Any]]:
    """The score sheet line by line: the most there is, the station's own points, what was found, and why."""
    rubric = asked_of(assessment).rubric
    if rubric is None:
        return []
    found = {name: Decimal(value) for name, value in assessment.points.items()}
    computed = {
        item.id: item.explanation
        for item in score_rubric(assessment.rules, {}, assessment.facts, {}).items
        if not item.needs_reviewer
    }
    return [
        {
            "name": category.name,
            "max": category.max,
            "lines": [
                {
                    "label": line.label,
                    "clause": line.clause,
                    "max": line.max,
                    "own": assessment.self_points.get(line.id),
                    "found": found.get(line.id),
                    "explanation": computed.get(line.id, ""),
                }
                for line in category.items
            ],
        }
        for category in rubric.categories
    ]


def evidence_rows(assessment: Assessment, url_name: str) -> list[dict[str, Any]]:
    """The files of the report and, where it rests on another report, of that one."""
    sources = [assessment.pk]
    report = report_of(assessment)
    if report is not None:
        sources.append(report.pk)
    model = assessment.evidence.model
    rows = []
    for evidence in model.objects.filter(assessment__in=sources).select_related("attachment__uploaded_by"):
        rows.append(
            file_row(
                evidence.attachment,
                url=tenant_url(url_name, pk=evidence.pk),
                pk=evidence.pk,
                label=evidence.label,
                uploaded_by=evidence.attachment.uploaded_by,
            )
        )
    return rows


def history_rows(assessment: Assessment) -> list[LogEntry]:
    """What happened, newest first."""
    return list(reversed(LogEntry.history_of(assessment)))
