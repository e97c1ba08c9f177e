"""The words for what the log speaks of, and what there is in it to choose from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection

from core.audit import role_words
from core.models import LogEntry
from core.tenancy import current_tenant

# The different values of a column, each found by one step into the index over it: the cost grows with their
# number, not with the length of the log.
_STEPS = """
WITH RECURSIVE found AS (
    (SELECT {column} AS value FROM core_logentry WHERE tenant_id = %s ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM core_logentry WHERE tenant_id = %s AND {column} > found.value
            ORDER BY {column} LIMIT 1)
    FROM found WHERE found.value IS NOT NULL
)
SELECT value, {more} FROM found WHERE value IS NOT NULL ORDER BY value
"""
_NEWEST_LABEL = """(SELECT label FROM core_logentry
    WHERE tenant_id = %s AND action = found.value ORDER BY id DESC LIMIT 1)"""


def subject_name(label: str) -> str:
    """The name of a kind of object: `applications.round` → 申报批次."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def state_name(label: str, value: str) -> str:
    """The word for a stored state of a kind of object; the value itself where it has none."""
    try:
        model = apps.get_model(label)
        field = model._meta.get_field(model.workflow.field)
    except (AttributeError, LookupError, ValueError):
        return value
    return str(dict(field.flatchoices).get(value, value))


def role_names(text: str) -> str:
    """The words for the roles of an entry: `auditor,unit:12` → 审计人员、申报单位成员 12."""
    words = role_words()
    named = []
    for role in filter(None, text.split(",")):
        kind, _, number = role.partition(":")
        named.append(f"{words.get(kind, kind)} {number}".strip())
    return "、".join(named)


def subject_choices() -> list[tuple[str, str]]:
    """The kinds of object that the log speaks of."""
    kinds = (value for value, _ in _different("subject_type"))
    return sorted(((kind, subject_name(kind)) for kind in kinds), key=lambda choice: choice[1])


def action_choices() -> list[tuple[str, str]]:
    """The acts that the log knows, under what each was last called."""
    found = _different("action", _NEWEST_LABEL)
    return sorted(((action, f"{label}（{action}）") for action, label in found), key=lambda choice: choice[1])


def role_choices() -> list[tuple[str, str]]:
    """The kinds of role in which people acted."""
    words = role_words()
    kinds = {kind for text, _ in _different("role") for kind in _kinds(text)}
    return sorted(((kind, words.get(kind, kind)) for kind in kinds), key=lambda choice: choice[1])


def role_texts(kind: str) -> list[str]:
    """What stands in the log's column of roles wherever this kind is among them."""
    return [text for text, _ in _different("role") if kind in _kinds(text)]


def _kinds(text: str) -> set[str]:
    return {role.partition(":")[0] for role in text.split(",") if role}


def _different(column: str, more: str = "NULL") -> list[tuple[str, Any]]:
    tenant = current_tenant().pk
    query = _STEPS.format(column=column, more=more)
    with connection.cursor() as cursor:
        cursor.execute(query, [tenant] * query.count("%s"))
        rows: list[tuple[str, Any]] = cursor.fetchall()
    return rows


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an act changed."""

    name: str
    before: Any
    after: Any


def changes(entry: LogEntry) -> list[Change]:
    """What the act changed, field by field, under the fields' own names."""
    names = sorted({*entry.before, *entry.after})
    return [
        Change(
            _field_name(entry.subject_type, name),
            _shown(entry, name, entry.before.get(name)),
            _shown(entry, name, entry.after.get(name)),
        )
        for name in names
    ]


def _field_name(label: str, name: str) -> str:
    try:
        return str(getattr(apps.get_model(label)._meta.get_field(name), "verbose_name", name))
    except (FieldDoesNotExist, LookupError, ValueError):
        return name


def _shown(entry: LogEntry, name: str, value: Any) -> Any:
    if value is None or value == "":
        return "—"
    return state_name(entry.subject_type, value) if name == "state" else value


def facts(data: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The notes of an entry, one line each."""
    for name, value in data.items():
        yield name, (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)
