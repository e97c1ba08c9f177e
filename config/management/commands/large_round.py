"""Makes a large round in a jurisdiction of the demonstration, to see how the site bears real loads."""

import time
from datetime import datetime
from datetime import time as daytime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from config import demo
from config.large_round import LargeRound, spread_of
from core import clock
from core.tenancy import tenant_scope
from jurisdictions.models import Authority, Jurisdiction
from panels.models import Expert


class Command(BaseCommand):
    help = (
        "Play a round of many applications (rehearsal mode only); the jurisdiction has a demonstration file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the jurisdiction, by its part of the address")
        parser.add_argument("--applications", type=int, default=2000)
        parser.add_argument("--former", type=int, default=500, help="applications of the round before")
        parser.add_argument("--experts", type=int, default=60)
        parser.add_argument("--reviewers", type=int, default=40)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.REHEARSAL:
            raise CommandError(
                "a large round needs rehearsal mode (REHEARSAL=1) and is refused in production"
            )
        slug = options["slug"]
        if slug not in demo.slugs():
            raise CommandError(f"no demonstration file for {slug!r}: {', '.join(demo.slugs())}")
        place = Jurisdiction.objects.filter(slug=slug).first()
        if place is None:
            raise CommandError(f"no jurisdiction {slug!r}: run manage.py load_profiles first")
        began = time.monotonic()
        with tenant_scope(place), transaction.atomic():
            content = demo.read(slug)
            if not Authority.objects.exists():
                begin = datetime.combine(content["begin"], daytime(9), tzinfo=clock.SHANGHAI)
                clock.move_to(moment=begin, actor=None, allow_back=True)
            made = LargeRound(content, demo.furnish(content), slug=slug, say=self._say).play(
                applications=options["applications"],
                former=options["former"],
                experts=options["experts"],
                reviewers=options["reviewers"],
            )
            for round_ in (made.former, made.present):
                if round_ is not None:
                    spread = "，".join(f"{word} {number}" for word, number in spread_of(round_).items())
                    self._say(f"{round_.title}（{round_.pk}）：{spread}")
            self._say(f"experts {Expert.objects.count()}, accounts {User.objects.count()}")
        self._say(f"made and committed in {time.monotonic() - began:.0f} s")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
