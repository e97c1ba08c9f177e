"""Questions and answers of the fixed cases as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.bonus import bonus_evidence, evidence_words
from jurisdictions.engine.words import answer_word, code_word, name_word

# A step of the procedure bears its length: `formal_review_7wd`, `notice_5_days`.
_STEP = re.compile(r"(\w+?)_(\d+)(wd|_days|_months)")
_LENGTHS = {"wd": "个工作日", "_days": "日", "_months": "个月"}
_CANDIDATE = "_candidate"
_EXPIRED = "regulation_expired_"
# Parts whose values are names of facts and papers.
_NAMES = frozenset({"missing", "blocked_by"})
_EVIDENCE = frozenset({"bonus_items", "bonus_kind"})


def field_words(name: str) -> str:
    """A part of an answer as people call it; its name where none is recorded."""
    return answer_word(name)


def facts_in_words(rules: Profile, given: Mapping[str, Any]) -> str:
    """The facts of a question, each by its label: `技师：3；单位类型：企业`."""
    told = (f"{fact_words(rules, name)}：{value_words(rules, value, name)}" for name, value in given.items())
    return "；".join(told) or "（没有事实）"


def fact_words(rules: Profile, name: str) -> str:
    """A fact by its label, without the 是否 of a question; its name where none is recorded."""
    fact = rules.declared_facts.get(name)
    if fact is not None:
        return fact.label.removeprefix("是否")
    return rules.labels.get(name) or name_word(name)


def value_words(rules: Profile, value: Any, name: str = "") -> str:
    """The value of a fact or of a part of an answer as people read it.

    Names by their labels, codes by their words, articles as printed. `name` is that of the fact or part.
    """
    if value is None:
        return "未定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(
            f"{_key(rules, key)}：{value_words(rules, part, key)}" for key, part in value.items()
        )
    if isinstance(value, list | tuple):
        separator = "；" if any(isinstance(part, Mapping) for part in value) else "、"
        return separator.join(value_words(rules, part, name) for part in value) or "无"
    return _text(rules, value, name) if isinstance(value, str) else str(value)


def _key(rules: Profile, name: str) -> str:
    """A name inside a value: a part of an answer, a fact, a code."""
    return next(
        (word for word in (fact_words(rules, name), answer_word(name)) if word != name), code_word("", name)
    )


def _text(rules: Profile, value: str, name: str) -> str:
    if value in rules.articles:
        return f"{rules.article(value)}（{value}）"
    known = rules.declared_facts.get(name)
    for choice in known.choices if known is not None else ():
        if choice.value == value:
            return choice.label
    if name in _NAMES:
        return _missing(rules, value)
    for word in (code_word(name, value), _named(rules, value), _evidence(rules, value, name)):
        if word != value:
            return word
    return _composed(rules, value)


def _named(rules: Profile, value: str) -> str:
    """What the profile calls it: a condition, a payment, a body, a choice of any fact."""
    for condition in rules.conditions:
        if condition.key == value:
            return condition.label
    # What a payment waits for is called by its name in an answer, and by its label on a page.
    for tranche in rules.award.tranches if rules.award else ():
        if tranche.condition.name == value:
            return f"{tranche.label}的付款条件"
    label = fact_words(rules, value)
    if label != value:
        return label
    choices = (choice for fact in rules.declared_facts.values() for choice in fact.choices)
    return next((choice.label for choice in choices if choice.value == value), value)


def _evidence(rules: Profile, value: str, name: str) -> str:
    if name not in _EVIDENCE:
        return value
    try:
        bonus_evidence(rules, value)
    except KeyError:
        return value
    return evidence_words(rules, value)


def _missing(rules: Profile, value: str) -> str:
    """What is wanting: a fact, a paper (`form`), copies of it (`form:3`), something of it (`list.copy`)."""
    whole, _, copies = value.partition(":")
    words = "的".join(_named(rules, part) for part in whole.split("."))
    return f"{words}（{copies}份）" if copies else words


def _composed(rules: Profile, value: str) -> str:
    """A code that is made of a name and something more; itself where it is none."""
    if value.endswith(_CANDIDATE):
        return f"{value.removesuffix(_CANDIDATE)}（候选）"
    if value.startswith(_EXPIRED):
        return code_word("", _EXPIRED).format(value.removeprefix(_EXPIRED))
    step, length = value, ""
    if found := _STEP.fullmatch(value):
        step, length = found[1], f"（{found[2]}{_LENGTHS[found[3]]}）"
    for stage in rules.stages:
        if step == stage.name:
            return f"{stage.label}{length}"
        # A step that several bodies take in turn bears the body as well.
        body = step.removeprefix(f"{stage.name}_")
        if body != step and body in rules.labels:
            return f"{stage.label}（{rules.labels[body]}）{length}"
    return f"{rules.terms.notice}{length}" if step == "notice" else value
