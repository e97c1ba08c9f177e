"""What differs between two versions of the rules, line by line, each with its chapter and clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.issue_words import CHAPTERS

KINDS = {"added": "新增", "removed": "删去", "changed": "修改"}
# By what an entry of a list is known, in this order.
MARKS = ("key", "id", "name", "value", "seq", "clause", "kind", "grade", "label")
# Said of the file, not by the text.
LEFT_OUT = ("clauses",)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that is not the same. `before` or `after` is empty where there is nothing."""

    chapter: str
    path: str
    label: str
    clause: str
    kind: str
    before: str
    after: str

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


def differences(old: Profile, new: Profile) -> tuple[Difference, ...]:
    """Every difference, in the order of the file."""
    was, now = _document(old), _document(new)
    return tuple(
        one
        for chapter in dict.fromkeys([*now, *was])
        for one in _compare(chapter, chapter, "", "", was.get(chapter), now.get(chapter))
    )


def _document(rules: Profile) -> dict[str, Any]:
    found: dict[str, Any] = rules.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, warnings=False
    )
    return found


def _compare(chapter: str, path: str, label: str, clause: str, was: Any, now: Any) -> Iterator[Difference]:
    if was == now:
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        label, clause = _label(now, label), str(now.get("clause", clause))
        for name in dict.fromkeys([*now, *was]):
            if name not in LEFT_OUT:
                yield from _compare(chapter, f"{path}.{name}", label, clause, was.get(name), now.get(name))
        return
    if isinstance(was, list) and isinstance(now, list) and (mark := _mark(was, now)):
        old, new = ({str(entry[mark]): entry for entry in entries} for entries in (was, now))
        for key in dict.fromkeys([*new, *old]):
            yield from _compare(chapter, f"{path}[{key}]", label, clause, old.get(key), new.get(key))
        return
    entry = now if isinstance(now, Mapping) else was if isinstance(was, Mapping) else {}
    kind = "added" if was is None else "removed" if now is None else "changed"
    yield Difference(
        CHAPTERS.get(chapter, chapter),
        path,
        _label(entry, label),
        str(entry.get("clause", clause)),
        kind,
        _words(was),
        _words(now),
    )


def _label(entry: Mapping[str, Any], fallback: str) -> str:
    return str(entry.get("label") or entry.get("question") or entry.get("title") or fallback)


def _mark(*lists: list[Any]) -> str:
    """By what the entries of both lists can be told apart; empty where by nothing."""
    for mark in MARKS:
        if all(
            isinstance(entry, Mapping) and entry.get(mark) is not None
            for entries in lists
            for entry in entries
        ) and all(len({str(e[mark]) for e in entries}) == len(entries) for entries in lists):
            return mark
    return ""


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(f"{key}：{_words(one)}" for key, one in value.items() if key not in LEFT_OUT)
    if isinstance(value, list):
        return "、".join(_words(one) for one in value)
    return str(value)
