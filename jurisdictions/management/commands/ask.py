"""Puts questions to the bundled regulations: a line of JSON in, a line of JSON out."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jurisdictions.engine import ProfileError, load_profile
from jurisdictions.engine.questions.lines import answer_lines


class Command(BaseCommand):
    help = (
        'Answer questions from the rule profiles. Reads one JSON object a line, {"jurisdiction", "kind", '
        '"given"} and optionally "on" (ISO date) and "readings" ({id: option}), and writes one JSON line for '
        'each, in order; what cannot be asked gets {"error": "..."}, and then the exit status is 1. '
        'Blank lines are passed over. Without "on" the newest version of the rules is asked.'
    )
    # It needs neither database nor broker, nor the keys that the checks ask for.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--profile", type=Path, action="append", default=[], metavar="FILE",
            help="a profile file that answers for its jurisdiction instead of the bundled one",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            own = {profile.slug: profile for profile in map(load_profile, options["profile"])}
        except ProfileError as error:
            raise CommandError(error.told) from None
        has_errors = False
        for line in answer_lines(sys.stdin.buffer, own):
            sys.stdout.buffer.write(line.text + b"\n")
            sys.stdout.buffer.flush()
            has_errors = has_errors or line.is_error
        if has_errors:
            sys.exit(1)
