"""What a score comes to, who assesses, whether the result is final, and whether a quota is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jurisdictions.engine.assessment import (
    assessors,
    excellent_places,
    grade_for,
    grade_round,
)
from jurisdictions.engine.bonus import (
    bonus_evidence,
    bonus_points,
    evidence_words,
    graded_total,
    most_total,
    shown_total,
)
from jurisdictions.engine.questions.question import Answer, Kind, Question, QuestionError
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.engine.values import show

RESULTS = ("pass", "fail")
# A review has a result of its own, or says whether it stands by the one before it.
REVIEWS = (*RESULTS, "confirmed", "not_confirmed")


class _Parts:
    """An answer that is put together from the parts that were asked for."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.clauses: list[str] = []
        self.told: list[str] = []

    def add(self, fields: Mapping[str, Any], clauses: tuple[str, ...], *told: str) -> None:
        self.fields |= fields
        self.clauses += clauses
        self.told += told

    def answer(self, *readings: str) -> Answer:
        return Answer(self.fields, tuple(dict.fromkeys(self.clauses)), tuple(self.told), readings)


def facts(profile: Profile) -> frozenset[str]:
    """A score, or base and bonus; the scores or grades of a round; what is known of a result."""
    named = {
        "score", "base_score", "bonus", "bonus_raw", "bonus_items", "scores", "stations", "grades_this_year",
        "county_result", "city_review",
    }  # fmt: skip
    deciding = {name for rule in profile.assessment.assessed_by if rule.when for name in facts_in(rule.when)}
    return frozenset(named | deciding | {"unit_affiliation"})


def answer(question: Question) -> Answer:
    """Each part that the facts ask for; the grade where there is a score, or where nothing else is asked."""
    parts = _Parts()
    if question.profile.assessment.method != "filing":
        _assessor(question, parts)
    round_asked = [n for n in ("grades_this_year", "scores", "stations") if n in question.given]
    result_asked = [n for n in ("unit_affiliation", "county_result", "city_review") if n in question.given]
    scored = [n for n in ("score", "base_score", "bonus", "bonus_raw", "bonus_items") if n in question.given]
    if "grades_this_year" in question.given:
        _kept(question, parts)
    if "scores" in question.given or "stations" in question.given:
        _excellent(question, parts)
    if scored or not (round_asked or result_asked):
        _graded(question, parts)
    return parts.answer("G-12")


# ---- who, and whether it is final


def _assessor(question: Question, parts: _Parts) -> None:
    profile = question.profile
    choices = next((f.choices for f in profile.facts if f.name == "unit_affiliation"), ())
    question.text("unit_affiliation", tuple(choice.value for choice in choices))
    who = assessors(profile, question.given)
    result, review = _result(question, "county_result"), _result(question, "city_review")
    if who is None:
        clauses = tuple(rule.clause for rule in profile.assessment.assessed_by)
        told = f"单位隶属关系不详，不能判断由谁考核。{question.article(clauses[0])}。"
        fields = {"assessor": None, "reviewer": None, "final": None, "missing": ("unit_affiliation",)}
        parts.add(fields, clauses, told)
        return
    rule = next(rule for rule in profile.assessment.assessed_by if rule.clause == who.clause)
    parts.add({"assessor": who.led_by or who.by, "reviewer": who.reviewed_by}, rule.clauses, who.explanation)
    asked = [n for n in ("unit_affiliation", "county_result", "city_review") if n in question.given]
    if not asked:
        return
    # Where nobody looks again, the assessor's own result is the last word; what a review does not confirm
    # goes back to the assessor.
    reviewed = review is not None and review != "not_confirmed"
    final = reviewed if who.reviewed_by else (True if reviewed else None)
    told = (
        "复核未确认考核结果，不是最终结果"
        if review == "not_confirmed"
        else "考核结果尚未复核，不是最终结果"
        if final is False
        else "考核结果为最终结果"
        if final
        else "尚无考核结果"
    )
    parts.add({"final": final}, rule.clauses, f"{told}。{question.article(rule.clauses[-1])}。")
    settled = (review if review in RESULTS else result) if final else None
    if settled is not None:
        grade = next((g.value for g in profile.assessment.grades if g.passing == (settled == "pass")), None)
        parts.add({"grade": grade}, profile.assessment.clauses)


def _result(question: Question, name: str) -> str | None:
    """A result: pass or fail; of a review also whether it confirms, which a plain yes or no says as well."""
    value = question.given.get(name)
    if name == "city_review" and isinstance(value, bool):
        return "confirmed" if value else "not_confirmed"
    return question.text(name, REVIEWS if name == "city_review" else RESULTS)


# ---- the grade of one score


def _graded(question: Question, parts: _Parts) -> None:
    profile = question.profile
    rule = profile.assessment
    choices = {"grade_choices": tuple(grade.value for grade in rule.grades)}
    if rule.bands is None:
        score = question.number("score")
        found = grade_for(profile, score if score is not None else Decimal(0))
        parts.add({"grade": None, "reason": found.reason, **choices}, found.clauses, found.explanation)
        return
    base = _points(question, "base_score", "score")
    name = "base_score" if question.has("base_score") else "score"
    if base is not None and rule.rubric is not None and base > rule.rubric.total:
        raise QuestionError(name, f"评分表满分{rule.rubric.total}分")
    clauses = (*rule.clauses, *(rule.bonus.clauses if rule.bonus else ()))
    low, high, told = _bonus(question)
    bonus = low if low == high else None
    fields: dict[str, Any] = {"bonus": bonus, "total": None, "graded_total": None, "grade": None, **choices}
    missing = [*(["base_score"] if base is None else []), *(["bonus"] if bonus is None else [])]
    if base is not None and bonus is not None:
        fields["total"] = shown_total(profile, base, bonus)
        fields["graded_total"] = graded_total(profile, base, bonus)
    if base is not None:
        answers = [grade_for(profile, graded_total(profile, base, extra)) for extra in (low, high)]
        names = {f"{a.grade}_candidate" if a.candidate else a.grade for a in answers}
        if len(names) == 1:
            fields["grade"], told = names.pop(), f"{told}{answers[0].explanation}"
            if answers[0].reason:
                fields["reason"] = answers[0].reason
        else:
            told += f"加分不详，等次不能确定。{question.article(rule.clause)}。"
    else:
        told += f"评分不详，等次不能确定。{question.article(rule.clause)}。"
    if missing:
        fields["missing"] = tuple(missing)
    parts.add(fields, clauses, told)


def _points(question: Question, *names: str) -> Decimal | None:
    """Points under the first of these names that is given; none are negative."""
    for name in names:
        value = question.number(name)
        if value is not None:
            return value
    return None


def _bonus(question: Question) -> tuple[Decimal, Decimal, str]:
    """The least and the most that the bonus can be, and how that is said.

    A bonus that is not named has not been asked for; one that is named without a figure is not known.
    """
    profile, rule = question.profile, question.profile.assessment.bonus
    zero = Decimal(0)
    if rule is None:
        return zero, zero, ""
    unknown = [
        n for n in ("bonus", "bonus_raw", "bonus_items") if n in question.given and not question.has(n)
    ]
    counted: Counter[str] = Counter()
    told = []
    for name in question.entries("bonus_items"):
        kind, counts = _evidence(question, name)
        if kind is not None and kind.points is not None:
            counted[kind.key] += 1
        elif kind is not None or counts is None:
            unknown.append(name)
        told.append(f"{evidence_words(question.profile, name)}不计加分" if counts is False else "")
    entered = _points(question, "bonus_raw", "bonus") or zero
    itemised, _ = bonus_points(profile, counted)
    low = min(itemised + entered, rule.cap)
    high = rule.cap if unknown else low
    words = "；".join(word for word in told if word)
    figure = f"加分{low}分" if low == high else f"加分{low}至{high}分"
    return (
        low,
        high,
        f"{words + '；' if words else ''}{figure}，不超过{rule.cap}分。{question.article(rule.clause)}。",
    )


def _evidence(question: Question, name: Any) -> tuple[Any, bool | None]:
    try:
        return bonus_evidence(question.profile, str(name))
    except KeyError:
        raise QuestionError("bonus_items", f"没有加分项目“{name}”") from None


# ---- a whole round


def _excellent(question: Question, parts: _Parts) -> None:
    """How many of a round are excellent; a round of which scores are wanting cannot be counted."""
    profile = question.profile
    rule = profile.assessment
    stations = question.integer("stations")
    known = totals(question, "scores")
    if stations is not None and question.has("scores") and len(known) > stations:
        raise QuestionError("stations", f"所报为{stations}家，所给评分有{len(known)}个，请核对")
    complete = question.has("scores") and None not in known and stations in (None, len(known))
    count = None
    told = f"{len(known) if stations is None else stations}家参评，评分尚不齐全，优秀数量不能确定"
    clauses = rule.clauses
    if rule.bands is None:
        told = "文件没有分数段，不能由评分得出优秀数量"
    elif complete:
        found = grade_round(profile, {str(i): score for i, score in enumerate(known) if score is not None})
        excellent = {g.value for g in rule.grades if g.excellent}
        count = None if found.tie_at_cut else sum(g in excellent for g in found.grades.values())
        told = (
            f"{len(known)}家参评，优秀{count}家。{found.explanation}"
            if count is not None
            else found.explanation
        )
        clauses = tuple(dict.fromkeys((*clauses, found.clause)))
    parts.add({"excellent_count": count}, clauses, f"{told.rstrip('。')}。{question.article(rule.clause)}。")


def totals(question: Question, name: str) -> tuple[Decimal | None, ...]:
    """The totals of a round; None where one is not known.

    Raises QuestionError beyond what score sheet and bonus allow.
    """
    found, most = question.numbers(name), most_total(question.profile)
    for position, total in enumerate(found, 1):
        if most is not None and total is not None and total > most:
            raise QuestionError(name, f"第{position}个{show(total)}分，多于最高{show(most)}分")
    return found


def _kept(question: Question, parts: _Parts) -> None:
    """Whether the grades of a year keep the excellent quota; a text without one cannot be broken."""
    profile = question.profile
    rule, given = profile.assessment, question.table("grades_this_year")
    grades = {grade.value: grade for grade in rule.grades}
    for name in given:
        if name not in grades:
            raise QuestionError("grades_this_year", f"没有等次“{name}”，可选：{'、'.join(grades)}")
    counts = question.counts("grades_this_year")
    quota = rule.excellent_quota
    if quota is None:
        told = f"文件没有优秀比例限制。{question.article(rule.clause)}。"
        parts.add({"quota_violation": False}, rule.clauses, told)
        return
    if not given or None in counts.values():
        told = f"各等次数量不详，不能判断优秀是否超出。{question.article(quota.clause)}。"
        parts.add({"quota_violation": None}, quota.clauses, told)
        return
    excellent = sum(n or 0 for name, n in counts.items() if grades[name].excellent)
    passing = sum(n or 0 for name, n in counts.items() if grades[name].passing)
    places = excellent_places(profile, passing, sum(n or 0 for n in counts.values())) or 0
    told = f"非不合格{passing}家，优秀{excellent}家，最多{places}家。{question.article(quota.clause)}。"
    parts.add({"quota_violation": excellent > places, "max_excellent": places}, quota.clauses, told)


KIND = Kind("assessment", answer, facts)
