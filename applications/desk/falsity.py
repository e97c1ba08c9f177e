"""Falsified material ends an application: what was false, how that was found, by which clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from applications.desk.grounds import Ground, grounds_of
from applications.desk.letters import issue_letter
from applications.desk.review import NOT_AGREED
from applications.desk.stages import PANEL, REVIEW, current_step
from applications.enums import ApplicationState
from applications.filing.submission import CORRECTION
from applications.models import Application, FalsityFinding
from applications.permissions import can_disqualify
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines import owing
from deadlines.messages import notify
from documents.enums import DocumentKind
from documents.intake import take_in
from documents.quotas import Allowance
from jurisdictions.engine.gates import verified_facts
from panels.dropping import drop_item, item_at_work

EVIDENCE = ("pdf", "jpg", "png", "docx", "xlsx")


def clauses_of(application: Application) -> tuple[Ground, ...]:
    """The clauses by which it may end: what the text says of false material, else those of a refusal."""
    rules = application.rules
    own = tuple(
        Ground(asked.clause, f"{rules.article(asked.clause)} {asked.label}", met=False)
        for asked in verified_facts(rules)
    )
    return own or tuple(ground for ground in grounds_of(application) if not ground.met)


@transaction.atomic
def end_for_falsity(
    *,
    application: Application,
    materials: Sequence[str],
    finding: str,
    clause: str,
    recourse: str,
    actor: Any,
    evidence: UploadedFile | None = None,
) -> FalsityFinding:
    """Ends an application of which material was found to be false; logged, with a letter to the unit.

    It counts as `fraud` where the text bars a unit from applying again for it. `materials` are those that
    were false, `finding` says how that was established, `recourse` what the unit may do about it.
    Where experts are at work on it, their panel goes on without it and is told; their sheets stay.
    Refused: somebody who does not handle it now, and any part that is missing.
    """
    # First the panel, then the file, as when a panel closes.
    judged = item_at_work(application)
    lock(application)
    if not can_disqualify(actor, application):
        raise NotAllowed("这份申报不在您的办理范围内。")
    labels = {material.name: material.label for material in application.rules.materials}
    if not materials or any(name not in labels for name in materials):
        raise DomainError("请选择经核实虚假的材料。", path="materials")
    if not said(finding):
        raise ReasonRequired("请写明虚假的情形和核实的经过。", path="finding")
    if clause not in {ground.clause for ground in clauses_of(application)}:
        raise DomainError("请选择取消申报资格所依据的条款。", path="clause")
    if not said(recourse):
        raise DomainError("请写明单位不服时的救济途径。", path="recourse")
    attachment = None
    if evidence is not None:
        room = Allowance(holder=None, dossier=application.panel_attachments())
        attachment = take_in(upload=evidence, accepts=EVIDENCE, actor=actor, allowance=room)
    made: FalsityFinding = FalsityFinding.objects.create(
        application=application,
        materials=list(materials),
        finding=said(finding),
        clause=clause,
        recourse=said(recourse),
        evidence=attachment,
        recorded_by=actor,
    )
    _owed_no_more(application)
    # Whose act it was: a desk's of the stage at which the file lies, else the lead's.
    on_desk = application.state in (ApplicationState.UNDER_REVIEW, ApplicationState.RETURNED)
    data = {"stage": current_step(application).name} if on_desk else {}
    established = {asked.name: True for asked in verified_facts(application.rules)}
    perform(
        application,
        "disqualify",
        actor=actor,
        reason=finding,
        clause=clause,
        data={**data, "materials": list(materials), "evidence": attachment.sha256 if attachment else ""},
        desk_facts={**application.desk_facts, **established},
        decided_at=clock.now(),
        **NOT_AGREED,
    )
    words = "、".join(labels[name] for name in materials)
    if judged is not None:
        drop_item(item=judged, reason=f"{words}经核实虚假，申报资格已取消", actor=actor)
    issue_letter(
        application,
        DocumentKind.DISQUALIFICATION,
        actor=actor,
        finding=made.finding,
        materials=words,
        clause=clause,
        recourse=made.recourse,
    )
    article = application.rules.article(clause)
    notify(
        recipients=application.unit.recipients(),
        title="申报资格已取消",
        text=f"{application.round.title}（{application.number}）：{words}经核实虚假。{made.finding}\n"
        f"依据：{article}（{clause}）\n{made.recourse}",
        url=tenant_url("unit:application", pk=application.pk),
    )
    return made


def _owed_no_more(application: Application) -> None:
    for kind, period in ((REVIEW, str(application.stage)), (CORRECTION, str(application.stage)), (PANEL, "")):
        owing.cancel(subject=application, kind=kind, period=period)
