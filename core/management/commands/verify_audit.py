"""Verifies the chains of the log; the exit code says whether they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.chain import Outcome, verify
from core.seals import every_tenant


class Command(BaseCommand):
    help = (
        "Verify the log of every jurisdiction, entry by entry, against its chain and its sealed heads. "
        "Reads only. Names the first bad row and ends with 1 on any fault."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", metavar="SLUG", help="this one only")
        parser.add_argument(
            "--heads",
            metavar="FILE",
            action="append",
            help="seals kept elsewhere, instead of those in AUDIT_SEAL_DIR; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = _lines(options["heads"]) if options["heads"] else None
        wanted, found, faults = options["jurisdiction"], 0, 0
        for tenant in every_tenant():
            if wanted and tenant.slug != wanted:
                continue
            found += 1
            outcome = verify(lines=lines)
            faults += outcome.fault is not None
            self.stdout.write(_line(tenant.slug, outcome))
        if wanted and not found:
            raise CommandError(f"no jurisdiction {wanted!r}")
        if faults:
            raise CommandError(f"{faults} of {found} logs are not intact", returncode=1)


def _lines(files: list[str]) -> list[str]:
    try:
        texts = [Path(name).read_text(encoding="utf-8") for name in files]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"the file of heads cannot be read: {error}") from error
    return [line for text in texts for line in text.splitlines() if line.strip()]


def _line(slug: str, outcome: Outcome) -> str:
    fault = outcome.fault
    if fault is None:
        return f"{slug}: intact, {outcome.entries} entries, {outcome.heads} sealed heads"
    place = f" at position {fault.position}" if fault.position is not None else ""
    entry = f", entry {fault.entry}" if fault.entry is not None else ""
    return (
        f"{slug}: NOT INTACT, {fault.kind}{place}{entry}: {fault.text} ({outcome.entries} entries before it)"
    )
