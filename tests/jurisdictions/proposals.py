"""Versions of the rules as tests propose them."""

from __future__ import annotations

from datetime import date
from typing import Any

from jurisdictions.engine import profile_digest
from jurisdictions.enums import VersionState
from jurisdictions.models import RuleProfile
from jurisdictions.proposing import activate_version, propose_version
from jurisdictions.replaying import carry_on
from tests.world import World

# A number of Qinshui's text that decides eligibility: how many skilled people a unit needs.
NEEDED = "at_least: 3}"


def stricter(text: str, needed: int = 30) -> str:
    """The same text with a higher threshold."""
    assert text.count(NEEDED) >= 1
    return text.replace(NEEDED, f"at_least: {needed}}}", 1)


def proposed(world: World, version: str = "2030-01-01", text: str = "", by: str = "admin") -> RuleProfile:
    """A version that waits for a second person."""
    made = propose_version(
        version=version,
        text=text or f"{world.profile.text}\n# {version}\n",
        reason="按新文件修改",
        actor=world.people[by],
    )
    assert made.state == VersionState.PROPOSED
    return made


def activated(world: World, day: date, *, text: str = "", by: str = "officer") -> RuleProfile:
    """One that counts from a day on."""
    made = proposed(world, day.isoformat(), text)
    carry_on()
    return activate_version(version=made, active_from=day, actor=world.people[by])


def spoilt(world: World, text: str | None = None) -> RuleProfile:
    """A proposed version as an earlier program let it in: it compares what cannot be compared."""
    needed = "{sum: [technicians, senior_technicians, untitled_skill_leaders], at_least: 3}"
    text = text or world.profile.text.replace(needed, "{fact: unit_type, at_least: 3}", 1)
    made: RuleProfile = RuleProfile.objects.create(
        version=f"2029-01-01.{RuleProfile.objects.count() + 1}",
        text=text,
        digest=profile_digest(text),
        state=VersionState.PROPOSED,
        reason="旧程序",
        proposed_by=world.people["admin"],
    )
    return made


def counts() -> dict[str, Any]:
    """How many rows every table of the tenant in scope has, and how each row of the past looks."""
    from django.apps import apps  # noqa: PLC0415 - beside its one use

    from core.tenancy import TenantModel  # noqa: PLC0415

    own = {"Replay", "ReplayFinding"}
    return {
        model._meta.label: sorted(map(repr, model.objects.order_by("pk").values_list()))
        for model in apps.get_models()
        if issubclass(model, TenantModel) and model.__name__ not in own
    }
