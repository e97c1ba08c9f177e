"""Through whose hands an application goes, and the steps it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jurisdictions.engine.answers import RouteAnswer, StageStep
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.operators import MET, evaluate
from jurisdictions.engine.schema.procedure import Route, Stage
from jurisdictions.engine.schema.profile import Profile


def find_route(profile: Profile, facts: Mapping[str, Any]) -> RouteAnswer:
    """The first route whose condition is met. While an earlier one is still open, the way is not known."""
    given = circumstances(profile, facts, None)
    for route in profile.routes:
        verdict = MET if route.when is None else evaluate(route.when, given)
        if verdict.outcome == "met":
            return _answer(profile, route)
        if verdict.outcome != "unmet":
            article = profile.article(route.clause)
            return RouteAnswer(
                None, True, route.clause, f"尚缺事实，不能确定受理路径。依据{article}。", verdict.missing
            )
    clause = profile.routes[0].clause
    return RouteAnswer(
        None, True, clause, f"文件未规定此类单位的申报路径，须由主管部门确定。依据{profile.article(clause)}。"
    )


def _answer(profile: Profile, route: Route) -> RouteAnswer:
    article = profile.article(route.clause)
    if route.path is None:
        return RouteAnswer(
            None, True, route.clause, f"文件未规定此类单位的申报路径，须由主管部门确定。依据{article}。"
        )
    way = " → ".join(profile.authority(kind).label for kind in route.path)
    note = "（文件未明确此类单位，须人工确认）" if route.manual_confirm else ""
    return RouteAnswer(
        route.path, route.manual_confirm, route.clause, f"受理路径：{way}{note}。依据{article}。"
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
