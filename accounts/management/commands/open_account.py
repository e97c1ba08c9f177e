"""Opens an account for somebody whom nobody can let in on a page yet: the first people of a jurisdiction."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.opening import NewAccount, initial_password, open_account
from core.errors import DomainError, InputRefused


class Command(BaseCommand):
    help = "Open an account with an initial password, printed once; it must be changed at the first sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--phone", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = initial_password()
        account = NewAccount(
            username=options["username"],
            full_name=options["name"],
            email=options["email"],
            phone=options["phone"],
            password=password,
            must_change_password=True,
        )
        try:
            user = open_account(account=account, actor=None)
        except InputRefused as refused:
            raise CommandError("; ".join(problem.message for problem in refused.problems)) from None
        except DomainError as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{user.username}: opened; initial password {password}")
