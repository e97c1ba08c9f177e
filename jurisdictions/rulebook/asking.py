"""Who may apply and what is asked: conditions, exclusions, the form."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.schema.exclusions import (
    Exclusion,
    OneClaimAYear,
    ReapplicationBan,
    SimilarTeam,
    YearlyApplication,
)
from jurisdictions.engine.schema.form import Condition, Fact, Narrative, Roster
from jurisdictions.engine.wording import describe
from jurisdictions.rulebook.lines import (
    Chapter,
    Line,
    clauses_of_node,
    group,
    line,
    names,
    only_where,
    rest,
    word,
)

_FORCE = {"hard": "", "soft": "一般要求", "preference": "优先"}


def conditions(rules: Profile) -> Chapter:
    """What a unit must meet."""
    lines = (_condition(rules, condition) for condition in rules.conditions)
    return Chapter("conditions", "申报条件", (group("", lines),), ("conditions",))


def _condition(rules: Profile, condition: Condition) -> Line:
    words = describe(rules, condition.require)
    judged = any(name in rules.judged_facts for name in condition.asked_facts)
    return line(
        rules,
        condition,
        "",
        "" if words == condition.label else words,
        only_where(rules, condition.when),
        "没有填报的不影响申报" if condition.optional else "",
        "优先，不作为必要条件" if condition.force == "preference" else "",
        *rest(rules, condition, "require", "when", "force", "optional", "missing_as"),
        tags=(_FORCE[condition.force], "由审核人员判断" if judged else ""),
    )


def exclusions(rules: Profile) -> Chapter:
    """What shuts one thing out by another."""
    lines = (_exclusion(rules, one) for one in rules.exclusions)
    return Chapter("exclusions", "排除和限制", (group("", lines),), ("exclusions",))


def _exclusion(rules: Profile, rule: Exclusion) -> Line:
    match rule:
        case OneClaimAYear():
            said = [f"同一年度只能申领其中一项：{'、'.join(rule.claims)}；不影响认定"]
            said += [f"本办法的资助属于：{rule.own}"] if rule.own else []
            said += [f"不在此列：{'、'.join(rule.outside)}"] if rule.outside else []
            said += [f"以后各期拨款{word(rules, rule, 'later_tranches')}"]
        case SimilarTeam():
            said = list(_similar_team(rules, rule))
        case YearlyApplication():
            said = list(_yearly(rules, rule))
        case ReapplicationBan():
            said = [
                f"{ban.label}后{f'{ban.months}个月内' if ban.months else ''}不得再次申报" for ban in rule.bans
            ]
    clauses = clauses_of_node(rule)
    inner = [getattr(rule, name, None) for name in ("limit", "new_station", "work")]
    inner += list(getattr(rule, "bans", ()))
    for part in inner:
        clauses += clauses_of_node(part) if part is not None else ()
    made = line(rules, rule, "", *said)
    return Line(made.label, made.details, made.tags, tuple(dict.fromkeys(clauses)), made.reading, made.note)


def _similar_team(rules: Profile, rule: SimilarTeam) -> Iterator[str]:
    share = f"达到{word(rules, rule, 'share_of')}的{rule.block_from_percent}%"
    yield f"与{rule.compared_label}相同的成员{share if rule.block_from_percent else '有1名'}的，不能申报"
    if rule.same_leader_blocks:
        yield f"{rules.terms.leader}相同的，不能申报"
    if rule.override_possible:
        yield "主管部门可以记录理由后放行"


def _yearly(rules: Profile, rule: YearlyApplication) -> Iterator[str]:
    if rule.new_station is not None:
        since = rule.new_station.established_label
        yield f"自{since}所在年度起满{rule.new_station.years}年后方可申报"
    if rule.work is not None:
        back = rule.work.years_back
        yield f"以申报前第{back}年的工作为准" if back else "以申报当年的工作为准"
    if rule.limit is not None:
        yield f"每年{rule.limit.per_year}次（{word(rules, rule.limit, 'counts')}）"
        if rule.limit.unsettled:
            yield "此前的申报尚无结论的，由主管部门决定"


def form(rules: Profile) -> Chapter:
    """What the application asks, group by group."""
    groups = [
        group(
            part.label,
            (
                *(_fact(rules, fact) for fact in rules.facts if fact.group == part.name),
                *(narrative_line(rules, told) for told in rules.narratives if told.group == part.name),
                *(_roster(rules, roster) for roster in rules.rosters if roster.group == part.name),
            ),
            part.help,
        )
        for part in rules.groups
    ]
    known = {part.name for part in rules.groups}
    groups.append(
        group(
            "其他填报项",
            (
                *(_fact(rules, fact) for fact in rules.facts if fact.group not in known),
                *(narrative_line(rules, told) for told in rules.narratives if told.group not in known),
                *(_roster(rules, roster) for roster in rules.rosters if roster.group not in known),
            ),
        )
    )
    groups.append(
        group(
            "填报时的核对",
            (line(rules, one, one.message, describe(rules, one.require)) for one in rules.consistency),
            "前后矛盾的，不能提交。",
        )
    )
    groups.append(
        group(
            "不作为依据的情况",
            (line(rules, one, "", *rest(rules, one, *_IDLE)) for one in rules.idle_facts),
            "其他办法据以判断、本办法没有规定的情况，不影响结果。",
        )
    )
    covers = ("groups", "facts", "narratives", "rosters", "consistency", "idle_facts")
    return Chapter("form", "申报表", tuple(groups), covers)


_IDLE = ("kinds", "type", "unit", "min", "choices", "fields")
_SKIPPED = ("group", "evidence", "judged", "asked_of", "required", "required_when", "derived", "null_as")


def _fact(rules: Profile, fact: Fact) -> Line:
    tags = ["由审核人员判断" if fact.judged else "审核人员填写" if fact.asked_of == "reviewer" else ""]
    tags += ["由名册统计" if fact.derived is not None else ""]
    required = "" if fact.required else "可以不填"
    evidence = f"依据：{names(rules, (fact.evidence,))}" if fact.evidence else ""
    return line(
        rules,
        fact,
        "",
        "；".join(filter(None, _answer(rules, fact))),
        fact.help,
        required,
        only_where(rules, fact.required_when, "须填写的情形"),
        evidence,
        *rest(rules, fact, *_SKIPPED, "type", "unit", "choices", "min", "max", "help", "fields"),
        tags=tags,
    )


def _answer(rules: Profile, fact: Fact) -> Iterator[str]:
    """How a fact is answered: kind, unit, choices, bounds, columns."""
    yield word(rules, fact, "type") + (f"（{fact.unit}）" if fact.unit else "")
    yield "、".join(choice.label for choice in fact.choices)
    yield f"不小于{fact.min}" if fact.min else ""
    yield f"不大于{fact.max}" if fact.max is not None else ""
    yield f"栏目：{'、'.join(column.label for column in fact.fields)}" if fact.fields else ""


def fact_line(rules: Profile, fact: Fact) -> Line:
    """A figure that is asked later: of a station, of a procedure."""
    return line(rules, fact, "", "；".join(filter(None, _answer(rules, fact))), fact.help)


def narrative_line(rules: Profile, told: Narrative) -> Line:
    """A text that is asked for."""
    required = "" if told.required else "可以不填"
    return line(rules, told, "", f"文字，{told.max_chars}字以内", told.help, required)


def _roster(rules: Profile, roster: Roster) -> Line:
    columns = [column.label + ("" if column.required else "（可不填）") for column in roster.columns]
    return line(
        rules,
        roster,
        "",
        f"栏目：{'、'.join(columns)}",
        f"至少{roster.min_rows}行" if roster.min_rows else "",
        *(rule.message for rule in roster.exactly_one),
        roster.help,
        tags=("名册",),
    )
