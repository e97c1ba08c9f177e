"""What happened to an application, as those who handle it read it: with names, reasons and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from applications.dossier.records import history_of, opinions_on
from applications.enums import Decision, MaterialCheck
from applications.models import Application
from core.models import LogEntry

# Acts of filling in, which may carry the same moment as the submission.
FILLING = ("applications.start", "applications.save")
# Acts that name a reviewer: to whom the file went, or who had it.
ASSIGNED = ("applications.assign", "applications.unassign")
TONES = {
    "applications.reject": "danger",
    "applications.remove": "danger",
    "applications.disqualify": "danger",
    "applications.return": "warning",
    "applications.send_back": "warning",
    "applications.agree": "success",
    "applications.forward": "success",
    "applications.complete_review": "success",
    "applications.designate": "success",
}


def events_of(application: Application) -> list[dict[str, Any]]:
    """What happened to it since it was handed in, the newest first; filling in is the unit's affair."""
    began = application.submitted_at
    entries = (one for one in reversed(history_of(application)) if one.at >= began)
    return entries_of(one for one in entries if one.action not in FILLING)


def entries_of(entries: Iterable[LogEntry]) -> list[dict[str, Any]]:
    """Entries of an application's record as the timeline shows them."""
    found = list(entries)
    ids = {entry.data.get("reviewer") for entry in found if entry.action in ASSIGNED}
    people = get_user_model().objects.in_bulk(ids - {None}) if ids else {}
    return [
        {
            "at": entry.at,
            "title": entry.label,
            "who": entry.actor_name,
            "text": _words(entry, people),
            "tone": TONES.get(entry.action, "neutral"),
            "clause": entry.clause,
        }
        for entry in found
    ]


def _words(entry: LogEntry, people: Mapping[int, Any]) -> str:
    """The reason, and of a material or a judgement which one it was; of a file handed on, to whom."""
    data = entry.data
    if entry.action in ASSIGNED:
        return "：".join(part for part in (str(people.get(data["reviewer"], "")), entry.reason) if part)
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
        for opinion in opinions_on(application)
    ]
