"""A small but complete jurisdiction to test in: its profile, authorities, people and experts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from accounts.models import User
from config import demo as demonstration
from core import clock
from jurisdictions.engine import Profile, bundled_profiles, load_profile
from jurisdictions.founding import tenant_of
from jurisdictions.models import Authority, Jurisdiction, RuleProfile
from panels.models import Expert
from tests import furnishing

SLUGS = ("yantai", "shenzhen", "gaoming", "qinshui", "wenzhou")


@dataclass
class World:
    """One jurisdiction as the tests use it. Made and used in the tenant's scope.

    `people` keys: reviewer, reviewer2 …, officer, publisher, maker, checker, admin, security,
    auditor, expert1–3.
    `authorities` keys: lead and those of the demonstration file.
    """

    jurisdiction: Jurisdiction
    demo: dict[str, Any]
    profile: RuleProfile
    authorities: dict[str, Authority]
    people: dict[str, User]
    experts: dict[str, Expert]

    @property
    def slug(self) -> str:
        return self.jurisdiction.slug

    @property
    def rules(self) -> Profile:
        return self.profile.rules

    @property
    def lead(self) -> Authority:
        return self.authorities["lead"]

    def at(self, day: date | str, hour: int = 9, minute: int = 0) -> None:
        """Sets the tenant's clock; tests may go back."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        moment = datetime.combine(day, time(hour, minute), tzinfo=clock.SHANGHAI)
        clock.move_to(moment=moment, actor=None, allow_back=True)

    def url(self, path: str) -> str:
        """`/qinshui/unit/` from `unit/`."""
        return f"/{self.slug}/{path}"


def make_jurisdiction(slug: str) -> Jurisdiction:
    """The tenant row alone."""
    return tenant_of(_profile_of(slug))


@cache
def _profile_of(slug: str) -> Profile:
    return load_profile(next(path for path in bundled_profiles() if path.parent.name == slug))


def furnish(jurisdiction: Jurisdiction) -> World:
    """Profile, authorities and staff of the tenant in scope, on the day its demonstration begins."""
    demo = demonstration.read(jurisdiction.slug)
    profile, made = furnishing.furnish(jurisdiction, demo)
    world = World(jurisdiction, demo, profile, made.authorities, made.people, made.experts)
    world.at(demo["begin"])
    return world
