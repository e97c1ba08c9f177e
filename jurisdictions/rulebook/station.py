"""After designation: how long it is built up and holds, what it must bring about, what falls due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.duties import Output, Task
from jurisdictions.engine.schema.questions import Extension
from jurisdictions.engine.schema.station import ObligationRule, Renewal
from jurisdictions.engine.wording import describe
from jurisdictions.rulebook.asking import fact_line
from jurisdictions.rulebook.lines import Chapter, Line, group, line, names, only_where, rest, word
from jurisdictions.rulebook.papers import material_line

_SILENT = "文件未规定，由主管部门决定"


def periods(rules: Profile) -> Chapter:
    """The construction period and the term."""
    lines = []
    if rules.construction_period is not None:
        months = rules.construction_period.months
        length = f"建设期{months}个月" if months else "建设期长度未规定"
        lines.append(line(rules, rules.construction_period, length, "自认定之日起算"))
    if rules.term is not None:
        end = f"届满日：{word(rules, rules.term, 'ends')}"
        lines.append(line(rules, rules.term, f"认定有效期{rules.term.months}个月", end))
        if rules.term.renewal is not None:
            lines.append(_renewal(rules, rules.term.renewal))
    return Chapter("periods", "建设期和有效期", (group("", lines),), ("construction_period", "term"))


def _renewal(rules: Profile, renewal: Renewal) -> Line:
    return line(
        rules,
        renewal,
        "续期",
        f"届满前{renewal.opens_months_before}个月起可以申请",
        f"最近一次考核为{'、'.join(renewal.grades)}" if renewal.grades else "",
        f"最多{renewal.times}次" if renewal.times else "次数没有规定",
        f"届满后才申请的：{word(rules, renewal, 'late') if 'late' in renewal.model_fields_set else _SILENT}",
    )


def duties(rules: Profile) -> Chapter:
    """Yearly outputs, records, tasks, and the figures that they are read from."""
    found = rules.duties
    start = [] if found.starts_after is None else [_start(rules)]
    groups = (
        group("每年的产出", (*start, *(_output(rules, one) for one in found.outputs))),
        group("应当留存的记录", (line(rules, r, "", tags=(_basis(rules, r),)) for r in found.records)),
        group("工作任务", (line(rules, task, "", _whose(rules, task)) for task in found.tasks)),
        group("据以判断的数据", (fact_line(rules, fact) for fact in found.facts)),
    )
    return Chapter("duties", "职责和年度产出", groups, ("duties",))


def _whose(rules: Profile, task: Task) -> str:
    return rules.terms.station if task.of == "station" else word(rules, task, "of")


def _basis(rules: Profile, record: Any) -> str:
    return "只是评分项" if record.basis == "rubric" else ""


def _start(rules: Profile) -> Line:
    rule = rules.duties.starts_after
    assert rule is not None
    return line(rules, rule, f"认定满{rule.months}个月后起算", word(rules, rule, "first_year"))


def _output(rules: Profile, output: Output) -> Line:
    words = describe(rules, output.require) if output.require is not None else ""
    return line(
        rules,
        output,
        "",
        "" if words == output.label else words,
        *(_average(rules, output) if output.average is not None else ()),
        only_where(rules, output.when),
        "按整个建设期计算" if output.within == "construction_period" else "",
        "没有填报的不作要求" if output.unstated == "not_asked" else "",
        f"对应评分项：{word(rules, output, 'scored_by')}" if output.scored_by else "",
        *rest(rules, output, "require", "average", "when", "within", "unstated", "scored_by"),
    )


def _average(rules: Profile, output: Output) -> Iterator[str]:
    rule = output.average
    assert rule is not None
    each = "每年都" if rule.of == "each_year" else "年均"
    yield f"{rule.counted_from}以上，{each}不少于{rule.at_least}名"


def obligations(rules: Profile) -> Chapter:
    """What falls due for a station, and the papers that belong to it."""
    groups = (
        group("事项和时间", (one for rule in rules.obligations for one in _obligation(rules, rule))),
        group("报送的材料", (material_line(rules, paper) for paper in rules.station_materials)),
    )
    return Chapter("obligations", "认定后要办的事", groups, ("obligations", "station_materials"))


def _obligation(rules: Profile, rule: ObligationRule) -> Iterator[Line]:
    path = rule.path
    through = f"经{names(rules, (path,) if isinstance(path, str) else path)}办理" if path else ""
    late = "逾期的可以据以撤销" if rule.late == "ground" else "逾期的提醒，不自动处理"
    yield line(
        rules,
        rule,
        "",
        f"{label_of(rules, rule.who)}；{schedule_words(rule.when)}",
        f"所报期间：{word(rules, rule, 'covers')}",
        only_where(rules, rule.applies_when),
        f"材料：{names(rules, rule.materials)}" if rule.materials else "",
        through,
        late,
        *rest(rules, rule, "who", "when", "covers", "applies_when", "materials", "path", "late", "extension"),
    )
    if rule.extension is not None:
        reasons = "、".join(reason.label for reason in rule.extension.reasons)
        said = rest(rules, rule.extension, "task", "max_months", "limit", "reasons")
        yield line(
            rules,
            rule.extension,
            f"{rule.label}的延期",
            _longest(rule.extension),
            f"理由：{reasons}",
            *said,
        )


def _longest(extension: Extension) -> str:
    if extension.limit == "hard":
        return f"最多延长{extension.max_months}个月"
    return f"一般不超过{extension.max_months}个月；超过的由主管部门记录理由后决定"


def schedule_words(when: Any) -> str:
    """When an obligation falls due."""
    match when.schedule:
        case "yearly_window":
            until = "，至建设期满" if when.until == "construction_end" else ""
            times = f"，共{when.times}次" if when.times else ""
            return f"每年{when.month}月{_from_year(when.first_year_offset)}{until}{times}"
        case "once_window":
            return f"认定后第{when.year_offset}个自然年的{when.month}月"
        case "yearly_date":
            return f"每年{when.month}月{when.day}日前{_from_year(when.first_year_offset)}"
        case "before_month":
            by = "底前" if when.end_of_month else "之前"
            return f"每年{when.month}月{by}{_from_year(when.first_year_offset)}"
        case "months_after":
            since = "上次完成" if when.start == "last" else "认定"
            return f"{since}后{when.months}个月{'所在年度底前' if when.year_end else ''}"
        case _:
            return "建设期满时"


def _from_year(offset: int) -> str:
    return {0: "（认定当年起）", 1: "（认定次年起）"}.get(offset, f"（认定后第{offset}年起）")
