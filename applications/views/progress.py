"""What happened to an application, as those who handle it read it: with names, reasons and clauses."""

from __future__ import annotations

from typing import Any

from applications.enums import Decision, MaterialCheck
from applications.models import Application
from core.models import LogEntry

# Acts of filling in, which may carry the same moment as the submission.
FILLING = ("applications.start", "applications.save")
TONES = {
    "applications.reject": "danger",
    "applications.remove": "danger",
    "applications.return": "warning",
    "applications.forward": "success",
    "applications.complete_review": "success",
    "applications.designate": "success",
}


def events_of(application: Application) -> list[dict[str, Any]]:
    """What happened to it since it was handed in, the newest first; filling in is the unit's affair."""
    entries = (
        LogEntry.history_of(application).filter(at__gte=application.submitted_at).exclude(action__in=FILLING)
    )
    return [
        {
            "at": entry.at,
            "title": entry.label,
            "who": entry.actor_name,
            "text": _words(entry),
            "tone": TONES.get(entry.action, "neutral"),
            "clause": entry.clause,
        }
        for entry in entries.order_by("-id")
    ]


def _words(entry: LogEntry) -> str:
    """The reason, and of a material or a judgement which one it was."""
    data = entry.data
    label = data.get("label") or "、".join(_names(data.get("labels")))
    found = MaterialCheck(data["to"]).label if entry.action == "applications.check_material" else ""
    return "：".join(part for part in (label, found, entry.reason) if part)


def _names(labels: Any) -> list[str]:
    return list(labels.values()) if isinstance(labels, dict) else list(labels or [])


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
