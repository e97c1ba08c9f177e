"""Where an application stands and what happened to it, as the stepper and the time line show it."""

from __future__ import annotations

from typing import Any

from applications.enums import ApplicationState, Decision
from applications.models import Application
from applications.stages import authority_of_step, steps_of
from applications.views.listing import rows_of
from core.errors import DomainError
from core.models import LogEntry

ENDED = {ApplicationState.REJECTED, ApplicationState.REMOVED, ApplicationState.NOT_SELECTED}
TONES = {
    "applications.reject": "danger",
    "applications.remove": "danger",
    "applications.return": "warning",
    "applications.forward": "success",
    "applications.complete_review": "success",
    "applications.designate": "success",
}


def steps_for(application: Application) -> list[dict[str, Any]]:
    """The steps of its way: done, current (with who has it and the days left), still to come."""
    steps = steps_of(application)
    deadline = rows_of([application])[0]["deadline"] or {}
    rows = []
    for index, step in enumerate(steps):
        state = _state_of(application, index)
        row: dict[str, Any] = {"label": step.label, "state": state, "clause": step.clause, "who": _who(application, step)}
        if state == "current":
            row |= {key: deadline.get(key) for key in ("days_left", "due_on", "unit", "provisional", "basis")}
        rows.append(row)
    return rows


def events_of(application: Application) -> list[dict[str, Any]]:
    """What happened to it, the newest first."""
    return [
        {
            "at": entry.at,
            "title": entry.label,
            "who": entry.actor_name,
            "text": entry.reason,
            "tone": TONES.get(entry.action, "neutral"),
            "clause": entry.clause,
        }
        for entry in LogEntry.history_of(application).order_by("-id")
    ]


def opinions_of(application: Application) -> list[dict[str, Any]]:
    """The signed opinions, oldest first."""
    tones = {Decision.FORWARD: "success", Decision.RETURN: "warning", Decision.REJECT: "danger"}
    return [
        {
            "at": opinion.at,
            "title": f"{opinion.stage_label}：{opinion.get_decision_display()}",
            "who": f"{opinion.authority} {opinion.author}",
            "text": opinion.text,
            "tone": tones[Decision(opinion.decision)],
            "clause": opinion.clause,
        }
        for opinion in application.opinions.select_related("authority", "author").order_by("pk")
    ]


def _state_of(application: Application, index: int) -> str:
    if application.state == ApplicationState.DESIGNATED or index < application.stage:
        return "done"
    if index > application.stage:
        return "todo"
    return "refused" if application.state in ENDED else "current"


def _who(application: Application, step: Any) -> str:
    try:
        return str(authority_of_step(application, step))
    except DomainError:
        return str(application.rules.authority(step.authority).label)
