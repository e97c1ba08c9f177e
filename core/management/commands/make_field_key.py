from typing import Any

from django.core.management.base import BaseCommand

from core.sealing import new_key


class Command(BaseCommand):
    """Prints a fresh key for FIELD_KEYS (behind an id and a colon) or INDEX_KEY."""

    help = "Prints a fresh random key for FIELD_KEYS or INDEX_KEY."
    # Somebody who has no key yet could not pass the check that asks for one.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
