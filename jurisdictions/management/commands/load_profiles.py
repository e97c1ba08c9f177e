"""Loads the bundled profiles: one tenant each, every version file once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from core.tenancy import tenant_scope
from jurisdictions.engine import bundled_profiles, load_profile
from jurisdictions.founding import tenant_of
from jurisdictions.versions import load_version


class Command(BaseCommand):
    help = "Load every bundled rule profile; versions that are already loaded stay as they are."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for path in bundled_profiles():
            jurisdiction = tenant_of(load_profile(path))
            with tenant_scope(jurisdiction):
                version = load_version(path=path, actor=None)
            self.stdout.write(f"{jurisdiction.slug} {version.version} {version.digest[:12]}")
