"""Where an application stands and what has happened to it, in the unit's words.

Neither internal notes nor the names of experts are among them: only the acts listed here are told,
and of an authority's act the authority, not the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from applications.desk.stages import REVIEW, REVIEW_KINDS, authority_of_step, steps_of
from applications.dossier.records import history_of, opinions_on
from applications.enums import ApplicationState as S
from applications.enums import Decision
from applications.filing.submission import CORRECTION
from core.errors import DomainError
from core.models import LogEntry
from deadlines.owing import open_deadline
from jurisdictions.engine import Profile, StageStep
from jurisdictions.models import Authority

# Action → (words for the unit, tone, whether the reason is part of what it is told).
TOLD = {
    "applications.start": ("开始填报", "neutral", False),
    "applications.submit": ("提交申报", "progress", False),
    "applications.resubmit": ("提交补正", "progress", False),
    "applications.withdraw": ("撤回申报", "neutral", True),
    "applications.forward": ("审核通过，转入下一环节", "progress", True),
    "applications.agree": ("初审同意，待统一汇总上报", "progress", False),
    "applications.disagree": ("初审部门重新审核", "neutral", False),
    "applications.send_back": ("退回初审部门重新审核", "warning", False),
    "applications.complete_review": ("审核通过，等待专家评审", "progress", True),
    "applications.return": ("退回补正", "warning", True),
    "applications.reject": ("不予通过", "danger", True),
    "applications.disqualify": ("取消申报资格", "danger", True),
    "applications.send_to_panel": ("进入专家评审", "progress", False),
    "applications.evaluate": ("专家评审结束", "progress", False),
    "applications.propose": ("列入拟认定名单", "progress", False),
    "applications.not_select": ("未入选", "neutral", True),
    "applications.stand_by": ("列为候补", "progress", False),
    "applications.call_up": ("候补递补，列入拟认定名单", "progress", False),
    "applications.show": ("进入公示", "progress", False),
    "applications.show_again": ("进入更正后的公示", "progress", False),
    "applications.take_back": ("公示撤回", "warning", False),
    "applications.remove": ("取消资格", "danger", True),
    "applications.designate": ("认定", "success", False),
}
ENDINGS = (
    "applications.reject",
    "applications.disqualify",
    "applications.not_select",
    "applications.remove",
)
OWN_ACTS = {
    "applications.start",
    "applications.submit",
    "applications.resubmit",
    "applications.withdraw",
}
# States after review → the kind of the stage at which the application then stands.
KIND_OF_STATE: dict[str, str] = {
    S.AWAITING_PANEL: "panel",
    S.AT_PANEL: "panel",
    S.IN_NOTICE: "notice",
}
# Kind of a stage after review → the act that dates it, and a word where the date is not that of its end.
DATED_BY = {
    "panel": ("applications.evaluate", ""),
    "decision": ("applications.propose", ""),
    "notice": ("applications.show", "开始公示"),
    "designation": ("applications.designate", ""),
}
ENDED_BADLY = (S.REJECTED, S.NOT_SELECTED, S.REMOVED)


def stepper_of(application: Any) -> list[dict[str, Any]]:
    """The steps as the stepper shows them: filling in, then every stage of the route.

    While the route is open only the first is known.
    """
    steps = steps_of(application)
    here = _position(application, steps)
    opinions = {opinion.stage: opinion for opinion in opinions_on(application)}
    dates = _dates(application)
    shown = [_filing(application)]
    for index, step in enumerate(steps):
        row: dict[str, Any] = {"label": step.label, "who": _who(application, step), "clause": step.clause}
        opinion = opinions.get(index)
        if opinion is not None and step.kind in REVIEW_KINDS:
            row |= {"at": opinion.at, "note": Decision(opinion.decision).label}
        if index < here:
            row["state"] = "done"
            if step.kind in dates:
                row["at"], row["note"] = dates[step.kind]
        elif index > here or application.submitted_at is None:
            row |= {"state": "todo", "note": "", "at": None}
        else:
            row |= _here(application, step, index)
        shown.append(row)
    return shown


def _dates(application: Any) -> dict[str, tuple[datetime, str]]:
    """When the stages after review were done, as far as they are; nothing is asked before."""
    if application.state in (S.DRAFT, S.UNDER_REVIEW, S.RETURNED, S.REJECTED, S.WITHDRAWN, S.AWAITING_PANEL):
        return {}
    acts = [act for act, _ in DATED_BY.values()]
    at = {entry.action: entry.at for entry in history_of(application) if entry.action in acts}
    return {kind: (at[act], word) for kind, (act, word) in DATED_BY.items() if act in at}


def timeline_of(application: Any) -> list[dict[str, Any]]:
    """What happened, newest first."""
    entries = []
    for entry in reversed(history_of(application)):
        if entry.action in TOLD:
            title, tone, with_reason = TOLD[entry.action]
            entries.append(
                {
                    "at": entry.at,
                    "title": title,
                    "who": _actor(application, entry),
                    "text": entry.reason if with_reason else "",
                    "tone": tone,
                    "clause": entry.clause if with_reason else "",
                }
            )
    return entries


def outcomes_told(applications: Iterable[Any]) -> dict[int, LogEntry]:
    """By application, the entry that ended it against the unit: reason and clause are the unit's to read."""
    ids = [application.pk for application in applications]
    entries = LogEntry.objects.filter(
        subject_type="applications.application", subject_id__in=ids, action__in=ENDINGS
    )
    return {entry.subject_id: entry for entry in entries.order_by("id")}


def with_whom(application: Any) -> str:
    """Who has it now, in one phrase."""
    if application.state in (S.DRAFT, S.RETURNED):
        return "本单位"
    if application.state == S.UNDER_REVIEW:
        return str(application.authority)
    if application.state in (S.DESIGNATED, S.WITHDRAWN, *ENDED_BADLY):
        return ""
    return str(application.round.authority)


def deadline_of(application: Any) -> Any:
    """The date that runs now: the unit's while a correction is asked, else the reviewing authority's."""
    kind = {S.RETURNED: CORRECTION, S.UNDER_REVIEW: REVIEW}.get(application.state)
    return open_deadline(application, kind, str(application.stage)) if kind else None


def corrections_of(application: Any) -> list[dict[str, str]]:
    """The points of the return that is open now, as the reviewer wrote them."""
    if application.state != S.RETURNED:
        return []
    returns = [one for one in opinions_on(application) if one.decision == Decision.RETURN]
    return list(returns[-1].items) if returns else []


def _filing(application: Any) -> dict[str, Any]:
    row = {"label": "填报提交", "who": application.unit.name}
    if application.submitted_at is not None:
        return row | {"state": "done", "at": application.submitted_at}
    if application.state == S.WITHDRAWN:
        return row | {"state": "refused", "word": "已撤回"}
    return row | {"state": "current"}


def _position(application: Any, steps: tuple[StageStep, ...]) -> int:
    """The index of the step at which the application stands; past the last when it is over."""
    if application.state == S.DESIGNATED:
        return len(steps)
    if application.state in KIND_OF_STATE:
        kind = KIND_OF_STATE[application.state]
        return next((i for i, s in enumerate(steps) if s.kind == kind), application.stage)
    if application.state in (S.EVALUATED, S.PROPOSED, S.NOT_SELECTED, S.REMOVED):
        panel = next((i for i, s in enumerate(steps) if s.kind == "panel"), application.stage)
        if application.state == S.REMOVED and application.stage < panel:
            return int(application.stage)
        return min(panel + 1, len(steps) - 1)
    return int(application.stage)


def _here(application: Any, step: StageStep, index: int) -> dict[str, Any]:
    state = application.status
    if state in ENDED_BADLY or state == S.WITHDRAWN:
        row = {"state": "refused", "word": state.label, "at": application.decided_at}
        # What the desk had said before does not stand beside the end.
        return row | ({"note": ""} if state == S.REMOVED else {})
    row: dict[str, Any] = {"state": "current", "note": "", "at": None}
    if state in (S.RETURNED, S.PROPOSED):
        row["word"] = state.label
    if state == S.RETURNED:
        row["who"] = application.unit.name
    deadline = deadline_of(application)
    if deadline is not None:
        row |= {
            "due_on": deadline.due_on,
            "working_days_left": getattr(deadline, "working_days_left", None),
            "days_left": deadline.days_left,
            "provisional": deadline.provisional,
            "explanation": deadline.explanation,
        }
    return row


def _who(application: Any, step: StageStep) -> str:
    if step.kind == "panel" and len(application.rules.panel.bodies) > 1:
        return "、".join(body_names(application.rules))
    try:
        return authority_of_step(application, step).short_name
    except DomainError:
        return application.rules.authority(step.authority).label


def body_names(rules: Profile) -> list[str]:
    """The bodies that call the experts together, in the text's order."""
    kinds = rules.panel.bodies
    known = {one.kind: one.short_name for one in reversed(Authority.here().values())}
    return [known.get(kind) or rules.authority(kind).label for kind in kinds]


def _actor(application: Any, entry: LogEntry) -> str:
    if entry.action in OWN_ACTS:
        return f"{application.unit.name} · {entry.actor_name}"
    name = entry.data.get("stage")
    step = next((s for s in steps_of(application) if s.name == name), None) if name else None
    return _who(application, step) if step is not None else application.round.authority.short_name
