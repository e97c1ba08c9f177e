"""The way of an application: bodies, routes, stages, gates, experts, notice, designation, rounds."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.gates import has_notice
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.gates import (
    Checks,
    Gate,
    GateRule,
    Holds,
    NoticeRun,
    Objections,
    RoundsInYear,
)
from jurisdictions.engine.schema.procedure import GroupCap, Notice, Round, Stage
from jurisdictions.engine.wording import describe
from jurisdictions.rulebook.asking import fact_line
from jurisdictions.rulebook.lines import (
    Chapter,
    Group,
    Line,
    clauses_of_node,
    group,
    limit_words,
    line,
    names,
    only_where,
    rest,
    word,
)

PLACEHOLDERS = {
    "{unit}": "〔单位名称〕",
    "{leader}": "〔负责人姓名〕",
    "{trade}": "〔职业（工种）〕",
    "{year}": "〔年份〕",
    "{seq}": "〔序号〕",
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
UPHELD_BUT_MET = {
    "manual": "异议成立但仍符合条件的，由主管部门决定",
    "allows": "异议成立但仍符合条件的，可以认定",
    "refuses": "异议成立但仍符合条件的，也不能认定",
}
CHECKS = {
    "originals_seen": "已核对原件",
    "copies_match_and_stamped": "复印件与原件一致并盖章",
}


def routes(rules: Profile) -> Chapter:
    """Through whose hands an application goes, and who manages which station."""
    groups = (
        group("参与部门", (line(rules, a, "", word(rules, a, "level"), a.role) for a in rules.authorities)),
        group("申报路径", _routes(rules)),
        group("站（室）层级", _levels(rules)),
        group("上级要求", _superior(rules)),
    )
    return Chapter("routes", "部门和申报路径", groups, ("authorities", "routes", "levels", "superior_rules"))


def _routes(rules: Profile) -> Iterator[Line]:
    for route in rules.routes:
        way = "须由主管部门确定" if route.path is None else " → ".join(label_of(rules, k) for k in route.path)
        consents = f"须经{names(rules, (c.by for c in route.consents))}同意" if route.consents else ""
        sure = "须由人确认走这条路径" if route.manual_confirm else ""
        yield line(
            rules, route, route.label or "申报路径", way, only_where(rules, route.when), consents, sure
        )


def _levels(rules: Profile) -> Iterator[Line]:
    for level in rules.levels.kinds if rules.levels else ():
        process = "按本办法认定" if level.in_process else "不按本办法认定"
        yield line(rules, level, "", f"由{label_of(rules, level.managed_by)}管理", process)


def _superior(rules: Profile) -> Iterator[Line]:
    for rule in rules.superior_rules:
        yield line(rules, rule, "", "其要求优先适用" if rule.prevails else "不优先于本办法")


def stages(rules: Profile) -> Chapter:
    """Steps with their limits, the experts, and what must hold before each act."""
    groups = (
        group("环节", (_stage(rules, stage) for stage in rules.stages)),
        group("专家评审", (_panel(rules),)),
        *(_gate(rules, gate) for gate in rules.workflow.gates),
        group("办理中记录的情况", (fact_line(rules, fact) for fact in rules.workflow.facts)),
    )
    return Chapter("stages", "办理环节和期限", groups, ("stages", "panel", "workflow"))


def _stage(rules: Profile, stage: Stage) -> Line:
    only = f"只适用于经过{names(rules, stage.only_via)}的申报" if stage.only_via else ""
    checks = "、".join(CHECKS.get(name) or label_of(rules, name) for name in stage.checks)
    made = line(
        rules,
        stage,
        "",
        f"{label_of(rules, stage.by)}；{_stage_length(rules, stage)}",
        only,
        f"须确认：{checks}" if checks else "",
        *rest(rules, stage, "by", "limit", "only_via", "checks", "short_name"),
    )
    extra = (stage.limit.clause,) if stage.limit is not None and stage.limit.clause else ()
    return Line(made.label, made.details, made.tags, (*made.clauses, *extra), made.reading, made.note)


def _stage_length(rules: Profile, stage: Stage) -> str:
    """How long a step takes: the notice as long as it runs, any other as long as the text gives it."""
    if stage.kind == "notice" and stage.limit is None and rules.notice is not None:
        return notice_length(rules.notice)
    return limit_words(stage.limit)


def _panel(rules: Profile) -> Line:
    return line(
        rules,
        rules.panel,
        "专家按评分表评分" if rules.panel.method == "rubric" else "专家提出评审意见",
        f"由{names(rules, rules.panel.bodies)}组织" if rules.panel.bodies else "",
        *rest(rules, rules.panel, "method", "bodies"),
    )


def _gate(rules: Profile, gate: Gate) -> Group:
    phase = f"（{label_of(rules, gate.phase)}）" if gate.phase else ""
    batches = [_batch(rules, rule) for rule in gate.rules if isinstance(rule, RoundsInYear)]
    # A notice that the text does not have is asked of nobody.
    asked = [
        rule for rule in gate.rules if not isinstance(rule, RoundsInYear) and not _no_notice(rules, rule)
    ]
    missing = any(isinstance(rule, NoticeRun) and _no_notice(rules, rule) for rule in gate.rules)
    head = line(
        rules,
        gate,
        f"{gate.label}{phase}",
        "须同时满足以下要求" if asked else "",
        "文件没有公示环节，不以公示为前提" if missing else "",
    )
    return group(
        f"办理前的要求：{gate.label}{phase}",
        (*((head,) if asked or not batches else ()), *batches, *(_rule(rules, rule) for rule in asked)),
    )


def _no_notice(rules: Profile, rule: GateRule) -> bool:
    return isinstance(rule, NoticeRun | Objections) and not has_notice(rules, rule)


def _batch(rules: Profile, rule: RoundsInYear) -> Line:
    """Whether there may be so many batches a year, as the chapter on rounds has it."""
    limit = rules.round.per_year if rules.round else None
    batch = f"当年第{rule.number}个批次"
    if limit is None:
        return line(rules, rule, batch, "每年的批次数没有规定，由主管部门决定")
    if rule.number > limit:
        return line(rules, rule, batch, f"每年只有{limit}个认定批次，{batch}不予办理")
    return line(rules, rule, batch, f"每年{limit}个认定批次，可以有{batch}")


def _rule(rules: Profile, rule: GateRule) -> Line:
    label = getattr(rule, "label", "") or word(rules, rule, "kind")
    details = []
    if isinstance(rule, Holds):
        details.append(describe(rules, rule.require))
    if isinstance(rule, Checks):
        label = f"{label_of(rules, rule.stage)}的核对事项都已确认"
    notice = getattr(rule, "notice", None)
    if notice is not None:
        details.append(notice_words(notice))
    said = ("require", "stage", "number", "notice", "published", "fact", "when", "unless", "when_known")
    made = line(
        rules,
        rule,
        label,
        *details,
        only_where(rules, rule.when),
        only_where(rules, rule.unless, "除外"),
        *rest(rules, rule, *said),
    )
    extra = clauses_of_node(notice) if notice is not None else ()
    clauses = tuple(dict.fromkeys((*made.clauses, *extra)))
    return Line(made.label, made.details, made.tags, clauses, made.reading, made.note)


def notice_length(notice: Notice) -> str:
    """`公示5个工作日`."""
    return f"公示{notice.days}{'个工作日' if notice.unit == 'working_day' else '日'}"


def notice_words(notice: Notice) -> str:
    """`公示5个工作日，发布次日起算，在…公示`."""
    counted = "发布当日计入" if notice.start_day_counted else "发布次日起算"
    rolled = "，最后一日遇休息日顺延" if notice.roll_to_working_day else ""
    place = f"，在{notice.place}公示" if notice.place else ""
    return f"{notice_length(notice)}，{counted}{rolled}{place}"


def notice(rules: Profile) -> Chapter:
    """The public notice, and what an objection brings."""
    lines = [] if rules.notice is None else [*notice_lines(rules, rules.notice)]
    return Chapter("notice", "公示", (group("", lines),), ("notice",))


def notice_lines(rules: Profile, found: Notice) -> Iterator[Line]:
    """A notice in two lines: its length, and objections to it."""
    yield line(rules, found, "公示期", notice_words(found))
    met = UPHELD_BUT_MET[found.upheld_but_met] if found.upheld == "refuses_if_unmet_else_manual" else ""
    yield line(rules, found, "异议", UPHELD[found.upheld], met, OBJECTION[found.objection])


def designation(rules: Profile) -> Chapter:
    """Number, name and plaque; how often and how many."""
    rule = rules.designation
    prescribed = "名称由文件规定，另拟的不予采用" if rule.name_prescribed else ""
    # One body that issues alone has nobody to sign with.
    alone = len(rule.signoffs) == 1 and rule.signoffs == rule.issuers
    signed = f"会签：{names(rules, rule.signoffs)}" if rule.signoffs and not alone else ""
    named = [
        line(rules, rule, f"由{names(rules, rule.issuers)}发文认定", f"《{rule.document_title}》", signed),
        line(rules, rule, "名称", readable(rule.station_name), prescribed),
        line(rules, rule, "编号", f"{readable(rule.number_format)}（序号{rule.seq_digits}位）"),
    ]
    for plaque in rule.plaques:
        instead = "代替其他牌匾" if plaque.replaces_others else ""
        where = only_where(rules, plaque.when)
        named.append(line(rules, plaque, f"牌匾：{readable(plaque.title)}", where, instead))
    return Chapter(
        "designation",
        "认定、编号和名额",
        (group("认定和名称", named), group("批次和名额", _round(rules))),
        ("designation", "round"),
    )


def readable(template: str) -> str:
    """A name with its gaps in words."""
    for name, words in PLACEHOLDERS.items():
        template = template.replace(name, words)
    return template


def _round(rules: Profile) -> Iterator[Line]:
    rule = rules.round
    if rule is None:
        return
    yield line(
        rules,
        rule,
        f"每年{rule.per_year}个认定批次" if rule.per_year else "每年的批次数没有规定",
        *_numbers(rule),
        "须先发布申报通知" if rule.needs_call else "",
        f"截止当日{rule.closes_at}前提交" if rule.closes_at else "",
    )
    for cap in rule.group_caps:
        yield line(rules, cap, "", *_group_words(rules, cap))
    if rule.waitlist is not None:
        places = f"候补{rule.waitlist.places}家" if rule.waitlist.places else "候补家数没有规定"
        until = f"自决定之日起{rule.waitlist.months}个月" if rule.waitlist.months else "到下一批次为止"
        yield line(rules, rule.waitlist, "", places, until)


def _group_words(rules: Profile, cap: GroupCap) -> Iterator[str]:
    """`每个推荐部门的申报数不超过3家`."""
    who = f"每个{word(rules, cap, 'by')}" if cap.group is None else cap.label
    if cap.keeps:
        least = f"{cap.least}家" if cap.least is not None else f"名额的{cap.least_percent}%"
        yield f"{who}的{word(rules, cap, 'of')}至少{least}"
    else:
        most = f"{cap.most}家" if cap.most is not None else f"名额的{cap.most_percent}%"
        yield f"{who}的{word(rules, cap, 'of')}不超过{most}"


def _numbers(rule: Round) -> Iterator[str]:
    yield f"每年目标{rule.target}家，超过的只提示" if rule.target else ""
    yield f"每年不超过{rule.cap}家" if rule.cap else ""
    yield f"总目标{rule.total_target}家，超过的只提示" if rule.total_target else ""
    yield f"总数不超过{rule.total_cap}家" if rule.total_cap else ""
