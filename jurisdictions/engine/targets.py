"""How many there may be: a target warns, a cap blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jurisdictions.engine.schema.profile import Profile


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """Whether one more may be had. `allowed` None: the facts do not settle it."""

    allowed: bool | None
    total_after: int | None
    blocked_by: tuple[str, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    refusals: tuple[tuple[str, str], ...] = ()
    """Each number that is against it: clause and words."""


class _Limit(NamedTuple):
    """A number that is aimed at, or that is a bound."""

    fact: str
    label: str
    number: int | None
    target: int | None
    cap: int | None
    clause: str


def designate_one_more(
    profile: Profile, *, this_year: int | None, in_all: int | None = None, proposing: bool = True
) -> ApprovalAnswer:
    """Whether one more station may be designated as far as numbers go.

    `in_all` None is not asked about; `proposing` False asks about those that there are already.
    """
    limits = [limit for limit in _limits(profile, this_year, in_all) if limit.target or limit.cap]
    blocked, warnings, missing, told = [], [], [], []
    for limit in limits:
        article = profile.article(limit.clause)
        if limit.number is None:
            missing += [limit.fact] if limit.cap is not None else []
            told.append(f"{limit.label}已认定数量不详。依据{article}。")
            continue
        after = limit.number + proposing
        if limit.cap is not None and after > limit.cap:
            told.append(f"{limit.label}将达{after}个，上限{limit.cap}个。依据{article}。")
            blocked.append((limit.clause, told[-1]))
        elif limit.cap is None and limit.target is not None and after > limit.target:
            warnings.append(limit.clause)
            told.append(
                f"{limit.label}将达{after}个，超过目标{limit.target}个；目标不是上限。依据{article}。"
            )
        else:
            told.append(f"{limit.label}将达{after}个，未超过{limit.cap or limit.target}个。依据{article}。")
    if not limits:
        told.append(f"文件没有规定认定数量。依据{profile.article(_rule_clauses(profile)[0])}。")
    return ApprovalAnswer(
        allowed=False if blocked else None if missing else True,
        total_after=None if this_year is None else this_year + proposing,
        blocked_by=tuple(clause for clause, _ in blocked),
        refusals=tuple(blocked),
        warnings=tuple(warnings),
        missing=tuple(missing),
        clauses=tuple(limit.clause for limit in limits) or _rule_clauses(profile),
        explanation=tuple(told),
    )


def _rule_clauses(profile: Profile) -> tuple[str, ...]:
    return profile.round.clauses if profile.round else profile.designation.clauses


def _limits(profile: Profile, this_year: int | None, in_all: int | None) -> list[_Limit]:
    rule = profile.round
    if rule is None:
        return []
    limits = [_Limit("designated_this_year", "今年", this_year, rule.target, rule.cap, rule.clause)]
    if in_all is not None:
        clause = rule.total_clause or rule.clause
        limits.append(_Limit("designated_in_all", "累计", in_all, rule.total_target, rule.total_cap, clause))
    return limits
