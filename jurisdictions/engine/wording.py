"""Requirements and outcomes as short Chinese sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jurisdictions.engine.schema.base import Choice
from jurisdictions.engine.schema.form import Condition
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import (
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
from jurisdictions.engine.values import plain_label, show, show_fact
from jurisdictions.engine.words import name_word

_TEST_WORDS = {
    "at_least": "不少于{}",
    "minimum": "至少{}",
    "at_most": "不超过{}",
    "more_than": "超过{}",
    "less_than": "不满{}",
    "equals": "为{}",
    "not_equals": "不为{}",
    "in": "属于：{}",
    "not_in": "不属于：{}",
    "level_at_least": "{}及以上",
    "months_before": "已满{}个月",
    "on_or_before": "不晚于{}",
    "on_or_after": "不早于{}",
    "at_least_fact": "不少于{}",
}
_AMOUNTS = frozenset({"at_least", "minimum", "at_most", "more_than", "less_than"})
# How a statement is denied, by the word it begins with; else 已 in its midst is, else all of it.
_DENIALS = {"有": "没有", "完成": "没有完成", "属于": "不属于", "在": "不在", "能": "不能", "为": "不是"}
_NONE_OF = "不属于以下情形："
_LEVEL_WORDS = {"none": "无", "county": "县级", "city": "市级", "province": "省级", "national": "国家级"}


def fact_label(profile: Profile, name: str) -> str:
    """The fact's label; where the profile declares none, its word, or else its name."""
    fact = profile.declared_facts.get(name)
    return name_word(name) if fact is None else fact.label


def _statement(profile: Profile, name: str) -> str:
    """A yes/no fact as a statement."""
    fact = profile.declared_facts.get(name)
    return name_word(name) if fact is None else plain_label(fact).replace("是否", "", 1)


def _denied(statement: str) -> str:
    """A statement denied, in one sentence."""
    for begin, denial in _DENIALS.items():
        if statement.startswith(begin):
            return denial + statement.removeprefix(begin)
    for done in ("已经", "已"):
        if done in statement:
            return statement.replace(done, "尚未", 1)
    return f"{_NONE_OF}{statement}"


def choice_label(profile: Profile, fact: str | None, value: Any) -> str:
    """A value as the form says it: the label of its choice, else the value itself."""
    known = profile.declared_facts.get(fact) if fact is not None else None
    labels = {choice.value: choice.label for choice in known.choices} if known is not None else {}
    return labels.get(str(value)) or show(value)


def describe_test(profile: Profile, test: Test, fact: str | None = None) -> str:
    """The comparison in words."""
    name = test.chosen
    raw = getattr(test, "is_in" if name == "in" else name)
    if name in ("in", "not_in"):
        words = "、".join(choice_label(profile, fact, value) for value in raw)
    elif name == "level_at_least":
        words = _LEVEL_WORDS[raw]
    elif name == "at_least_fact":
        words = fact_label(profile, raw)
    elif raw == "today":
        words = "申报日"
    else:
        words = choice_label(profile, fact, raw)
        if fact is not None and name in _AMOUNTS:
            words += profile.declared_facts[fact].unit if fact in profile.declared_facts else ""
    return _TEST_WORDS[name].format(words)


def describe(profile: Profile, tree: Tree) -> str:
    """A requirement in words."""
    if isinstance(tree, AllOf):
        return "，且".join(_part(profile, part) for part in tree.all)
    if isinstance(tree, AnyOf):
        return "，或".join(_part(profile, part) for part in tree.any)
    if isinstance(tree, FirstKnown):
        return "，或".join(_part(profile, part) for part in tree.first_known)
    if isinstance(tree, Negation):
        words = describe(profile, tree.negated)
        return _denied(words) if isinstance(tree.negated, IsTrue) else f"{_NONE_OF}{words}"
    if isinstance(tree, IsTrue):
        return _statement(profile, tree.is_true)
    if isinstance(tree, ListedOrDecided):
        rule = tree.listed_or_decided
        words = "、".join(choice_label(profile, rule.fact, value) for value in rule.values)
        rest = "列明之外的由主管部门决定"
        if rule.undecided is not None:
            undecided = "、".join(choice_label(profile, rule.fact, value) for value in rule.undecided)
            rest = f"{undecided}由主管部门决定"
        return f"{fact_label(profile, rule.fact)}属于：{words}（{rest}）"
    return _describe_compare(profile, tree)


def _part(profile: Profile, tree: Tree) -> str:
    """A part of a longer requirement; parts of its own stand in brackets, so that 且 and 或 do not mix."""
    parts = tree.all if isinstance(tree, AllOf) else tree.any if isinstance(tree, AnyOf) else ()
    words = describe(profile, tree)
    return f"（{words}）" if len(parts) > 1 or words.startswith(_NONE_OF) else words


def _describe_compare(profile: Profile, tree: Compare) -> str:
    if tree.fact is not None:
        if tree.chosen == "equals" and isinstance(tree.equals, bool):
            statement = _statement(profile, tree.fact)
            return statement if tree.equals else _denied(statement)
        return fact_label(profile, tree.fact) + describe_test(profile, tree, tree.fact)
    if tree.count is not None:
        terms: tuple[str | CountTerm, ...] = (CountTerm(count=tree.count, where=tree.where),)
    else:
        terms = tree.sum or ()
    labels = "、".join(term_label(profile, term) for term in terms)
    unit = _unit_of(profile, terms) if tree.chosen in _AMOUNTS else ""
    return f"{labels}{'合计' if len(terms) > 1 else ''}{describe_test(profile, tree)}{unit}"


def _unit_of(profile: Profile, terms: Iterable[str | CountTerm]) -> str:
    """The unit of a sum: that of its facts where they have one; entries of a list alone are 个."""
    named = [term for term in terms if isinstance(term, str)]
    if not named:
        return "个"
    units = {profile.declared_facts[name].unit for name in named if name in profile.declared_facts}
    return units.pop() if len(units) == 1 else ""


def term_label(profile: Profile, term: str | CountTerm) -> str:
    """What is added up: a fact, or the entries of a list that are of one kind."""
    if isinstance(term, str):
        return fact_label(profile, term)
    where = "，".join(_describe_field(profile, term.count, test) for test in term.where)
    return fact_label(profile, term.count) + (f"（{where}）" if where else "")


def _describe_field(profile: Profile, name: str, test: FieldTest) -> str:
    """One test of the entries of a list: by the column of its roster, or by the list's own field."""
    fact = profile.declared_facts.get(name)
    label = test.field
    choices: tuple[Choice, ...] = ()
    if fact is not None:
        label = next((field.label for field in fact.fields if field.name == test.field), label)
        columns = profile.roster(fact.derived.roster).columns if fact.derived is not None else ()
        for column in columns:
            if column.name == test.field:
                label, choices = column.label, column.choices
    words = describe_test(profile, test)
    for choice in choices:
        words = words.replace(choice.value, choice.label)
    return label + words


def known_of(names: Iterable[str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """These facts, as far as they are known."""
    return {name: facts[name] for name in names if facts.get(name) is not None}


def explain(
    profile: Profile,
    condition: Condition,
    outcome: str,
    figures: Mapping[str, Any],
    missing: tuple[str, ...],
    needs_decision: bool,
) -> str:
    """One sentence on one condition, with the figures used and the article."""
    article = profile.article(condition.clause)
    used = "；".join(show_fact(profile, name, value) for name, value in figures.items())
    told = f"（{used}）" if used else ""
    match outcome:
        case "met":
            return f"{condition.label}：符合{told}。依据{article}。"
        case "unmet" if condition.force == "soft":
            return f"{condition.label}：未达到一般要求{told}，须说明理由，不影响受理。依据{article}。"
        case "unmet" if condition.force == "preference":
            return f"{condition.label}：不属于优先情形{told}，不影响申报。依据{article}。"
        case "unmet":
            wanted = describe(profile, condition.require)
            return f"{condition.label}：不符合{told}，要求{wanted}。依据{article}。"
        case "judged":
            return f"{condition.label}：由审核人员判断，尚未作出。依据{article}。"
        case _ if needs_decision:
            return f"{condition.label}：文件未列明此类情形{told}，须由主管部门决定。依据{article}。"
        case _:
            labels = "、".join(f"“{fact_label(profile, name)}”" for name in missing)
            return f"{condition.label}：尚缺{labels}，无法判断。依据{article}。"
