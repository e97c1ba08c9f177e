"""From quarantine to a verdict (F5, F6): against a daemon that speaks clamd's protocol."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import outbox
from core.models import LogEntry, OutboxMessage
from core.workflow import perform
from deadlines.models import Notification
from documents import clamd, scanning
from documents.clamd import ScannerUnavailable, verdict_of
from documents.intake import take_in
from documents.models import Attachment
from documents.scanning import catch_up, is_servable, scan_one
from tests.documents import corpus
from tests.documents.corpus import EICAR, office, pdf, upload
from tests.documents.scanner import Scanner, running_scanner
from tests.world import World

ALL = ("pdf", "jpg", "png", "docx", "xlsx")
SICK_PDF = pdf(f"<</Length {len(EICAR)}>>\nstream\n{EICAR.decode()}\nendstream")
SICK_WORD = office(parts={"word/media/note.bin": EICAR})


@pytest.fixture
def scanner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scanner]:
    monkeypatch.setattr(scanning, "_resting_until", 0.0)
    with running_scanner() as daemon:
        settings.CLAMD_ADDRESS, settings.SCAN_REQUIRED, settings.CLAMD_TIMEOUT = daemon.address, True, 2
        yield daemon


def brought(world: World, content: bytes = corpus.SAMPLE, name: str = "材料.pdf", **more: Any) -> Attachment:
    return take_in(upload=upload(name, content), accepts=ALL, actor=world.people["reviewer"], **more)


def relayed(attachment: Attachment) -> Attachment:
    outbox.relay_all()
    attachment.refresh_from_db()
    return attachment


def test_without_a_scanner_a_file_is_openly_unscanned_and_handed_out(world: World) -> None:
    found = brought(world)
    assert (found.scan_state, is_servable(found)) == ("not_scanned", True)
    assert not OutboxMessage.objects.filter(topic="documents.scan").exists()


def test_a_scanner_that_must_be_there_and_is_not_keeps_everything(world: World, settings: Any) -> None:
    settings.SCAN_REQUIRED = True
    found = relayed(brought(world))
    assert (found.scan_state, is_servable(found)) == ("pending", False)


@pytest.mark.usefixtures("scanner")
@pytest.mark.parametrize("personal", [False, True])
def test_pending_until_the_scanner_says_clean(world: World, personal: bool) -> None:
    found = brought(world, personal=personal)
    assert (found.scan_state, found.scanned_at, is_servable(found)) == ("pending", None, False)
    found = relayed(found)
    assert (found.scan_state, found.scan_note, is_servable(found)) == ("clean", "", True)
    entry = LogEntry.history_of(found).get()
    assert (entry.action, entry.source, entry.target) == ("documents.found_clean", "pending", "clean")


@pytest.mark.usefixtures("scanner")
@pytest.mark.parametrize(("name", "content"), [("材料.pdf", SICK_PDF), ("材料.docx", SICK_WORD)])
@pytest.mark.parametrize("personal", [False, True])
def test_what_is_infected_is_never_handed_out_and_its_sender_told(
    world: World, settings: Any, name: str, content: bytes, personal: bool
) -> None:
    found = relayed(brought(world, content, name, personal=personal))
    assert (found.scan_state, found.scan_note) == ("infected", "Eicar-Test-Signature")
    message = Notification.objects.get(recipient=world.people["reviewer"], title="上传的文件查出病毒")
    assert name in message.text
    settings.SCAN_REQUIRED = False
    settings.CLAMD_ADDRESS = ""
    assert not is_servable(found)


def test_a_virus_in_a_zip_does_not_come_so_far(world: World) -> None:
    with pytest.raises(Exception, match="格式不支持"):
        brought(world, corpus.zipped({"eicar.com": EICAR}), "材料.zip")
    with pytest.raises(Exception, match="内容不是 DOCX"):
        brought(world, corpus.zipped({"eicar.com": EICAR}), "材料.docx")


@pytest.mark.parametrize("whose", ["ours", "the daemon's"])
def test_beyond_the_limit_is_unscanned_and_not_clean(
    world: World, settings: Any, scanner: Scanner, whose: str
) -> None:
    settings.MAX_UPLOAD_BYTES = 30 * 1024 * 1024
    if whose == "the daemon's":
        settings.CLAMD_MAX_BYTES = 40 * 1024 * 1024
    content = pdf(f"<</Length {26 * 1024 * 1024}>>\nstream\n{'0' * 26 * 1024 * 1024}\nendstream")
    found = relayed(brought(world, content.replace(b"0000", EICAR[:4], 1)))
    assert (found.scan_state, is_servable(found)) == ("not_scanned", False)
    assert found.scan_note == "超出查毒程序的检查范围"
    assert scanner.scanned == 0
    # It is not asked about again: the answer would be the same.
    assert catch_up() == 0


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("stream: OK", "clean"),
        ("stream: Win.Test.EICAR_HDB-1 FOUND", "infected"),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", "limited"),
        ("stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND", "limited"),
        ("stream: Heuristics.Encrypted.Zip FOUND", "limited"),
        ("INSTREAM size limit exceeded. ERROR", "limited"),
    ],
)
def test_what_a_reply_means(reply: str, outcome: str) -> None:
    assert verdict_of(reply).outcome == outcome


@pytest.mark.parametrize(
    "reply", ["", "OK?", "stream: NOT OK", "stream: lstat() failed. ERROR", "UNKNOWN COMMAND"]
)
def test_a_reply_that_means_nothing_is_no_verdict(reply: str) -> None:
    with pytest.raises(ScannerUnavailable):
        verdict_of(reply)


@pytest.mark.parametrize(
    "mode", ["half", "gone", "nonsense", "silent", "stream: Can't allocate memory ERROR"]
)
def test_a_scanner_that_is_ill_leaves_the_file_pending(
    world: World, settings: Any, scanner: Scanner, mode: str
) -> None:
    scanner.mode, settings.CLAMD_TIMEOUT = mode, 0.3
    found = relayed(brought(world))
    assert (found.scan_state, is_servable(found)) == ("pending", False)
    message = OutboxMessage.objects.get(topic="documents.scan")
    assert (message.done_at, message.attempts) == (None, 1)
    assert "ScannerUnavailable" in message.last_error


def test_a_scanner_that_is_down_keeps_the_files_and_the_backlog_drains_after_it(
    world: World, scanner: Scanner
) -> None:
    scanner.stop()
    files = [brought(world) for _ in range(3)]
    for _ in range(3):
        relayed(files[0])
    assert set(Attachment.objects.values_list("scan_state", flat=True)) == {"pending"}
    assert not any(is_servable(found) for found in Attachment.objects.all())
    assert catch_up() == 0
    # Messages pause longer and longer; the beat's look at the scanner brings them all forward.
    OutboxMessage.objects.update(available_at=timezone.now() + timedelta(hours=1))
    scanner.start()
    assert catch_up() == 3
    outbox.relay_all()
    assert set(Attachment.objects.values_list("scan_state", flat=True)) == {"clean"}
    assert scanner.scanned == 3


def test_a_scanner_that_hangs_costs_the_queue_one_wait(world: World, settings: Any, scanner: Scanner) -> None:
    scanner.mode, settings.CLAMD_TIMEOUT = "silent", 0.5
    for _ in range(4):
        brought(world)
    start = time.monotonic()
    outbox.relay_all()
    assert OutboxMessage.objects.filter(topic="documents.scan", attempts=1).count() == 4
    assert time.monotonic() - start < 2 * 0.5 + 1


def test_files_of_the_time_before_the_scanner_are_handed_to_it(
    world: World, settings: Any, scanner: Scanner
) -> None:
    settings.CLAMD_ADDRESS, settings.SCAN_REQUIRED = "", False
    before = brought(world)
    settings.SCAN_REQUIRED = True
    waiting = brought(world)
    settings.CLAMD_ADDRESS = scanner.address
    assert not is_servable(before)
    assert catch_up() == 2
    outbox.relay_all()
    for found in (before, waiting):
        found.refresh_from_db()
        assert found.scan_state == "clean"


def test_a_message_delivered_twice_scans_once(world: World, scanner: Scanner) -> None:
    found = brought(world)
    scan_one({"attachment": found.pk})
    scan_one({"attachment": found.pk})
    assert scanner.scanned == 1
    assert LogEntry.history_of(found).count() == 1
    scan_one({"attachment": 10**9})


@pytest.mark.usefixtures("scanner")
def test_a_file_that_goes_while_it_is_scanned_is_no_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = brought(world)
    real = clamd.scan

    def slow(content: bytes) -> clamd.Verdict:
        Attachment.objects.filter(pk=found.pk).delete()
        return real(content)

    monkeypatch.setattr("documents.clamd.scan", slow)
    outbox.relay_all()
    assert OutboxMessage.objects.get(topic="documents.scan").done_at is not None


def test_a_daemon_behind_a_socket_file_that_is_not_there_is_unavailable(settings: Any, tmp_path: Any) -> None:
    settings.CLAMD_ADDRESS = str(tmp_path / "clamd.sock")
    with pytest.raises(ScannerUnavailable):
        clamd.scan(b"x")
    assert not clamd.answers()


@pytest.mark.parametrize(
    "changes",
    [
        {"scan_state": "clean"},
        {"scan_state": "infected", "scan_note": ""},
        {"scan_state": "infected", "scan_note": "x"},
        {"scan_state": "pending", "scan_note": "x"},
        {"scan_state": "not_scanned", "scan_note": "x"},
        {"scan_state": "unheard of"},
        {"holder_type": "stations.applicantunit"},
        {"holder_id": 1},
    ],
)
def test_the_database_holds_the_state_and_what_belongs_to_it(world: World, changes: dict[str, Any]) -> None:
    found = brought(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=found.pk).update(**changes)


def test_nobody_declares_a_file_clean(world: World, settings: Any) -> None:
    settings.SCAN_REQUIRED = True
    found = brought(world)
    with pytest.raises(Exception, match="没有办理“查毒通过”的权限"):
        perform(found, "found_clean", actor=world.people["admin"])
