"""What a call offers to download: the forms of its materials, and annexes of the announcement."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from applications.enums import RoundState
from applications.models import CallFile, Round
from applications.permissions import can_organise
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.workflow import lock
from documents.intake import take_in

ACCEPTS = ("pdf", "docx", "xlsx")
MOST = 20


@transaction.atomic
def add_call_file(
    *, round_: Round, label: str, upload: UploadedFile, actor: Any, material: str = ""
) -> CallFile:
    """Adds a file that everybody may download once the call is published; logged.

    `material` names the text's material of which it is the form. Refused: a call whose list is fixed, more
    than `MOST` files, no label, a material that the text does not have, and what no upload may be.
    """
    _take_up(round_, actor)
    if not label.strip():
        raise DomainError("请填写附件名称。", path="label")
    if material and material not in {one.name for one in round_.rules.materials}:
        raise DomainError("没有这项材料。", path="material")
    if round_.call_files.count() >= MOST:
        raise DomainError(f"申报通知最多 {MOST} 个附件，请先移除不用的。", path="file")
    attachment = take_in(upload=upload, accepts=ACCEPTS, actor=actor)
    made: CallFile = CallFile.objects.create(
        round=round_, label=label.strip(), material=material, attachment=attachment
    )
    _record(round_, "add_call_file", "添加申报通知附件", made, actor)
    return made


@transaction.atomic
def remove_call_file(*, file: CallFile, actor: Any) -> None:
    """Takes a file off the call; logged. The stored file stays: somebody may have filled it in."""
    _take_up(file.round, actor)
    _record(file.round, "remove_call_file", "移除申报通知附件", file, actor)
    file.delete()


def _take_up(round_: Round, actor: Any) -> None:
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有组织申报的权限。")
    if round_.state == RoundState.DECIDED:
        raise StateConflict(f"批次{round_.status.label}，不能修改附件。")


def _record(round_: Round, action: str, label: str, file: CallFile, actor: Any) -> None:
    LogEntry.record(
        round_,
        action=f"applications.{action}",
        label=label,
        actor=actor,
        at=clock.now(),
        data={"attachment": file.attachment_id, "sha256": file.attachment.sha256, "material": file.material},
    )
