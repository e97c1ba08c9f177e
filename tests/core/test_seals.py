"""Sealed heads: once a day, outside the database, and stronger than whoever owns it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.auditing import VERIFIED, seal_and_verify_all
from core.chain import Outcome, verify
from core.models import LogEntry, LogHead, LogLink
from core.seals import kept_lines, seal_today
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from jurisdictions.platform import platform_tenant
from tests.core.tampering import entries, rehash_from, tampering
from tests.world import make_jurisdiction

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> Iterator[Jurisdiction]:
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        entries(3, jurisdiction)
        yield jurisdiction


def a_day_later(days: int = 1) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days))


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_day_is_sealed_once_however_often_it_is_asked_for(place: Jurisdiction) -> None:
    first = seal_today()
    assert first is not None
    entries(1, place)
    assert seal_today() == first
    assert len(kept_lines()) == 1
    with a_day_later():
        second = seal_today()
        assert seal_today() == second
    assert second is not None
    assert (second.position, second.previous) == (4, first.seal)
    assert len(kept_lines()) == 2
    assert verify() == Outcome(4, 2, None)


def test_an_empty_log_has_no_head(place: Jurisdiction) -> None:
    with tenant_scope(make_jurisdiction("yantai")):
        assert seal_today() is None
        assert verify() == Outcome(0, 0, None)


def test_a_lost_file_is_written_again(place: Jurisdiction, seal_folder: Path) -> None:
    seal_today()
    kept = kept_lines()
    (seal_folder / "qinshui.txt").unlink()
    seal_today()
    assert kept_lines() == kept


def test_the_daily_work_reaches_every_tenant_once(place: Jurisdiction) -> None:
    resting = make_jurisdiction("yantai")
    with tenant_scope(resting):
        entries(1, resting)
        Jurisdiction.objects.filter(pk=resting.pk).update(is_active=False)
    with tenant_scope(platform_tenant()):
        entries(1, platform_tenant())
    assert seal_and_verify_all() == 3
    assert seal_and_verify_all() == 0
    for tenant in (place, resting, platform_tenant()):
        with tenant_scope(tenant):
            assert LogHead.objects.count() == 1
            assert LogEntry.objects.filter(action=VERIFIED).count() == 1


def test_the_daily_work_says_aloud_what_it_finds(place: Jurisdiction, caplog: Any) -> None:
    seal_today()
    with a_day_later(), tampering() as cursor:
        cursor.execute("UPDATE core_logentry SET reason = 'x' WHERE id = (SELECT min(id) FROM core_logentry)")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        from core.auditing import record_verification  # noqa: PLC0415

        outcome = record_verification(actor=None)
        assert outcome.fault is not None
        entry = LogEntry.objects.filter(action=VERIFIED).latest("id")
        assert entry.data["fault"] == {"kind": "edited entry", "position": 1, "entry": outcome.fault.entry}
        assert "not intact" in caplog.text


# --- forging --------------------------------------------------------------------


def rewrite(cursor: Any) -> None:
    """The chain is rewritten as a whole, and the database's head with it."""
    cursor.execute(
        "UPDATE core_logentry SET reason = '另一个理由' WHERE id = (SELECT min(id) FROM core_logentry)"
    )
    rehash_from(cursor, 1)
    last = LogLink.objects.order_by("-position")[0]
    cursor.execute("UPDATE core_loghead SET hash = %s, position = %s", [last.hash, last.position])


def test_a_head_is_not_forged_without_the_key(place: Jurisdiction) -> None:
    """Planted bug: a seal that is not checked lets the rewritten chain pass."""
    seal_today()
    kept = kept_lines()
    with tampering() as cursor:
        rewrite(cursor)
        for lines in (None, [], kept):
            assert verify(lines=lines).fault is not None, lines
    assert verify() == Outcome(3, 1, None)


def test_heads_taken_out_of_the_database_are_missed(place: Jurisdiction) -> None:
    seal_today()
    with a_day_later():
        entries(2, place)
        seal_today()
    kept = kept_lines()
    # The newest: only what lies outside knows it.
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_loghead WHERE position = 5")
        assert verify(lines=[]).fault is None
        outcome = verify(lines=kept)
        assert (outcome.fault.kind, outcome.fault.position) == ("seal", 5)  # type: ignore[union-attr]
    # An older one: the next names it.
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_loghead WHERE position = 3")
        assert verify(lines=[]).fault is not None
    # All of them, and the tail with them: the file names the first row that is gone.
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_loghead")
        cursor.execute("DELETE FROM core_loglink WHERE position > 2")
        cursor.execute(
            "DELETE FROM core_logentry e WHERE NOT EXISTS (SELECT FROM core_loglink WHERE entry_id = e.id)"
        )
        assert verify(lines=[]) == Outcome(2, 0, None)
        outcome = verify(lines=kept)
        assert (outcome.fault.kind, outcome.fault.position) == ("truncated", 3)  # type: ignore[union-attr]


def test_an_older_key_still_verifies_and_an_unknown_one_is_named(place: Jurisdiction, settings: Any) -> None:
    settings.AUDIT_SEAL_KEY = "first"
    seal_today()
    settings.AUDIT_SEAL_KEY = "second"
    outcome = verify()
    assert outcome.fault is not None
    assert "未知的密钥" in outcome.fault.text
    settings.AUDIT_SEAL_OLD_KEYS = ["first"]
    with a_day_later():
        seal_today()
    assert verify() == Outcome(3, 2, None)
    assert len(set(LogHead.objects.values_list("key_id", flat=True))) == 2


# --- the commands ---------------------------------------------------------------


def test_the_commands_say_how_it_stands(place: Jurisdiction, tmp_path: Path) -> None:
    with tenant_scope(make_jurisdiction("yantai")):
        pass
    printed = told("seal_audit")
    assert printed.strip() == kept_lines()[0]
    assert told("verify_audit").splitlines() == [
        *(["platform: intact, 0 entries, 0 sealed heads"] if Jurisdiction.objects.count() > 2 else []),
        "qinshui: intact, 3 entries, 1 sealed heads",
        "yantai: intact, 0 entries, 0 sealed heads",
    ]
    assert told("verify_audit", "--jurisdiction", "yantai").count("\n") == 1
    with pytest.raises(CommandError, match="nowhere"):
        call_command("verify_audit", "--jurisdiction", "nowhere")
    paper = tmp_path / "paper.txt"
    paper.write_text(printed)
    assert "intact" in told("verify_audit", "--heads", str(paper))
    paper.write_text(printed.replace(" 3 ", " 4 "))
    with pytest.raises(CommandError) as refused:
        told("verify_audit", "--heads", str(paper))
    assert refused.value.returncode == 1
    paper.write_text("keine Zeile")
    with pytest.raises(CommandError, match="not intact"):
        told("verify_audit", "--heads", str(paper))
    with pytest.raises(CommandError, match="cannot be read"):
        told("verify_audit", "--heads", str(tmp_path / "nowhere"))
