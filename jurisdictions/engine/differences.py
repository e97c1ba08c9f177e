"""What differs between two versions of a profile, part by part, in words that a reader understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from jurisdictions.engine.saying import NOTHING, TREES, clause_of, say, say_node, title_of
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.words import chapter_word, field_word

Kind = Literal["added", "removed", "changed"]
KINDS: dict[Kind, str] = {"added": "新增", "removed": "删去", "changed": "修改"}

# By what the entries of a list are known. Those that share all of it are told apart by their order.
_STRONG = ("key", "id", "name", "seq")
_MARKS: tuple[str, ...] = (
    *("kind", "actions", "phase", "value", "title", "path", "column", "fact", "field", "by", "obligation"),
    *(
        "record",
        "scope",
        "grade",
        "on_grade",
        "effect",
        "tranche",
        "level",
        "per",
        "start",
        "payer",
        "clause",
    ),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that is not the same. `before` or `after` is empty where there was, or is, nothing."""

    chapter: str
    """The title of the chapter; its name in the profile is the first part of `path`."""
    path: str
    label: str
    clause: str
    kind: Kind
    before: str
    after: str

    @property
    def kind_label(self) -> str:
        """新增, 删去 or 修改."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two profiles, so that each side is told in its own words."""

    old: Profile
    new: Profile


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where two values stand: path, the titles on the way, the clause that holds there, and their field."""

    chapter: str
    path: str
    titles: tuple[str, ...]
    clause: str
    owners: tuple[BaseModel, BaseModel]
    field: str = ""

    def at(self, step: str, **changes: Any) -> _Spot:
        return replace(self, path=f"{self.path}{step}", **changes)


def differences(old: Profile, new: Profile) -> tuple[Difference, ...]:
    """Every difference, in the order of the profile. Two equal profiles have none."""
    pair = _Pair(old, new)
    return tuple(
        found
        for name in Profile.model_fields
        for found in _compare(
            pair,
            _Spot(chapter_word(name), name, (), "", (old, new), name),
            getattr(old, name),
            getattr(new, name),
        )
    )


def _compare(pair: _Pair, spot: _Spot, was: Any, now: Any) -> Iterator[Difference]:
    if was == now:
        return
    if _is_node(was) and _is_node(now) and type(was) is type(now):
        yield from _nodes(pair, spot, was, now)
    elif isinstance(was, Mapping) and isinstance(now, Mapping):
        yield from _mappings(pair, spot, was, now)
    elif _is_list(was) and _is_list(now):
        yield from _lists(pair, spot, was, now)
    else:
        yield _leaf(pair, spot, was, now)


def _is_node(value: Any) -> bool:
    return isinstance(value, BaseModel) and not isinstance(value, TREES)


def _is_list(value: Any) -> bool:
    """A list of nodes; lists of plain values and requirements are told as a whole."""
    return isinstance(value, tuple) and all(_is_node(item) for item in value)


def _nodes(pair: _Pair, spot: _Spot, was: BaseModel, now: BaseModel) -> Iterator[Difference]:
    clause = clause_of(now) or spot.clause
    for name in type(now).model_fields:
        if name == "clause" and getattr(was, "clauses", ()) != getattr(now, "clauses", ()):
            continue  # `clauses` holds it as well
        titles = (*spot.titles, field_word(type(now), name))
        inner = spot.at(f".{name}", titles=titles, clause=clause, owners=(was, now), field=name)
        yield from _compare(pair, inner, getattr(was, name), getattr(now, name))


def _mappings(
    pair: _Pair, spot: _Spot, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Difference]:
    for key in dict.fromkeys([*was, *now]):
        clause = key if spot.path == "articles" else spot.clause
        inner = spot.at(f"[{key}]", titles=(*spot.titles, key), clause=clause)
        yield from _compare(pair, inner, was.get(key), now.get(key))


def _lists(
    pair: _Pair, spot: _Spot, was: tuple[BaseModel, ...], now: tuple[BaseModel, ...]
) -> Iterator[Difference]:
    old, new = _marked(was), _marked(now)
    for mark in _in_order(old, new):
        before, after = old.get(mark), new.get(mark)
        one = after if after is not None else before
        assert one is not None
        title = title_of(pair.new if after is not None else pair.old, one)
        inner = spot.at(f"[{mark}]", titles=(*spot.titles, title), clause=clause_of(one) or spot.clause)
        yield from _compare(pair, inner, before, after)
    common_old, common_new = [m for m in old if m in new], [m for m in new if m in old]
    if common_old != common_new:
        before_words = "、".join(title_of(pair.old, old[mark]) for mark in common_old)
        after_words = "、".join(title_of(pair.new, new[mark]) for mark in common_new)
        yield _difference(spot.at("", titles=(*spot.titles, "顺序")), "changed", before_words, after_words)


def _in_order(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Every mark: the new ones in their order, those that went where they stood before."""
    order = list(new)
    place = 0
    for mark in old:
        if mark in order:
            place = order.index(mark) + 1
        else:
            order.insert(place, mark)
            place += 1
    return order


def _marked(nodes: tuple[BaseModel, ...]) -> dict[str, BaseModel]:
    """The entries of a list by what they are known by."""
    found: dict[str, BaseModel] = {}
    for node in nodes:
        mark = plain = _mark(node)
        count = 1
        while mark in found:
            count += 1
            mark = f"{plain}#{count}"
        found[mark] = node
    return found


def _mark(node: BaseModel) -> str:
    for strong in _STRONG:
        if (value := getattr(node, strong, None)) not in (None, ""):
            return str(value)
    values = [getattr(node, name, None) for name in _MARKS if name in type(node).model_fields]
    words = [
        "+".join(v) if isinstance(v, tuple) else str(v) for v in values if isinstance(v, str | int | tuple)
    ]
    return ",".join(word for word in words if word)


def _leaf(pair: _Pair, spot: _Spot, was: Any, now: Any) -> Difference:
    """One value against another; a part against nothing is told as added or removed."""
    before = _words(pair.old, spot.owners[0], spot.field, was)
    after = _words(pair.new, spot.owners[1], spot.field, now)
    clause = spot.clause
    for value in (now, was):
        if _is_node(value):
            clause = clause_of(value) or clause
            break
    if _is_missing(was):
        return _difference(replace(spot, clause=clause), "added", "", after)
    if _is_missing(now):
        return _difference(replace(spot, clause=clause), "removed", before, "")
    if before == after:
        before, after = _exactly(before, was), _exactly(after, now)
    return _difference(replace(spot, clause=clause), "changed", before, after)


def _is_missing(value: Any) -> bool:
    return value is None or value == () or value == ""


def _words(profile: Profile, owner: BaseModel, field: str, value: Any) -> str:
    if _is_node(value):
        return say_node(profile, value)
    return NOTHING if _is_missing(value) else say(profile, owner, field, value)


def _exactly(words: str, value: Any) -> str:
    """The words with the value as the file writes it, where words alone do not tell two values apart."""
    if isinstance(value, BaseModel):
        return f"{words}（{value.model_dump_json(by_alias=True, exclude_defaults=True, warnings=False)}）"
    return f"{words}（{value}）"


def _difference(spot: _Spot, kind: Kind, before: str, after: str) -> Difference:
    label = " · ".join(dict.fromkeys(title for title in spot.titles if title)) or spot.chapter
    return Difference(spot.chapter, spot.path, label, spot.clause, kind, before, after)
