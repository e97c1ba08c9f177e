"""Makes an account an operator of the platform."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from jurisdictions.platform import appoint_operator


class Command(BaseCommand):
    help = "Make an existing account an operator of the platform (/platform/); it works in no jurisdiction."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("no such account")
        try:
            membership = appoint_operator(user=user)
        except DomainError as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(str(membership))
