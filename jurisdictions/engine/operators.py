"""The closed set of operators that a profile combines; each is one function, and has a test.

Every operator gives a Verdict: met, unmet, unknown (a fact is missing) or judged (a person has still to say).
An unknown fact never passes and never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jurisdictions.engine.answers import Outcome
from jurisdictions.engine.months import anniversary
from jurisdictions.engine.schema.profile import Conventions
from jurisdictions.engine.schema.tree import (
    LEVELS,
    AllOf,
    AnyOf,
    Compare,
    CountTerm,
    FieldTest,
    FirstKnown,
    IsTrue,
    ListedOrDecided,
    Negation,
    Test,
    Tree,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a tree."""

    outcome: Outcome
    missing: tuple[str, ...] = ()
    needs_decision: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a tree is answered from: facts in their own types, and the day of the question.

    `day_name` is the fact that is wanted where a test needs the day and nobody has named it.
    """

    facts: Mapping[str, Any]
    on: date | None
    judged: frozenset[str] = frozenset()
    conventions: Conventions = field(default_factory=Conventions)
    day_name: str = "application_date"


MET = Verdict("met")
UNMET = Verdict("unmet")


def _said(answer: bool) -> Verdict:
    return MET if answer else UNMET


def _unknown(*names: str) -> Verdict:
    return Verdict("unknown", tuple(dict.fromkeys(names)))


def evaluate(tree: Tree, given: Circumstances) -> Verdict:
    """The verdict on a tree."""
    return _OPERATORS[type(tree)](tree, given)


def _open_parts(parts: Iterable[Verdict]) -> Verdict | None:
    """One verdict for all parts that are still open; unknown outweighs judged."""
    waiting = [v for v in parts if v.outcome in ("unknown", "judged")]
    if not waiting:
        return None
    outcome: Outcome = "unknown" if any(v.outcome == "unknown" for v in waiting) else "judged"
    missing = tuple(dict.fromkeys(name for v in waiting for name in v.missing))
    return Verdict(outcome, missing, any(v.needs_decision for v in waiting))


def all_of(tree: AllOf, given: Circumstances) -> Verdict:
    """Unmet as soon as one part is unmet; open while one is open."""
    verdicts = [evaluate(part, given) for part in tree.all]
    if any(v.outcome == "unmet" for v in verdicts):
        return UNMET
    return _open_parts(verdicts) or MET


def any_of(tree: AnyOf, given: Circumstances) -> Verdict:
    """Met as soon as one part is met; open while one is open."""
    verdicts = [evaluate(part, given) for part in tree.any]
    if any(v.outcome == "met" for v in verdicts):
        return MET
    return _open_parts(verdicts) or UNMET


def negation(tree: Negation, given: Circumstances) -> Verdict:
    """Met turns into unmet and back; open stays open."""
    verdict = evaluate(tree.negated, given)
    return {"met": UNMET, "unmet": MET}.get(verdict.outcome, verdict)


def first_known(tree: FirstKnown, given: Circumstances) -> Verdict:
    """The first part that is not open decides."""
    verdicts = [evaluate(part, given) for part in tree.first_known]
    for verdict in verdicts:
        if verdict.outcome in ("met", "unmet"):
            return verdict
    return _open_parts(verdicts) or UNMET


def is_true(tree: IsTrue, given: Circumstances) -> Verdict:
    """A yes/no fact; a judged one without a decision waits for a person."""
    value = given.facts.get(tree.is_true)
    if isinstance(value, bool):
        return _said(value)
    if tree.is_true in given.judged:
        return Verdict("judged", (tree.is_true,))
    return _unknown(tree.is_true)


def listed_or_decided(tree: ListedOrDecided, given: Circumstances) -> Verdict:
    """A listed value is met; one that the text leaves open waits for a recorded decision (G-10)."""
    rule = tree.listed_or_decided
    value = given.facts.get(rule.fact)
    if value is None:
        return _unknown(rule.fact)
    if value in rule.values:
        return MET
    if rule.undecided is not None and value not in rule.undecided:
        return UNMET
    decision = given.facts.get(rule.decision)
    if decision is None:
        return Verdict("unknown", (rule.decision,), needs_decision=True)
    return _said(decision not in (False, "refused"))


def compare(tree: Compare, given: Circumstances) -> Verdict:
    """A fact, a sum or a count against one test."""
    if tree.fact is not None:
        value = given.facts.get(tree.fact)
        other = tree.at_least_fact
        wanting = [n for n in (tree.fact, other) if n is not None and given.facts.get(n) is None]
        if not wanting and given.on is None and needs_day(tree):
            wanting.append(given.day_name)
        return _unknown(*wanting) if wanting else _said(passes(tree, value, given))
    terms: tuple[str | CountTerm, ...] = (
        (CountTerm(count=tree.count, where=tree.where),) if tree.count is not None else tree.sum or ()
    )
    return _compare_amount(tree, terms, given)


def _compare_amount(test: Test, terms: tuple[str | CountTerm, ...], given: Circumstances) -> Verdict:
    """A sum of amounts of which some are not known: it lies between what is certain and what is possible.

    3 技师 are enough for "3 名以上技师或高级技师" even before anybody has counted the 高级技师.
    """
    low, high, missing = Decimal(0), Decimal(0), list[str]()
    unbounded = False
    for term in terms:
        amount = _amount(term, given)
        if amount is None:
            unbounded = True
            missing.append(term if isinstance(term, str) else term.count)
            continue
        low, high = low + amount[0], high + amount[1]
        if amount[0] != amount[1]:
            missing.append(term.count if isinstance(term, CountTerm) else term)
    if not missing:
        return _said(passes(test, low, given))
    at_low = passes(test, low, given)
    if test.chosen in ("at_least", "minimum", "more_than"):
        if at_low:
            return MET
        if not unbounded and not passes(test, high, given):
            return UNMET
    elif test.chosen in ("at_most", "less_than"):
        if not at_low:
            return UNMET
        if not unbounded and passes(test, high, given):
            return MET
    return _unknown(*missing)


def _amount(term: str | CountTerm, given: Circumstances) -> tuple[Decimal, Decimal] | None:
    """The certain and the possible amount of one term; None when nothing is known of it."""
    if isinstance(term, str):
        value = given.facts.get(term)
        return None if value is None else (Decimal(str(value)), Decimal(str(value)))
    entries = given.facts.get(term.count)
    if entries is None:
        return None
    outcomes = [entry_passes(entry, term.where, given) for entry in entries]
    certain = sum(o is True for o in outcomes)
    return Decimal(certain), Decimal(certain + sum(o is None for o in outcomes))


def entry_passes(entry: Any, where: tuple[FieldTest, ...], given: Circumstances) -> bool | None:
    """Whether a list entry passes every field test; None when a field is not filled in."""
    open_ = False
    for test in where:
        value = entry.get(test.field) if isinstance(entry, Mapping) else None
        if value is None or value == "":
            open_ = True
        elif not passes(test, value, given):
            return False
    return None if open_ else True


def passes(test: Test, value: Any, given: Circumstances) -> bool:
    """Whether a known value passes the one comparison that is set."""
    return _TESTS[test.chosen](test, value, given)


def needs_day(test: Test) -> bool:
    """Whether a comparison is made with the day of the question."""
    return test.months_before is not None or "today" in (test.on_or_before, test.on_or_after)


def _ordered(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def is_at_least(test: Test, value: Any, given: Circumstances) -> bool:
    """以上、不少于、不低于: the figure itself is included (G-1), unless that reading is changed."""
    limit = test.at_least or Decimal(0)
    if given.conventions.thresholds == "exclusive":
        return _ordered(value) > limit
    return _ordered(value) >= limit


def is_minimum(test: Test, value: Any, given: Circumstances) -> bool:
    """至少: the figure itself is included under every reading."""
    return _ordered(value) >= (test.minimum or Decimal(0))


def is_at_most(test: Test, value: Any, given: Circumstances) -> bool:
    """以内、不超过: the figure itself is included (G-1), unless that reading is changed."""
    limit = test.at_most or Decimal(0)
    if given.conventions.thresholds == "exclusive":
        return _ordered(value) < limit
    return _ordered(value) <= limit


def is_more_than(test: Test, value: Any, given: Circumstances) -> bool:
    """超过: the figure itself is not included."""
    return _ordered(value) > (test.more_than or Decimal(0))


def is_less_than(test: Test, value: Any, given: Circumstances) -> bool:
    """不满: the figure itself is not included."""
    return _ordered(value) < (test.less_than or Decimal(0))


def is_equals(test: Test, value: Any, given: Circumstances) -> bool:
    """The same value."""
    return bool(value == test.equals)


def is_not_equals(test: Test, value: Any, given: Circumstances) -> bool:
    """Another value."""
    return bool(value != test.not_equals)


def is_in(test: Test, value: Any, given: Circumstances) -> bool:
    """One of a closed list."""
    return value in (test.is_in or ())


def is_not_in(test: Test, value: Any, given: Circumstances) -> bool:
    """None of a negative list."""
    return value not in (test.not_in or ())


def is_level_at_least(test: Test, value: Any, given: Circumstances) -> bool:
    """县级 < 市级 < 省级 < 国家级; 市级以上 includes 市级."""
    return value in LEVELS and LEVELS.index(value) >= LEVELS.index(test.level_at_least or "none")


def is_months_before(test: Test, value: Any, given: Circumstances) -> bool:
    """一年以上 from a date to the day of the question, by calendar months (G-7).

    Where 以上 excludes the figure (G-1), the anniversary itself is not yet enough.
    """
    if given.on is None or not isinstance(value, date):
        return False
    full = anniversary(value, test.months_before or 0, given.conventions.anniversary)
    return given.on > full if given.conventions.thresholds == "exclusive" else given.on >= full


def is_on_or_before(test: Test, value: Any, given: Circumstances) -> bool:
    """Not later than a day."""
    limit = given.on if test.on_or_before == "today" else test.on_or_before
    return isinstance(value, date) and isinstance(limit, date) and value <= limit


def is_on_or_after(test: Test, value: Any, given: Circumstances) -> bool:
    """Not earlier than a day."""
    limit = given.on if test.on_or_after == "today" else test.on_or_after
    return isinstance(value, date) and isinstance(limit, date) and value >= limit


def is_at_least_fact(test: Test, value: Any, given: Circumstances) -> bool:
    """Not less than another fact (no more people on a roster than the unit employs)."""
    return _ordered(value) >= _ordered(given.facts[test.at_least_fact or ""])


_OPERATORS: dict[type, Callable[[Any, Circumstances], Verdict]] = {
    AllOf: all_of,
    AnyOf: any_of,
    Negation: negation,
    FirstKnown: first_known,
    IsTrue: is_true,
    ListedOrDecided: listed_or_decided,
    Compare: compare,
}

_TESTS: dict[str, Callable[[Test, Any, Circumstances], bool]] = {
    "at_least": is_at_least,
    "minimum": is_minimum,
    "at_most": is_at_most,
    "more_than": is_more_than,
    "less_than": is_less_than,
    "equals": is_equals,
    "not_equals": is_not_equals,
    "in": is_in,
    "not_in": is_not_in,
    "level_at_least": is_level_at_least,
    "months_before": is_months_before,
    "on_or_before": is_on_or_before,
    "on_or_after": is_on_or_after,
    "at_least_fact": is_at_least_fact,
}
