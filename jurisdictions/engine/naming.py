"""Numbers, names and plaques of stations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.profile import Profile

# Only plain names between braces: str.format would let a template reach into the values.
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


class NameIncomplete(ValueError):
    """A part of the name is not known; `missing` lists the facts."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        self.missing = missing
        super().__init__(f"名称缺少：{'、'.join(missing)}")


def placeholders(template: str) -> set[str]:
    """The names between braces."""
    return set(_PLACEHOLDER.findall(template))


def station_name(profile: Profile, facts: Mapping[str, Any]) -> str:
    """The registered name. `unit` (or `unit_name`), `leader_name` and `trade` are read from the facts.

    Raises NameIncomplete when a part that the template needs is missing.
    """
    sources = {"unit": ("unit", "unit_name"), "leader": ("leader_name", "leader"), "trade": ("trade",)}
    template = profile.designation.station_name
    parts: dict[str, str] = {}
    missing: list[str] = []
    for name in sorted(placeholders(template)):
        value = next((facts[k] for k in sources[name] if facts.get(k)), None)
        if value is None:
            missing.append(sources[name][0])
        else:
            parts[name] = str(value).strip()
    if missing:
        raise NameIncomplete(tuple(missing))
    return _PLACEHOLDER.sub(lambda match: parts[match.group(1)], template)


def is_valid_name(profile: Profile, facts: Mapping[str, Any], proposed: str) -> bool | None:
    """Whether a proposed name is the prescribed one; None where the text prescribes none."""
    if not profile.designation.name_prescribed:
        return None
    return proposed.strip() == station_name(profile, facts)


def station_number(profile: Profile, year: int, seq: int) -> str:
    """The running number of a station within its year."""
    rule = profile.designation
    parts = {"year": str(year), "seq": str(seq).zfill(rule.seq_digits)}
    return _PLACEHOLDER.sub(lambda match: parts[match.group(1)], rule.number_format)


def allowed_plaques(profile: Profile, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The titles that may stand on the plaque; an additional title only where its condition is met."""
    given = circumstances(profile, facts, None)
    return tuple(
        plaque.title
        for plaque in profile.designation.plaques
        if (MET if plaque.when is None else evaluate(plaque.when, given)).outcome == "met"
    )
