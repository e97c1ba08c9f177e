"""The steps of the procedure by name, as far as the facts say which way the application takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.routing import applies
from jurisdictions.engine.schema.procedure import Stage
from jurisdictions.engine.schema.profile import Profile


@dataclass(frozen=True, slots=True)
class ProcedureAnswer:
    """`stages` None: the way is not known (`missing`) or the text names none."""

    stages: tuple[str, ...] | None
    notice_required: bool
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    missing: tuple[str, ...] = ()


def procedure(profile: Profile, facts: Mapping[str, Any]) -> ProcedureAnswer:
    """The steps in order, the unit's own filing included; one with a fixed length bears it in its name.

    `formal_review_7wd` takes 7 working days, `notice_5_days` 5 calendar days. Where several ways are still
    open, the steps are known all the same if they are the same on each.
    """
    ways, missing = _open_ways(profile, facts)
    lists = {tuple(_steps(profile, way)) for way in ways if way is not None}
    notice_required = profile.notice is not None or profile.workflow.added_notice
    said = _said_of_notice(profile, notice_required)
    if len(lists) != 1 or None in ways:
        clause = profile.routes[0].clause
        words = f"申报路径尚不能确定，环节不能列出。依据{profile.article(clause)}。"
        return ProcedureAnswer(None, notice_required, (clause,), (words, said), missing)
    (steps,) = lists
    clauses = tuple(dict.fromkeys(clause for _, _, clause in steps))
    order = "、".join(label for _, label, _ in steps)
    articles = "、".join(dict.fromkeys(profile.article(clause) for clause in clauses))
    words = f"共{len(steps)}个环节，依次为：{order}。依据{articles}。"
    return ProcedureAnswer(tuple(name for name, _, _ in steps), notice_required, clauses, (words, said))


def _open_ways(
    profile: Profile, facts: Mapping[str, Any]
) -> tuple[list[tuple[str, ...] | None], tuple[str, ...]]:
    """The paths that the facts leave open, and the facts that are wanted next to settle which it is."""
    given = circumstances(profile, facts, None)
    ways: list[tuple[str, ...] | None] = []
    missing: tuple[str, ...] = ()
    for route in profile.routes:
        verdict = MET if route.when is None else evaluate(route.when, given)
        if verdict.outcome == "unmet":
            continue
        ways.append(route.path)
        if verdict.outcome == "met":
            break
        missing = missing or verdict.missing
    return ways, missing


def _steps(profile: Profile, path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(name, label, clause) of each step. A notice that a reading adds comes before the designation."""
    added = not any(stage.kind == "notice" for stage in profile.stages) and (
        profile.notice is not None or profile.workflow.added_notice
    )
    for stage in profile.stages:
        if not applies(stage, path):
            continue
        if added and stage.kind == "designation":
            yield f"notice{_notice_length(profile)}", profile.terms.notice, stage.clause
        bodies = path[:-1] if stage.by == "route" else (stage.by,)
        for body in bodies:
            name = stage.name if len(bodies) == 1 else f"{stage.name}_{body}"
            yield f"{name}{_length(profile, stage)}", stage.label, stage.clause


def _length(profile: Profile, stage: Stage) -> str:
    if stage.kind == "notice":
        return _notice_length(profile)
    if stage.limit is None:
        return ""
    if stage.limit.working_days is not None:
        return f"_{stage.limit.working_days}wd"
    if stage.limit.calendar_days is not None:
        return f"_{stage.limit.calendar_days}_days"
    return f"_{stage.limit.months}_months"


def _notice_length(profile: Profile) -> str:
    if profile.notice is None:
        return ""
    return f"_{profile.notice.days}{'wd' if profile.notice.unit == 'working_day' else '_days'}"


def _said_of_notice(profile: Profile, required: bool) -> str:
    rule = profile.notice
    if rule is not None:
        unit = "个工作日" if rule.unit == "working_day" else "日"
        return f"{profile.terms.notice}{rule.days}{unit}。依据{profile.article(rule.clause)}。"
    clause = profile.designation.clause
    words = "按所选解读另加公示，期限由主管部门确定" if required else "文件没有公示环节，不要求公示"
    return f"{words}。依据{profile.article(clause)}。"
