"""The worked cases, `cases.json` of each jurisdiction, under the default reading and every other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.loader import PROFILES
from tests.jurisdictions.engine.profiles import SLUGS, profile

CASES = PROFILES
Case = dict[str, Any]


def cases() -> list[Case]:
    """Every case, as JSON gives it."""
    return [case for slug in SLUGS for case in json.loads((CASES / slug / "cases.json").read_text("utf-8"))]


def plays() -> Iterator[tuple[str, Case, str | None, dict[str, Any]]]:
    """(name, case, option or None, expected answer); what a case calls wrong is no reading."""
    for case in cases():
        yield case["id"], case, None, case["expect"]
        for other in case.get("alternatives") or ():
            if not other["reading"].startswith("WRONG_"):
                yield f"{case['id']}-{other['reading']}", case, other["reading"], other["expect"]


def reading_for(p: Profile, case: Mapping[str, Any], option: str) -> dict[str, str]:
    """The reading that an alternative belongs to: the one of the case's ambiguities that has this option."""
    ids = [r.id for r in p.readings if option in {o.value for o in r.options}]
    named = [i for i in ids if i in case["ambiguities"]]
    assert named, f"no reading of {p.slug} among {case['ambiguities']} has the option {option}"
    return {named[0]: option}


def profile_of(case: Case) -> Profile:
    """The profile that a case asks."""
    return profile(case["jurisdiction"])


# What a part that is not there counts as.
ABSENT = "(absent)"


def differing(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are not as they should be: name -> (expected, actual).

    Lists of names (clauses, facts) are compared whatever their order, but not grades and stages.
    """
    return {
        name: (value, actual.get(name, ABSENT))
        for name, value in expected.items()
        if not _like(name, value, actual.get(name, ABSENT))
    }


def _like(name: str, expected: Any, actual: Any) -> bool:
    ordered = name in ("grades", "stages", "path", "windows")
    if not ordered and isinstance(expected, list) and isinstance(actual, list):
        return (
            sorted(map(str, expected)) == sorted(map(str, actual)) if _words(expected) else expected == actual
        )
    return (type(expected) is type(actual) and expected == actual) or _same_number(expected, actual)


def _words(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _same_number(expected: Any, actual: Any) -> bool:
    kinds = (int, float)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return False
    return isinstance(expected, kinds) and isinstance(actual, kinds) and expected == actual
