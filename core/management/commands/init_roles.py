"""Makes the four database roles on a server of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

import core.database
from core.database.wall import APP, OWNER

ROLES_SQL = Path(core.database.__file__).with_name("roles.sql")


class Command(BaseCommand):
    help = (
        "Print the SQL that makes the database roles, or run it with --run as the superuser of "
        "DATABASE_ADMIN_URL; passwords are those of DATABASE_URL and DATABASE_OWNER_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", action="store_true", help="run it instead of printing it")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["run"]:
            self.stdout.write(ROLES_SQL.read_text(encoding="utf-8"))
            self.stdout.write(
                "-- Then give each a password: \\password stations_owner, \\password stations_app, …"
            )
            return
        address = os.environ.get("DATABASE_ADMIN_URL")
        if not address:
            raise CommandError("DATABASE_ADMIN_URL has to name the database for a superuser.")
        try:
            with psycopg.connect(address) as connection:
                connection.execute(ROLES_SQL.read_text(encoding="utf-8"))
                for role, password in _passwords().items():
                    connection.execute(
                        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(password)
                        )
                    )
        except psycopg.Error as error:
            raise CommandError(f"The roles could not be made: {str(error).strip()}") from error
        self.stdout.write("The roles stand: stations_owner, stations_app, stations_audit, stations_backup.")


def _passwords() -> dict[str, str]:
    """The passwords that the program itself will sign in with."""
    found = {}
    for role, given in (
        (APP, settings.DATABASES["default"]),
        (OWNER, settings.DATABASE_OWNER),
        *((f"stations_{name}", _url(f"DATABASE_{name.upper()}_URL")) for name in ("audit", "backup")),
    ):
        if given.get("PASSWORD"):
            if given["USER"] != role:
                raise CommandError(f"The address for {role} signs in as {given['USER']!r}.")
            found[role] = given["PASSWORD"]
    return found


def _url(variable: str) -> dict[str, str]:
    info = conninfo_to_dict(os.environ.get(variable, ""))
    return {"USER": str(info.get("user", "")), "PASSWORD": str(info.get("password", ""))}
