"""Appoints the first people of a jurisdiction, from the server's command line."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from core.tenancy import tenant_scope
from jurisdictions.enums import ROLES_HERE, Role
from jurisdictions.models import Authority
from jurisdictions.platform import real_jurisdictions
from jurisdictions.staffing import appoint


class Command(BaseCommand):
    help = (
        "Appoint an existing account at an authority; the system itself confirms. For a jurisdiction's first "
        "administrator, security administrator and auditor: later ones are appointed and confirmed on pages."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("jurisdiction", help="its slug")
        parser.add_argument("authority", help="its full name")
        parser.add_argument("role", choices=[role.value for role in ROLES_HERE])

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = real_jurisdictions().filter(slug=options["jurisdiction"]).first()
        user = get_user_model().objects.filter(username=options["username"]).first()
        if jurisdiction is None or user is None:
            raise CommandError("no such jurisdiction" if jurisdiction is None else "no such account")
        with tenant_scope(jurisdiction):
            authority = Authority.objects.filter(name=options["authority"]).first()
            if authority is None:
                raise CommandError(f"no authority {options['authority']!r} in {jurisdiction.slug}")
            try:
                membership = appoint(user=user, authority=authority, role=Role(options["role"]), actor=None)
            except DomainError as refused:
                raise CommandError(refused.message) from None
        self.stdout.write(str(membership))
