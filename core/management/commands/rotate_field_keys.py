from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.rotation import IndexTaken, rotate_all
from core.sealing import KeysMissing, SealBroken, first_key_id


class Command(BaseCommand):
    """Seals all personal data with the first key of FIELD_KEYS; afterwards the others can be removed."""

    help = "Seals all personal data anew with the first key of FIELD_KEYS. May be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--index",
            action="store_true",
            help="also compute the blind indexes anew, after a change of INDEX_KEY; stop the site before",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for what, done in rotate_all(with_index=options["index"]):
                self.stdout.write(f"{what}: {done}")
        except (IndexTaken, KeysMissing, SealBroken) as error:
            raise CommandError(f"Stopped: {error}. What was sealed before stays; run it again.") from error
        self.stdout.write(f"All personal data is sealed with the key {first_key_id()!r}.")
