"""The world of the crawl: two places, planted, their papers printed and their mail sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import mail

from core import outbox
from tests.crawl.building import SLUGS, Place, build
from tests.crawl.planting import Canaries, plant


@dataclass
class Crawled:
    """Both places with their canaries, and the mail that they have sent."""

    places: dict[str, Place]
    canaries: Canaries
    mails: dict[str, list[Any]]


def make_world() -> Crawled:
    """Plays both places, plants them, and carries out what they left to be done."""
    canaries = Canaries()
    places: dict[str, Place] = {}
    mails: dict[str, list[Any]] = {}
    for slug in SLUGS:
        places[slug] = build(slug)
        with places[slug].in_scope():
            plant(places[slug], canaries)
            before = len(mail.outbox)
            outbox.relay_all()
            mails[slug] = mail.outbox[before:]
    return Crawled(places, canaries, mails)


class Listener(logging.Handler):
    """Everything that is logged, as it would stand in the file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
