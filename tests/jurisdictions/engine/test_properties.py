"""What must hold for every regulation, whatever stands in it: the five and the two invented ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.engine import (
    Profile,
    TrancheCircumstances,
    award_plan,
    check_conditions,
    excellent_places,
    grade_for,
    grade_round,
    obligations_between,
    tranche_state,
    with_readings,
)
from jurisdictions.engine.periods import WorkCalendar, due_after, notice_period
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.tree import (
    LEVELS,
    AllOf,
    AnyOf,
    Compare,
    FirstKnown,
    IsTrue,
    ListedOrDecided,
    Negation,
    Tree,
)
from tests.jurisdictions.engine.invented import INVENTED, invented
from tests.jurisdictions.engine.profiles import ELIGIBLE, SLUGS, profile

ALL = (*SLUGS, *INVENTED)
every = pytest.mark.parametrize("slug", ALL)
DAYS = st.dates(date(2018, 1, 1), date(2026, 11, 30))
ON = date(2025, 6, 2)
CALENDAR = WorkCalendar()


def of(slug: str) -> Profile:
    return invented(slug) if slug in INVENTED else profile(slug)


def variants(p: Profile, chapter: str) -> Iterator[Profile]:
    """The profile, and as it reads under each option that changes this chapter."""
    yield p
    for reading in p.readings:
        for option in reading.options:
            if any(path.startswith(chapter) for path in option.changes):
                yield with_readings(p, {reading.id: option.value})


# ---- money


@every
def test_tranches_add_up_to_the_award(slug: str) -> None:
    for p in variants(of(slug), "award"):
        total = p.award.total_yuan if p.award else 0
        assert sum(t.amount_yuan for t in award_plan(p)) == total


@every
@settings(max_examples=40)
@given(data=st.data())
def test_no_payment_comes_to_more_than_what_is_left_of_the_award(slug: str, data: st.DataObject) -> None:
    p = of(slug)
    if p.award is None:
        return
    grades = [g.value for g in p.assessment.grades]
    designated, as_of = data.draw(DAYS), data.draw(DAYS)
    known = TrancheCircumstances(
        designated=designated,
        as_of=as_of,
        grades={o.name: [(0, data.draw(st.sampled_from(grades)))] for o in p.obligations} if grades else {},
        acceptance=data.draw(st.booleans()),
        performs_well=data.draw(st.booleans()),
        continuous=data.draw(st.booleans()),
        paid_yuan=data.draw(st.integers(0, p.award.total_yuan)),
    )
    for tranche in p.award.tranches:
        answer = tranche_state(p, tranche.seq, known)
        due = answer.amount_yuan if answer.state == "due" else 0
        assert 0 <= due <= min(tranche.amount_yuan, p.award.total_yuan - known.paid_yuan)


# ---- eligibility


def one_fact(fact: Fact, p: Profile) -> st.SearchStrategy[Any]:
    """Values of a fact around what its conditions speak of."""
    match fact.type:
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from([c.value for c in fact.choices])
        case "date":
            return st.dates(date(2019, 1, 1), ON)
        case "integer":
            return st.integers(int(fact.min or 0), min(int(fact.max or 300_000), 300_000)) | st.integers(
                int(fact.min or 0), int(fact.min or 0) + 12
            )
        case "decimal":
            low, high = fact.min or Decimal(0), min(fact.max or Decimal(300_000), Decimal(300_000))
            return st.decimals(low, high, places=2) | st.decimals(low, min(low + 3, high), places=2)
        case "list":
            return st.lists(one_entry(fact, p), max_size=4)
    return st.just("某")


def one_entry(fact: Fact, p: Profile) -> st.SearchStrategy[Any]:
    """An entry of a list: the values that some condition names for its fields, and others."""
    fields = {
        test.field: test
        for condition in p.conditions
        for leaf, _ in leaves(condition.require, 1)
        if isinstance(leaf, Compare)
        for where in ([leaf.where] + [t.where for t in leaf.sum or () if not isinstance(t, str)])
        for test in where
    }
    if not fields:
        return st.integers(1, 3)
    values = {
        name: st.integers(0, 24)
        if test.at_least is not None
        else st.sampled_from([test.equals or (test.is_in or ("其他",))[0], "其他"])
        for name, test in fields.items()
    }
    return st.fixed_dictionaries(values)


def facts_of(p: Profile) -> st.SearchStrategy[dict[str, Any]]:
    """Any facts of the form, some of them left out."""
    return st.fixed_dictionaries({}, optional={f.name: one_fact(f, p) for f in p.facts})


@every
@settings(max_examples=60)
@given(data=st.data())
def test_an_unknown_fact_never_decides(slug: str, data: st.DataObject) -> None:
    """Whatever is filled in later, a definite answer stays as it was."""
    p = of(slug)
    whole = data.draw(st.fixed_dictionaries({f.name: one_fact(f, p) for f in p.facts}))
    left_out = data.draw(st.sets(st.sampled_from(sorted(whole))))
    known = {name: value for name, value in whole.items() if name not in left_out}

    before, after = check_conditions(p, known, on=ON), check_conditions(p, whole, on=ON)

    if before.eligible is not None:
        assert after.eligible == before.eligible
    later = {f.key: f.outcome for f in after.findings}
    for finding in before.findings:
        if finding.outcome in ("met", "unmet") and not told_twice(p, finding.key):
            assert later[finding.key] == finding.outcome, finding


def told_twice(p: Profile, key: str) -> bool:
    """Whether a condition may be told in two ways: then the first known decides, and a second may come."""
    condition = next(c for c in p.conditions if c.name == key)
    return any(isinstance(node, FirstKnown) for node in walk(condition.require))


def walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    parts: tuple[Tree, ...] = ()
    match tree:
        case AllOf():
            parts = tree.all
        case AnyOf():
            parts = tree.any
        case FirstKnown():
            parts = tree.first_known
        case Negation():
            parts = (tree.negated,)
    for part in parts:
        yield from walk(part)


def leaves(tree: Tree, sign: int) -> Iterator[tuple[Tree, int]]:
    """Every comparison and yes/no of a tree, with 1 where more is better and -1 under a negation."""
    match tree:
        case AllOf():
            parts, sign_inside = tree.all, sign
        case AnyOf():
            parts, sign_inside = tree.any, sign
        case FirstKnown():
            parts, sign_inside = tree.first_known, sign
        case Negation():
            parts, sign_inside = (tree.negated,), -sign
        case _:
            yield tree, sign
            return
    for part in parts:
        yield from leaves(part, sign_inside)


RISING = {"at_least", "minimum", "more_than", "level_at_least", "on_or_after"}
FALLING = {"at_most", "less_than", "months_before", "on_or_before"}


def directions(p: Profile) -> dict[str, int]:
    """Fact -> 1 where more is better, -1 where less is; a fact that cuts both ways, or decides which
    conditions are asked, is left out. Read off the operators, so it holds for any profile."""
    found: dict[str, set[int]] = {}
    for condition in p.conditions:
        for leaf, _ in leaves(condition.when, 0) if condition.when else ():
            for name, _ in _pulls(leaf, 0):
                found.setdefault(name, set()).add(0)
        for leaf, sign in leaves(condition.require, 1):
            for name, pull in _pulls(leaf, sign):
                found.setdefault(name, set()).add(pull)
    lists = {f.name for f in p.facts if f.type == "list"}
    return {n: next(iter(d)) for n, d in found.items() if len(d) == 1 and 0 not in d and n not in lists}


def _pulls(leaf: Tree, sign: int) -> Iterator[tuple[str, int]]:
    if isinstance(leaf, IsTrue):
        yield leaf.is_true, sign
    elif isinstance(leaf, ListedOrDecided):
        yield leaf.listed_or_decided.fact, 0
        yield leaf.listed_or_decided.decision, sign
    elif isinstance(leaf, Compare):
        pull = sign if leaf.chosen in RISING | {"at_least_fact"} else -sign if leaf.chosen in FALLING else 0
        named = [leaf.fact] if leaf.fact else [leaf.count] if leaf.count else list(leaf.sum or ())
        for term in named:
            yield (term if isinstance(term, str) else term.count), pull
        if leaf.at_least_fact:
            yield leaf.at_least_fact, -sign


def better(value: Any, fact: Fact, way: int, step: int) -> Any:
    """The value moved the better way; the same one where there is no better."""
    if isinstance(value, bool):
        return way > 0
    if isinstance(value, date):
        return value + timedelta(days=way * step)
    if isinstance(value, int | Decimal):
        moved = value + way * step
        low, high = fact.min if fact.min is not None else 0, fact.max if fact.max is not None else moved
        return type(value)(max(low, min(moved, high)))
    if value in LEVELS:
        index = LEVELS.index(value) + way
        allowed = [c.value for c in fact.choices]
        return LEVELS[index] if 0 <= index < len(LEVELS) and LEVELS[index] in allowed else value
    return value


@every
@settings(max_examples=80)
@given(data=st.data())
def test_a_better_fact_never_makes_a_unit_ineligible(slug: str, data: st.DataObject) -> None:
    p = of(slug)
    ways = directions(p)
    facts = data.draw(facts_of(p))
    candidates = sorted(set(facts) & set(ways))
    if not candidates:
        return
    name = data.draw(st.sampled_from(candidates))
    fact = p.fact(name)
    moved = {**facts, name: better(facts[name], fact, ways[name], data.draw(st.integers(1, 400)))}

    before, after = check_conditions(p, facts, on=ON), check_conditions(p, moved, on=ON)

    assert _rank(after) >= _rank(before), (name, facts[name], moved[name])
    assert set(after.failed) <= set(before.failed)


def _rank(answer: Any) -> int:
    return {False: 0, None: 1, True: 2}[answer.eligible]


def test_most_facts_of_the_five_have_a_better_way() -> None:
    """The test above has something to move in every text."""
    assert all(len(directions(of(slug))) >= 3 for slug in ALL)


@every
@settings(max_examples=60)
@given(data=st.data())
def test_met_at_the_best_is_met_at_better(slug: str, data: st.DataObject) -> None:
    """From facts under which a unit is eligible, at its very thresholds, any step the better way keeps it."""
    if slug not in ELIGIBLE:
        return
    p, facts = of(slug), dict(ELIGIBLE[slug])
    on = date(2020, 6, 1)
    start = check_conditions(p, facts, on=on)
    assert start.eligible is not False
    for name, way in sorted(directions(p).items()):
        value = facts.get(name)
        if isinstance(value, str) and len(value) == 10 and value[4] == "-":
            value = date.fromisoformat(value)
        if value is not None and data.draw(st.booleans()):
            facts[name] = better(value, p.fact(name), way, data.draw(st.integers(1, 50)))

    assert _rank(check_conditions(p, facts, on=on)) >= _rank(start)


# ---- grades and quotas


@every
def test_every_total_has_exactly_one_grade_and_grades_rise(slug: str) -> None:
    """0 to the maximum in steps of a hundredth: no gap, no overlap, never a lower grade for more points."""
    p = of(slug)
    if p.assessment.bands is None:
        assert grade_for(p, Decimal(50)).grade is None, "no band is invented"
        return
    bands = p.assessment.bands
    order = [band.grade for band in bands]
    most = (p.assessment.rubric.total if p.assessment.rubric else Decimal(100)) + (
        p.assessment.bonus.cap if p.assessment.bonus else 0
    )
    last = 0
    for hundredths in range(int(most * 100) + 1):
        total = Decimal(hundredths) / 100
        grade = grade_for(p, total).grade
        fits = [
            low.grade
            for low, high in zip(bands, [*bands[1:], None], strict=True)
            if (low.start is None or total >= low.start) and (high is None or total < (high.start or 0))
        ]
        assert fits == [grade], total
        assert order.index(grade or "") >= last, total
        last = order.index(grade or "")
    assert last == len(bands) - 1, "the highest grade can be reached"


def quotas() -> list[Any]:
    """Every quota, under every reading of it."""
    return [
        pytest.param(p, id=f"{slug}-{index}")
        for slug in ALL
        if of(slug).assessment.excellent_quota is not None
        for index, p in enumerate(variants(of(slug), "assessment.excellent_quota"))
    ]


@pytest.mark.parametrize("p", quotas())
@settings(max_examples=60)
@given(
    totals=st.lists(st.integers(0, 10_500).map(lambda n: Decimal(n) / 100), max_size=40)
    | st.lists(st.sampled_from([Decimal(n) for n in (59, 60, 89, 90, 95, 100)]), max_size=40)
)
def test_the_quota_is_never_exceeded(p: Profile, totals: list[Decimal]) -> None:
    found = grade_round(p, {str(n): total for n, total in enumerate(totals)})
    excellent = {g.value for g in p.assessment.grades if g.excellent}
    passing = {g.value for g in p.assessment.grades if g.passing}
    winners = [key for key, grade in found.grades.items() if grade in excellent]
    non_failing = sum(grade_for(p, total).grade in passing for total in totals)
    places = excellent_places(p, non_failing, len(totals))
    quota = p.assessment.excellent_quota
    assert quota is not None
    assert places is not None
    base = non_failing if quota.base == "non_failing" else len(totals)
    bound = {"floor": 0, "half_up": Decimal("0.5"), "ceiling": 1, "floor_min_one": 1}[quota.rounding]
    assert places <= Decimal(base * quota.percent) / 100 + bound

    assert len(winners) <= places
    losers = [totals[int(key)] for key in found.grades if key not in winners]
    best_loser = max(losers, default=Decimal(0))
    assert all(totals[int(key)] >= best_loser for key in winners)


# ---- days


def worked(day: date) -> bool:
    """As the State Council arranged it; asked of the calendar's source alone."""
    return bool(chinese_calendar.is_workday(day))


@settings(max_examples=150)
@given(start=DAYS, days=st.integers(1, 20), counted=st.booleans())
def test_working_days_agree_with_a_count_day_by_day(start: date, days: int, counted: bool) -> None:
    day, left = start, days - (counted and worked(start))
    while left:
        day += timedelta(days=1)
        left -= worked(day)

    found, provisional = CALENDAR.add_working_days(start, days, start_day_counted=counted)

    assert found == day
    assert not provisional
    assert CALENDAR.working_days_between(start, found) == sum(
        worked(start + timedelta(days=n)) for n in range(1, (found - start).days + 1)
    )
    assert worked(found)


@every
@settings(max_examples=60)
@given(start=DAYS, counted=st.booleans() | st.none())
def test_no_period_ends_before_it_begins(slug: str, start: date, counted: bool | None) -> None:
    p = of(slug)
    for stage in p.stages:
        if stage.limit is not None:
            due = due_after(stage.limit, start, CALENDAR)
            assert due.on >= start, stage.name
            later = due_after(stage.limit, start + timedelta(days=1), CALENDAR)
            assert later.on >= due.on, "who begins later ends no earlier"
    notice = notice_period(p, start, CALENDAR, start_day_counted=counted)
    if notice is not None:
        assert start <= notice.last_day < notice.earliest_award


@every
@settings(max_examples=30)
@given(designated=st.dates(date(2018, 1, 1), date(2022, 12, 31)))
def test_nothing_is_due_before_the_designation(slug: str, designated: date) -> None:
    p = of(slug)
    horizon = designated + timedelta(days=5 * 366)
    found = obligations_between(p, designated=designated, on_or_before=horizon, calendar=CALENDAR)
    for owed in found:
        assert owed.due_on >= designated, owed.name
        assert owed.window_start is None or designated <= owed.window_start <= owed.due_on, owed.name
    dated = [(owed.name, owed.due_on) for owed in found]
    assert len(set(dated)) == len(dated), "nothing is owed twice on one day"
