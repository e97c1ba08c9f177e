"""What the money of a station may be used for: permitted, prohibited, or for a person to say."""

from __future__ import annotations

from dataclasses import dataclass

from jurisdictions.engine.schema.expenditure import Expenditure, UseRule, Verdict
from jurisdictions.engine.schema.profile import Profile


class UnknownUse(ValueError):
    """A category or purpose that the profile does not know; `fact` says which of the two."""

    def __init__(self, fact: str, value: str) -> None:
        self.fact = fact
        super().__init__(f"没有“{value}”")


@dataclass(frozen=True, slots=True)
class UseAnswer:
    """The verdict on one use. `listed` False: the text does not name it."""

    verdict: Verdict
    listed: bool
    clauses: tuple[str, ...]
    explanation: str


def use_of_money(profile: Profile, category: str | None, purpose: str | None = None) -> UseAnswer:
    """Whether the text permits or forbids a use. The first rule that fits decides.

    Without a category only a rule on the purpose can decide. A text that says nothing of uses leaves all to
    a person. Raises UnknownUse for a category or purpose that is not in the profile.
    """
    chapter = profile.expenditure
    if chapter is None:
        clause = profile.validity.clause
        return UseAnswer("manual", False, (clause,), "文件没有规定资金用途，须由主管部门决定。")
    for fact, value, known in (
        ("category", category, chapter.categories),
        ("purpose", purpose, chapter.purposes),
    ):
        if value is not None and value not in known:
            raise UnknownUse(fact, value)
    rule = _rule(chapter, category, purpose) if chapter.binding else None
    if rule is None or rule.verdict == "as_unlisted":
        return _unlisted(profile, chapter, category, rule.clauses if rule else chapter.clauses)
    word = {"permitted": "可以列支", "prohibited": "不得列支", "manual": "须由主管部门核定"}[rule.verdict]
    what = chapter.categories[category] if category else chapter.purposes[purpose or ""]
    text = f"{what}：属于{rule.label}，{word}。依据{profile.article(rule.clause)}。"
    return UseAnswer(rule.verdict, True, rule.clauses, text)


def every_use(profile: Profile) -> tuple[tuple[str, UseAnswer], ...]:
    """Each category that the text names, in the order of its rules, with its verdict (label, answer)."""
    chapter = profile.expenditure
    if chapter is None:
        return ()
    named = dict.fromkeys(name for rule in chapter.rules for name in rule.categories)
    return tuple((chapter.categories[name], use_of_money(profile, name)) for name in named)


def _rule(chapter: Expenditure, category: str | None, purpose: str | None) -> UseRule | None:
    for rule in chapter.rules:
        fits_category = not rule.categories or category in rule.categories
        if fits_category and (not rule.purposes or purpose in rule.purposes):
            return rule
    return None


def _unlisted(
    profile: Profile, chapter: Expenditure, category: str | None, clauses: tuple[str, ...]
) -> UseAnswer:
    article = profile.article(clauses[0])
    if category is None:
        return UseAnswer("manual", False, clauses, f"尚缺用途类别，无法判断。依据{article}。")
    if chapter.unlisted == "prohibited" and chapter.binding:
        text = f"{chapter.categories[category]}：不在列明范围内，不得列支。依据{article}。"
        return UseAnswer("prohibited", False, clauses, text)
    text = f"{chapter.categories[category]}：文件未列明，须由主管部门说明理由后决定。依据{article}。"
    return UseAnswer("manual", False, clauses, text)
