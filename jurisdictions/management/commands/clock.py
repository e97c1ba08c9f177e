"""Shows or moves the rehearsal clock of one jurisdiction."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from core import clock
from core.errors import DomainError
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction


class Command(BaseCommand):
    help = "Show a jurisdiction's clock, or move it: --to 2024-03-01, --to 2024-03-01T09:30 or --days 30."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("jurisdiction")
        parser.add_argument("--to", help="date or date and time in Asia/Shanghai")
        parser.add_argument("--days", type=int, help="this many days forward")
        parser.add_argument("--allow-back", action="store_true", help="before anything has happened there")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = Jurisdiction.objects.filter(slug=options["jurisdiction"]).first()
        if jurisdiction is None:
            known = ", ".join(Jurisdiction.objects.values_list("slug", flat=True))
            raise CommandError(f"no jurisdiction {options['jurisdiction']!r}; there are: {known}")
        with tenant_scope(jurisdiction):
            moment = self._target(options)
            if moment is not None:
                try:
                    clock.move_to(moment=moment, actor=None, allow_back=options["allow_back"])
                except DomainError as error:
                    raise CommandError(error.message) from error
            self.stdout.write(f"{jurisdiction.slug} {clock.local(clock.now()):%Y-%m-%d %H:%M}")

    def _target(self, options: dict[str, Any]) -> datetime | None:
        if options["days"] is not None:
            return clock.now() + timedelta(days=options["days"])
        if options["to"] is None:
            return None
        text = options["to"]
        moment = parse_datetime(text) if len(text) > 10 else None
        if moment is None:
            day = parse_date(text[:10])
            if day is None:
                raise CommandError(f"{text!r} is no date; write 2024-03-01 or 2024-03-01T09:30")
            moment = datetime.combine(day, time(9))
        return moment.replace(tzinfo=moment.tzinfo or clock.SHANGHAI)
