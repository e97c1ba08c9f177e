"""Score sheets, grades, the excellent quota, and what grades bring about. Scores are Decimal, never rounded
unless a reading says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jurisdictions.engine.answers import (
    AnswerProblem,
    AssessorAnswer,
    Consequence,
    GradeAnswer,
    GradeRecord,
    RoundGrades,
    RubricAnswer,
    ScoredItem,
)
from jurisdictions.engine.bonus import (
    capped_bonus,
    claimed_bonus,
    graded_total,
    shown_total,
)
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    Assessment,
    ExcellentQuota,
    GradeConsequence,
    Rubric,
    RubricItem,
    UnitPoints,
)
from jurisdictions.engine.values import show

ZERO = Decimal(0)
# Below this a year is only the order of results whose years are not said.
FIRST_YEAR = 1900


def assessment_form(profile: Profile) -> Rubric | None:
    """The score sheet; None where the text has none."""
    return profile.assessment.rubric


def assessors(profile: Profile, facts: Mapping[str, Any]) -> AssessorAnswer | None:
    """Who assesses this station, and who looks again; None while the facts do not say."""
    given = circumstances(profile, facts, None)
    for rule in profile.assessment.assessed_by:
        verdict = MET if rule.when is None else evaluate(rule.when, given)
        if verdict.outcome == "met":
            label = "专家评审组" if rule.by == "panel" else profile.authority(rule.by).label
            again = f"，{profile.authority(rule.reviewed_by).label}复核" if rule.reviewed_by else ""
            return AssessorAnswer(
                rule.by,
                rule.led_by,
                rule.reviewed_by,
                rule.clause,
                f"由{label}考核{again}。依据{profile.article(rule.clause)}。",
            )
        if verdict.outcome != "unmet":
            return None
    return None


# ---- score sheet


def score_rubric(
    profile: Profile,
    points: Mapping[str, Decimal],
    facts: Mapping[str, Any],
    bonus: Mapping[str, int | Decimal],
) -> RubricAnswer:
    """A score sheet added up.

    `points`: item id -> points a reviewer entered. `facts`: what thresholds and unit counts are read from.
    `bonus`: kind -> how many times, or the points themselves where the text gives no figure.
    Raises ValueError where the profile has no score sheet.
    """
    rubric = profile.assessment.rubric
    if rubric is None:
        raise ValueError(f"{profile.slug}: 文件没有评分表")
    known = {item.clause for category in rubric.categories for item in category.items}
    problems = [
        AnswerProblem(f"points.{key}", "评分表没有这一项", rubric.clause)
        for key in points
        if key not in known
    ]
    items = tuple(
        score_item(profile, item, points.get(item.clause), facts)
        for c in rubric.categories
        for item in c.items
    )
    problems += [AnswerProblem(f"points.{i.id}", i.explanation, i.id) for i in items if not i.accepted]
    base = sum((i.points for i in items if i.accepted and i.points is not None), ZERO)
    claimed, bonus_problems = claimed_bonus(profile, bonus)
    extra = capped_bonus(profile, claimed)
    problems += bonus_problems
    total = shown_total(profile, base, extra)
    return RubricAnswer(
        items=items,
        base=base,
        bonus=extra,
        total=total,
        graded_total=graded_total(profile, base, extra),
        complete=all(i.points is not None for i in items),
        problems=tuple(problems),
        clause=rubric.clause,
        explanation=f"{added_up(profile, base, extra, claimed)}依据{profile.article(rubric.clause)}。",
    )


def added_up(profile: Profile, base: Decimal, bonus: Decimal, claimed: Decimal | None = None) -> str:
    """The sum in words, with every cap that changed it; `claimed` is the bonus before its own cap."""
    total, graded = shown_total(profile, base, bonus), graded_total(profile, base, bonus)
    cut = f"（填报{show(claimed)}分，最多{show(bonus)}分）" if claimed is not None and claimed > bonus else ""
    told = f"评分{show(base)}分，加分{show(bonus)}分{cut}，合计{show(total)}分"
    if graded == total:
        return f"{told}。"
    rule = profile.assessment.bonus
    counted = rule is not None and rule.counts
    return f"{told}，{'封顶' if counted else '加分不计入，计'}{show(graded)}分。"


def score_item(
    profile: Profile, item: RubricItem, entered: Decimal | None, facts: Mapping[str, Any]
) -> ScoredItem:
    """One line. What the facts settle is computed; the rest is the reviewer's, within the maximum."""
    if entered is not None and profile.assessment.rounding == "integers_only" and not _is_whole(entered):
        return _result(
            item, None, False, True, f"{item.label}：只能填整数分，填报{show(Decimal(str(entered)))}分。"
        )
    if item.rule in ("per_unit", "deduct_per_unit"):
        return _per_unit(profile, item, entered, facts)
    if item.rule == "threshold":
        return _threshold(profile, item, entered, facts)
    return _entered(item, entered, item.max)


def _is_whole(points: Decimal) -> bool:
    value = Decimal(str(points))
    return value == value.to_integral_value()


def _result(item: RubricItem, points: Decimal | None, accepted: bool, reviewer: bool, why: str) -> ScoredItem:
    return ScoredItem(item.clause, item.label, item.max, points, accepted, reviewer, why)


def _entered(item: RubricItem, entered: Decimal | None, limit: Decimal, *, below: bool = False) -> ScoredItem:
    """A reviewer's points: from 0 to the limit; `below` shuts the limit itself out."""
    if entered is None:
        return _result(item, None, True, True, f"{item.label}：待评分，满分{show(item.max)}分。")
    value = Decimal(str(entered))
    if value < 0 or value > limit or (below and value == limit):
        bound = f"应低于{show(limit)}分" if below else f"应在0至{show(limit)}分之间"
        return _result(item, None, False, True, f"{item.label}：{bound}，填报{show(value)}分。")
    return _result(item, value, True, True, f"{item.label}：{show(value)}分。")


def _threshold(
    profile: Profile, item: RubricItem, entered: Decimal | None, facts: Mapping[str, Any]
) -> ScoredItem:
    """Full points at the threshold itself; below it 0, a share, or what a reviewer gives short of full."""
    raw = facts.get(item.fact or "")
    if raw is None:
        checked = _entered(item, entered, item.max)
        if not checked.accepted:
            return checked
        return _result(item, None, True, False, f"{item.label}：尚缺数据，不能评分。")
    value, threshold = Decimal(str(raw)), item.at_least or ZERO
    unit = next((fact.unit for fact in profile.assessment.facts if fact.name == item.fact), "")
    if value > threshold or (value == threshold and profile.conventions.thresholds == "inclusive"):
        return _result(
            item,
            item.max,
            True,
            False,
            f"{item.label}：{show(value)}{unit}，达到{show(threshold)}{unit}，得{show(item.max)}分。",
        )
    if item.below == "zero":
        return _result(
            item,
            ZERO,
            True,
            False,
            f"{item.label}：{show(value)}{unit}，未达到{show(threshold)}{unit}，得0分。",
        )
    if item.below == "pro_rata":
        share = min(item.max * value / threshold, item.max)
        told = f"{item.label}：{show(value)}{unit}，按比例得{show(share)}分。"
        return _result(item, share, True, False, told)
    return _entered(item, entered, item.max, below=True)


def _per_unit(
    profile: Profile, item: RubricItem, entered: Decimal | None, facts: Mapping[str, Any]
) -> ScoredItem:
    """So many points for each, up to the maximum, or off the maximum. A kind that is not listed counts
    nothing."""
    counts = {unit.key: _count(unit.fact, unit.key, facts) for unit in item.units}
    if all(count is None for count in counts.values()):
        return _entered(item, entered, item.max)
    raw = sum(((counts[unit.key] or ZERO) * unit.each for unit in item.units), ZERO)
    points = min(raw, item.max) if item.rule == "per_unit" else max(item.max - raw, ZERO)
    measures = {fact.name: fact.unit for fact in profile.assessment.facts}
    told = "、".join(
        f"{u.label}{show(counts[u.key])}{_measure(u, measures)}" for u in item.units if counts[u.key]
    )
    return _result(item, points, True, False, f"{item.label}：{told or '无'}，得{show(points)}分。")


def _measure(unit: UnitPoints, measures: Mapping[str, str]) -> str:
    """The unit in which a kind is counted: of its own fact, or of the fact of that kind."""
    names = (unit.fact or unit.key, f"{unit.fact}_{unit.key}")
    return next((measures[name] for name in names if name in measures), "")


def _count(fact: str | None, key: str, facts: Mapping[str, Any]) -> Decimal | None:
    """How many of a kind: its own fact, or an entry of a fact that maps kinds to counts (awards:
    {city: 1}), or the fact of that kind (awards_city)."""
    value = facts.get(fact or key)
    if isinstance(value, Mapping):
        value = value.get(key, 0)
    elif value is None and fact is not None:
        value = facts.get(f"{fact}_{key}")
    return None if value is None else Decimal(str(value))


# ---- grades


def grade_for(profile: Profile, graded_total: Decimal) -> GradeAnswer:
    """The grade of a total by the bands; none where the text has none, and none is invented."""
    rule = profile.assessment
    article = profile.article(rule.clause)
    if rule.bands is None:
        if rule.method == "filing":
            return GradeAnswer(
                None,
                False,
                rule.clause,
                f"文件实行备案，不评分。依据{article}。",
                "no_scoring_in_text",
                rule.clauses,
            )
        return GradeAnswer(
            None,
            False,
            rule.clause,
            f"文件没有分数段，由评估人员直接定等次。依据{article}。",
            "no_score_bands_in_text",
            rule.clauses,
        )
    score = _rounded(rule, Decimal(str(graded_total)))
    if rule.rounding == "integers_only" and score != score.to_integral_value():
        return GradeAnswer(
            None, False, rule.clause, f"只能填报整数分。依据{article}。", "integers_only", rule.clauses
        )
    grade = next(b.grade for b in reversed(rule.bands) if b.start is None or score >= b.start)
    candidate = rule.excellent_quota is not None and _is_excellent(rule, grade)
    note = "，须按优秀比例确定" if candidate else ""
    told = f"{show(score)}分，{grade}{note}。依据{article}。"
    return GradeAnswer(grade, candidate, rule.clause, told, clauses=rule.clauses)


def _rounded(rule: Assessment, score: Decimal) -> Decimal:
    if rule.rounding == "half_up_to_integer":
        return score.quantize(Decimal(1), ROUND_HALF_UP)
    return score


def _is_excellent(rule: Assessment, grade: str) -> bool:
    return any(g.value == grade and g.excellent for g in rule.grades)


def _is_passing(rule: Assessment, grade: str) -> bool:
    return any(g.value == grade and g.passing for g in rule.grades)


def lower_grade(rule: Assessment) -> str:
    """The grade of those for whom no excellent place is left: the band below the best."""
    return rule.bands[-2].grade if rule.bands else ""


def max_excellent(quota: ExcellentQuota, non_failing: int, all_stations: int) -> int:
    """How many may be excellent, in whole numbers: 以内 is a ceiling, so it is rounded down."""
    base = non_failing if quota.base == "non_failing" else all_stations
    product = base * quota.percent
    if quota.rounding == "half_up":
        return (product + 50) // 100
    if quota.rounding == "ceiling":
        return -(-product // 100)
    floor = product // 100
    return max(floor, 1) if quota.rounding == "floor_min_one" and base else floor


def excellent_places(profile: Profile, non_failing: int, all_stations: int | None = None) -> int | None:
    """How many may be excellent under the readings of the profile; None: no limit, or the base is not known.

    `all_stations` is needed where failing stations count as well.
    """
    quota = profile.assessment.excellent_quota
    if quota is None:
        return None
    if quota.base == "all" and all_stations is None:
        return None
    places = max_excellent(quota, non_failing, all_stations or 0)
    base = non_failing if quota.base == "non_failing" else all_stations or 0
    if profile.conventions.thresholds == "exclusive" and quota.rounding == "floor":
        # 以内 without the figure itself: a share that is reached exactly is one too many.
        return max(places - (places * 100 == base * quota.percent), 0)
    return places


def grade_round(
    profile: Profile, totals: Mapping[str, Decimal], base_scores: Mapping[str, Decimal] | None = None
) -> RoundGrades:
    """The grades of all stations assessed in one round, the excellent quota applied.

    Beyond the quota the next lower grade is given. Equal totals across the cut are left to a person.
    """
    rule, quota = profile.assessment, profile.assessment.excellent_quota
    scores = {key: Decimal(str(total)) for key, total in totals.items()}
    grades: dict[str, str | None] = {key: grade_for(profile, score).grade for key, score in scores.items()}
    non_failing = sum(grade is not None and _is_passing(rule, grade) for grade in grades.values())
    clause = quota.clause if quota else rule.clause
    if quota is None or rule.bands is None:
        return RoundGrades(grades, non_failing, None, False, (), clause, "文件没有优秀比例限制。")
    places = excellent_places(profile, non_failing, len(grades)) or 0
    candidates = [key for key, grade in grades.items() if grade is not None and _is_excellent(rule, grade)]
    lower = lower_grade(rule)
    ranked = {key: _rounded(rule, score) for key, score in scores.items()}
    winners, tied = _cut(quota, candidates, ranked, base_scores or {}, places)
    for key in candidates:
        grades[key] = grades[key] if key in winners else None if key in tied else lower
    told = f"非不合格{non_failing}家，优秀最多{places}家"
    tie = "，末位同分，须人工决定" if tied else ""
    return RoundGrades(
        grades,
        non_failing,
        places,
        bool(tied),
        tied,
        clause,
        f"{told}{tie}。依据{profile.article(clause)}。",
        _at_cut(candidates, ranked, places),
    )


def _at_cut(candidates: Sequence[str], scores: Mapping[str, Decimal], places: int) -> tuple[str, ...]:
    """Those whose equal totals lie across the cut, however the tie is settled."""
    ordered = sorted(candidates, key=lambda key: scores[key], reverse=True)
    if not 0 < places < len(ordered) or scores[ordered[places - 1]] != scores[ordered[places]]:
        return ()
    return tuple(key for key in ordered if scores[key] == scores[ordered[places]])


def _cut(
    quota: ExcellentQuota,
    candidates: Sequence[str],
    scores: Mapping[str, Decimal],
    base_scores: Mapping[str, Decimal],
    places: int,
) -> tuple[set[str], tuple[str, ...]]:
    """Who gets the places, and who is tied for the last of them."""
    if len(candidates) <= places:
        return set(candidates), ()

    def rank(key: str) -> tuple[Decimal, Decimal]:
        by_base = quota.ties == "base_score"
        return scores[key], Decimal(str(base_scores.get(key, 0))) if by_base else ZERO

    ordered = sorted(candidates, key=rank, reverse=True)
    if places == 0:
        return set(), ()
    edge = rank(ordered[places - 1])
    if rank(ordered[places]) != edge:
        return set(ordered[:places]), ()
    above = {key for key in ordered if rank(key) > edge}
    if quota.ties == "downgrade":
        return above, ()
    return above, tuple(key for key in ordered if rank(key) == edge)


# ---- consequences


def consequences_of(
    profile: Profile, grades: Sequence[GradeRecord | tuple[Any, ...]]
) -> tuple[Consequence, ...]:
    """What a station's grades bring about. Provisional results (final False) bring about nothing."""
    history = sorted((GradeRecord(*entry) for entry in grades), key=lambda g: (g.year, g.after_rectification))
    final = [record for record in history if record.final]
    rules = [rule for rule in profile.assessment.consequences if rule.effect != "none"]
    return tuple(c for rule in rules for c in _triggered(profile, rule, final))


def _triggered(
    profile: Profile, rule: GradeConsequence, history: Sequence[GradeRecord]
) -> Iterator[Consequence]:
    matching = [
        g for g in history if g.grade == rule.on_grade and g.after_rectification == rule.after_rectification
    ]
    run = 0
    previous: GradeRecord | None = None
    for record in matching:
        follows = previous is not None and _follows(rule, previous, record, history)
        run = run + 1 if follows else 1
        previous = record
        if run >= rule.consecutive:
            assert rule.effect != "none"
            yield Consequence(
                rule.effect, rule.clause, _say(profile, rule, record), record.year, rule.tranche
            )


def _follows(
    rule: GradeConsequence, previous: GradeRecord, record: GradeRecord, history: Sequence[GradeRecord]
) -> bool:
    """连续: adjacent years, or (the other reading) no assessment with another grade in between."""
    if rule.adjacent_years:
        return record.year == previous.year + 1
    return not any(previous.year < g.year < record.year and g.grade != rule.on_grade for g in history)


def _say(profile: Profile, rule: GradeConsequence, record: GradeRecord) -> str:
    effect = {
        "propose_revocation": "提出撤销建议，由有权人员决定",
        "order_rectification": "责令限期整改",
        "refuse_tranche": f"第{rule.tranche}批资金不予拨付",
        "flag_for_review": "提请人工研判",
    }[rule.effect]
    times = (
        f"连续{rule.consecutive}次"
        if rule.consecutive > 1 and record.year < FIRST_YEAR
        else f"连续{rule.consecutive}年"
        if rule.consecutive > 1
        else "整改后仍"
        if rule.after_rectification
        else ""
    )
    said = f"{assessment_of(profile, record.year)}{times}{rule.on_grade}"
    return f"{said}：{effect}。依据{profile.article(rule.clause)}。"


def assessment_of(profile: Profile, year: int) -> str:
    """`2019年考核` in the words of the text; `第2次考核` where only the order is known."""
    what = profile.terms.assessment.removeprefix("年度")
    return f"{year}年{what}" if year >= FIRST_YEAR else f"第{year}次{what}" if year else what
