"""Points beside the score sheet: which evidence counts, what it brings, and what it does to the total."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from jurisdictions.engine.answers import AnswerProblem
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import BonusKind
from jurisdictions.engine.schema.tree import LEVELS
from jurisdictions.engine.words import value_word

ZERO = Decimal(0)


def bonus_points(profile: Profile, bonus: Mapping[str, int | Decimal]) -> tuple[Decimal, list[AnswerProblem]]:
    """Bonus points within their cap, and the kinds that the text does not know."""
    claimed, problems = claimed_bonus(profile, bonus)
    return capped_bonus(profile, claimed), problems


def capped_bonus(profile: Profile, claimed: Decimal) -> Decimal:
    """Bonus points as far as the text lets them count."""
    rule = profile.assessment.bonus
    return claimed if rule is None else min(claimed, rule.cap)


def claimed_bonus(
    profile: Profile, bonus: Mapping[str, int | Decimal]
) -> tuple[Decimal, list[AnswerProblem]]:
    """Bonus points as entered, whatever their cap, and the kinds that the text does not know."""
    rule = profile.assessment.bonus
    if rule is None:
        return ZERO, [AnswerProblem(f"bonus.{key}", "文件没有加分项目") for key in bonus]
    problems: list[AnswerProblem] = []
    total, used = ZERO, set[str]()
    for key, amount in bonus.items():
        kind = _bonus_kind(rule.kinds, key)
        value = Decimal(str(amount))
        if kind is None:
            problems.append(AnswerProblem(f"bonus.{key}", "不属于文件列明的加分项目", rule.clause))
        elif value < 0:
            problems.append(AnswerProblem(f"bonus.{key}", "不能为负数", rule.clause))
        elif kind.points is None:
            total += value
        elif rule.per == "occurrence":
            total += kind.points * value
        elif kind.key not in used and value > 0:
            used.add(kind.key)
            total += kind.points
    return total, problems


# The words that name a level in the name of a piece of evidence, lowest first. A unit's own is below all.
_LEVEL_WORDS = {
    **dict.fromkeys(("unit", "company", "enterprise", "internal", "school", "town"), "none"),
    **dict.fromkeys(("county", "district"), "county"),
    **dict.fromkeys(("city", "municipal"), "city"),
    **dict.fromkeys(("province", "provincial"), "province"),
    **dict.fromkeys(("national", "nation", "state"), "national"),
}


def evidence_level(name: str) -> str | None:
    """The lowest level that the name of a piece of evidence speaks of: `talk_at_city_meeting` is of city."""
    found = [_LEVEL_WORDS[word] for word in name.split("_") if word in _LEVEL_WORDS]
    return min(found, key=LEVELS.index, default=None)


def bonus_evidence(profile: Profile, name: str) -> tuple[BonusKind | None, bool | None]:
    """The kind of bonus that evidence of a name is, and whether it counts.

    (None, False): the text knows the matter and not this level; (None, None): no level is named, so a person
    must say. Raises KeyError where the text has no bonus for such a matter at all.
    """
    rule = profile.assessment.bonus
    kinds = rule.kinds if rule else ()
    kind = _bonus_kind(kinds, name)
    if kind is not None:
        return kind, True
    if not any(name.split("_")[0] in kind.topics for kind in kinds):
        raise KeyError(name)
    return None, None if evidence_level(name) is None else False


def evidence_words(profile: Profile, name: str) -> str:
    """Evidence as one says it: the kind of bonus that it is, else which kinds its level falls short of."""
    rule = profile.assessment.bonus
    kinds = rule.kinds if rule else ()
    kind = _bonus_kind(kinds, name)
    if kind is not None:
        return kind.label
    near = "、".join(f"“{kind.label}”" for kind in kinds if name.split("_")[0] in kind.topics)
    level = evidence_level(name)
    below = {None: "级别不详", "none": "县级以下"}
    told = below.get(level) or value_word(BonusKind, "level_at_least", level or "")
    return f"{told}的佐证（对照{near}）"


def _bonus_kind(kinds: tuple[BonusKind, ...], key: str) -> BonusKind | None:
    """The kind of that key, or the one for evidence of that matter and level."""
    for kind in kinds:
        if key == kind.key or key in kind.aliases:
            return kind
    topic, level = key.split("_")[0], evidence_level(key)
    if level is None:
        return None
    at = LEVELS.index
    return next(
        (k for k in kinds if topic in k.topics and at(k.level_at_least) <= at(level) <= at(k.level_at_most)),
        None,
    )


def graded_total(profile: Profile, base: Decimal, bonus: Decimal) -> Decimal:
    """The total that the bands are asked about: with or without the bonus, capped or not."""
    rule = profile.assessment.bonus
    if rule is None or not rule.counts:
        return base
    total = base + bonus
    return min(total, rule.total_cap) if rule.total_cap is not None else total


def shown_total(profile: Profile, base: Decimal, bonus: Decimal) -> Decimal:
    """The total that is shown beside base and bonus: their sum, unless the cap binds this total as well."""
    rule, total = profile.assessment.bonus, base + bonus
    if rule is None or rule.total_cap is None or rule.cap_binds != "total":
        return total
    return min(total, rule.total_cap)


def most_total(profile: Profile) -> Decimal | None:
    """The highest total that the bands can be asked about; None where the text has no score sheet."""
    rubric, rule = profile.assessment.rubric, profile.assessment.bonus
    if rubric is None:
        return None
    return graded_total(profile, rubric.total, rule.cap if rule else ZERO)
