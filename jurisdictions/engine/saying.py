"""Parts of a profile in words: a node by its title, a field by its word, a name by what it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from jurisdictions.engine.schema.base import Cited
from jurisdictions.engine.schema.duties import StartsAfter
from jurisdictions.engine.schema.exclusions import EarlierWork
from jurisdictions.engine.schema.procedure import Consent
from jurisdictions.engine.schema.profile import Profile, Reading
from jurisdictions.engine.schema.questions import SuperiorRule
from jurisdictions.engine.schema.station import (
    AssessorRule,
    Band,
    GradeConsequence,
    RefusedWhen,
)
from jurisdictions.engine.schema.tree import (
    AllOf,
    AnyOf,
    Compare,
    FirstKnown,
    IsTrue,
    ListedOrDecided,
    Negation,
    Test,
)
from jurisdictions.engine.values import show
from jurisdictions.engine.wording import describe, describe_test
from jurisdictions.engine.words import field_word, model_word, name_word, value_word

TREES = (AllOf, AnyOf, Negation, FirstKnown, IsTrue, ListedOrDecided, Compare)
NOTHING = "无"
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_CLAUSE_FIELD = re.compile(r"^(clause|clauses|\w+_clause|scored_by)$")
# What a part is known by inside the file; a reader has the label.
_HANDLES = frozenset({"name", "key", "kind", "schedule", "value", "id", "short_name"})


def title_of(profile: Profile, node: BaseModel) -> str:
    """What a node is called: its label, or what it speaks of."""
    match node:
        case Reading():
            return node.question
        case Consent():
            return label_of(profile, node.by)
        case Band():
            return node.grade
        case GradeConsequence():
            times = f"连续{node.consecutive}次" if node.consecutive > 1 else ""
            return f"{times}{node.on_grade}：{_value(profile, node, 'effect')}"
        case RefusedWhen():
            return f"{label_of(profile, node.obligation)}：{'、'.join(node.any_grade)}"
        case AssessorRule():
            return label_of(profile, node.by)
        case SuperiorRule():
            return f"{node.by}（{_value(profile, node, 'level')}）"
        case StartsAfter() | EarlierWork():
            return model_word(type(node))
    for name in ("label", "title", "message"):
        if text := getattr(node, name, ""):
            return str(text)
    if model_word(type(node)):
        return model_word(type(node))
    return str(getattr(node, "name", "") or getattr(node, "clause", ""))


def label_of(profile: Profile, name: str) -> str:
    """What a name of the profile stands for (a body, a paper, a task, a fact); itself where for nothing."""
    return profile.labels.get(name) or name_word(name)


def say(profile: Profile, owner: BaseModel, field: str, value: Any) -> str:
    """The value of a field in words."""
    if value is None or value == () or value == "":
        return NOTHING
    if isinstance(value, TREES):
        return describe(profile, value)
    if isinstance(value, Test):
        return f"{getattr(value, 'field', '')}{describe_test(profile, value)}"
    if isinstance(value, BaseModel):
        return say_node(profile, value)
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{say(profile, owner, '', one)}" for key, one in value.items()) or NOTHING
    if isinstance(value, tuple | list):
        return "、".join(say(profile, owner, field, one) for one in value)
    if isinstance(value, str):
        return _say_text(profile, owner, field, value)
    return show(value)


def _say_text(profile: Profile, owner: BaseModel, field: str, value: str) -> str:
    if field and (word := value_word(type(owner), field, value)) is not None:
        return word
    if value in profile.articles:
        return f"{profile.article(value)} {value}"
    if isinstance(owner, Reading) and field == "chosen":
        return next((option.label for option in owner.options if option.value == value), value)
    if field not in _HANDLES and _NAME.match(value):
        return label_of(profile, value)
    return value


def _value(profile: Profile, node: BaseModel, field: str) -> str:
    return say(profile, node, field, getattr(node, field))


def say_node(profile: Profile, node: BaseModel) -> str:
    """A whole node in one line: what is set of it, without its clauses and its handles."""
    title = title_of(profile, node)
    told = []
    for name, info in type(node).model_fields.items():
        value = getattr(node, name)
        if name in _HANDLES or _CLAUSE_FIELD.match(name) or value == info.default:
            continue
        if isinstance(value, str) and value == title:
            continue
        told.append(f"{field_word(type(node), name)}：{say(profile, node, name, value)}")
    return title + (f"（{'；'.join(told)}）" if told and title else "；".join(told))


def clause_of(node: BaseModel) -> str:
    """The clause on which a node rests; empty where it has none."""
    if isinstance(node, Cited):
        return node.clause
    clauses = getattr(node, "clauses", ())
    return str(getattr(node, "clause", "") or (clauses[0] if clauses else ""))
