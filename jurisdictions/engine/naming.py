"""Numbers, names and plaques of stations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.procedure import Plaque
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
    return _filled(profile.designation.station_name, facts)


def _filled(template: str, facts: Mapping[str, Any]) -> str:
    sources = {"unit": ("unit", "unit_name"), "leader": ("leader_name", "leader"), "trade": ("trade",)}
    parts: dict[str, str] = {}
    missing: list[str] = []
    for name in sorted(placeholders(template)):
        value = next((facts[k] for k in sources[name] if facts.get(k)), None)
        if value is None or not str(value).strip():
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


@dataclass(frozen=True, slots=True)
class PlaqueChoice:
    """The titles that may stand on the plaque; `missing`: what must be known for those that are left out."""

    titles: tuple[str, ...]
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    readings: tuple[str, ...]


def plaque_choice(profile: Profile, facts: Mapping[str, Any]) -> PlaqueChoice:
    """Each title with its condition; one that replaces the others leaves them out."""
    given = circumstances(profile, facts, None)
    found, missing = list[tuple[Plaque, str, str]](), list[str]()
    for plaque in profile.designation.plaques:
        verdict = MET if plaque.when is None else evaluate(plaque.when, given)
        title, lacking = _title(plaque, facts)
        missing += [*verdict.missing, *lacking]
        met = verdict.outcome == "met" and not lacking
        said = "可以悬挂" if met else "不得悬挂" if verdict.outcome == "unmet" else "尚不能确定是否可以悬挂"
        found.append((plaque, _spoken(profile, title), said))
    if any(plaque.replaces_others and said == "可以悬挂" for plaque, _, said in found):
        found = [
            (
                plaque,
                title,
                said if plaque.replaces_others or said != "可以悬挂" else "由其他牌匾代替，不再悬挂",
            )
            for plaque, title, said in found
        ]
    plaques = profile.designation.plaques
    words = [f"{said}“{title}”牌匾。依据{profile.article(plaque.clause)}。" for plaque, title, said in found]
    return PlaqueChoice(
        titles=tuple(title for _, title, said in found if said == "可以悬挂"),
        missing=tuple(dict.fromkeys(missing)),
        clauses=tuple(dict.fromkeys(plaque.clause for plaque in plaques)),
        explanation=tuple(words),
        readings=tuple(plaque.reading for plaque in plaques if plaque.reading),
    )


def _spoken(profile: Profile, title: str) -> str:
    """A title whose parts are not all known, as one reads it: `温州市（领办人姓名）技能大师工作室`."""
    return _PLACEHOLDER.sub(lambda match: f"（{part_words(profile, match.group(1))}）", title)


def part_words(profile: Profile, part: str) -> str:
    """A part of the name as the text calls it; `part` is leader, trade or unit."""
    terms = profile.terms
    return {"leader": f"{terms.leader}姓名", "trade": "职业工种", "unit": f"{terms.unit}名称"}[part]


def _title(plaque: Plaque, facts: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The title, and what it lacks."""
    try:
        return _filled(plaque.title, facts), ()
    except NameIncomplete as error:
        return plaque.title, error.missing


def allowed_plaques(profile: Profile, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The titles that may stand on the plaque; an additional title only where its condition is met."""
    return plaque_choice(profile, facts).titles
