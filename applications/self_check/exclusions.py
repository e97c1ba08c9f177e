"""What shuts an application out, asked without a name: numbers of people instead of lists of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from applications.self_check.questions import Part, Question
from jurisdictions.engine import Profile
from jurisdictions.engine import exclusions as words
from jurisdictions.engine.counting import MOST
from jurisdictions.engine.saying import label_of
from jurisdictions.engine.schema.base import Choice
from jurisdictions.engine.schema.exclusions import (
    Exclusion,
    OneClaimAYear,
    ReapplicationBan,
    SimilarTeam,
    YearlyApplication,
)
from jurisdictions.engine.schema.form import Fact

NONE = "none"


def _rules(rules: Profile) -> list[Exclusion]:
    """The rules that bear on an application for a station, as against those of its projects."""
    return [r for r in rules.exclusions if not isinstance(r, YearlyApplication) or r.action == words.APPLY]


def answers(
    rules: Profile, values: Mapping[str, Any], on: date
) -> tuple[tuple[str, words.ExclusionAnswer], ...]:
    """(label, answer) of every rule; one of which nothing is said stays open."""
    facts = {**dict.fromkeys(words.exclusion_facts(rules)), **facts_from(rules, values, on)}
    found = {answer.key: answer for answer in words.check_exclusions(rules, facts, action=words.APPLY)}
    return tuple((rule.label, _open_if_silent(rule, found[rule.key], values)) for rule in _rules(rules))


def _open_if_silent(
    rule: Exclusion, found: words.ExclusionAnswer, values: Mapping[str, Any]
) -> words.ExclusionAnswer:
    """Nobody is let through by a rule about which he was asked and said nothing."""
    if found.allowed is not True or any(path.startswith(f"{rule.key}.") for path in values):
        return found
    return replace(found, allowed=None, explanation=(f"{rule.label}：没有回答，不能判断。",))


def parts_of(rules: Profile) -> Iterator[Part]:
    """One part for each rule."""
    for rule in _rules(rules):
        yield Part(rule.key, f"排除和限制：{rule.label}", "", tuple(_ASK[type(rule)](rules, rule)))


def facts_from(rules: Profile, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The facts of the exclusions. Of people only stand-ins, as many as were counted."""
    facts: dict[str, Any] = {words.APPLIED_ON: on}
    for rule in _rules(rules):
        given = {
            path.removeprefix(f"{rule.key}."): value
            for path, value in values.items()
            if path.startswith(f"{rule.key}.")
        }
        facts |= _READ[type(rule)](rule, given) if given else {}
    return facts


def _question(rule: Exclusion, name: str, label: str, clause: str = "", **more: Any) -> Question:
    several = more.pop("several", False)
    fact = Fact(
        name=name,
        label=label,
        required=False,
        clause=clause or rule.clause,
        **{"type": "integer", "min": 0 if more.get("type", "integer") == "integer" else None, **more},
    )
    return Question(fact, f"{rule.key}.{name}", several)


# --- one claim a year -----------------------------------------------------------


def _ask_claim(rules: Profile, rule: OneClaimAYear) -> Iterator[Question]:
    claims = tuple(Choice(value=f"c{n}", label=claim) for n, claim in enumerate(rule.claims))
    yield _question(rule, "claim", "本次拟申领的经费", type="choice", choices=claims)
    none = Choice(value=NONE, label="都没有申领过")
    label = "本单位当年已申领的经费"
    yield _question(rule, "claimed", label, type="choice", choices=(*claims, none), several=True)


def _read_claim(rule: OneClaimAYear, given: Mapping[str, Any]) -> dict[str, Any]:
    by_value = {f"c{n}": claim for n, claim in enumerate(rule.claims)}
    found: dict[str, Any] = {}
    if "claim" in given:
        found[words.CLAIM] = by_value[given["claim"]]
    if "claimed" in given:
        found[words.CLAIMED] = tuple(by_value[value] for value in given["claimed"] if value != NONE)
    return found


# --- teams alike ----------------------------------------------------------------


def _ask_team(rules: Profile, rule: SimilarTeam) -> Iterator[Question]:
    yield _question(rule, "own", "本次申报的团队人数", unit="人", min=1, max=MOST)
    none = "没有这样的团队填0。"
    yield _question(rule, "other", f"{rule.compared_label}的人数", unit="人", max=MOST, help=none)
    yield _question(rule, "shared", "两个团队都有的人数", unit="人", max=MOST)
    if rule.same_leader_blocks:
        leader = rules.terms.leader
        yield _question(rule, "same_leader", f"两个团队的{leader}是否同一人", type="boolean")


def _read_team(rule: SimilarTeam, given: Mapping[str, Any]) -> dict[str, Any]:
    """Teams of stand-ins. Without the number of shared members nothing is said of them."""
    found: dict[str, Any] = {}
    own, other, shared = given.get("own"), given.get("other"), given.get("shared")
    if given.get("same_leader") is not None:
        found[words.LEADER] = "本站"
        found[rule.compared_leader] = "本站" if given["same_leader"] else "另一人"
    if other == 0:
        return found | {rule.compared: ()}
    if own is None or other is None or shared is None:
        return found
    both = [f"共同{n}" for n in range(min(shared, own, other))]
    found[words.TEAM] = (*both, *(f"本站{n}" for n in range(own - len(both))))
    found[rule.compared] = (*both, *(f"另站{n}" for n in range(other - len(both))))
    return found


# --- one application a year, bans ----------------------------------------------


def _ask_yearly(rules: Profile, rule: YearlyApplication) -> Iterator[Question]:
    years = {"min": 1949, "max": 2999}
    if rule.new_station is not None or rule.work is not None:
        yield _question(rule, "year", words.WORDS[words.APPLICATION_YEAR], unit="年", **years)
    if rule.new_station is not None:
        bar = rule.new_station
        yield _question(rule, "established", bar.established_label, bar.clause, type="date")
    if rule.work is not None:
        yield _question(rule, "work", words.WORDS[words.WORK_YEAR], rule.work.clause, unit="年", **years)
    if rule.limit is not None:
        label, clause = words.WORDS[words.APPLICATIONS], rule.limit.clause
        yield _question(rule, "made", label, clause, unit="个", max=MOST)
        states = dict.fromkeys((*rule.limit.approved, *rule.limit.unsettled))
        choices = [Choice(value=state, label=label_of(rules, state)) for state in states]
        choices.append(Choice(value="other", label="其他结果"))
        first = words.WORDS[words.FIRST_STATUS]
        yield _question(rule, "status", first, clause, type="choice", choices=tuple(choices))


def _read_yearly(rule: YearlyApplication, given: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "year": words.APPLICATION_YEAR,
        "work": words.WORK_YEAR,
        "made": words.APPLICATIONS,
        "status": words.FIRST_STATUS,
    }
    if rule.new_station is not None:
        names["established"] = rule.new_station.established_by
    return {names[name]: value for name, value in given.items()}


def _ask_ban(rules: Profile, rule: ReapplicationBan) -> Iterator[Question]:
    choices = [Choice(value=ban.after, label=ban.label) for ban in rule.bans]
    choices.append(Choice(value=NONE, label="没有这些情形"))
    yield _question(rule, "ended", "本单位有过的情形", type="choice", choices=tuple(choices))
    yield _question(rule, "ended_on", "发生的日期", type="date")


def _read_ban(rule: ReapplicationBan, given: Mapping[str, Any]) -> dict[str, Any]:
    found = {words.ENDED_ON: given["ended_on"]} if "ended_on" in given else {}
    return found | ({words.ENDED_BY: given["ended"]} if "ended" in given else {})


_ASK: dict[type, Callable[[Profile, Any], Iterator[Question]]] = {
    OneClaimAYear: _ask_claim,
    SimilarTeam: _ask_team,
    YearlyApplication: _ask_yearly,
    ReapplicationBan: _ask_ban,
}
_READ: dict[type, Callable[[Any, Mapping[str, Any]], dict[str, Any]]] = {
    OneClaimAYear: _read_claim,
    SimilarTeam: _read_team,
    YearlyApplication: _read_yearly,
    ReapplicationBan: _read_ban,
}
