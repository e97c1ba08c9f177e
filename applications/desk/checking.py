"""The desk at work on a file: materials one by one, what its stage confirms, what a person judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from applications.desk.stages import current_step
from applications.dossier.answers import findings_of, route_of
from applications.dossier.papers import check_words, whole_checks
from applications.enums import ApplicationState, MaterialCheck, StageCheck
from applications.models import Application, Material
from applications.permissions import can_decide, can_review
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, ReasonRequired, StateConflict
from core.models import LogEntry
from core.workflow import lock
from jurisdictions.engine import Finding, RouteAnswer
from jurisdictions.engine.schema.form import Fact

# What a refused check of a material is about, as the end of its place on the checklist.
PLACES = {"note": "-note", "original_seen": "-original"}
# Where the lead may still judge what the desks left open: from the last desk to the list.
OPEN_TO_LEAD = (ApplicationState.AWAITING_PANEL, ApplicationState.AT_PANEL, ApplicationState.EVALUATED)


@transaction.atomic
def check_material(
    *, material: Material, state: MaterialCheck, actor: Any, note: str = "", original_seen: bool = False
) -> Material:
    """Records how one material was found; logged with what it was before.

    The note that said what was wrong goes when it is found right after all.
    Refused: not on this person's desk, a problem without a note, 符合 while the text asks for the
    original and it was not seen, or while there is nothing to see.
    """
    application = material.application
    require_desk(application, actor)
    rule = application.rules.material(material.name)
    note = note.strip()
    if state == MaterialCheck.PROBLEM and not note:
        raise ReasonRequired(f"请写明“{rule.label}”需要补正什么。", path="note")
    if state == MaterialCheck.ACCEPTED and not material.declared_none and not material.files.exists():
        raise DomainError(f"“{rule.label}”没有文件，不能判为符合。", path="check_state")
    declared = material.declared_none
    if state == MaterialCheck.ACCEPTED and rule.original_required and not original_seen and not declared:
        raise DomainError(f"“{rule.label}”须核对原件。", path="original_seen", clause=rule.clause)
    before = material.check_state
    if state == MaterialCheck.ACCEPTED and before == MaterialCheck.PROBLEM and note == material.note:
        note = ""
    material.check_state, material.note, material.original_seen = state, note, original_seen
    material.save(update_fields=["check_state", "note", "original_seen"])
    _record(
        application,
        "check_material",
        "核对材料",
        actor,
        reason=note,
        clause=rule.clause,
        data={
            "material": material.name,
            "label": rule.label,
            "from": before,
            "to": str(state),
            "original_seen": original_seen,
        },
    )
    return material


@dataclass(frozen=True, slots=True)
class MaterialFound:
    """How one material was found, as the checklist of a desk says it."""

    state: MaterialCheck
    note: str = ""
    original_seen: bool = False


@transaction.atomic
def record_checklist(
    *,
    application: Application,
    materials: Mapping[str, MaterialFound],
    confirmed: Iterable[str],
    judgements: Mapping[str, bool | None],
    actor: Any,
) -> Application:
    """Records a whole checklist: all of it, or nothing where anything is refused.

    Only what changed is logged. The problems' paths are `material-<name>`, `…-note`, `…-original`.
    """
    require_desk(application, actor)
    rows = {row.name: row for row in application.materials.all()}
    problems: list[Problem] = []
    for name, found in materials.items():
        row = rows.get(name)
        if row is None or (row.check_state, row.note, row.original_seen) == _as_stored(found):
            continue
        try:
            with transaction.atomic():
                check_material(
                    material=row,
                    state=found.state,
                    note=found.note,
                    original_seen=found.original_seen,
                    actor=actor,
                )
        except DomainError as error:
            place = PLACES.get(error.path, "")
            problems.append(Problem(error.message, f"material-{name}{place}", error.clause))
    if problems:
        raise InputRefused(problems)
    confirm_checks(application=application, confirmed=confirmed, actor=actor)
    return judge(application=application, answers=judgements, actor=actor)


@transaction.atomic
def confirm_checks(*, application: Application, confirmed: Iterable[str], actor: Any) -> Application:
    """Records which of the things that its stage must confirm the desk has confirmed; logged."""
    require_desk(application, actor)
    step = current_step(application)
    names = [name for name in checks_of(application) if name in set(confirmed)]
    if names != application.checks.get(step.name, []):
        application.checks = {**application.checks, step.name: names}
        application.save(update_fields=["checks"])
        labels = [check_label(application, name) for name in names]
        _record(
            application,
            "confirm_checks",
            "确认核验事项",
            actor,
            clause=step.clause,
            data={"stage": step.name, "confirmed": names, "labels": labels},
        )
    return application


@transaction.atomic
def judge(*, application: Application, answers: Mapping[str, bool | None], actor: Any) -> Application:
    """Records what a person judged, fact by fact; None takes a judgement back.

    Logged with who and both values. For the desk where the file lies, and for the lead's officers
    from the end of review to the list.
    Refused: anybody else, and facts that the profile does not leave to judgement.
    """
    lock(application)
    if not may_judge(application, actor):
        raise NotAllowed("这份申报不在您的办理范围内。")
    open_ = {fact.name for fact in judged_facts(application)}
    stranger = next((name for name in answers if name not in open_), None)
    if stranger is not None:
        raise DomainError("办法没有把这一项交由人工评判。", path=stranger)
    before = application.judgements
    after = {**before, **answers}
    after = {name: value for name, value in after.items() if value is not None}
    changed = {n: [before.get(n), after.get(n)] for n in {*before, *after} if before.get(n) != after.get(n)}
    if changed:
        application.judgements = after
        application.save(update_fields=["judgements"])
        labels = {name: application.rules.fact(name).label for name in changed}
        _record(application, "judge", "评判条件", actor, data={"changed": changed, "labels": labels})
    return application


def may_judge(application: Application, actor: Any) -> bool:
    """Whether this person may judge the file now."""
    if application.state == ApplicationState.UNDER_REVIEW:
        return can_review(actor, application)
    return application.state in OPEN_TO_LEAD and can_decide(actor, application)


def judged_facts(application: Application) -> tuple[Fact, ...]:
    """The questions that the profile leaves to a person, as far as a condition asks them of this unit.

    What decides a case that a list leaves open (其他类型) is asked only where that case has arisen.
    """
    findings = findings_of(application).findings
    asked = {name for finding in findings for name in finding.facts}
    arisen = {name for finding in findings if finding.needs_decision for name in finding.facts}
    arisen |= set(application.judgements)
    return tuple(
        fact
        for fact in application.rules.facts
        if fact.type == "boolean"
        and (
            (fact.judged and fact.name in asked) or (fact.asked_of != "unit" and fact.name in arisen & asked)
        )
    )


def is_open(finding: Finding) -> bool:
    """Whether a condition waits for a person's judgement (and not for a figure of the unit)."""
    return finding.outcome == "judged" or (finding.outcome == "unknown" and finding.needs_decision)


def checks_of(application: Application) -> tuple[str, ...]:
    """What the present desk must confirm: what its stage asks; at the first desk what is asked of the
    papers as a whole, and an unclear route."""
    asked = tuple(current_step(application).checks)
    if application.stage == 0:
        asked = tuple(dict.fromkeys((*asked, *(check.name for check in whole_checks(application.rules)))))
    return asked if unclear_route(application) is None else (*asked, StageCheck.ROUTE_CONFIRMED.value)


def unclear_route(application: Application) -> RouteAnswer | None:
    """The route, on its first desk, where the text does not say for sure that it is this one."""
    if application.stage > 0:
        return None
    route = route_of(application)
    return route if route.manual_confirm and route.path is not None else None


def check_label(application: Application, name: str) -> str:
    """The words for a thing that a desk must confirm."""
    if name in StageCheck.values:
        return str(StageCheck(name).label)
    words = {check.name: check_words(check) for check in whole_checks(application.rules)}
    return words.get(name, name)


def require_desk(application: Application, actor: Any, stage: int | None = None) -> None:
    """Locks the file; it lies under review on a desk of this person, at the stage that their page showed."""
    lock(application)
    if application.state != ApplicationState.UNDER_REVIEW:
        raise StateConflict(f"申报当前为“{application.status.label}”，不在审核环节。")
    if not can_review(actor, application):
        raise NotAllowed("这份申报不在您的办理范围内。")
    if stage is not None and stage != application.stage:
        raise StateConflict("这份申报已转入下一环节，请刷新页面。")


def _as_stored(found: MaterialFound) -> tuple[str, str, bool]:
    return str(found.state), found.note.strip(), found.original_seen


def _record(
    application: Application,
    action: str,
    label: str,
    actor: Any,
    *,
    data: dict[str, Any],
    reason: str = "",
    clause: str = "",
) -> None:
    LogEntry.record(
        application,
        action=f"applications.{action}",
        label=label,
        actor=actor,
        at=clock.now(),
        reason=reason,
        clause=clause,
        data=data,
    )
