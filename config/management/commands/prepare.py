"""What has to be done before the site is served, in one process: starting four costs more than the work."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

# Command and options → what it does, in words.
STEPS: dict[tuple[str, ...], str] = {
    ("migrate", "--no-input", "--verbosity", "0"): "Bringing the database up to date",
    ("check_wall",): "Checking the tenant wall",
    ("load_profiles",): "Loading the rule profiles",
    ("load_demo",): "Loading the demonstration data",
    ("demo_accounts",): "",
}
OF_DEMONSTRATION = ("load_demo", "demo_accounts")
# In front of the lines that tell which step begins: `> command: words`.
BEGINS = "> "


class Command(BaseCommand):
    help = "Migrate, check the tenant wall, load profiles and demonstration data, list its accounts."
    # The tables that the checks ask about are made by the first step.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave the demonstration data out")

    def handle(self, *args: Any, **options: Any) -> None:
        for (name, *rest), words in STEPS.items():
            if name in OF_DEMONSTRATION and options["no_demo"]:
                continue
            self.stdout.write(f"{BEGINS}{name}: {words}")
            self.stdout.flush()
            # Once is enough: what is checked does not change between the steps, but for the tables.
            checked = name != "check_wall"
            call_command(name, *rest, stdout=self.stdout, stderr=self.stderr, skip_checks=checked)
