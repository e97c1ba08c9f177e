"""From quarantine to a verdict: what a scanner says of a file, and what may be handed out without one."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import transaction

from core import clock, outbox
from core.errors import StateConflict
from core.workflow import perform
from documents import clamd, contents
from documents.enums import ScanState
from documents.models import Attachment
from documents.signals import attachment_infected

TOPIC = "documents.scan"
# After a scanner that did not answer, the next files do not each wait for it as well.
REST_SECONDS = 20.0
_resting_until = 0.0

# How many files of the time before the scanner one run hands to it.
AT_ONCE = 500

STEPS = {"clean": "found_clean", "infected": "found_infected", "limited": "scan_limited"}
BEYOND_LIMIT = "超出查毒程序的检查范围"


def first_state() -> ScanState:
    """Where a file starts: waiting for the scanner that there is (or must be), else openly unscanned."""
    waits = settings.CLAMD_ADDRESS or settings.SCAN_REQUIRED
    return ScanState.PENDING if waits else ScanState.NOT_SCANNED


def is_servable(attachment: Attachment) -> bool:
    """Whether the file may be handed out at all: with a scanner only what it called clean."""
    if attachment.scan_state == ScanState.CLEAN:
        return True
    return attachment.scan_state != ScanState.INFECTED and not settings.SCAN_REQUIRED


def is_infected(attachment: Attachment) -> bool:
    """Whether the scanner found something in it: such a file counts for nothing."""
    return attachment.scan_state == ScanState.INFECTED


def ask_for(attachment: Attachment) -> None:
    """Asks for a scan after commit where the file waits for one."""
    if attachment.scan_state == ScanState.PENDING and settings.CLAMD_ADDRESS:
        outbox.emit(TOPIC, attachment=attachment.pk)


@outbox.handles(TOPIC)
def scan_one(payload: dict[str, Any]) -> None:
    """Scans one file and records the verdict; logged. A second run finds it done.

    Raises `ScannerUnavailable` when nobody answers: the file stays pending and the outbox tries again.
    Whoever uploaded an infected file is told (`documents.signals`).
    """
    attachment = Attachment.objects.filter(pk=payload["attachment"]).first()
    if attachment is None or attachment.scan_state != ScanState.PENDING:
        return
    verdict = _ask(contents.content_of(attachment))
    note = {"clean": "", "infected": verdict.words, "limited": BEYOND_LIMIT}[verdict.outcome][:200]
    try:
        perform(
            attachment,
            STEPS[verdict.outcome],
            actor=None,
            reason=note,
            data={"sha256": attachment.sha256, "scanner": verdict.words},
            scan_note=note,
            scanned_at=clock.now(),
        )
    except (StateConflict, Attachment.DoesNotExist):
        return  # another worker was quicker, or the file was taken out meanwhile
    if verdict.outcome == "infected":
        attachment_infected.send(Attachment, attachment=attachment)


def _ask(content: bytes) -> clamd.Verdict:
    global _resting_until
    if time.monotonic() < _resting_until:
        raise clamd.ScannerUnavailable("the scanner did not answer a moment ago")
    try:
        return clamd.scan(content)
    except clamd.ScannerUnavailable:
        _resting_until = time.monotonic() + REST_SECONDS
        raise


def catch_up() -> int:
    """Once the scanner answers: waiting files are scanned now instead of after their pause, and those
    from the time without a scanner are handed to it, each logged. Returns how many now wait for it.
    """
    global _resting_until
    if not settings.CLAMD_ADDRESS or not clamd.answers():
        return 0
    _resting_until = 0.0
    asked = {payload["attachment"] for payload in outbox.bring_forward(TOPIC)}
    unseen = Attachment.objects.filter(scan_state=ScanState.NOT_SCANNED, scanned_at__isnull=True)
    for attachment in unseen[:AT_ONCE]:
        with transaction.atomic():
            perform(attachment, "scan_again", actor=None)
    forgotten = Attachment.objects.filter(scan_state=ScanState.PENDING).exclude(pk__in=asked)
    with transaction.atomic():
        for attachment in forgotten[:AT_ONCE]:
            ask_for(attachment)
            asked.add(attachment.pk)
    return len(asked)
