"""Each operator and each test of the closed set, on its edge, beyond it, and with the fact missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from jurisdictions.engine.months import add_months
from jurisdictions.engine.operators import _OPERATORS, _TESTS, Circumstances, evaluate
from jurisdictions.engine.schema.profile import Conventions
from jurisdictions.engine.schema.tree import TESTS, Tree, facts_in

TREE: TypeAdapter[Any] = TypeAdapter(Tree)
ON = date(2020, 5, 11)


def ask(
    tree: dict[str, Any], judged: frozenset[str] = frozenset(), **facts: Any
) -> tuple[str, tuple[str, ...]]:
    verdict = evaluate(TREE.validate_python(tree), Circumstances(facts, ON, judged))
    return verdict.outcome, verdict.missing


@pytest.mark.parametrize(
    ("test", "met", "unmet"),
    [
        ({"at_least": 3}, 3, 2),
        ({"at_most": 3}, 3, 4),
        ({"more_than": 0}, 1, 0),
        ({"less_than": 3}, 2, 3),
        ({"equals": "county"}, "county", "central"),
        ({"not_equals": "county"}, "central", "county"),
        ({"in": ["a", "b"]}, "b", "c"),
        ({"not_in": ["a", "b"]}, "c", "b"),
        ({"level_at_least": "city"}, "city", "county"),
        ({"level_at_least": "city"}, "national", "none"),
        ({"months_before": 12}, date(2019, 5, 11), date(2019, 5, 12)),
        ({"on_or_before": "today"}, ON, date(2020, 5, 12)),
        ({"on_or_after": date(2020, 1, 1)}, date(2020, 1, 1), date(2019, 12, 31)),
    ],
)
def test_comparison_of_a_fact(test: dict[str, Any], met: Any, unmet: Any) -> None:
    tree = {"fact": "x", **test}

    assert ask(tree, x=met) == ("met", ())
    assert ask(tree, x=unmet) == ("unmet", ())
    assert ask(tree) == ("unknown", ("x",))


def test_at_least_fact_compares_two_facts() -> None:
    tree = {"fact": "staff", "at_least_fact": "listed"}

    assert ask(tree, staff=3, listed=3) == ("met", ())
    assert ask(tree, staff=2, listed=3) == ("unmet", ())
    assert ask(tree, staff=2) == ("unknown", ("listed",))


def test_exclusive_reading_shuts_the_figure_out() -> None:
    exclusive = Conventions(thresholds="exclusive")

    def outcome(test: dict[str, Any], value: int) -> str:
        tree = TREE.validate_python({"fact": "x", **test})
        return evaluate(tree, Circumstances({"x": value}, ON, conventions=exclusive)).outcome

    assert [outcome({"at_least": 3}, 3), outcome({"at_least": 3}, 4)] == ["unmet", "met"]
    assert [outcome({"at_most": 3}, 3), outcome({"at_most": 3}, 2)] == ["unmet", "met"]


@pytest.mark.parametrize(
    ("convention", "first_day"),
    [("reached", date(2020, 5, 11)), ("day_after", date(2020, 5, 12)), ("day_before", date(2020, 5, 10))],
)
def test_anniversary_readings(convention: Any, first_day: date) -> None:
    tree = TREE.validate_python({"fact": "x", "months_before": 12})
    facts = {"x": date(2019, 5, 11)}

    def outcome(on: date) -> str:
        return evaluate(
            tree, Circumstances(facts, on, conventions=Conventions(anniversary=convention))
        ).outcome

    assert outcome(first_day) == "met"
    assert outcome(date.fromordinal(first_day.toordinal() - 1)) == "unmet"


def test_missing_day_of_a_month_is_its_last_day() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2024, 8, 31), 6) == date(2025, 2, 28)
    assert add_months(date(2024, 12, 31), 24) == date(2026, 12, 31)


def test_all_fails_on_one_failure_and_waits_otherwise() -> None:
    tree = {"all": [{"is_true": "a"}, {"is_true": "b"}]}

    assert ask(tree, a=True, b=True) == ("met", ())
    assert ask(tree, a=False) == ("unmet", ())
    assert ask(tree, a=True) == ("unknown", ("b",))


def test_any_passes_on_one_success_and_waits_otherwise() -> None:
    tree = {"any": [{"is_true": "a"}, {"is_true": "b"}]}

    assert ask(tree, a=True) == ("met", ())
    assert ask(tree, a=False, b=False) == ("unmet", ())
    assert ask(tree, a=False) == ("unknown", ("b",))


def test_not_turns_round_what_is_known() -> None:
    tree = {"not": {"is_true": "a"}}

    assert [ask(tree, a=True)[0], ask(tree, a=False)[0], ask(tree)[0]] == ["unmet", "met", "unknown"]


def test_first_known_takes_the_statement_that_is_there() -> None:
    tree = {"first_known": [{"fact": "start", "months_before": 12}, {"fact": "months", "at_least": 12}]}

    assert ask(tree, start=date(2019, 5, 12), months=99) == ("unmet", ())
    assert ask(tree, months=12) == ("met", ())
    assert ask(tree) == ("unknown", ("start", "months"))


def test_is_true_of_a_judged_fact_waits_for_a_person() -> None:
    judged = frozenset({"good"})

    assert ask({"is_true": "good"}, judged) == ("judged", ("good",))
    assert ask({"is_true": "good"}, judged, good=True) == ("met", ())
    assert ask({"is_true": "good"}, judged, good=False) == ("unmet", ())
    assert ask({"all": [{"is_true": "good"}, {"is_true": "plain"}]}, judged)[0] == "unknown"


def test_open_list_asks_a_person_outside_it() -> None:
    rule = {"fact": "kind", "values": ["a"], "decision": "decided"}

    assert ask({"listed_or_decided": rule}, kind="a") == ("met", ())
    assert ask({"listed_or_decided": rule}, kind="z") == ("unknown", ("decided",))
    assert ask({"listed_or_decided": rule}, kind="z", decided=True) == ("met", ())
    assert ask({"listed_or_decided": rule}, kind="z", decided=False) == ("unmet", ())
    assert ask({"listed_or_decided": rule}) == ("unknown", ("kind",))
    assert ask({"listed_or_decided": {**rule, "undecided": ["b"]}}, kind="z") == ("unmet", ())
    assert ask({"listed_or_decided": {**rule, "undecided": ["b"]}}, kind="b") == ("unknown", ("decided",))


def test_sum_is_settled_as_soon_as_the_known_part_settles_it() -> None:
    tree = {"sum": ["a", "b"], "at_least": 3}

    assert ask(tree, a=1, b=2) == ("met", ())
    assert ask(tree, a=1, b=1) == ("unmet", ())
    assert ask(tree, a=3) == ("met", ())
    assert ask(tree, a=2) == ("unknown", ("b",))
    assert ask({"sum": ["a", "b"], "at_most": 3}, a=4) == ("unmet", ())


def test_count_looks_at_the_fields_of_each_entry() -> None:
    tree = {
        "count": "people",
        "where": [{"field": "title", "equals": "高级技师"}, {"field": "months", "at_least": 24}],
        "at_least": 1,
    }

    assert ask(tree, people=[{"title": "高级技师", "months": 24}]) == ("met", ())
    assert ask(tree, people=[{"title": "高级技师", "months": 23}]) == ("unmet", ())
    assert ask(tree, people=[{"title": "技师", "months": 36}]) == ("unmet", ())
    assert ask(tree, people=[{"title": "高级技师", "months": None}]) == ("unknown", ("people",))
    assert ask(tree) == ("unknown", ("people",))
    assert ask({"count": "people", "at_least": 1}, people=[]) == ("unmet", ())


def test_the_set_is_closed() -> None:
    assert set(_TESTS) == set(TESTS)
    assert {model.__name__ for model in _OPERATORS} == {
        "AllOf",
        "AnyOf",
        "Negation",
        "FirstKnown",
        "IsTrue",
        "ListedOrDecided",
        "Compare",
    }


@pytest.mark.parametrize(
    "tree",
    [
        {"fact": "x"},
        {"fact": "x", "at_least": 1, "at_most": 2},
        {"fact": "x", "sum": ["y"], "at_least": 1},
        {"fact": "x", "where": [], "at_leest": 1},
        {"all": []},
        {"eval": "x > 3"},
    ],
)
def test_a_malformed_tree_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TREE.validate_python(tree)


def test_facts_in_lists_every_fact_once() -> None:
    tree = TREE.validate_python(
        {
            "any": [
                {"sum": ["a", {"count": "b"}], "at_least": 1},
                {"not": {"is_true": "a"}},
                {"fact": "c", "equals": 1},
            ]
        }
    )

    assert facts_in(tree) == ("a", "b", "c")
