"""Lets somebody try again whose name was locked by failed sign-ins."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.security import unlock


class Command(BaseCommand):
    help = "Forget the failed sign-ins with a user name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", default="命令行解除锁定")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account {options['username']!r}")
        found = unlock(user=user, actor=None, reason=options["reason"])
        self.stdout.write(f"{user.username}: {found} record(s) of failed sign-ins forgotten")
