"""How a designation ends: grounds of revocation and what they bring, deregistration."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.revocation import Ground, Revocation
from jurisdictions.engine.wording import describe
from jurisdictions.rulebook.asking import fact_line
from jurisdictions.rulebook.lines import Chapter, Line, group, line, names, rest, word


def revocation(rules: Profile) -> Chapter:
    """The grounds that no grade decides, and what revocation brings."""
    found = rules.revocation
    if found is None:
        return Chapter("revocation", "撤销", (), ("revocation",))
    referrals = (
        line(rules, one, "", names(rules, one.events), word(rules, one, "to")) for one in found.referrals
    )
    groups = (
        group("撤销的情形", (_ground(rules, one) for one in found.grounds if one.effect != "none")),
        group("不构成撤销的情形", (_ground(rules, one) for one in found.grounds if one.effect == "none")),
        group("撤销的后果", _brings(rules, found)),
        group("移送", referrals),
        group("须记录的情况", (fact_line(rules, fact) for fact in found.facts)),
    )
    return Chapter("revocation", "撤销", groups, ("revocation",))


def _ground(rules: Profile, ground: Ground) -> Line:
    overdue = ground.overdue
    late = ""
    if overdue is not None:
        more = "超过" if overdue.strict else "满"
        late = f"{label_of(rules, overdue.obligation)}逾期{more}{overdue.months}个月、没有正当理由的"
    outputs = "、".join(
        next((one.label for one in rules.duties.outputs if one.clause == clause), rules.article(clause))
        for clause in ground.outputs
    )
    said = ("events", "require", "outputs", "overdue", "on_record", "after_rectification", "judged", "effect")
    return line(
        rules,
        ground,
        "",
        f"情形：{names(rules, ground.events)}" if ground.events else "",
        f"要件：{describe(rules, ground.require)}" if ground.require is not None else "",
        f"未达到的产出：{outputs}" if outputs else "",
        late,
        f"须有书面认定：{names(rules, ground.on_record)}" if ground.on_record else "",
        "先整改，整改后仍未达到的" if ground.after_rectification else "",
        f"后果：{word(rules, ground, 'effect')}" if ground.effect == "flag_for_review" else "",
        *rest(rules, ground, *said),
        tags=("由人判断" if ground.judged else "",),
    )


def _brings(rules: Profile, found: Revocation) -> Iterator[Line]:
    confirm = "系统提出，由有权人员确认" if found.confirm else "自动撤销"
    yield line(
        rules,
        found,
        "撤销",
        confirm,
        "收回牌匾" if found.recover_plaque else "",
        "停止拨付资助" if found.stop_funding else "",
        f"追回资金：{word(rules, found, 'clawback')}",
        f"追回范围：{word(rules, found, 'clawback_scope')}" if _recovers(found) else "",
    )
    if found.rectification is not None:
        yield line(rules, found.rectification)


def _recovers(found: Revocation) -> bool:
    ways = {found.clawback, *(ground.clawback for ground in found.grounds)}
    return bool(ways & {"recover", "if_serious"})


def deregistration(rules: Profile) -> Chapter:
    """Ending a designation by the unit's own wish."""
    found = rules.deregistration
    if found is None:
        return Chapter("deregistration", "注销", (), ("deregistration",))
    head = line(rules, found, "", f"追回资金：{word(rules, found, 'clawback')}")
    steps = (
        line(rules, step, f"第{position}步：{label_of(rules, step.name)}", step.help)
        for position, step in enumerate(found.steps, start=1)
    )
    return Chapter("deregistration", "注销", (group("", (head, *steps)),), ("deregistration",))
