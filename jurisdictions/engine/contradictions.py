"""Facts that cannot hold together: what the profile says must agree, and one thing stated in two ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jurisdictions.engine.operators import Circumstances, evaluate
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import AllOf, AnyOf, FirstKnown, Negation, Tree, facts_in
from jurisdictions.engine.wording import fact_label


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One of the facts is wrong; which, a person finds out. `clause` may be empty."""

    facts: tuple[str, ...]
    message: str
    clause: str


def contradictions(profile: Profile, given: Circumstances) -> tuple[Contradiction, ...]:
    """Every contradiction among the facts that are known; a missing fact contradicts nothing."""
    found = [
        Contradiction((rule.path.removeprefix("facts."),), rule.message, rule.clause)
        for rule in profile.consistency
        if evaluate(rule.require, given).outcome == "unmet"
    ]
    for condition in profile.conditions:
        for tree in _stated_twice(condition.require):
            outcomes = [evaluate(part, given).outcome for part in tree.first_known]
            if {"met", "unmet"} <= set(outcomes):
                facts = tuple(name for name in facts_in(tree) if given.facts.get(name) is not None)
                told = "、".join(f"“{fact_label(profile, name)}”" for name in facts)
                found.append(Contradiction(facts, f"{told}互相矛盾", condition.clause))
    return tuple(found)


def _stated_twice(tree: Tree) -> Iterator[FirstKnown]:
    """The places of a requirement where one thing may be stated in several ways."""
    match tree:
        case FirstKnown():
            yield tree
        case AllOf():
            for part in tree.all:
                yield from _stated_twice(part)
        case AnyOf():
            for part in tree.any:
                yield from _stated_twice(part)
        case Negation():
            yield from _stated_twice(tree.negated)
