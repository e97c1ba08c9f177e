"""Key projects: what a level is granted, how many a year may have, in what fields they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jurisdictions.engine.schema.key_projects import KeyProjectCap, KeyProjectLevel, KeyProjects
from jurisdictions.engine.schema.procedure import Notice
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.targets import ApprovalAnswer


@dataclass(frozen=True, slots=True)
class AmountAnswer:
    """An amount in whole yuan; None while the facts do not say."""

    amount_yuan: int | None
    clauses: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class ScopeAnswer:
    """Whether a project lies in the listed fields. `in_scope` None: a person decides."""

    in_scope: bool | None
    clauses: tuple[str, ...]
    explanation: str


def key_projects(profile: Profile) -> KeyProjects:
    """The chapter; KeyError where the text has none."""
    if profile.key_projects is None:
        raise KeyError(f"{profile.slug}: 没有重点建设项目")
    return profile.key_projects


def key_project_notice(profile: Profile) -> Notice | None:
    """The notice of the projects decided upon, to be counted by `notice_period(…, rule=…)`."""
    return profile.key_projects.notice if profile.key_projects else None


def key_project_level(profile: Profile, level: int) -> KeyProjectLevel:
    """The level of that number; KeyError when there is none."""
    for found in key_projects(profile).grants.levels:
        if found.level == level:
            return found
    raise KeyError(level)


def key_project_grant(profile: Profile, level: int) -> AmountAnswer:
    """What a project of a level is granted. Raises KeyError for a level that there is not."""
    found, grants = key_project_level(profile, level), key_projects(profile).grants
    told = f"{found.label}{found.amount_yuan}元。依据{profile.article(grants.clause)}。"
    return AmountAnswer(found.amount_yuan, grants.clauses, told)


def key_projects_in_a_year(profile: Profile, approved: Mapping[int, int | None]) -> AmountAnswer:
    """What the projects of a year are granted together; None while a number is not known."""
    chapter = key_projects(profile)
    parts, total = [], 0
    for level, number in approved.items():
        found = key_project_level(profile, level)
        parts.append(f"{found.label}{'数量不详' if number is None else f'{number}个'}")
        total += (number or 0) * found.amount_yuan
    known = None not in approved.values()
    told = f"合计{total}元" if known else "合计不能确定"
    clauses = (*(c for cap in chapter.caps for c in cap.clauses), *chapter.grants.clauses)
    article = profile.article(chapter.grants.clause)
    return AmountAnswer(
        total if known else None, clauses, f"{'、'.join(parts) or '没有项目'}，{told}。依据{article}。"
    )


def key_project_scope(profile: Profile, category: str) -> ScopeAnswer:
    """Whether a project of that name lies in the fields that the text lists."""
    scope = key_projects(profile).scope
    article = profile.article(scope.clause)
    if any(category == field.name or category in field.aliases for field in scope.fields):
        return ScopeAnswer(True, scope.clauses, f"{category}属于列明的申报范围。依据{article}。")
    if scope.open:
        told = f"{category}未列入申报范围，原文有“等”字，由人工决定。依据{article}。"
        return ScopeAnswer(None, scope.clauses, told)
    return ScopeAnswer(False, scope.clauses, f"{category}不在申报范围内。依据{article}。")


def approve_key_project(
    profile: Profile, level: int | None, approved: Mapping[int, int | None]
) -> ApprovalAnswer:
    """Whether one more project of a level may be approved beside those of the year.

    A level that `approved` does not name has none yet; None is a number that nobody has said. Raises KeyError
    for a level that there is not.
    """
    chapter = key_projects(profile)
    if level is not None:
        key_project_level(profile, level)
    counts = {found.level: approved.get(found.level, 0) for found in chapter.grants.levels}
    unsaid = any(number is None for number in counts.values())
    at_least = sum(number or 0 for number in counts.values()) + 1
    findings = [_capped(profile, cap, level, counts, at_least, unsaid) for cap in chapter.caps]
    blocked = tuple(cap.clause for cap, (met, _) in zip(chapter.caps, findings, strict=True) if met is False)
    open_ = any(met is None for met, _ in findings) or level is None
    missing = (["approved_this_year"] if unsaid else []) + (["proposed_level"] if level is None else [])
    return ApprovalAnswer(
        allowed=False if blocked else None if open_ else True,
        total_after=None if unsaid else at_least,
        blocked_by=blocked,
        warnings=(),
        missing=tuple(missing) if not blocked else (),
        clauses=tuple(dict.fromkeys(c for cap in chapter.caps for c in cap.clauses)),
        explanation=tuple(told for _, told in findings if told),
    )


def key_project_caps_broken(
    profile: Profile, approved: Mapping[int, int | None]
) -> tuple[tuple[str, str], ...]:
    """The caps that the projects of a year are beyond, as far as numbers are known: clause and words."""
    known = {level: number or 0 for level, number in approved.items()}
    broken: list[tuple[str, str]] = []
    for cap in key_projects(profile).caps:
        if cap.most is None:
            continue
        parts = {"全年": sum(known.values())}
        if cap.per != "year":
            parts = {key_project_level(profile, level).label: number for level, number in known.items()}
        most = _most(profile, cap.most)
        over = [f"{label}共{number}个" for label, number in parts.items() if number > most]
        if over:
            told = f"{'、'.join(over)}，超出上限{most}个"
            broken.append((cap.clause, f"{told}。依据{profile.article(cap.clause)}。"))
    return tuple(broken)


def _most(profile: Profile, most: int) -> int:
    """不超过: the figure itself is included (G-1), unless that reading is changed."""
    return most - (profile.conventions.thresholds == "exclusive")


def _capped(
    profile: Profile,
    cap: KeyProjectCap,
    level: int | None,
    counts: Mapping[int, int | None],
    at_least: int,
    unsaid: bool,
) -> tuple[bool | None, str]:
    """Whether a cap leaves room for one more, and how that is said."""
    article = profile.article(cap.clause)
    if cap.most is None:
        return True, ""
    most = _most(profile, cap.most)
    if cap.per == "year":
        met = False if at_least > most else None if unsaid else True
        told = "全年项目总数不详" if met is None else f"加上本项全年共{at_least}个"
        return met, f"{told}，每年不超过{cap.most}个。依据{article}。"
    if level is None:
        full = all(number is not None and number + 1 > most for number in counts.values())
        return (False if full else None), f"项目等级不详，各级分别不超过{cap.most}个。依据{article}。"
    number = counts[level]
    label = key_project_level(profile, level).label
    if number is None:
        return None, f"{label}已有数量不详，不超过{cap.most}个。依据{article}。"
    return number + 1 <= most, f"加上本项{label}共{number + 1}个，不超过{cap.most}个。依据{article}。"
