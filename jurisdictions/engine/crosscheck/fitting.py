"""Whether a requirement fits its fact: the comparison its type, a value the choices, a limit the range.

What does not fit would break when it is asked, or could never be met.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jurisdictions.engine.crosscheck.walking import Issue, nodes_of
from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.schema.form import Column, Fact, Roster
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import LEVELS, Compare, CountTerm, IsTrue, ListedOrDecided, Test

_NUMERIC = ("integer", "decimal")
_THRESHOLDS = ("at_least", "minimum", "at_most", "more_than", "less_than")
_WITH_A_DAY = ("months_before", "on_or_before", "on_or_after")
_VALUES = ("equals", "not_equals", "in", "not_in")
# What a value of a type is written as; `bool` is an `int` to Python, and is looked at first.
_WRITTEN: Mapping[str, type | tuple[type, ...]] = {
    "integer": int,
    "decimal": (int, Decimal),
    "boolean": bool,
    "date": date,
}


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a comparison looks at: its name, its type, and the values that it can have."""

    name: str
    type: str
    choices: frozenset[str] | None = None
    """None: any word."""
    least: Decimal | None = None
    most: Decimal | None = None


def requirements(p: Profile) -> Iterator[Issue]:
    """Every requirement compares a fact as its type allows, with values that the fact can have."""
    facts = _declared(p)
    for path, node in nodes_of(p):
        if isinstance(node, IsTrue):
            fact = facts.get(node.is_true)
            if fact is not None and fact.type != "boolean":
                yield path, f"{fact.name} is no yes/no fact ({fact.type})"
        elif isinstance(node, ListedOrDecided):
            yield from _open_list(path, node, facts)
        elif isinstance(node, Compare):
            yield from _compared(p, path, node, facts)


def roster_names(p: Profile) -> Iterator[Issue]:
    """What a roster says of its rows, and what is read off it, fits its columns."""
    for index, roster in enumerate(p.rosters):
        columns, path = _columns(roster), f"rosters[{index}]"
        for number, column in enumerate(roster.columns):
            if column.required_when is not None:
                yield from _field(
                    f"{path}.columns[{number}].required_when", column.required_when, columns, roster.name
                )
        for number, rule in enumerate(roster.exactly_one):
            inner = f"{path}.exactly_one[{number}]"
            if rule.column not in columns:
                yield inner, f"{rule.column} is not a column of {roster.name}"
            else:
                yield from _value(inner, columns[rule.column], rule.equals)
        for name in roster.unique:
            if name not in columns:
                yield f"{path}.unique", f"{name} is not a column of {roster.name}"
    rosters = {roster.name: roster for roster in p.rosters}
    for index, fact in enumerate(p.facts):
        if fact.derived is not None and fact.derived.roster in rosters:
            columns = _columns(rosters[fact.derived.roster])
            for number, test in enumerate(fact.derived.where):
                if test.field in columns:
                    path = f"facts[{index}].derived.where[{number}]"
                    yield from _field(path, test, columns, fact.derived.roster)


def _declared(p: Profile) -> dict[str, Fact]:
    """Every fact that a requirement may speak of; where two chapters declare one, the form's counts."""
    return {**station_facts(p), **{f.name: f for f in (*p.workflow.facts, *p.facts)}}


def _compared(p: Profile, path: str, node: Compare, facts: Mapping[str, Fact]) -> Iterator[Issue]:
    if node.fact is not None:
        if node.fact in facts:
            fact = facts[node.fact]
            yield from _fits(path, node, _measure(fact))
            other = facts.get(node.at_least_fact or "")
            if other is not None and other.type not in _NUMERIC:
                yield path, f"{other.name} is no number ({other.type})"
        return
    terms: tuple[str | CountTerm, ...] = node.sum or ()
    if node.count is not None:
        terms = (CountTerm(count=node.count, where=node.where),)
    types = set()
    for term in terms:
        fact_of_term = facts.get(term if isinstance(term, str) else term.count)
        if fact_of_term is None:
            continue
        if isinstance(term, CountTerm):
            yield from _counted(p, path, term, fact_of_term)
            types.add("integer")
        elif fact_of_term.type in _NUMERIC:
            types.add(fact_of_term.type)
        else:
            yield path, f"{fact_of_term.name} is no number ({fact_of_term.type})"
    if types:
        kind = "decimal" if "decimal" in types else "integer"
        name = "、".join(term if isinstance(term, str) else term.count for term in terms)
        yield from _fits(path, node, _Measure(name, kind, least=Decimal(0) if kind == "integer" else None))


def _counted(p: Profile, path: str, term: CountTerm, fact: Fact) -> Iterator[Issue]:
    """The entries of a list, each test of which speaks of a field that they have."""
    if fact.type != "list":
        yield path, f"{fact.name} is no list ({fact.type})"
        return
    fields = {f.name: _Measure(f.name, f.type) for f in fact.fields}
    derived = fact.derived
    roster = next((r for r in p.rosters if derived is not None and r.name == derived.roster), None)
    if derived is not None and roster is not None:
        columns = _columns(roster)
        fields |= {name: columns[name] for name in derived.collect if name in columns}
    for test in term.where:
        yield from _field(path, test, fields, fact.name)


def _field(path: str, test: Any, fields: Mapping[str, _Measure], whole: str) -> Iterator[Issue]:
    if test.field not in fields:
        yield path, f"{test.field} is not a column of {whole}"
    else:
        yield from _fits(path, test, fields[test.field])


def _open_list(path: str, node: ListedOrDecided, facts: Mapping[str, Fact]) -> Iterator[Issue]:
    rule = node.listed_or_decided
    fact = facts.get(rule.fact)
    if fact is None:
        return
    if fact.type not in ("choice", "text"):
        yield path, f"{fact.name} is no choice ({fact.type})"
        return
    for value in (*rule.values, *(rule.undecided or ())):
        yield from _value(path, _measure(fact), value)


def _fits(path: str, test: Test, what: _Measure) -> Iterator[Issue]:
    """Whether the one comparison that is set can be made with this."""
    name = test.chosen
    raw = getattr(test, "is_in" if name == "in" else name)
    allowed = {
        **dict.fromkeys((*_THRESHOLDS, "at_least_fact"), what.type in _NUMERIC),
        **dict.fromkeys(_WITH_A_DAY, what.type == "date"),
        **dict.fromkeys(_VALUES, what.type != "list"),
        "level_at_least": what.type in ("choice", "text"),
    }
    if not allowed[name]:
        yield path, f"{what.name} ({what.type}) cannot be compared by {name}"
    elif name in _THRESHOLDS:
        yield from _threshold(f"{path}.{name}", what, raw)
    elif name == "level_at_least" and what.choices is not None and what.choices.isdisjoint(LEVELS):
        yield path, f"{what.name} has no levels among its choices"
    elif name in _VALUES:
        for value in raw if isinstance(raw, tuple) else (raw,):
            yield from _value(f"{path}.{name}", what, value)


def _threshold(path: str, what: _Measure, limit: Decimal) -> Iterator[Issue]:
    if what.type == "integer" and limit != limit.to_integral_value():
        yield path, f"{limit} is no whole number, as {what.name} is"
    elif what.least is not None and limit < what.least:
        yield path, f"{limit} is less than {what.name} can be ({what.least})"
    elif what.most is not None and limit > what.most:
        yield path, f"{limit} is more than {what.name} can be ({what.most})"


def _value(path: str, what: _Measure, value: Any) -> Iterator[Issue]:
    written = _WRITTEN.get(what.type, str)
    if not isinstance(value, written) or (isinstance(value, bool) and what.type != "boolean"):
        yield path, f"{value} is no value of {what.name} ({what.type})"
    elif what.choices is not None and value not in what.choices:
        yield path, f"{value} is not among the choices of {what.name}"


def _measure(fact: Fact) -> _Measure:
    choices = _known(fact.type, [c.value for c in fact.choices] + ([fact.null_as] if fact.null_as else []))
    return _Measure(fact.name, fact.type, choices, fact.least, fact.max)


def _columns(roster: Roster) -> dict[str, _Measure]:
    return {column.name: _of_column(column) for column in roster.columns}


def _of_column(column: Column) -> _Measure:
    kind = column.type if column.type not in ("resident_id", "phone") else "text"
    least = None if column.min is None else Decimal(column.min)
    most = None if column.max is None else Decimal(column.max)
    return _Measure(column.name, kind, _known(kind, [c.value for c in column.choices]), least, most)


def _known(kind: str, values: Collection[str]) -> frozenset[str] | None:
    return frozenset(values) if kind == "choice" and values else None
