"""Money: the award and its tranches, what it may be used for, key projects, other promises."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.entitlements import Banded, Entitlement, Matched, Rate, Yearly
from jurisdictions.engine.schema.expenditure import UseRule
from jurisdictions.engine.schema.key_projects import KeyProjectCap
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
    OnDesignation,
    PeriodEndedAndAccepted,
    Tranche,
)
from jurisdictions.rulebook.lines import (
    Chapter,
    Line,
    clauses_of_node,
    group,
    line,
    money,
    names,
    number,
    rest,
    word,
)
from jurisdictions.rulebook.procedure import notice_lines


def award(rules: Profile) -> Chapter:
    """The money that comes with designation."""
    found = rules.award
    lines: list[Line] = []
    if found is not None:
        lines.append(
            line(
                rules,
                found,
                f"{found.label}合计 {money(found.total_yuan)}",
                f"拨付部门：{label_of(rules, found.payer)}",
                f"资金来源：{found.source}" if found.source else "",
                "一次性" if found.one_off else "",
            )
        )
        lines += [one for tranche in found.tranches for one in _tranche(rules, tranche)]
        if found.on_revocation is not None:
            lines.append(line(rules, found.on_revocation, "撤销后停止拨付"))
    return Chapter("money", "资助", (group("", lines),), ("award",))


def _tranche(rules: Profile, tranche: Tranche) -> Iterator[Line]:
    share = f"（占{tranche.percent}%）" if tranche.percent else ""
    made = line(
        rules,
        tranche,
        "",
        f"{money(tranche.amount_yuan)}{share}",
        *_condition(rules, tranche),
        "奖励性质" if tranche.reward else "",
    )
    clauses = tuple(dict.fromkeys((*made.clauses, *clauses_of_node(tranche.condition))))
    yield Line(made.label, made.details, made.tags, clauses, made.reading, made.note)
    for rule in tranche.refused_when:
        grades = "、".join(rule.any_grade)
        task = label_of(rules, rule.obligation)
        yield line(rules, rule, f"{tranche.label}不予拨付", f"{task}有一次{grades}的")


def _condition(rules: Profile, tranche: Tranche) -> Iterator[str]:
    rule = tranche.condition
    match rule:
        case OnDesignation():
            offset = rule.year_offset
            yield f"认定后第{offset}年起可以拨付" if offset else "认定后即可拨付"
        case AssessmentPassed():
            counted = word(rules, rule, "counted_in")
            yield f"认定后第{rule.year_offset}年起（{counted}），{label_of(rules, rule.obligation)}合格后拨付"
            yield word(rules, rule, "after_rectification")
        case PeriodEndedAndAccepted():
            score = f"（{rule.min_score}分以上）" if rule.min_score is not None else ""
            yield f"建设期满并验收合格{score}后拨付"
        case _:
            since = word(rules, rule, "counted_from")
            yield f"自{since}起连续运转满{rule.months}个月、由主管部门认定发挥作用好的，可以拨付"


def expenditure(rules: Profile) -> Chapter:
    """What the money may and may not be used for."""
    found = rules.expenditure
    if found is None:
        return Chapter("expenditure", "资金用途", (), ("expenditure",))
    unlisted = "不得列支" if found.unlisted == "prohibited" else "由审核人员说明理由后决定"
    binding = "" if found.binding else "本条按理解口径不约束这里的资金，由人决定"
    general = [line(rules, found, "没有列明的支出", unlisted, binding)]
    if found.spend_by is not None:
        general.append(line(rules, found.spend_by, "使用期限", *rest(rules, found.spend_by)))
    verdicts = (("可以列支", "permitted"), ("不得列支", "prohibited"), ("由人决定", "manual"))
    groups = [
        group(title, (_use(rules, rule) for rule in found.rules if rule.verdict == verdict))
        for title, verdict in verdicts
    ]
    others = [rule for rule in found.rules if rule.verdict == "as_unlisted"]
    groups.append(group("与没有列明的同样处理", (_use(rules, rule) for rule in others)))
    return Chapter("expenditure", "资金用途", (*groups, group("其他支出", general)), ("expenditure",))


def _use(rules: Profile, rule: UseRule) -> Line:
    purposes = f"用途：{names(rules, rule.purposes)}" if rule.purposes else ""
    return line(rules, rule, "", names(rules, rule.categories), purposes)


def key_projects(rules: Profile) -> Chapter:
    """Money for single projects of a station."""
    found = rules.key_projects
    if found is None:
        return Chapter("key_projects", "重点项目", (), ("key_projects",))
    lines = [line(rules, found, "", f"由{label_of(rules, found.decided_by)}根据专家意见决定")]
    lines += [
        line(rules, level, "", money(level.amount_yuan), clause=found.grants.clause)
        for level in found.grants.levels
    ]
    lines += [line(rules, cap, _cap(cap)) for cap in found.caps]
    fields = "、".join(
        field.name + (f"（{'、'.join(field.aliases)}）" if field.aliases else "")
        for field in found.scope.fields
    )
    others = "其他领域由主管部门决定" if found.scope.open else "限于所列领域"
    lines.append(line(rules, found.scope, "领域", fields, others))
    if found.notice is not None:
        lines += notice_lines(rules, found.notice)
    lines.insert(1, line(rules, found.grants, "资助标准"))
    return Chapter("key_projects", found.label, (group("", lines),), ("key_projects",))


def _cap(cap: KeyProjectCap) -> str:
    per = "每年" if cap.per == "year" else "每年每一层级"
    return f"{per}不超过{cap.most}个" if cap.most else f"{per}的数量没有规定"


def entitlements(rules: Profile) -> Chapter:
    """What a station may get besides; a person confirms it."""
    lines = (_entitlement(rules, one) for one in rules.entitlements)
    return Chapter("entitlements", "其他资助和待遇", (group("", lines),), ("entitlements",))


def _entitlement(rules: Profile, found: Entitlement) -> Line:
    values = "、".join(
        f"{value.label}{money(value.amount_yuan) if value.amount_yuan is not None else '未写明金额'}"
        for value in found.values
    )
    asked = f"按{found.asked_label or label_of(rules, found.asked_by)}：" if found.asked_by else ""
    amount = money(found.amount_yuan) if found.amount_yuan is not None else ""
    said = (
        "basis",
        "asked_by",
        "asked_label",
        "values",
        "amount_yuan",
        "governed_by",
        "net_of_award",
        "rate",
    )
    return line(
        rules,
        found,
        "",
        word(rules, found, "basis") + (f"：{'、'.join(found.governed_by)}" if found.governed_by else ""),
        f"{asked}{values}" if values else amount,
        "扣除本办法的资助" if found.net_of_award else "",
        rate_words(found.rate) if found.rate is not None else "",
        "、".join(f"{label_of(rules, share.payer)}承担{share.percent}%" for share in found.payers),
        *rest(rules, found, *said, "rate", "payers"),
        tags=("由人确认",),
    )


def rate_words(rate: Rate) -> str:
    """How an amount is found that is neither one figure nor one for each value."""
    match rate:
        case Banded():
            bands = "、".join(f"{number(band.start)}起{money(band.amount_yuan)}" for band in rate.bands)
            return f"按{rate.label}：{bands}"
        case Yearly():
            years = f"，共{rate.years}年" if rate.years else ""
            return f"每年{money(rate.amount_yuan)}{years}"
        case Matched():
            cap = f"，最高{money(rate.cap_yuan)}" if rate.cap_yuan else ""
            least = f"；{rate.label}不足{money(rate.at_least_yuan)}的没有" if rate.at_least_yuan else ""
            return f"{rate.label}的{rate.percent}%{cap}{least}"
