"""How stations are assessed: who, by which sheet, into which grades, and what those bring."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.station import BonusKind, Grade, GradeConsequence, RubricItem
from jurisdictions.rulebook.asking import fact_line, narrative_line
from jurisdictions.rulebook.lines import Chapter, Group, Line, group, line, number, only_where, rest, word


def assessment(rules: Profile) -> Chapter:
    """The whole chapter on assessments."""
    found = rules.assessment
    groups = (
        group("方式和人员", _who(rules)),
        *_rubric(rules),
        group("加分", _bonus(rules)),
        group("等次", _grades(rules)),
        group("优秀名额", _quota(rules)),
        group("等次的后果", _consequences(rules)),
        group(
            "填报的数据和说明",
            (
                *(fact_line(rules, fact) for fact in found.facts),
                *(narrative_line(rules, told) for told in found.narratives),
            ),
        ),
    )
    return Chapter("assessment", rules.terms.assessment, groups, ("assessment",))


def _who(rules: Profile) -> Iterator[Line]:
    found = rules.assessment
    areas = f"考核内容：{'、'.join(found.areas)}" if found.areas else ""
    rounding = f"分数{word(rules, found, 'rounding')}" if found.grades else ""
    yield line(rules, found, word(rules, found, "method"), areas, rounding)
    for rule in found.assessed_by:
        led = f"由{label_of(rules, rule.led_by)}牵头" if rule.led_by else ""
        again = f"由{label_of(rules, rule.reviewed_by)}复核" if rule.reviewed_by else ""
        # A filing is received; nobody grades it.
        does = "受理" if found.method == "filing" else "评估"
        yield line(
            rules, rule, f"由{label_of(rules, rule.by)}{does}", only_where(rules, rule.when), led, again
        )


def _rubric(rules: Profile) -> Iterator[Group]:
    rubric = rules.assessment.rubric
    if rubric is None:
        return
    yield group("评分表", (line(rules, rubric, "评分表", f"总分{number(rubric.total)}分"),))
    for category in rubric.categories:
        yield group(
            f"{category.name}（{number(category.max)}分）", (_item(rules, item) for item in category.items)
        )


def _item(rules: Profile, item: RubricItem) -> Line:
    units = "、".join(f"{unit.label}每项{number(unit.each)}分" for unit in item.units)
    return line(
        rules,
        item,
        "",
        f"{number(item.max)}分；{word(rules, item, 'rule')}",
        _threshold(rules, item),
        units,
        *rest(rules, item, "max", "rule", "units", "fact", "at_least", "below"),
    )


def _threshold(rules: Profile, item: RubricItem) -> str:
    if item.at_least is None:
        return f"依据：{label_of(rules, item.fact)}" if item.fact else ""
    fact = rules.declared_facts.get(item.fact or "")
    unit = fact.unit if fact is not None else ""
    short = word(rules, item, "below")
    return f"{label_of(rules, item.fact or '')}不少于{number(item.at_least)}{unit}得满分，未达到的{short}"


def _bonus(rules: Profile) -> Iterator[Line]:
    bonus = rules.assessment.bonus
    if bonus is None:
        return
    yield line(
        rules,
        bonus,
        f"加分不超过{number(bonus.cap)}分",
        "计入等次" if bonus.counts else "不计入等次",
        *rest(rules, bonus, "cap", "kinds", "counts"),
    )
    for kind in bonus.kinds:
        yield line(rules, kind, "", *_bonus_words(rules, kind), clause=bonus.clause)


def _bonus_words(rules: Profile, kind: BonusKind) -> Iterator[str]:
    yield "分值由评审人员填写" if kind.points is None else f"{number(kind.points)}分"
    if kind.topics:
        lowest, highest = word(rules, kind, "level_at_least"), word(rules, kind, "level_at_most")
        if kind.level_at_most == "none":
            lowest = highest = "不分层级"
        yield f"佐证的层级：{lowest}" if lowest == highest else f"佐证的层级：{lowest}至{highest}"


def _grades(rules: Profile) -> Iterator[Line]:
    found = rules.assessment
    bands = found.bands or ()
    starts = {band.grade: band.start for band in bands}
    for grade in found.grades:
        start = starts.get(grade.value)
        words = f"{number(start)}分起" if start is not None else ""
        if not words and bands and grade.value in starts:
            lowest = min(band.start for band in bands if band.start is not None)
            words = f"不足{number(lowest)}分"
        yield line(rules, grade, "", words, _passing(grade), clause=found.clause)
    if found.grades and not bands:
        yield line(rules, found, "分数线", "文件没有规定分数线，由评估人员定等次")


def _passing(grade: Grade) -> str:
    """Whether a grade is passed, where its own name does not say it."""
    if "合格" in grade.label:
        return ""
    return "属于合格以上" if grade.passing else "属于不合格"


def _quota(rules: Profile) -> Iterator[Line]:
    quota = rules.assessment.excellent_quota
    if quota is None:
        return
    base = "去除不合格后" if quota.base == "non_failing" else "全部参评"
    said = f"{word(rules, quota, 'rounding')}；末位同分的{word(rules, quota, 'ties')}"
    yield line(rules, quota, f"优秀不超过{base}的{quota.percent}%", said)


def _consequences(rules: Profile) -> Iterator[Line]:
    for rule in rules.assessment.consequences:
        what = word(rules, rule, "effect") + (f"第{rule.tranche}期资助" if rule.tranche else "")
        apart = "" if rule.consecutive == 1 or rule.adjacent_years else "不要求年度相邻"
        confirmed = "由有权人员确认" if rule.effect != "none" else ""
        yield line(rules, rule, grade_words(rule), what, apart, confirmed)


def grade_words(rule: GradeConsequence) -> str:
    """`连续2次不合格的`."""
    times = f"连续{rule.consecutive}次" if rule.consecutive > 1 else ""
    return f"{'整改后仍' if rule.after_rectification else ''}{times}{rule.on_grade}的"
