"""Readings: the chosen way to read an unclear place changes the profile itself, so no rule asks twice."""

from __future__ import annotations

import copy
import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from jurisdictions.engine.schema.profile import Profile, Reading

_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")
_SELECTORS = ("key", "id", "name", "clause", "seq", "kind", "grade", "value", "on_grade")


# Readings combine in millions of ways and anybody may ask; of each profile only the last ones are kept.
MOST_VARIANTS = 64
_KEEPING = Lock()


class UnknownReading(ValueError):
    """A reading or an option that the profile does not have; the message names it."""


def with_readings(profile: Profile, overrides: Mapping[str, str] | None) -> Profile:
    """The profile as it reads under other choices. Without overrides the profile itself."""
    if not overrides:
        return profile
    wanted = dict(profile.chosen_readings)
    for reading_id, option in overrides.items():
        _option(profile, reading_id, option)
        wanted[reading_id] = option
    if wanted == profile.chosen_readings:
        return profile
    return _variant(profile, tuple(sorted(wanted.items())))


def _variant(profile: Profile, wanted: tuple[tuple[str, str], ...]) -> Profile:
    """The profile rebuilt from its document; kept, because the same question comes often."""
    kept: OrderedDict[Any, Profile] = profile._variants
    with _KEEPING:
        if wanted in kept:
            kept.move_to_end(wanted)
            return kept[wanted]
    built = build(profile._document, dict(wanted))
    with _KEEPING:
        kept[wanted] = built
        kept.move_to_end(wanted)
        while len(kept) > MOST_VARIANTS:
            kept.popitem(last=False)
    return built


def build(document: Mapping[str, Any], wanted: Mapping[str, str]) -> Profile:
    """A profile from its document with these readings chosen. May raise pydantic's ValidationError."""
    changed = copy.deepcopy(dict(document))
    for reading in changed.get("readings") or ():
        reading["chosen"] = wanted.get(reading["id"], reading["chosen"])
        for option in reading["options"]:
            if option["value"] == reading["chosen"]:
                for path, value in (option.get("changes") or {}).items():
                    set_path(changed, path, copy.deepcopy(value))
    profile = Profile.model_validate(changed)
    profile._document = document
    return profile


def _option(profile: Profile, reading_id: str, option: str) -> Reading:
    for reading in profile.readings:
        if reading.id == reading_id:
            if option not in {o.value for o in reading.options}:
                raise UnknownReading(f"解读 {reading_id} 没有选项 {option}")
            return reading
    raise UnknownReading(f"没有解读 {reading_id}")


def set_path(document: Any, path: str, value: Any) -> None:
    """Set `conditions[YT-5.2c].force`: names walk mappings, brackets pick the list entry of that mark.

    Where another reading has taken the whole chapter away (null), there is nothing left to change.
    """
    steps = [name or f"[{mark}" for name, mark in _STEP.findall(path)]
    target = document
    for step in steps[:-1]:
        target = _step(target, step, path)
        if target is None:
            return
    last = steps[-1]
    if last.startswith("["):
        target[target.index(_entry(target, last[1:], path))] = value
    else:
        if not isinstance(target, dict):
            raise KeyError(f"{path}: {last} has no place")
        target[last] = value


def _step(target: Any, step: str, path: str) -> Any:
    if step.startswith("["):
        return _entry(target, step[1:], path)
    if not isinstance(target, dict) or step not in target:
        raise KeyError(f"{path}: no {step}")
    return target[step]


def _entry(entries: Any, mark: str, path: str) -> Any:
    """The one entry of a list that is marked so, by its key, name, clause …"""
    if not isinstance(entries, list):
        raise KeyError(f"{path}: [{mark}] needs a list")
    if mark.isdigit() and not any(isinstance(e, dict) and "seq" in e for e in entries):
        return entries[int(mark)]
    for selector in _SELECTORS:
        found = [e for e in entries if isinstance(e, dict) and _mark(e, selector) == mark]
        if len(found) == 1:
            return found[0]
    raise KeyError(f"{path}: no single entry [{mark}]")


def _mark(entry: Mapping[str, Any], selector: str) -> str:
    """What an entry is known by; an entry with several clauses by the first."""
    if selector == "clause" and "clause" not in entry and entry.get("clauses"):
        return str(entry["clauses"][0])
    return str(entry.get(selector))
