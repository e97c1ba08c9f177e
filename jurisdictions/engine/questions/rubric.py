"""One line of the score sheet, one ground for a bonus, or the full sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.answers import ScoredItem
from jurisdictions.engine.assessment import (
    score_item,
)
from jurisdictions.engine.bonus import bonus_evidence, evidence_words
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import Rubric, RubricItem
from jurisdictions.engine.schema.tree import LEVELS

# Figures of both score sheets; where a line does not ask for one, it decides nothing.
NUMBERS = ("office_area_sqm",)
COUNTS = ("backbone_trained", "inventions", "utility_models", "design_patents", "new_tech_applications")


def facts(profile: Profile) -> frozenset[str]:
    """The line, the points entered for it, and the figures from which lines are computed."""
    figures = {fact for item in _items(profile.assessment.rubric).values() for fact in _asked(item)}
    asked = {"item", "entered_points", "all_items_full", "bonus_kind", "evidence_scored_in", "awards"}
    return frozenset({*NUMBERS, *COUNTS, *asked, *figures})


def _items(rubric: Rubric | None) -> dict[str, RubricItem]:
    return {item.clause: item for category in rubric.categories for item in category.items} if rubric else {}


def _asked(item: RubricItem) -> set[str]:
    """The facts from which a line is computed."""
    return {unit.fact or unit.key for unit in item.units} | ({item.fact} if item.fact else set())


def answer(question: Question) -> Answer:
    """`points` null and `manual` true where a person must score; `accepted` of the points entered."""
    rubric = question.profile.assessment.rubric
    figures = _figures(question)
    if question.has("item"):
        return _line(question, figures)
    if question.has("bonus_kind"):
        return _bonus(question)
    if rubric is None:
        clause = question.profile.assessment.clause
        told = f"文件没有评分表。{question.article(clause)}。"
        none = {"total": None, "manual": True, "reason": "no_score_sheet_in_text"}
        return Answer(none, question.profile.assessment.clauses, (told,))
    total = sum(item.max for item in _items(rubric).values()) if question.flag("all_items_full") else None
    words = "未给出各项得分" if total is None else f"各项满分合计{total}分"
    fields: dict[str, Any] = {"total": total, "manual": total is None}
    clauses = (*rubric.clauses, *_items(rubric))
    return Answer(fields, clauses, (f"{words}。{question.article(rubric.clause)}。",))


def _figures(question: Question) -> dict[str, Any]:
    """The figures in their own types; an explicit null stays: it is not known."""
    found: dict[str, Any] = {}
    reported = {fact.name: fact.type for fact in question.profile.assessment.facts}
    for name in question.given:
        if name in NUMBERS:
            found[name] = question.number(name)
        elif name == "awards":
            found[name] = _awards(question)
        elif name in COUNTS or name in reported:
            reader = question.number if reported.get(name) == "decimal" else question.integer
            found[name] = reader(name)
    return found


def _awards(question: Question) -> Mapping[str, int | None] | None:
    """How many awards of each level; a level that is not named has none."""
    if not question.has("awards"):
        return None
    table = question.table("awards")
    levels = {unit.key for i in _items(question.profile.assessment.rubric).values() for unit in i.units}
    for name in table:
        if name not in (levels & set(LEVELS) or set(LEVELS[1:])):
            raise QuestionError("awards", f"没有级别“{name}”")
    return question.counts("awards")


# ---- a line


def _line(question: Question, figures: Mapping[str, Any]) -> Answer:
    profile = question.profile
    items = _items(profile.assessment.rubric)
    name = question.text("item")
    if name not in items:
        options = "、".join(items)
        raise QuestionError("item", f"评分表没有“{name}”，可选：{options}" if items else "文件没有评分表")
    item, entered = items[name], question.number("entered_points", signed=True)
    known = {key: value for key, value in figures.items() if value is not None}
    scored = score_item(profile, item, entered, known)
    points, accepted = _settled(item, scored, figures), scored.accepted
    computed = item.rule != "reviewer" and not scored.needs_reviewer and points is not None
    if computed and entered is not None:
        accepted = entered == points
    fields: dict[str, Any] = {
        "points": points if accepted or computed else None,
        "accepted": accepted,
        "manual": points is None,
        "max_points": item.max,
        "per_unit_rule": item.rule in ("per_unit", "deduct_per_unit"),
        "full_points_allowed": _full(item, scored, known),
    }
    told = scored.explanation.rstrip("。")
    if points is None and scored.points is not None:
        told = f"{item.label}：有数据不详，由评估人员评分，满分{item.max}分"
    return Answer(fields, item.clauses, (f"{told}。{question.article(item.clause)}。",), ("G-1", "G-12"))


def _settled(item: RubricItem, scored: ScoredItem, figures: Mapping[str, Any]) -> Any:
    """The points, unless a figure of which they are made up is not known and could still raise them."""
    open_ = False
    for unit in item.units:
        name = unit.fact or unit.key
        value = figures.get(name)
        if isinstance(value, Mapping):
            open_ = open_ or (unit.key in value and value[unit.key] is None)
        else:
            open_ = open_ or (name in figures and value is None)
    # The bound at which more of a kind changes nothing: the maximum, or 0 where points are taken off.
    bound = 0 if item.rule == "deduct_per_unit" else item.max
    return None if open_ and not scored.needs_reviewer and scored.points != bound else scored.points


def _full(item: RubricItem, scored: ScoredItem, known: Mapping[str, Any]) -> bool | None:
    """Whether the full points may be given: below a threshold they may not."""
    if item.rule != "threshold":
        return True
    if known.get(item.fact or "") is None:
        return None
    return scored.points == item.max and not scored.needs_reviewer


# ---- a bonus


def _bonus(question: Question) -> Answer:
    """Whether evidence counts for the bonus, and what it brings; no evidence is used twice (QS-A21)."""
    profile, rule = question.profile, question.profile.assessment.bonus
    name = question.text("bonus_kind") or ""
    if rule is None:
        raise QuestionError("bonus_kind", "文件没有加分项目")
    try:
        kind, counts = bonus_evidence(profile, name)
    except KeyError:
        raise QuestionError("bonus_kind", f"没有加分项目“{name}”") from None
    used = question.text("evidence_scored_in", tuple(_items(profile.assessment.rubric)))
    twice = used in rule.scored_already if used else False
    counts = False if twice else counts
    points = kind.points if kind and counts else 0 if counts is False else None
    words = {True: "计入加分", False: "不计加分", None: "级别不详，由人工确定"}[counts]
    told = f"{evidence_words(profile, name)}：{'同一佐证已经评分，' if twice else ''}{words}"
    told += f"，加分合计不超过{rule.cap}分"
    fields: dict[str, Any] = {
        "counts": counts,
        "points": points,
        "manual": points is None,
        "max_points": rule.cap,
    }
    return Answer(fields, rule.clauses, (f"{told}。{question.article(rule.clause)}。",))


KIND = Kind("rubric", answer, facts)
