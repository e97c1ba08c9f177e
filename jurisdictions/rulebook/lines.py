"""What every page of a regulation is made of: lines with their articles, in groups, in chapters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.money import fen, wan_text
from jurisdictions.engine import Limit, Profile
from jurisdictions.engine.saying import label_of, say, title_of
from jurisdictions.engine.schema.base import Cited
from jurisdictions.engine.schema.tree import Tree
from jurisdictions.engine.values import show
from jurisdictions.engine.wording import describe
from jurisdictions.engine.words import field_word

DAY_UNITS = {"working_days": "个工作日", "calendar_days": "日", "months": "个月"}
# Said by every line in its own place, or only a handle inside the file.
_ELSEWHERE = frozenset({"clause", "clauses", "reading", "note", "in_text", "label", "title", "name", "key"})
_ELSEWHERE |= {"kind", "schedule", "value"}
NOT_OURS = "本系统约定"


@dataclass(frozen=True, slots=True)
class Article:
    """One clause of a line. `anchor` only where it stands first, so that a link leads to one place."""

    clause: str
    article: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: what it is called, what it says, how binding it is, and where it stands."""

    label: str
    details: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    reading: str = ""
    note: str = ""
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together; without a title where the chapter has no others."""

    title: str
    lines: tuple[Line, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Groups of one kind. `covers`: the chapters of the profile that it tells."""

    name: str
    title: str
    groups: tuple[Group, ...]
    covers: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for group in self.groups for line in group.lines)


def group(title: str, lines: Iterable[Line], intro: str = "") -> Group:
    """A group of what the lines give; it may be empty, and is then left out by `chapter`."""
    return Group(title, tuple(lines), intro)


def line(
    rules: Profile,
    node: BaseModel,
    label: str = "",
    *details: str,
    tags: Collection[str] = (),
    clause: str = "",
) -> Line:
    """A line on a node: its title, what is said of it, its clauses and its reading.

    `clause` is for a node without one of its own: that of the part it stands in.
    """
    cited = node if isinstance(node, Cited) else None
    more = () if cited is None or cited.in_text else (NOT_OURS,)
    return Line(
        label=label or title_of(rules, node),
        details=tuple(detail for detail in details if detail),
        tags=(*(tag for tag in tags if tag), *more),
        clauses=clauses_of_node(node) or ((clause,) if clause else ()),
        reading=(cited.reading or "") if cited else "",
        note=cited.note if cited else "",
    )


def clauses_of_node(node: BaseModel) -> tuple[str, ...]:
    """Every clause that a node names, its own first."""
    named = [*getattr(node, "clauses", ()), getattr(node, "clause", "")]
    named += [getattr(node, name) for name in type(node).model_fields if name.endswith("_clause")]
    return tuple(dict.fromkeys(clause for clause in named if clause))


def rest(rules: Profile, node: BaseModel, *said: str) -> tuple[str, ...]:
    """`字段：内容` of everything that is set of a node and neither said already nor told by `line`."""
    return tuple(_rest(rules, node, {*said, *_ELSEWHERE}))


def _rest(rules: Profile, node: BaseModel, said: Collection[str]) -> Iterator[str]:
    for name, info in type(node).model_fields.items():
        value = getattr(node, name)
        if name in said or name.endswith("_clause") or value == info.default:
            continue
        yield f"{field_word(type(node), name)}：{say(rules, node, name, value)}"


def word(rules: Profile, node: BaseModel, name: str) -> str:
    """One field of a node in words."""
    return say(rules, node, name, getattr(node, name))


def names(rules: Profile, found: Iterable[str]) -> str:
    """What names stand for, one after the other."""
    return "、".join(label_of(rules, name) for name in found)


def only_where(rules: Profile, tree: Tree | None, words: str = "适用于") -> str:
    """For whom a rule is; empty where for all."""
    return "" if tree is None else f"{words}：{describe(rules, tree)}"


def limit_words(limit: Limit | None) -> str:
    """`7个工作日内，自收到材料之日起`; what a text without a limit says."""
    if limit is None:
        return "文件未规定期限"
    unit = next(unit for unit in DAY_UNITS if getattr(limit, unit) is not None)
    since = "自申报截止之日起" if limit.starts == "call_deadline" else "自收到材料之日起"
    counted = "当日计入" if limit.start_day_counted else "次日起算"
    rolled = "，最后一日遇休息日顺延" if limit.roll_to_working_day else ""
    return f"{getattr(limit, unit)}{DAY_UNITS[unit]}内，{since}（{counted}）{rolled}"


def money(yuan: int | Decimal) -> str:
    """`10.00 万元`."""
    return wan_text(fen(yuan))


def number(value: Any) -> str:
    """A figure as a reader writes it: `2.5`, not `2.50`."""
    return show(value)


def articled(rules: Profile, found: Chapter, seen: set[str]) -> Chapter:
    """The chapter with the article of every line, and an anchor where a clause stands for the first time."""

    def of(one: Line) -> Line:
        articles = []
        for clause in one.clauses:
            articles.append(Article(clause, rules.article(clause), "" if clause in seen else clause))
            seen.add(clause)
        return replace(one, articles=tuple(articles))

    groups = tuple(replace(part, lines=tuple(of(one) for one in part.lines)) for part in found.groups)
    return replace(found, groups=groups)
