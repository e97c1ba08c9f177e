"""Says whether the tenant wall stands: the role of this process, and every table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.database.catalogue import faults_of_tables
from core.database.standing import faults_of_role


class Command(BaseCommand):
    help = "Check the database role and that every table is walled; exit 1 with the gaps otherwise."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [f"role {connection.settings_dict['USER']}: {fault}" for fault in faults_of_role()]
        faults += faults_of_tables(connection)
        if faults:
            raise CommandError("; ".join(faults))
        self.stdout.write("The tenant wall stands.")
