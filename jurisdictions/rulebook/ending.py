"""How a designation ends: grounds of revocation and what they bring, deregistration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.revocation import CLAWBACK_FACTS
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.revocation import Ground, Revocation
from jurisdictions.engine.schema.station import GradeConsequence
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.engine.wording import describe
from jurisdictions.rulebook.asking import fact_line
from jurisdictions.rulebook.grading import grade_words
from jurisdictions.rulebook.lines import Chapter, Line, group, line, names, rest, word

_TAKING_BACK = frozenset({"recover", "if_serious"})


def revocation(rules: Profile) -> Chapter:
    """The grounds, those that rest on grades included, and what revocation brings."""
    found = rules.revocation
    if found is None:
        return Chapter("revocation", "撤销", (), ("revocation",))
    referrals = (
        line(rules, one, "", names(rules, one.events), word(rules, one, "to")) for one in found.referrals
    )
    # An allegation is no ground before somebody has put a finding in writing.
    waiting = [one for one in found.grounds if one.on_record and one.require is not None]
    others = [one for one in found.grounds if one not in waiting]

    def of(effect: str) -> tuple[Line, ...]:
        by_grade = (one for one in rules.assessment.consequences if one.effect == effect)
        return (
            *(_ground(rules, one) for one in others if one.effect == effect),
            *(_grade_ground(rules, one) for one in by_grade),
        )

    deciding, otherwise = _deciding(found), _in_readings(rules)
    recorded = (fact_line(rules, fact) for fact in found.facts if fact.name in deciding)
    # No article speaks of what decides nothing here: other texts judge by it, or another reading would.
    silent = {f.name: replace(fact_line(rules, f), clauses=()) for f in found.facts if f.name not in deciding}
    groups = (
        group("撤销的情形", of("propose_revocation")),
        group(
            "须先有书面认定的情形",
            (_ground(rules, one) for one in waiting),
            "没有书面认定的，不撤销，也不追回资金。",
        ),
        group("提请主管部门判断的情形", of("flag_for_review")),
        group("不构成撤销的情形", (_ground(rules, one) for one in others if one.effect == "none")),
        group("撤销的后果", _brings(rules, found)),
        group("移送", referrals),
        group("须记录的情况", recorded),
        group("改选其他读法才作为依据的情况", (one for name, one in silent.items() if name in otherwise)),
        group(
            "不作为依据的情况",
            (one for name, one in silent.items() if name not in otherwise),
            "其他办法据以判断、本办法没有规定的情况，不影响结果。",
        ),
    )
    return Chapter("revocation", "撤销", groups, ("revocation",))


def _grade_ground(rules: Profile, rule: GradeConsequence) -> Line:
    """A ground that rests on a grade; the chapter on assessments has it too."""
    return line(rules, rule, f"{rules.terms.assessment}{grade_words(rule)}")


def _in_readings(rules: Profile) -> frozenset[str]:
    """The names that the readings bring in or take out."""
    changes = (
        value for reading in rules.readings for one in reading.options for value in one.changes.values()
    )
    return frozenset(name for value in changes for name in _strings(value))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (name for part in value.values() for name in _strings(part))
    elif isinstance(value, list | tuple):
        yield from (name for part in value for name in _strings(part))


def _deciding(found: Revocation) -> frozenset[str]:
    """The facts of the chapter on which a ground rests, or what is taken back."""
    names: set[str] = set()
    for ground in found.grounds:
        names |= {*(facts_in(ground.require) if ground.require is not None else ()), *ground.on_record}
        names |= {ground.overdue.excused_by} if ground.overdue is not None else set()
    return frozenset(names | (CLAWBACK_FACTS if _recovers(found) else set()))


def _ground(rules: Profile, ground: Ground) -> Line:
    overdue = ground.overdue
    late = ""
    if overdue is not None:
        more = "超过" if overdue.strict else "满"
        late = f"{label_of(rules, overdue.obligation)}逾期{more}{overdue.months}个月、没有正当理由的"
    # What must be on record says what must hold as well.
    found = () if ground.require is None else facts_in(ground.require)
    shown = ground.require is not None and not set(found) <= set(ground.on_record)
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
        f"要件：{describe(rules, ground.require)}" if shown and ground.require is not None else "",
        f"未达到的产出：{outputs}" if outputs else "",
        late,
        f"须有书面认定：{names(rules, ground.on_record)}" if ground.on_record else "",
        "先整改，整改后仍未达到的" if ground.after_rectification else "",
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
        f"追回资金：{word(rules, found, 'clawback')}{_apart(found)}",
        f"追回范围：{word(rules, found, 'clawback_scope')}" if _recovers(found) else "",
    )
    if found.rectification is not None:
        yield line(rules, found.rectification)


def _apart(found: Revocation) -> str:
    """That some grounds bring what revocation in general does not."""
    own = found.clawback not in _TAKING_BACK and _recovers(found)
    return "，撤销的情形中另有写明的除外" if own else ""


def _recovers(found: Revocation) -> bool:
    ways = {found.clawback, *(ground.clawback for ground in found.grounds)}
    return bool(ways & _TAKING_BACK)


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
