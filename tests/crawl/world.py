"""The world of the crawl: two places, planted, their papers printed and their mail sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import mail

from config import demo as demonstration
from core import outbox
from tests.crawl.building import SLUGS, Place, build, with_second_factor
from tests.crawl.planting import BOTH, NOBODY, Canaries, plant, plant_people


@dataclass
class Crawled:
    """Both places with their canaries, the mail that they have sent, and people who belong to neither."""

    places: dict[str, Place]
    canaries: Canaries
    mails: dict[str, list[Any]]
    operator: Any
    halfway: Any


def make_world() -> Crawled:
    """Plays both places, plants them, and carries out what they left to be done."""
    canaries = Canaries()
    shared = {key: _somebody(key, name) for key, name in (("expert", "吕两地"), ("agent", "施两地"))}
    operator, halfway = demonstration.furnish_platform(password=None), _somebody("halfway", "张在途")
    for user in (shared["expert"], operator, halfway):
        with_second_factor(user)
    plant_people(BOTH, shared.values(), canaries)
    plant_people(NOBODY, (operator, halfway), canaries)
    places: dict[str, Place] = {}
    mails: dict[str, list[Any]] = {}
    for slug in SLUGS:
        places[slug] = build(slug, shared)
        with places[slug].in_scope():
            plant(places[slug], canaries)
            before = len(mail.outbox)
            outbox.relay_all()
            mails[slug] = mail.outbox[before:]
    return Crawled(places, canaries, mails, operator, halfway)


def _somebody(key: str, name: str) -> Any:
    user = demonstration.person(f"crawl-{key}", name, make_password(demonstration.PASSWORD))
    user.phone = "13855550126"
    user.save()
    return user


class Listener(logging.Handler):
    """Everything that is logged, as it would stand in the file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
