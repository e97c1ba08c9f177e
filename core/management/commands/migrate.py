"""Django's `migrate`, run by the owner of the database, with the tenant wall put up at its end."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.core.management.commands import migrate

from core.database.owner import as_owner
from core.database.wall import put_up


class Command(migrate.Command):
    help = "Bring the tables up to date as the database's owner, then put up the tenant wall."

    def handle(self, *args: Any, **options: Any) -> None:
        looking_only = options["plan"] or options["check_unapplied"]
        try:
            with as_owner(options["database"]) as connection:
                super().handle(*args, **options)
                if not looking_only:
                    put_up(connection)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
