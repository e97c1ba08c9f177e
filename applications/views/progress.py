"""What happened to an application, as those who handle it read it: with names, reasons and clauses."""

from __future__ import annotations

from typing import Any

from applications.enums import Decision
from applications.models import Application
from core.models import LogEntry

TONES = {
    "applications.reject": "danger",
    "applications.remove": "danger",
    "applications.return": "warning",
    "applications.forward": "success",
    "applications.complete_review": "success",
    "applications.designate": "success",
}


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
