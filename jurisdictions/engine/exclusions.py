"""What shuts one thing out by another: funds of one year, teams alike, applications of one year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jurisdictions.engine.asked import AskedFact
from jurisdictions.engine.months import anniversary
from jurisdictions.engine.schema.exclusions import (
    Exclusion,
    OneClaimAYear,
    ReapplicationBan,
    SimilarTeam,
    YearLimit,
    YearlyApplication,
)
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.values import say_day

# What the facts of each rule are called, whatever the text. None of the last two ever decides anything.
CLAIM, CLAIMED, TRANCHE = "claim", "claimed_same_year", "tranche"
OTHER_YEAR, OTHER_UNIT = "claimed_previous_year", "other_unit_claimed"
TEAM, LEADER = "team", "leader"
APPLICATION_YEAR, WORK_YEAR = "application_year", "project_implementation_year"
APPLICATIONS, FIRST_STATUS = "applications_this_year", "first_application_status"
ENDED_BY, ENDED_ON, APPLIED_ON = "ended_by", "ended_on", "application_date"

# The acts that the site asks about: an application for a station (not for its projects), a payment.
APPLY, PAY = "apply_station", "pay_award"

WORDS = {
    CLAIM: "所申领的经费",
    CLAIMED: "当年已申领的经费",
    TEAM: "本团队成员",
    APPLICATION_YEAR: "申报年度",
    WORK_YEAR: "项目开展年度",
    APPLICATIONS: "当年已申报的个数",
    FIRST_STATUS: "先前申报的结果",
    ENDED_ON: "终止的日期",
    APPLIED_ON: "申报日期",
}

NUMBERS = frozenset({"year", TRANCHE, APPLICATION_YEAR, WORK_YEAR, APPLICATIONS})
LISTS = frozenset({CLAIMED, OTHER_YEAR, OTHER_UNIT, TEAM})


@dataclass(frozen=True, slots=True)
class ExclusionAnswer:
    """`allowed` None: not known yet (`missing`), or a person must decide (`manual`).

    `affects` says what is barred: the money alone, or the application.
    """

    key: str
    affects: str
    allowed: bool | None
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    blocked_by: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    override_possible: bool = False
    manual: bool = False
    manual_confirm: bool = False
    readings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """Findings as they come in."""

    profile: Profile
    blocked: list[str] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    manual: bool = False

    def say(self, clause: str, words: str) -> None:
        self.clauses.append(clause)
        self.words.append(f"{words}。依据{self.profile.article(clause)}。")

    def block(self, clause: str, words: str) -> None:
        self.blocked.append(clause)
        self.say(clause, words)

    def want(self, clause: str, *names: str, label: str = "") -> None:
        self.missing += names
        words = "、".join(WORDS.get(name, label) for name in names)
        self.say(clause, f"尚缺{words}，不能判断")


def exclusion_questions(profile: Profile, action: str) -> tuple[AskedFact, ...]:
    """What somebody must find out before an act, because no form of this text holds it, rule by rule."""
    asked: list[AskedFact] = []
    for rule in profile.exclusions:
        if isinstance(rule, SimilarTeam):
            label = rule.compared_label
            asked.append(AskedFact(rule.compared, label, "names", rule.clause, rule.key))
            asked.append(AskedFact(rule.compared_leader, f"{label}中的领办人", "name", rule.clause, rule.key))
        elif isinstance(rule, OneClaimAYear):
            asked.append(AskedFact(CLAIMED, WORDS[CLAIMED], "several", rule.clause, rule.key, rule.claims))
    return tuple(asked)


def own_claim(profile: Profile) -> str | None:
    """Which of the funds of a year the text's own award is; None where no rule says."""
    rules = (rule for rule in profile.exclusions if isinstance(rule, OneClaimAYear))
    return next((rule.own for rule in rules if rule.own), None)


def label_of_rule(profile: Profile, key: str) -> str:
    """What a rule is called."""
    return next(rule.label for rule in profile.exclusions if rule.key == key)


def check_exclusions(
    profile: Profile, facts: Mapping[str, Any], *, action: str | None = None
) -> tuple[ExclusionAnswer, ...]:
    """The answer of every rule that bears on the question.

    That is the rule on the act, where one is named; else those of which any fact is spoken of; else all.
    """
    rules = [
        r for r in profile.exclusions if not isinstance(r, YearlyApplication) or action in (None, r.action)
    ]
    named = set(facts) | ({"action"} if action is not None else set())
    spoken = [rule for rule in rules if _facts_of(rule) & named]
    return tuple(_RULES[type(rule)](profile, rule, facts) for rule in spoken or rules)


def exclusion_facts(profile: Profile) -> frozenset[str]:
    """The facts that the rules may be answered from."""
    return frozenset(name for rule in profile.exclusions for name in _facts_of(rule))


def _facts_of(rule: Exclusion) -> set[str]:
    """The facts that one rule may be answered from."""
    match rule:
        case OneClaimAYear():
            return {"unit", "year", CLAIM, CLAIMED, TRANCHE, OTHER_YEAR, OTHER_UNIT}
        case SimilarTeam():
            return {TEAM, LEADER, rule.compared, rule.compared_leader, *rule.not_compared}
        case ReapplicationBan():
            return {ENDED_BY, ENDED_ON, APPLIED_ON}
        case YearlyApplication():
            bar = rule.new_station
            days = {bar.established_by, *bar.known_days} if bar else set()
            return {"action", APPLICATION_YEAR, WORK_YEAR, APPLICATIONS, FIRST_STATUS, *days}


def days_of(profile: Profile) -> frozenset[str]:
    """The facts that are dates: the days that may count as the establishment."""
    rules = [r for r in profile.exclusions if isinstance(r, YearlyApplication)]
    days = {
        name
        for rule in rules
        if rule.new_station
        for name in (rule.new_station.established_by, *rule.new_station.known_days)
    }
    banned = any(isinstance(r, ReapplicationBan) for r in profile.exclusions)
    return frozenset(days | ({ENDED_ON, APPLIED_ON} if banned else set()))


def teams_of(profile: Profile) -> frozenset[str]:
    """The facts that are teams."""
    rules = [r for r in profile.exclusions if isinstance(r, SimilarTeam)]
    return frozenset(name for r in rules for name in (r.compared, *r.not_compared))


def _one_claim(profile: Profile, rule: OneClaimAYear, facts: Mapping[str, Any]) -> ExclusionAnswer:
    """One of several funds a year. Other years and other units do not count."""
    claim, tranche = facts.get(CLAIM), facts.get(TRANCHE) or 1
    found = _Found(profile)
    later = tranche > 1
    if later and rule.later_tranches_clause:
        found.clauses.append(rule.later_tranches_clause)
    open_ = _claims(rule, facts, found)
    allowed = False if found.blocked else None if open_ else True
    unlisted = _unlisted(rule, facts, found)
    if allowed is True and not found.words:
        found.say(rule.clause, f"同一年度未申领{rule.label}中的其他经费，可以申领")
    return ExclusionAnswer(
        key=rule.key,
        affects="funding",
        allowed=allowed,
        clauses=tuple(dict.fromkeys((rule.clause, *found.clauses))),
        explanation=(*found.words, f"只限制经费，不影响认定。依据{profile.article(rule.clause)}。"),
        blocked_by=tuple(found.blocked),
        missing=tuple(found.missing) if allowed is None else (),
        manual_confirm=(later and allowed is False) or (unlisted and claim is not None),
        readings=(rule.reading,) if rule.reading else (),
    )


def _claims(rule: OneClaimAYear, facts: Mapping[str, Any], found: _Found) -> bool:
    """Blocks where another of the funds was claimed; whether that is still open."""
    claim, tranche = facts.get(CLAIM), facts.get(TRANCHE) or 1
    if tranche > 1 and rule.later_tranches == "free":
        found.say(rule.clause, f"第{tranche}期拨付不算当年申领，不受限制")
        return False
    if claim is not None and claim not in rule.claims:
        found.say(rule.clause, f"“{claim}”不在{rule.label}之列，不受限制")
        return False
    if facts.get(CLAIMED) is None:
        found.want(rule.clause, CLAIMED)
        return True
    others = list(dict.fromkeys(c for c in facts[CLAIMED] if c in rule.claims and c != claim))
    if claim is None and len(others) == 1:
        found.want(rule.clause, CLAIM)
        return True
    if others:
        found.block(rule.clause, f"同一年度已申领{'、'.join(others)}，{rule.label}一年只能申领一种")
    return False


def _unlisted(rule: OneClaimAYear, facts: Mapping[str, Any], found: _Found) -> bool:
    """Whether money is spoken of that is neither of the funds nor known to stand outside: a person looks."""
    spoken = [c for c in (facts.get(CLAIM), *(facts.get(CLAIMED) or ())) if c is not None]
    strange = [c for c in spoken if c not in rule.claims and c not in rule.outside]
    if strange:
        found.say(rule.clause, f"{'、'.join(map(str, strange))}不在所列经费之列，须确认")
    return bool(strange)


def _similar_team(profile: Profile, rule: SimilarTeam, facts: Mapping[str, Any]) -> ExclusionAnswer:
    """The share of shared members, in whole numbers."""
    found = _Found(profile)
    other, team = _other_team(rule, facts), facts.get(TEAM)
    leader = facts.get(LEADER)
    if rule.same_leader_blocks and leader is not None and leader == facts.get(rule.compared_leader):
        found.block(rule.clause, "两个团队的领办人相同，原则上只申报其中一项")
    shared: set[Any] = set()
    if other is None:
        found.want(rule.clause, rule.compared, label=rule.compared_label)
    elif other and team is None:
        found.want(rule.clause, TEAM)
    else:
        shared = set(team or ()) & set(other)
        _compare_teams(rule, len(set(team or ())), len(set(other)), len(shared), found)
    allowed = False if found.blocked else None if found.missing else True
    return ExclusionAnswer(
        key=rule.key,
        affects="application",
        allowed=allowed,
        clauses=(rule.clause,),
        explanation=tuple(found.words),
        blocked_by=tuple(dict.fromkeys(found.blocked)),
        warnings=(rule.clause,) if allowed and shared else (),
        missing=tuple(found.missing) if allowed is None else (),
        override_possible=allowed is False and rule.override_possible,
        readings=(rule.reading,) if rule.reading else (),
    )


def _other_team(rule: SimilarTeam, facts: Mapping[str, Any]) -> Any:
    """The team to compare with. Who speaks only of a team of another level says that there is none here."""
    other = facts.get(rule.compared)
    if other is None and any(facts.get(name) is not None for name in rule.not_compared):
        return ()
    return other


def _compare_teams(rule: SimilarTeam, applying: int, other: int, shared: int, found: _Found) -> None:
    sizes = {"applying": applying, "smaller": min(applying, other), "larger": max(applying, other)}
    base = sizes[rule.share_of]
    figures = f"{rule.label}：{base}人中有{shared}人相同"
    if shared and shared * 100 >= rule.block_from_percent * base:
        found.block(rule.clause, f"{figures}，原则上只申报其中一项")
    elif shared:
        # Where the leader bars it already, this is no mere hint any more.
        hint = "" if found.blocked else "，仅作提示"
        found.say(rule.clause, f"{figures}，未达到相类同的比例{hint}")
    else:
        found.say(rule.clause, f"{rule.label}：没有相同成员")


def _yearly(profile: Profile, rule: YearlyApplication, facts: Mapping[str, Any]) -> ExclusionAnswer:
    """Every bar is looked at; all that hold are named."""
    found = _Found(profile)
    _new_station(rule, facts, found)
    _earlier_work(rule, facts, found)
    if rule.limit is not None:
        _year_limit(rule.limit, facts, found)
    allowed = False if found.blocked else None if found.missing or found.manual else True
    readings = [part.reading for part in (rule.new_station, rule.work, rule.limit) if part and part.reading]
    return ExclusionAnswer(
        key=rule.key,
        affects="application",
        allowed=allowed,
        clauses=tuple(dict.fromkeys(found.blocked or found.clauses)),
        explanation=tuple(found.words),
        blocked_by=tuple(found.blocked),
        missing=tuple(dict.fromkeys(found.missing)) if allowed is None else (),
        manual=allowed is None and found.manual,
        readings=tuple(readings),
    )


def _banned(profile: Profile, rule: ReapplicationBan, facts: Mapping[str, Any]) -> ExclusionAnswer:
    """Whether a time has run out since what ended the last one; nothing ended bars nobody."""
    found = _Found(profile)
    ended = facts.get(ENDED_BY)
    ban = next((one for one in rule.bans if one.after == ended), None)
    if ban is None:
        found.say(rule.clause, "没有不得再次申报的情形")
    elif ban.months is None:
        found.block(ban.clause, f"{ban.label}的，不得再次申报")
    else:
        day, on = facts.get(ENDED_ON), facts.get(APPLIED_ON)
        wanting = [name for name, known in ((ENDED_ON, day), (APPLIED_ON, on)) if known is None]
        if wanting or not isinstance(day, date) or not isinstance(on, date):
            found.want(ban.clause, *wanting)
        else:
            full = anniversary(day, ban.months, profile.conventions.anniversary)
            told = f"{ban.label}的，{ban.months}个月内不得再次申报，自{say_day(full)}起可以申报"
            (found.block if on < full else found.say)(ban.clause, told)
    allowed = False if found.blocked else None if found.missing else True
    return ExclusionAnswer(
        key=rule.key,
        affects="application",
        allowed=allowed,
        clauses=tuple(dict.fromkeys((rule.clause, *found.clauses))),
        explanation=tuple(found.words),
        blocked_by=tuple(found.blocked),
        missing=tuple(found.missing),
        readings=(rule.reading,) if rule.reading else (),
    )


def _new_station(rule: YearlyApplication, facts: Mapping[str, Any], found: _Found) -> None:
    bar = rule.new_station
    if bar is None:
        return
    day, year = facts.get(bar.established_by), facts.get(APPLICATION_YEAR)
    if not isinstance(day, date) or year is None:
        unknown = [n for n in (bar.established_by, APPLICATION_YEAR) if facts.get(n) is None]
        found.want(bar.clause, *unknown, label=bar.established_label)
    elif year < day.year + bar.years:
        found.block(bar.clause, f"{say_day(day)}新设立，{year}年度不能申报，最早{day.year + bar.years}年度")
    else:
        found.say(bar.clause, f"{say_day(day)}设立，{year}年度可以申报")


def _earlier_work(rule: YearlyApplication, facts: Mapping[str, Any], found: _Found) -> None:
    bar = rule.work
    if bar is None:
        return
    done, year = facts.get(WORK_YEAR), facts.get(APPLICATION_YEAR)
    if done is None or year is None:
        found.want(bar.clause, *(n for n in (WORK_YEAR, APPLICATION_YEAR) if facts.get(n) is None))
    elif done != year - bar.years_back:
        found.block(bar.clause, f"应为{year - bar.years_back}年度已开展的项目，所报为{done}年度")
    else:
        found.say(bar.clause, f"项目于{done}年度开展")


def _year_limit(bar: YearLimit, facts: Mapping[str, Any], found: _Found) -> None:
    made, status = facts.get(APPLICATIONS), facts.get(FIRST_STATUS)
    if made is None:
        found.want(bar.clause, APPLICATIONS)
    elif made < bar.per_year:
        found.say(bar.clause, f"每年可申报{bar.per_year}个，当年已申报{made}个")
    elif bar.counts == "approvals":
        _approvals(bar, status, made, found)
    elif made == bar.per_year and status in bar.unsettled:
        found.manual = True
        found.say(bar.clause, "先前的申报已撤回，是否占用当年的名额文件没有规定，由主管部门决定")
    else:
        found.block(bar.clause, f"每年可申报{bar.per_year}个，当年已申报{made}个，未获认定也算")


def _approvals(bar: YearLimit, status: str | None, made: int, found: _Found) -> None:
    """Only approved applications count; of several, the states of the later ones are not known."""
    if status in bar.approved:
        found.block(bar.clause, f"每年{bar.per_year}个，当年的申报已获认定")
    elif status is None:
        found.want(bar.clause, FIRST_STATUS)
    elif made > bar.per_year:
        found.manual = True
        found.say(bar.clause, f"当年已申报{made}个，其余申报是否获认定尚不清楚")
    else:
        found.say(bar.clause, "先前的申报未获认定，按所选解读不占名额")


_RULES: dict[type, Callable[[Profile, Any, Mapping[str, Any]], ExclusionAnswer]] = {
    OneClaimAYear: _one_claim,
    SimilarTeam: _similar_team,
    YearlyApplication: _yearly,
    ReapplicationBan: _banned,
}
