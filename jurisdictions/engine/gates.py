"""Which act of the procedure is allowed now, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from jurisdictions.engine.asked import AskedFact
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import Circumstances, evaluate
from jurisdictions.engine.periods import WorkCalendar, calendar_for, notice_period
from jurisdictions.engine.schema.gates import (
    Body,
    Checks,
    Gate,
    GateRule,
    Holds,
    InForce,
    NoticeRun,
    Objections,
    RoundsInYear,
    Signoffs,
    Step,
)
from jurisdictions.engine.schema.procedure import Notice
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import facts_in
from jurisdictions.engine.validity import validity_on
from jurisdictions.engine.values import BadValue, read_value, say_day

# What the facts of every gate are called, whatever the text.
ON, NOTICE_ENDED, OBJECTIONS, SIGNOFFS = "on", "notice_ended", "objections", "signoffs"


class UnknownAct(ValueError):
    """An act for which the profile has no gate."""


@dataclass(frozen=True, slots=True)
class GateFinding:
    """One rule, answered. `manual`: the text leaves it to a person."""

    clauses: tuple[str, ...]
    outcome: Literal["met", "unmet", "unknown", "manual"]
    explanation: str
    missing: tuple[str, ...] = ()
    manual_confirm: bool = False
    qualification: str | None = None
    bar: str | None = None
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """`allowed` None: it is not known yet (`missing`), or a person must decide (`manual`)."""

    action: str
    label: str
    allowed: bool | None
    manual: bool
    manual_confirm: bool
    """Allowed, once a person has confirmed on the record."""
    qualification: str | None
    bar: str | None
    missing: tuple[str, ...]
    findings: tuple[GateFinding, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    profile: Profile
    facts: Mapping[str, Any]
    given: Circumstances
    on: date | None
    calendar: WorkCalendar

    def finding(
        self, rule: GateRule, outcome: Literal["met", "unmet", "unknown", "manual"], words: str, *missing: str
    ) -> GateFinding:
        broken = outcome == "unmet"
        return GateFinding(
            clauses=rule.clauses,
            outcome=outcome,
            explanation=f"{words}。依据{self.profile.article(rule.clause)}。",
            missing=missing,
            qualification=rule.qualification if broken else None,
            bar=rule.bar if broken else None,
            reading=rule.reading,
        )


def gate(
    profile: Profile,
    action: str,
    facts: Mapping[str, Any],
    *,
    on: date | None = None,
    phase: str | None = None,
    calendar: WorkCalendar | None = None,
) -> GateAnswer:
    """Whether an act is allowed on a day. Raises UnknownAct where the text knows no such act.

    Facts: those that `gate_facts` names. `objections` is a list of mappings with `status` or `upheld`
    (and `conditions_unmet_confirmed`), `signoffs` a list of authority kinds; days are dates.
    """
    return _ask(profile, gate_of(profile, action, phase), action, facts, on, calendar)


def gate_for_step(
    profile: Profile,
    step: Step,
    facts: Mapping[str, Any],
    *,
    on: date | None,
    calendar: WorkCalendar,
) -> GateAnswer | None:
    """Whether the next step of an application may be taken; None where the text has no gate before it.

    Facts as for `gate`.
    """
    for found in profile.workflow.gates:
        if found.step == step:
            return _ask(profile, found, found.actions[0], facts, on, calendar)
    return None


def verified_facts(profile: Profile) -> tuple[AskedFact, ...]:
    """What somebody must verify of an application, where the text says so (that nothing in it is false)."""
    labels = {fact.name: fact for fact in profile.workflow.facts}
    return tuple(
        AskedFact(name, labels[name].label, "yes_no", rule.clause, found.actions[0])
        for found in profile.workflow.gates
        if found.step == "verify"
        for rule in found.rules
        if isinstance(rule, Holds)
        for name in facts_in(rule.require)
        if name in labels
    )


def _ask(
    profile: Profile,
    found: Gate,
    action: str,
    facts: Mapping[str, Any],
    on: date | None,
    calendar: WorkCalendar | None,
) -> GateAnswer:
    asked = _Asked(
        profile,
        facts,
        circumstances(profile, _typed(profile, facts), on),
        on,
        calendar or calendar_for(profile),
    )
    findings = tuple(f for rule in found.rules if (f := _answer(rule, asked)) is not None)
    broken = [f for f in findings if f.outcome == "unmet"]
    waiting = [f for f in findings if f.outcome in ("unknown", "manual")]
    allowed = False if broken else None if waiting else True
    return GateAnswer(
        action=action,
        label=found.label,
        allowed=allowed,
        manual=allowed is None and any(f.outcome == "manual" for f in findings),
        manual_confirm=allowed is True and any(f.manual_confirm for f in findings),
        qualification=next((f.qualification for f in broken if f.qualification), None),
        bar=next((f.bar for f in broken if f.bar), None),
        missing=tuple(dict.fromkeys(name for f in broken or waiting for name in f.missing)),
        findings=findings,
    )


def gate_of(profile: Profile, action: str, phase: str | None = None) -> Gate:
    """The gate of an act; of the first procedure where none is named. Raises UnknownAct."""
    for found in profile.workflow.gates:
        if action in found.actions and (phase is None or found.phase in (None, phase)):
            return found
    raise UnknownAct(action)


def actions_of(profile: Profile) -> tuple[str, ...]:
    """Every act that has a gate."""
    return tuple(dict.fromkeys(name for found in profile.workflow.gates for name in found.actions))


def phases_of(profile: Profile) -> tuple[str, ...]:
    """The procedures in which acts have gates of their own."""
    return tuple(dict.fromkeys(g.phase for g in profile.workflow.gates if g.phase is not None))


def published_names(profile: Profile) -> frozenset[str]:
    """Under which names the day of publication may be given."""
    return frozenset(
        name
        for found in profile.workflow.gates
        for rule in found.rules
        if isinstance(rule, NoticeRun) and has_notice(profile, rule)
        for name in rule.published
    )


def body_facts(profile: Profile) -> frozenset[str]:
    """The facts that name the body that acts."""
    return frozenset(r.fact for g in profile.workflow.gates for r in g.rules if isinstance(r, Body))


def tree_facts(profile: Profile) -> frozenset[str]:
    """The facts that requirements and circumstances of the gates speak of, and the stages' checks."""
    names = {fact.name for fact in profile.workflow.facts}
    for found in profile.workflow.gates:
        for rule in found.rules:
            trees = (rule.when, rule.unless, rule.require if isinstance(rule, Holds) else None)
            names |= {name for tree in trees if tree is not None for name in facts_in(tree)}
    return frozenset(names)


def gate_facts(profile: Profile) -> frozenset[str]:
    """Every fact that the gates may be answered from."""
    rules = [rule for found in profile.workflow.gates for rule in found.rules]
    names = set(tree_facts(profile) | body_facts(profile) | published_names(profile))
    names |= {ON} if any(isinstance(rule, NoticeRun | InForce) for rule in rules) else set()
    names |= {SIGNOFFS} if any(isinstance(rule, Signoffs) for rule in rules) else set()
    if any(isinstance(rule, NoticeRun) and has_notice(profile, rule) for rule in rules):
        names |= {NOTICE_ENDED, OBJECTIONS}
    return frozenset(names)


def has_notice(profile: Profile, rule: NoticeRun | Objections) -> bool:
    """Whether there is a notice to which the rule could speak: one of its own, the text's, or one added."""
    return (rule.notice or profile.notice) is not None or profile.workflow.added_notice


def _typed(profile: Profile, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the procedure in their own types; what cannot be read is not known."""
    known = dict(facts)
    for fact in profile.workflow.facts:
        try:
            known[fact.name] = read_value(fact, facts.get(fact.name))
        except BadValue:
            known[fact.name] = None
    return known


def _answer(rule: GateRule, asked: _Asked) -> GateFinding | None:
    """The finding on one rule; None where it is not asked."""
    if rule.when is not None and evaluate(rule.when, asked.given).outcome != "met":
        return None
    if rule.unless is not None and evaluate(rule.unless, asked.given).outcome == "met":
        return None
    found = _RULES[type(rule)](rule, asked)
    if found is not None and found.outcome == "unknown" and rule.when_known:
        return None
    return found


def _holds(rule: Holds, asked: _Asked) -> GateFinding:
    verdict = evaluate(rule.require, asked.given)
    if verdict.outcome == "met":
        return asked.finding(rule, "met", f"{rule.label}：符合")
    if verdict.outcome == "unmet":
        return asked.finding(rule, "unmet", f"{rule.label}：不符合")
    return asked.finding(rule, "unknown", f"{rule.label}：尚不清楚", *verdict.missing)


def _checks(rule: Checks, asked: _Asked) -> GateFinding:
    names = next(stage.checks for stage in asked.profile.stages if stage.name == rule.stage)
    labels = {fact.name: fact.label for fact in asked.profile.workflow.facts}
    undone = [name for name in names if asked.facts.get(name) is False]
    unknown = [name for name in names if not isinstance(asked.facts.get(name), bool)]
    if undone:
        words = "、".join(labels.get(name, name) for name in undone)
        return asked.finding(rule, "unmet", f"尚未完成：{words}", *undone)
    if unknown:
        words = "、".join(labels.get(name, name) for name in unknown)
        return asked.finding(rule, "unknown", f"尚未登记：{words}", *unknown)
    return asked.finding(rule, "met", f"{len(names)}项核对均已完成")


def _notice_run(rule: NoticeRun, asked: _Asked) -> GateFinding:
    """By the days where they are known, else as somebody has recorded."""
    notice = rule.notice or asked.profile.notice
    published = next((asked.facts[n] for n in rule.published if asked.facts.get(n) is not None), None)
    ended = asked.facts.get(NOTICE_ENDED)
    if not has_notice(asked.profile, rule):
        return asked.finding(rule, "met", "文件没有公示环节，不要求公示")
    if notice is not None and published is not None and asked.on is not None:
        return _by_days(rule, asked, notice, published, asked.on)
    if isinstance(ended, bool):
        return asked.finding(
            rule, "met" if ended else "unmet", "公示已期满" if ended else "尚未公示，或者公示尚未期满"
        )
    wanted = ON if published is not None else rule.published[0] if asked.on else NOTICE_ENDED
    return asked.finding(rule, "unknown", "公示是否期满尚不清楚", wanted)


def _by_days(rule: NoticeRun, asked: _Asked, notice: Notice, published: date, on: date) -> GateFinding:
    as_read = asked.profile.model_copy(update={"notice": notice})
    period = notice_period(as_read, published, asked.calendar)
    assert period is not None
    unit = "个工作日" if notice.unit == "working_day" else "日"
    mark = "（暂定）" if period.provisional else ""
    words = f"公示{notice.days}{unit}，{say_day(published)}发布，{say_day(period.last_day)}届满{mark}"
    if on < period.earliest_award:
        found = asked.finding(
            rule, "unmet", f"{words}，{say_day(on)}尚未期满，最早{say_day(period.earliest_award)}"
        )
    else:
        found = asked.finding(rule, "met", f"{words}，{say_day(on)}已期满")
    return replace(found, reading=rule.reading or notice.reading)


def _objections(rule: Objections, asked: _Asked) -> GateFinding | None:
    notice = rule.notice or asked.profile.notice
    if notice is None:
        return None
    entries = asked.facts.get(OBJECTIONS)
    if entries is None:
        return asked.finding(rule, "unknown", "公示期间有无异议尚不清楚", OBJECTIONS)
    if not entries:
        return asked.finding(rule, "met", "公示期间没有异议")
    if notice.objection == "any_blocks":
        return asked.finding(rule, "unmet", f"公示期间收到{len(entries)}件异议，有异议即不能认定")
    standings = [_standing(entry, notice) for entry in entries]
    return _worst(rule, asked, notice, standings)


def _worst(rule: Objections, asked: _Asked, notice: Notice, standings: list[str]) -> GateFinding:
    """The gravest of several objections decides."""
    if "removes" in standings:
        found = asked.finding(rule, "unmet", "异议经调查成立且确认不符合条件，撤消其资格")
        return replace(found, qualification="removed")
    if "waits" in standings:
        words = f"有{standings.count('waits')}件异议尚无核查结论"
        return asked.finding(rule, "unmet", words)
    if "refuses" in standings:
        return asked.finding(rule, "unmet", "异议经核查成立")
    if "unconfirmed" in standings:
        words = "异议成立，是否仍符合条件尚未确认"
        return asked.finding(rule, "manual", words, "conditions_unmet_confirmed")
    if "gap" in standings:
        return asked.finding(rule, "manual", "异议成立而仍符合条件，文件没有规定，由主管部门说明理由后决定")
    if "kept" in standings:
        return asked.finding(rule, "met", "异议成立而仍符合条件，按所选解读可以继续")
    confirm = notice.objection == "not_upheld_allows_after_confirmation"
    note = "，须记录并确认视为无异议" if confirm else ""
    found = asked.finding(rule, "met", f"{len(standings)}件异议经核查均不成立{note}")
    return replace(found, manual_confirm=confirm)


def _standing(entry: Mapping[str, Any], notice: Notice) -> str:
    """What one objection does. Without a finding, or with two that disagree, it waits."""
    status, upheld = entry.get("status"), entry.get("upheld")
    by_status = {"upheld": True, "not_upheld": False}.get(str(status)) if status is not None else upheld
    if not isinstance(by_status, bool) or (isinstance(upheld, bool) and upheld != by_status):
        return "waits"
    if not by_status:
        return "baseless"
    if notice.upheld == "refuses":
        return "refuses"
    unmet = entry.get("conditions_unmet_confirmed")
    if unmet is True:
        return "removes"
    if notice.upheld_but_met == "refuses":
        return "refuses"
    if unmet is None:
        return "unconfirmed"
    return "kept" if notice.upheld_but_met == "allows" else "gap"


def _signoffs(rule: Signoffs, asked: _Asked) -> GateFinding:
    bodies = asked.profile.designation.signoffs
    signed = asked.facts.get(SIGNOFFS)
    if signed is None:
        return asked.finding(rule, "unknown", "会签情况尚不清楚", SIGNOFFS)
    missing = [kind for kind in bodies if kind not in signed]
    if missing:
        words = "、".join(asked.profile.authority(kind).label for kind in missing)
        return asked.finding(rule, "unmet", f"须{len(bodies)}个部门会签，还缺{words}", *missing)
    return asked.finding(rule, "met", f"{len(bodies)}个部门均已会签")


def _body(rule: Body, asked: _Asked) -> GateFinding:
    body = asked.facts.get(rule.fact)
    labels = "、".join(asked.profile.authority(kind).label for kind in rule.among)
    if body is None:
        return asked.finding(rule, "unknown", f"由{labels}作出，尚不清楚由谁作出", rule.fact)
    if body in rule.among:
        return asked.finding(rule, "met", f"由{labels}作出")
    return asked.finding(rule, "unmet", f"应由{labels}作出")


def _rounds_in_year(rule: RoundsInYear, asked: _Asked) -> GateFinding:
    limit = asked.profile.round.per_year if asked.profile.round else None
    if limit is None:
        return asked.finding(rule, "manual", "文件没有限定每年认定的批次，由主管部门决定")
    words = f"每年认定{limit}次，这是当年第{rule.number}次"
    return asked.finding(rule, "met" if rule.number <= limit else "unmet", words)


def _in_force(rule: InForce, asked: _Asked) -> GateFinding:
    if asked.on is None:
        return asked.finding(rule, "unknown", "日期未给出，不能确定文件是否施行", ON)
    in_force = validity_on(asked.profile, asked.on).in_force
    if in_force is None:
        return asked.finding(rule, "manual", f"{say_day(asked.on)}文件是否施行不能由文本确定")
    words = f"{say_day(asked.on)}文件{'施行中' if in_force else '未施行或已失效'}"
    return asked.finding(rule, "met" if in_force else "unmet", words)


_RULES: dict[type, Callable[[Any, _Asked], GateFinding | None]] = {
    Holds: _holds,
    Checks: _checks,
    NoticeRun: _notice_run,
    Objections: _objections,
    Signoffs: _signoffs,
    Body: _body,
    RoundsInYear: _rounds_in_year,
    InForce: _in_force,
}
