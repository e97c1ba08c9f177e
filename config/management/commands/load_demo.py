"""Loads the demonstration: people, units and a played year in every jurisdiction that has a file."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config import demo
from config.demo_story import Story
from core import clock
from core.tenancy import tenant_scope
from jurisdictions.models import Authority, Jurisdiction


class Command(BaseCommand):
    help = "Load the demonstration data; a jurisdiction that already has authorities is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError("demonstration data needs rehearsal mode (REHEARSAL=1)")
        demo.furnish_platform()
        for slug in demo.slugs():
            jurisdiction = Jurisdiction.objects.filter(slug=slug).first()
            if jurisdiction is None:
                raise CommandError(f"no jurisdiction {slug!r}: run manage.py load_profiles first")
            with tenant_scope(jurisdiction), transaction.atomic():
                if Authority.objects.exists():
                    self.stdout.write(f"{slug}: already furnished")
                    continue
                content = demo.read(slug)
                begin = datetime.combine(content["begin"], time(9), tzinfo=clock.SHANGHAI)
                clock.move_to(moment=begin, actor=None, allow_back=True)
                Story(content, demo.furnish(content)).play()
                self.stdout.write(f"{slug}: furnished, its clock stands at {clock.today():%Y-%m-%d}")
