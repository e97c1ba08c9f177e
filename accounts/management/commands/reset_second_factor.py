"""Takes away a second factor whose phone was lost, and ends the person's sessions."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.security import reset_second_factor
from core.errors import DomainError


class Command(BaseCommand):
    help = "Take away a person's second factor; staff set up a new one at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account {options['username']!r}")
        try:
            reset_second_factor(user=user, actor=None, reason=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{user.username}: second factor taken away, sessions ended")
