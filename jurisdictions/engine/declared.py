"""Facts of a station that chapters beside the form declare, and how they are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jurisdictions.engine.operators import Circumstances
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import plain_label, show


def station_facts(profile: Profile) -> dict[str, Fact]:
    """Every fact that duties and grounds may speak of, by name."""
    ending = profile.revocation.facts if profile.revocation else ()
    return {f.name: f for f in (*profile.assessment.facts, *profile.duties.facts, *ending)}


def station_circumstances(profile: Profile, facts: Mapping[str, Any]) -> Circumstances:
    """Facts in their own types, with what the operators must know of the profile."""
    return Circumstances(facts, None, frozenset(), profile.conventions)


def say_facts(profile: Profile, names: Iterable[str], facts: Mapping[str, Any]) -> str:
    """`（技能技术骨干1名；项目0项）` of what is known; empty where nothing is."""
    known = station_facts(profile)
    told = [_say(known.get(name), name, facts[name]) for name in names if facts.get(name) is not None]
    return f"（{'；'.join(told)}）" if told else ""


def label_of(profile: Profile, name: str) -> str:
    """The fact's label as a statement; its name where no chapter declares it."""
    fact = station_facts(profile).get(name)
    return name if fact is None else plain_label(fact)


def _say(fact: Fact | None, name: str, value: Any) -> str:
    if fact is None:
        return f"{name} {show(value)}"
    text = next((c.label for c in fact.choices if c.value == value), show(value))
    if fact.type in ("integer", "decimal"):
        return f"{fact.label}{text}{fact.unit}"
    return f"{plain_label(fact)}：{text}"
