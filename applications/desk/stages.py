"""Where an application stands on its way: the profile's stages for its route, and whose desk each is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from core import clock
from core.errors import DomainError
from core.web import tenant_url
from deadlines import owing
from deadlines.ladder import working_day_rungs
from jurisdictions.engine import StageStep, find_route, stage_due, stage_list, stage_start
from jurisdictions.engine.deadlines import StageDue
from jurisdictions.models import Authority
from jurisdictions.versions import work_calendar

REVIEW_KINDS = ("first_pass", "recheck")
# The kind of the deadline that a reviewing authority bears; its period is the stage's index.
REVIEW = "review"
# The deadline that the lead bears while an application waits for its panel to report.
PANEL = "panel"


def steps_of(application: Any) -> tuple[StageStep, ...]:
    """The steps that this application takes, in order.

    Before submission they follow from what has been answered so far; empty while the route is open.
    """
    kinds = _kinds_of_route(application)
    return stage_list(application.rules, kinds) if kinds else ()


def current_step(application: Any) -> StageStep:
    """The step at which the application stands."""
    steps = steps_of(application)
    if not steps:
        raise DomainError("办理路径尚未确定。")
    return steps[min(application.stage, len(steps) - 1)]


def next_step(application: Any) -> StageStep | None:
    """The step after the present one; None when it stands at the last."""
    steps = steps_of(application)
    return steps[application.stage + 1] if application.stage + 1 < len(steps) else None


def authority_for(kind: str, unit: Any) -> Authority:
    """The authority of this kind that is in charge of the unit.

    The unit's own authority where it is of this kind, else the only one there is. Raises
    `DomainError` where the jurisdiction has none, or several and nothing says which.
    """
    if unit.home_authority.kind == kind:
        home: Authority = unit.home_authority
        return home
    found = [one for one in Authority.here().values() if one.kind == kind][:2]
    if not found:
        raise DomainError("办理路径中的部门尚未在系统登记，请联系主管部门。")
    if len(found) > 1:
        names = "、".join(authority.short_name for authority in found)
        raise DomainError(f"办理路径中的部门有多个（{names}等），请联系主管部门确定由哪一个受理。")
    return found[0]


def authority_of_step(application: Any, step: StageStep) -> Authority:
    """Whose desk a step is: the authority of the route that is of its kind, else the one in charge."""
    here = Authority.here().values()
    on_route = (one for one in here if one.pk in application.route and one.kind == step.authority)
    return next(on_route, None) or authority_for(step.authority, application.unit)


def open_stage(application: Any, index: int) -> dict[str, Any]:
    """The fields to change when the application comes to stage `index`: `{"authority", "stage"}`.

    A review stage with a limit in the text also opens its authority's deadline (idempotent); a
    stage for which the text sets no limit gets none. Nothing is saved on the application.
    """
    step = steps_of(application)[index]
    authority = authority_of_step(application, step)
    if step.limit is not None and step.kind in REVIEW_KINDS:
        _open_deadline(application, step, authority, index)
    return {"authority": authority, "stage": index}


def follow_call(applications: Iterable[Any]) -> None:
    """Moves the due days of review that count from the end of a call, after that end has moved."""
    for application in applications:
        step = current_step(application)
        if step.kind in REVIEW_KINDS and step.limit is not None and step.limit.starts == "call_deadline":
            _open_deadline(application, step, application.authority, application.stage)


def close_stage(application: Any) -> None:
    """Marks the present stage's deadline as met; nothing happens where there is none."""
    owing.meet(subject=application, kind=REVIEW, period=str(application.stage))


def _open_deadline(application: Any, step: StageStep, authority: Authority, index: int) -> None:
    calendar, due = work_calendar(), due_of(application, step)
    assert due.due_on is not None
    owing.owe(
        subject=application,
        bearer=authority,
        kind=REVIEW,
        period=str(index),
        label=f"{step.label}：{application.unit.name}"[:100],
        due_on=due.due_on,
        provisional=due.provisional,
        clause=due.clause,
        explanation=due.explanation,
        rungs=working_day_rungs(due.due_on, step.reminders, calendar),
        url=tenant_url("desk:file", pk=application.pk),
    )


def due_of(application: Any, step: StageStep) -> StageDue:
    """When a stage that begins today is due, as the engine says; no day where the text sets no limit."""
    begins = stage_start(
        application.rules,
        step.name,
        received=clock.today(),
        call_deadline=last_day_of(application.round),
    )
    return stage_due(application.rules, step.name, begins, work_calendar())


def last_day_of(round_: Any) -> date:
    """The last day on which a round takes applications; its period is half-open."""
    return clock.local(round_.closes_at - timedelta(microseconds=1)).date()


def _kinds_of_route(application: Any) -> tuple[str, ...]:
    if application.route:
        here = Authority.here()
        return tuple(here[pk].kind for pk in application.route)
    from applications.dossier.answers import unit_facts  # noqa: PLC0415 - answers judge a route by this module

    return find_route(application.rules, unit_facts(application)).path or ()
