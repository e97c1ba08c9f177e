"""Operator trees: how a profile writes a requirement. `operators.py` answers them.

There is no expression language. A requirement is one of the operators below, and nothing else:

    {all: […]}  {any: […]}  {not: …}  {first_known: […]}
    {is_true: fact}
    {listed_or_decided: {fact: …, values: […], decision: fact}}
    {fact: …, <test>}  {sum: [facts or counts], <test>}  {count: list fact, where: […], <test>}

with exactly one <test>: at_least, minimum, at_most, more_than, less_than, equals, not_equals, in, not_in,
level_at_least, months_before, on_or_before, on_or_after, at_least_fact.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Union

from pydantic import Discriminator, Field, Tag, model_validator

from jurisdictions.engine.schema.base import Day, Figure, Months, Name, Node, Scalar

Level = Literal["none", "county", "city", "province", "national"]
LEVELS: tuple[Level, ...] = ("none", "county", "city", "province", "national")

TESTS = (
    "at_least",
    "minimum",
    "at_most",
    "more_than",
    "less_than",
    "equals",
    "not_equals",
    "in",
    "not_in",
    "level_at_least",
    "months_before",
    "on_or_before",
    "on_or_after",
    "at_least_fact",
)


class Test(Node):
    """Exactly one comparison of a value."""

    __test__ = False  # not a pytest class

    at_least: Figure | None = None
    minimum: Figure | None = None
    """至少: the figure itself is always included, whatever 以上 is read to mean (G-1)."""
    at_most: Figure | None = None
    more_than: Figure | None = None
    less_than: Figure | None = None
    equals: Scalar | None = None
    not_equals: Scalar | None = None
    is_in: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    not_in: tuple[Scalar, ...] | None = None
    level_at_least: Level | None = None
    months_before: Months | None = None
    """The date lies at least so many months before the day of the question."""
    on_or_before: Day | Literal["today"] | None = None
    on_or_after: Day | Literal["today"] | None = None
    at_least_fact: Name | None = None
    """Not less than another fact."""

    @cached_property
    def chosen(self) -> str:
        """The name of the comparison that is set."""
        return next(name for name in TESTS if getattr(self, "is_in" if name == "in" else name) is not None)

    @model_validator(mode="after")
    def _exactly_one(self) -> Test:
        names = [n for n in TESTS if getattr(self, "is_in" if n == "in" else n) is not None]
        if len(names) != 1:
            raise ValueError(f"exactly one test is needed ({', '.join(TESTS)}); found {names or 'none'}")
        return self


class FieldTest(Test):
    """A comparison of one field of a list entry."""

    field: str


class CountTerm(Node):
    """The number of entries of a list fact that pass every field test."""

    count: Name
    where: tuple[FieldTest, ...] = ()


class Compare(Test):
    """A fact, a sum or a count, and one test of it."""

    fact: Name | None = None
    sum: tuple[Name | CountTerm, ...] | None = None
    count: Name | None = None
    where: tuple[FieldTest, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Compare:
        sources = [n for n in ("fact", "sum", "count") if getattr(self, n) is not None]
        if len(sources) != 1:
            raise ValueError(f"exactly one of fact, sum, count is needed; found {sources or 'none'}")
        if self.where and self.count is None:
            raise ValueError("where belongs to count")
        return self


class IsTrue(Node):
    """A yes/no fact is yes. A judged fact stays open until somebody has judged it."""

    is_true: Name


class AllOf(Node):
    """Every part is met."""

    all: tuple[Tree, ...] = Field(min_length=1)


class AnyOf(Node):
    """At least one part is met."""

    any: tuple[Tree, ...] = Field(min_length=1)


class Negation(Node):
    """The part is not met."""

    negated: Tree = Field(alias="not")


class FirstKnown(Node):
    """The first part whose facts are known decides: two ways to state the same thing, one is enough."""

    first_known: tuple[Tree, ...] = Field(min_length=1)


class OpenList(Node):
    """A list that the text leaves open (等, 主要): a listed value is met, another one asks a person."""

    fact: Name
    values: tuple[str, ...] = Field(min_length=1)
    undecided: tuple[str, ...] | None = None
    """Values that a person decides. Not given: every value outside the list. Given: all others fail."""
    decision: Name
    """The fact that holds the decision: true admits, false refuses."""


class ListedOrDecided(Node):
    """See `OpenList`."""

    listed_or_decided: OpenList


def _kind(value: Any) -> str:
    """Which operator a mapping is, by its key."""
    kinds = {"all", "any", "not", "first_known", "is_true", "listed_or_decided"}
    keys = set(value) if isinstance(value, dict) else set()
    special = sorted(str(key) for key in keys & kinds)
    return special[0] if special else "compare"


Tree = Annotated[
    Union[  # noqa: UP007 - the members refer to one another before they exist
        Annotated[AllOf, Tag("all")],
        Annotated[AnyOf, Tag("any")],
        Annotated[Negation, Tag("not")],
        Annotated[FirstKnown, Tag("first_known")],
        Annotated[IsTrue, Tag("is_true")],
        Annotated[ListedOrDecided, Tag("listed_or_decided")],
        Annotated[Compare, Tag("compare")],
    ],
    Discriminator(_kind),
]

OPERATOR_TAGS = frozenset({"all", "any", "not", "first_known", "is_true", "listed_or_decided", "compare"})

for _model in (AllOf, AnyOf, Negation, FirstKnown):
    _model.model_rebuild()


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """The trees directly below one."""
    match tree:
        case AllOf():
            return tree.all
        case AnyOf():
            return tree.any
        case FirstKnown():
            return tree.first_known
        case Negation():
            return (tree.negated,)
    return ()


def open_lists_in(tree: Tree) -> tuple[OpenList, ...]:
    """Every list in a tree that a person's decision may widen."""
    if isinstance(tree, ListedOrDecided):
        return (tree.listed_or_decided,)
    return tuple(found for part in parts_of(tree) for found in open_lists_in(part))


def facts_in(tree: Tree) -> tuple[str, ...]:
    """Every fact a tree speaks of, in order, without repeats."""
    if isinstance(tree, AllOf | AnyOf | FirstKnown | Negation):
        found = [name for part in parts_of(tree) for name in facts_in(part)]
    elif isinstance(tree, IsTrue):
        found = [tree.is_true]
    elif isinstance(tree, ListedOrDecided):
        found = [tree.listed_or_decided.fact, tree.listed_or_decided.decision]
    elif tree.fact is not None:
        found = [tree.fact, *([tree.at_least_fact] if tree.at_least_fact else [])]
    elif tree.count is not None:
        found = [tree.count]
    else:
        found = [t if isinstance(t, str) else t.count for t in tree.sum or ()]
    return tuple(dict.fromkeys(found))
