"""Looking into an objection: who did what when, and what becomes of what no text speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import clock
from core.errors import InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.typed import said
from core.workflow import lock, perform
from notices.enums import StepKind
from notices.evidence import add_files
from notices.models import InvestigationStep, Objection, PublicNotice
from notices.permissions import can_handle_objection


@transaction.atomic
def record_step(
    *,
    objection: Objection,
    kind: StepKind | str,
    done_on: date,
    done_by: str,
    text: str,
    actor: Any,
    files: Sequence[UploadedFile] = (),
) -> InvestigationStep:
    """Records one thing that was done to look into an objection, with its files; logged.

    Refused to whoever does not look into it, once it is decided, for a day before the objection or
    still to come, and without saying who did it and what was found.
    """
    if not can_handle_objection(actor, objection):
        raise NotAllowed("您没有核查异议的权限。")
    # Before the objection, as where it is raised: the notice's row guards the room for files.
    lock(PublicNotice.objects.get(pk=objection.notice_id))
    lock(objection)
    if not objection.is_open:
        raise StateConflict(f"异议{objection.status.label}，不能再登记核查步骤。")
    problems = []
    received = clock.local(objection.received_at).date()
    if not received <= done_on <= clock.today():
        problems.append(Problem(f"核查日期须在收到异议之日（{date_text(received)}）和今天之间。", "done_on"))
    if not said(done_by):
        problems.append(Problem("请填写核查人。", "done_by"))
    if not said(text):
        problems.append(Problem("请写明核查情况。", "text"))
    if problems:
        raise InputRefused(problems)
    step: InvestigationStep = InvestigationStep.objects.create(
        objection=objection,
        kind=kind,
        done_on=done_on,
        done_by=said(done_by),
        text=said(text),
        recorded_by=actor,
    )
    add_files(objection=objection, uploads=files, actor=actor, step=step)
    LogEntry.record(
        objection,
        action="notices.investigate",
        label=f"登记核查：{step.get_kind_display()}",
        actor=actor,
        at=clock.now(),
        data={"step": step.pk, "on": done_on.isoformat(), "files": len(files)},
    )
    return step


@transaction.atomic
def take_up(*, objection: Objection, reason: str, actor: Any) -> Objection:
    """Decides to look into what came after the period; from now on it holds its line. Logged."""
    perform(objection, "take_up", actor=actor, reason=reason)
    return objection


@transaction.atomic
def file_objection(*, objection: Objection, reason: str, actor: Any) -> Objection:
    """Files what came late or without a name, with a reason: it holds nothing up. Logged.

    Refused for an objection raised under a name within the period.
    """
    perform(
        objection,
        "file",
        actor=actor,
        reason=reason,
        finding=said(reason),
        reply="您反映的情况已登记存档。",
        decided_at=clock.now(),
    )
    return objection
