"""Through whose hands an application goes, and the steps it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jurisdictions.engine.answers import RouteAnswer, StageStep
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.procedure import Route, Stage
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.questions import StationLevel


def find_route(profile: Profile, facts: Mapping[str, Any]) -> RouteAnswer:
    """The first route whose condition is met.

    While an earlier one is open, the way is known only if every route that is still possible is the same way.
    """
    given = circumstances(profile, facts, None)
    possible, missing = list[Route](), list[str]()
    decided = False
    for route in profile.routes:
        verdict = MET if route.when is None else evaluate(route.when, given)
        if verdict.outcome == "unmet":
            continue
        possible.append(route)
        missing.extend(verdict.missing)
        if verdict.outcome == "met":
            decided = True
            break
    if not possible:
        return _no_way(profile, profile.routes[0].clause)
    if missing and not (decided and len({route.path for route in possible}) == 1):
        clause = possible[0].clause
        explanation = f"尚缺事实，不能确定受理路径。依据{profile.article(clause)}。"
        return RouteAnswer(None, True, clause, explanation, tuple(dict.fromkeys(missing)))
    return _answer(profile, possible)


def task_route(profile: Profile, task: str, facts: Mapping[str, Any]) -> RouteAnswer:
    """Through whose hands a task of a station goes: as the application went, or to the bodies named for it.

    Raises KeyError for an unknown task.
    """
    rule = profile.obligation(task)
    article = profile.article(rule.clause)
    if rule.path == "route":
        route = find_route(profile, facts)
        words = f"{rule.label}按申报程序报送。依据{article}。{route.explanation}"
        return replace(route, clause=rule.clause, clauses=(rule.clause, *route.clauses), explanation=words)
    if rule.path is None:
        return RouteAnswer(None, True, rule.clause, f"{rule.label}：文件未规定报送路径。依据{article}。")
    way = " → ".join(profile.authority(kind).label for kind in rule.path)
    return RouteAnswer(rule.path, False, rule.clause, f"{rule.label}报送{way}。依据{article}。")


def level_of(profile: Profile, value: str) -> StationLevel:
    """What holds for stations of a level. Raises KeyError for one that the text does not tell apart."""
    for level in profile.levels.kinds if profile.levels else ():
        if level.value == value:
            return level
    raise KeyError(value)


def submission_accepted(route: RouteAnswer, to: str | None, agreed: Mapping[str, bool | None]) -> bool | None:
    """Whether the body that a unit files with may take the file; None while that is not known.

    The first body on the way may. A later one may once every body before it has agreed, as far as the text
    asks for their consent; otherwise it is the wrong door. `agreed` holds the facts that say so.
    """
    if route.path is None:
        return None
    words = {consent.by: agreed.get(consent.fact) for consent in route.consents}
    if to is None:
        return False if False in words.values() else None
    if to not in route.path:
        return False
    earlier = [words.get(body) if body in words else False for body in route.path[: route.path.index(to)]]
    return False if False in earlier else None if None in earlier else True


def _no_way(profile: Profile, clause: str) -> RouteAnswer:
    article = profile.article(clause)
    return RouteAnswer(None, True, clause, f"文件未规定此类单位的申报路径，须由主管部门确定。依据{article}。")


def _answer(profile: Profile, possible: Sequence[Route]) -> RouteAnswer:
    route = possible[0]
    if route.path is None:
        return _no_way(profile, route.clause)
    confirm = any(one.manual_confirm for one in possible)
    way = " → ".join(profile.authority(kind).label for kind in route.path)
    note = "（文件未明确此类单位，须人工确认）" if confirm else ""
    explanation = f"受理路径：{way}{note}。依据{profile.article(route.clause)}。"
    return RouteAnswer(
        route.path,
        confirm,
        route.clause,
        explanation,
        clauses=route.clauses,
        consents=route.consents,
        reading=route.reading,
    )


def stage_list(profile: Profile, route_path: Sequence[str]) -> tuple[StageStep, ...]:
    """The concrete steps in order. A stage `by: route` becomes one step for each body before the lead.

    The unit's own filing is no step of an authority and is left out.
    """
    return tuple(step for stage in profile.stages for step in _steps(profile, stage, tuple(route_path)))


def _steps(profile: Profile, stage: Stage, path: tuple[str, ...]) -> Iterator[StageStep]:
    if stage.kind == "filing" or not applies(stage, path):
        return
    bodies = path[:-1] if stage.by == "route" else (stage.by,)
    for body in bodies:
        name = stage.name if len(bodies) == 1 else f"{stage.name}_{body}"
        limit = (
            stage.limit.model_copy(update={"clause": stage.limit.clause or stage.clause})
            if stage.limit
            else None
        )
        reminders = stage.reminders if stage.reminders is not None else profile.reminders.stages_working_days
        yield StageStep(
            name, stage.label, stage.kind, body, limit, stage.clause, reminders if limit else (), stage.checks
        )


def applies(stage: Stage, path: Sequence[str]) -> bool:
    """Whether a stage belongs to this route."""
    return not stage.only_via or bool(set(stage.only_via) & set(path))
