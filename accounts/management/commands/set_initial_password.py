"""Sets an initial password for somebody whom nobody else can help any more."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.opening import initial_password
from accounts.security import set_initial_password
from core.errors import DomainError


class Command(BaseCommand):
    help = "Set an initial password, printed once; it must be changed at the next sign-in. Logged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account {options['username']!r}")
        password = initial_password()
        try:
            set_initial_password(user=user, password=password, actor=None, reason=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{user.username}: sessions ended; initial password {password}")
