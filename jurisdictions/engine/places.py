"""Places of one group: of a recommender, a host, a tier, a category; and those who stand by for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jurisdictions.engine.months import add_months
from jurisdictions.engine.schema.procedure import GroupCap
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.wording import choice_label

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class PlacesAnswer:
    """Whether one more of its groups may be had. `allowed` None: the facts do not settle it."""

    allowed: bool | None
    blocked_by: tuple[str, ...]
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    refusals: tuple[tuple[str, str], ...]
    """Each cap that is against it: clause and words."""


@dataclass(frozen=True, slots=True)
class WaitlistAnswer:
    """Whether one more may stand by; None: the text has no list, or how many there are is not known."""

    allowed: bool | None
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]


def one_more_in_groups(
    profile: Profile,
    member: Mapping[str, str],
    counts: Mapping[str, Counts],
    *,
    of: str | None = None,
    this_year: int | None = None,
) -> PlacesAnswer:
    """Every cap on a group put to one more candidate; `of`: only those on applications, or on designations.

    `member`: recommender, host, tier, category -> its group. `counts`: applications or designations -> by
    what -> group -> how many there are; a group that is not named there has none. `this_year`: how many have
    been designated in all, which decides where places are kept for one group.
    """
    blocked, missing = list[tuple[str, str]](), list[str]()
    clauses, told = list[str](), list[str]()
    for cap in profile.round.group_caps if profile.round else ():
        if cap.by not in member or of not in (None, cap.of):
            continue
        verdict, words, wanted = _look(profile, cap, member[cap.by], counts.get(cap.of), this_year)
        if verdict is True and not words:
            continue
        clauses.append(cap.clause)
        told.append(f"{cap.label}：{words}。依据{profile.article(cap.clause)}。")
        blocked += [(cap.clause, told[-1])] if verdict is False else []
        missing += [wanted] if verdict is None else []
    allowed = False if blocked else None if missing else True
    return PlacesAnswer(
        allowed=allowed,
        blocked_by=tuple(clause for clause, _ in blocked),
        missing=tuple(dict.fromkeys(missing)),
        clauses=tuple(clauses),
        explanation=tuple(told),
        refusals=tuple(blocked),
    )


def groups_told(profile: Profile, facts: Mapping[str, Any]) -> dict[str, str]:
    """The tier and the category that the facts of an application tell, for the caps that ask for them."""
    caps = profile.round.group_caps if profile.round else ()
    told = {cap.by: facts.get(cap.told_by) for cap in caps if cap.told_by is not None}
    return {by: str(group) for by, group in told.items() if group is not None}


def _look(
    profile: Profile, cap: GroupCap, group: str, counts: Counts | None, this_year: int | None
) -> tuple[bool | None, str, str]:
    """Verdict, words and the fact that is wanted; True without words: the cap does not speak of it."""
    assert profile.round is not None
    if cap.keeps:
        return _kept_places(profile, cap, group, counts, this_year)
    if cap.group is not None and cap.group != group:
        return True, "", ""
    most = cap.most
    if most is None:
        if profile.round.cap is None:
            return None, "当年名额总数不详", "cap"
        most = profile.round.cap * (cap.most_percent or 0) // 100
    named = choice_label(profile, cap.told_by, group)
    if counts is None:
        return None, f"{named}已有数量不详", cap.of
    after = counts.get(cap.by, {}).get(group, 0) + 1
    over = after > most
    return not over, f"{named}将达{after}个，{'超过' if over else '未超过'}上限{most}个", ""


def _kept_places(
    profile: Profile, cap: GroupCap, group: str, counts: Counts | None, this_year: int | None
) -> tuple[bool | None, str, str]:
    """Places that are kept for a group are closed to others; the group itself may always take one."""
    assert profile.round is not None
    if cap.group == group or profile.round.cap is None:
        return True, "", ""
    if counts is None or this_year is None:
        return None, "已认定数量不详", cap.of if counts is None else "designated_this_year"
    have = counts.get(cap.by, {}).get(cap.group or "", 0)
    # A share of the places is at least so many: it is rounded up.
    wanted = cap.least or -(-profile.round.cap * (cap.least_percent or 0) // 100)
    kept = max(wanted - have, 0)
    left, named = profile.round.cap - this_year, choice_label(profile, cap.told_by, cap.group)
    return left - kept >= 1, f"余{left}个名额，其中为{named}保留{kept}个", ""


def stand_by(profile: Profile, waiting: int | None) -> WaitlistAnswer:
    """Whether whoever finds no place may stand by, after so many others."""
    rule = profile.round.waitlist if profile.round else None
    if rule is None:
        return WaitlistAnswer(None, (), ())
    article = profile.article(rule.clause)
    term = f"公布后{rule.months}个月内有效" if rule.months else "至下一批次前有效"
    if rule.places is None:
        return WaitlistAnswer(True, rule.clauses, (f"可以列为候补，{term}。依据{article}。",))
    if waiting is None:
        return WaitlistAnswer(None, rule.clauses, (f"候补已有人数不详。依据{article}。",))
    allowed = waiting < rule.places
    said = "可以列为候补" if allowed else "候补名额已满"
    told = f"候补已有{waiting}个，最多{rule.places}个，{said}，{term}。依据{article}。"
    return WaitlistAnswer(allowed, rule.clauses, (told,))


def stands_by_until(profile: Profile, decided_on: date) -> date | None:
    """The last day on which whoever stands by may take a place; None where no day ends it."""
    rule = profile.round.waitlist if profile.round else None
    return add_months(decided_on, rule.months) if rule and rule.months else None
