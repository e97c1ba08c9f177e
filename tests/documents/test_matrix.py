"""Every state × step × role of a stored file (`matrix.toml`)."""

from __future__ import annotations

from typing import Any

from core import clock
from documents.enums import ScanState
from documents.models import Attachment
from tests import matrix
from tests.applications.builders import Play
from tests.world import World

VERDICTS = {
    ScanState.PENDING: {"scanned_at": None, "scan_note": ""},
    ScanState.NOT_SCANNED: {"scanned_at": None, "scan_note": ""},
    ScanState.CLEAN: {"scanned_at": True, "scan_note": ""},
    ScanState.INFECTED: {"scanned_at": True, "scan_note": "Eicar"},
}


def test_every_cell_of_a_file(world: World) -> None:
    play = Play(world)
    play.submitted()
    attachment = Attachment.objects.first()

    def fields(state: str) -> dict[str, Any]:
        given = VERDICTS[ScanState(state)]
        return {**given, "scanned_at": clock.now() if given["scanned_at"] else None}

    def place(state: str) -> Attachment:
        Attachment.objects.filter(pk=attachment.pk).update(scan_state=state, **fields(state))
        return attachment

    def changes(step: str, actor: Any) -> dict[str, Any]:
        return fields(Attachment.workflow.steps[step].target)

    assert matrix.walk(Attachment, matrix.cast(play), place=place, changes=changes) == []
