"""A regulation as the public reads it: chapters of lines, each with its clause, from the profile alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.money import fen, wan_text
from jurisdictions.engine import Profile
from jurisdictions.engine.wording import describe

DAY_UNITS = {"working_days": "个工作日", "calendar_days": "日", "months": "个月"}
PLACEHOLDERS = {
    "{unit}": "〔单位名称〕",
    "{leader}": "〔负责人姓名〕",
    "{trade}": "〔职业（工种）〕",
    "{year}": "〔年份〕",
    "{seq}": "〔序号〕",
}
BROUGHT_BY = {"unit": "单位提交", "first_pass": "初审部门出具"}
BEARING = {
    "cumulative": "缺一项不能认定",
    "lead": "",
    "principle": "",
    "priority": "供参考，不作为否决依据",
    "signatures": "",
    "discretion": "由有关部门决定，系统不自动给予",
}
OBJECTION = {
    "not_upheld_allows": "异议经核查不成立的，可以认定",
    "not_upheld_allows_after_confirmation": "异议经核查不成立的，确认视为无异议后可以认定",
    "any_blocks": "收到异议的，不能认定",
}
UPHELD = {
    "refuses": "异议成立的，取消资格",
    "refuses_if_unmet_else_manual": "异议成立且确认不符合条件的，取消资格",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule. `anchor` only where the clause stands first, so that a link leads to one place."""

    label: str
    clause: str = ""
    detail: str = ""
    soft: bool = False
    article: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Lines of one kind."""

    name: str
    title: str
    lines: tuple[Line, ...]


def chapters(rules: Profile) -> list[Chapter]:
    """Everything that the profile says, chapter by chapter; empty chapters are left out."""
    parts = [
        ("conditions", "申报条件", _conditions(rules)),
        ("materials", "申报材料", _materials(rules)),
        ("routes", "申报路径", _routes(rules)),
        ("stages", "办理环节和期限", _stages(rules)),
        ("notice", "公示", _notice(rules)),
        ("designation", "认定、编号和名称", _designation(rules)),
        ("obligations", "认定后要办的事", _obligations(rules)),
        ("grades", f"{rules.terms.assessment}等次", _grades(rules)),
        ("money", "资助", _money(rules)),
        ("provisions", "其他规定", _provisions(rules)),
    ]
    seen: set[str] = set()
    return [
        Chapter(name, title, tuple(_anchored(rules, lines, seen)))
        for name, title, found in parts
        if (lines := list(found))
    ]


def _anchored(rules: Profile, lines: list[Line], seen: set[str]) -> Iterator[Line]:
    for line in lines:
        anchor = line.clause if line.clause not in seen else ""
        seen.add(line.clause)
        yield replace(line, article=rules.article(line.clause), anchor=anchor)


def _conditions(rules: Profile) -> Iterator[Line]:
    for condition in rules.conditions:
        words = describe(rules, condition.require)
        detail = "" if words == condition.label else words
        if condition.force == "preference":
            detail = f"优先，不作为必要条件；{detail}".removesuffix("；")
        yield Line(condition.label, condition.clause, detail, condition.force == "soft")


def _materials(rules: Profile) -> Iterator[Line]:
    for material in rules.materials:
        parts = [BROUGHT_BY[material.brought_by], f"{material.copies}份"]
        parts += ["核对原件"] if material.original_required else []
        parts += ["可声明没有"] if material.required == "declared_none_allowed" else []
        parts += ["选交"] if material.required is False else []
        yield Line(material.label, material.clause, "；".join(parts))


def _routes(rules: Profile) -> Iterator[Line]:
    for route in rules.routes:
        way = "须由主管部门确定"
        if route.path is not None:
            way = " → ".join(rules.authority(kind).label for kind in route.path)
        yield Line(route.label or "申报路径", route.clause, way)


def _stages(rules: Profile) -> Iterator[Line]:
    for stage in rules.stages:
        who = {"route": "申报路径上的部门", "unit": rules.terms.unit}.get(stage.by)
        who = who or rules.authority(stage.by).label
        yield Line(stage.label, stage.clause, f"{who}；{_limit(stage.limit)}")


def _limit(limit: Any) -> str:
    for unit, words in DAY_UNITS.items():
        if limit is not None and getattr(limit, unit) is not None:
            return f"{getattr(limit, unit)}{words}内"
    return "文件未规定期限"


def _notice(rules: Profile) -> Iterator[Line]:
    if rules.notice is None:
        return
    unit = "个工作日" if rules.notice.unit == "working_day" else "日"
    counted = "发布当日计入" if rules.notice.start_day_counted else "发布次日起算"
    place = f"，在{rules.notice.place}公示" if rules.notice.place else ""
    yield Line(f"公示{rules.notice.days}{unit}", rules.notice.clause, f"{counted}{place}")
    clause = rules.notice.clauses[-1] if rules.notice.clauses else rules.notice.clause
    yield Line("异议", clause, f"{UPHELD[rules.notice.upheld]}；{OBJECTION[rules.notice.objection]}")


def _designation(rules: Profile) -> Iterator[Line]:
    rule = rules.designation
    bodies = "、".join(rules.authority(kind).label for kind in rule.issuers)
    yield Line(f"由{bodies}发文认定", rule.clause, f"《{rule.document_title}》")
    yield Line("名称", rule.clause, _readable(rule.station_name))
    yield Line("编号", rule.clause, _readable(rule.number_format))
    for plaque in rule.plaques:
        yield Line(f"牌匾：{plaque.title}", plaque.clause, "符合规定条件的" if plaque.when else "")


def _readable(template: str) -> str:
    for name, words in PLACEHOLDERS.items():
        template = template.replace(name, words)
    return template


def _obligations(rules: Profile) -> Iterator[Line]:
    if rules.construction_period is not None:
        months = rules.construction_period.months
        length = f"{months}个月" if months else "长度未规定"
        yield Line(f"建设期{length}", rules.construction_period.clause)
    for rule in rules.obligations:
        who = rules.terms.station if rule.who == "station" else rules.authority(rule.who).label
        yield Line(rule.label, rule.clause, f"{who}；{_schedule(rule.when)}")


def _schedule(when: Any) -> str:
    match when.schedule:
        case "yearly_window":
            until = "，至建设期满" if when.until == "construction_end" else ""
            return f"每年{when.month}月{_from_year(when.first_year_offset)}{until}"
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


def _grades(rules: Profile) -> Iterator[Line]:
    assessment = rules.assessment
    starts = {band.grade: band.start for band in assessment.bands or ()}
    for grade in assessment.grades:
        start = starts.get(grade.value)
        words = [f"{start}分起"] if start is not None else []
        words += ["合格等次"] if grade.passing else ["不合格等次"]
        yield Line(grade.label, assessment.clause, "；".join(words))
    if quota := assessment.excellent_quota:
        base = "去除不合格后" if quota.base == "non_failing" else "全部参评"
        yield Line(f"优秀不超过{base}的{quota.percent}%", quota.clause)
    effects = {
        "propose_revocation": "提出撤销",
        "order_rectification": "责令整改",
        "refuse_tranche": "不予拨付",
        "flag_for_review": "提请复核",
    }
    for consequence in assessment.consequences:
        if consequence.effect == "none":
            continue
        times = f"连续{consequence.consecutive}次" if consequence.consecutive > 1 else ""
        yield Line(f"{times}{consequence.on_grade}的", consequence.clause, effects[consequence.effect])


def _provisions(rules: Profile) -> Iterator[Line]:
    for provision in rules.provisions:
        yield Line(provision.label, provision.clause, BEARING[provision.bearing])


def _money(rules: Profile) -> Iterator[Line]:
    if rules.award is None:
        return
    payer = rules.authority(rules.award.payer).label
    source = f"；来源：{rules.award.source}" if rules.award.source else ""
    total = wan_text(fen(rules.award.total_yuan))
    yield Line(f"{rules.award.label}合计 {total}", rules.award.clause, f"拨付部门：{payer}{source}")
    conditions = {
        "designated": "认定后",
        "assessment_passed": "考核合格后",
        "construction_period_ended_and_acceptance_passed": "建设期满并验收合格后",
        "years_of_operation_and_performs_well": "连续运转达到规定年限、发挥作用好的",
    }
    for tranche in rules.award.tranches:
        when = conditions[tranche.condition.kind]
        yield Line(tranche.label, tranche.clause, f"{wan_text(fen(tranche.amount_yuan))}；{when}")
