"""A station ends: revoked on a ground of its text, or deregistered by its unit's own wish.

One proposes with what is on record, another decides; the rules say of every ground whether the record bears
it and what it brings, and a person decides. From the decision on nothing more is owed or paid.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from assessments.enums import AssessmentState, EndingKind, EndingState
from assessments.models import Assessment, StationEnding
from assessments.permissions import can_ask_to_deregister, can_propose_revocation
from assessments.standing import grounds_of
from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.scope import once
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines import owing
from deadlines.messages import notify
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue
from jurisdictions.engine import deregistration_state
from jurisdictions.engine.revocation import consequences_of_ground
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.standing import GroundStanding
from jurisdictions.enums import Right
from jurisdictions.permissions import people_holding
from panels.dropping import drop_item, item_at_work
from stations.enums import IN_BEING
from stations.models import Station
from stations.signals import station_ended

# Where the record speaks against a ground, or the text puts a rectification before it, nobody may rest on it.
CLOSED = ("not", "rectify")
STEP = {EndingKind.REVOCATION: "revoke", EndingKind.DEREGISTRATION: "deregister"}
PAPER = {
    EndingKind.REVOCATION: (DocumentKind.REVOCATION, "papers/revocation.html"),
    EndingKind.DEREGISTRATION: (DocumentKind.DEREGISTRATION, "papers/deregistration.html"),
}


def grounds_open_to(station: Station) -> tuple[GroundStanding, ...]:
    """The grounds of its text on which a revocation may be proposed now."""
    return tuple(ground for ground in grounds_of(station) if ground.outcome not in CLOSED)


def key_of(ground: GroundStanding) -> str:
    """By what a form names a ground."""
    return f"{ground.clauses[0]} {ground.label}"


def asks_serious(station: Station, ground: GroundStanding) -> bool:
    """Whether the text takes money back only where it is serious, so that this must be decided."""
    return _consequences(station, ground, None).asks_serious


def steps_of(station: Station) -> tuple[Fact, ...]:
    """What must be done before a deregistration counts, beside request and decision; empty where the text
    does not know it.
    """
    rule = station.profile.rules.deregistration
    return rule.steps[1:] if rule else ()


def may_deregister(station: Station) -> bool:
    """Whether the station's text knows an ending by the unit's own wish, and it is still there to end."""
    return station.profile.rules.deregistration is not None and station.state in IN_BEING


@transaction.atomic
def propose_revocation(
    *, station: Station, ground: str, reason: str, heard: str, actor: Any, serious: bool | None = None
) -> StationEnding:
    """Proposes to revoke a station on one ground of its text; logged, those who may decide are told.

    `ground` is a `key_of`; `reason` the facts that were established, `heard` how the unit was heard and what
    it said; `serious` only where the text makes the recovery of money hang on it. Refused: a ground that is
    not in the text, or against which the record speaks; a second proposal while one waits; what is missing.
    """
    lock(station)
    if not can_propose_revocation(actor, station):
        raise NotAllowed("您没有提出撤销的权限。")
    _still_there(station)
    found = next((one for one in grounds_open_to(station) if key_of(one) == ground), None)
    if found is None:
        raise DomainError("请选择文件规定的、与记录不相抵触的撤销情形。", path="ground")
    if not said(reason):
        raise ReasonRequired("请写明查明的事实和理由。", path="reason")
    if not said(heard):
        raise ReasonRequired("请写明听取单位意见的情况。", path="heard")
    asked = asks_serious(station, found)
    if asked and serious is None:
        raise DomainError("文件以情节严重为追回资金的条件，请作出判断。", path="serious")
    consequences = _consequences(station, found, serious if asked else None)
    made: StationEnding = StationEnding.objects.create(
        station=station,
        kind=EndingKind.REVOCATION,
        ground=found.label,
        clauses=[*found.clauses, *(one for one in consequences.clauses if one not in found.clauses)],
        finding=found.explanation,
        brings=consequences.explanation,
        serious=serious if asked else None,
        reason=said(reason),
        heard=said(heard),
        proposed_by=actor,
    )
    _logged(made, "assessments.propose_revocation", "提出撤销", actor, outcome=found.outcome)
    _tell_deciders(made)
    return made


@transaction.atomic
def ask_to_deregister(*, station: Station, reason: str, actor: Any) -> StationEnding:
    """The unit asks that its station end; logged, the authority is told.

    Refused where the text does not know it, to whoever may not submit for the unit, without a reason, and
    while another ending waits.
    """
    lock(station)
    if not can_ask_to_deregister(actor, station):
        raise NotAllowed("只有本单位的审核提交人可以申请注销。")
    rule = station.profile.rules.deregistration
    if rule is None:
        raise DomainError("认定该站所依据的文件没有规定主动注销，请与主管部门联系。")
    _still_there(station)
    if not said(reason):
        raise ReasonRequired("请写明申请注销的理由。", path="reason")
    made: StationEnding = StationEnding.objects.create(
        station=station,
        kind=EndingKind.DEREGISTRATION,
        ground=rule.label,
        clauses=list(rule.clauses),
        reason=said(reason),
        proposed_by=actor,
    )
    _logged(made, "assessments.ask_to_deregister", f"申请{rule.label}", actor)
    _tell_deciders(made)
    return made


@transaction.atomic
def decide_ending(
    *, ending: StationEnding, actor: Any, recourse: str = "", done: Collection[str] = ()
) -> StationEnding:
    """Another person decides: the station ends now, with its paper; logged, the unit is told.

    What it still owes by a date is cancelled, its assessments are closed, what is not paid yet is stopped
    (`station_ended`). `recourse`:
    what the unit may do against a revocation; `done`: the steps of a deregistration that have been taken.
    Refused: whoever proposed it, a station that has ended, what is missing.
    """
    station = Station.objects.select_related("unit", "authority", "profile").get(pk=ending.station_id)
    lock(station)
    if station.state not in IN_BEING:
        raise StateConflict(f"该站{station.status.label}。")
    if ending.kind == EndingKind.REVOCATION and not said(recourse):
        raise DomainError("请写明单位不服时的救济途径。", path="recourse")
    if ending.kind == EndingKind.DEREGISTRATION:
        _all_steps(station, done)
    clause = ending.clauses[0]
    perform(
        ending,
        "decide",
        actor=actor,
        clause=clause,
        decided_by=actor,
        decided_at=clock.now(),
        recourse=said(recourse),
    )
    perform(
        station,
        STEP[EndingKind(ending.kind)],
        actor=actor,
        reason=ending.reason,
        clause=clause,
        data={"ending": ending.pk},
        ended_at=clock.now(),
        suspended_at=None,
    )
    ending.document = _paper(ending, station, actor)
    ending.save(update_fields=["document"])
    _owes_no_more(station, actor)
    station_ended.send(Station, station=station, actor=actor)
    notify(
        recipients=station.recipients(),
        title=f"{station.name}已{ending.get_kind_display()}"[:120],
        text=f"{ending.document.title}：{ending.ground}。{ending.brings}{ending.recourse}",
        url=tenant_url("unit:station", pk=station.pk),
    )
    return ending


@transaction.atomic
def refuse_ending(*, ending: StationEnding, reason: str, actor: Any) -> StationEnding:
    """Another person says no, with a reason; logged, whoever proposed it is told, of a request the unit."""
    perform(
        ending,
        "refuse",
        actor=actor,
        reason=reason,
        decided_by=actor,
        decided_at=clock.now(),
        decision=said(reason),
    )
    request = ending.kind == EndingKind.DEREGISTRATION
    where = "unit:station" if request else "bureau:station"
    notify(
        recipients=ending.station.recipients() if request else [ending.proposed_by],
        title=f"不同意{ending.get_kind_display()}：{ending.station}"[:120],
        text=said(reason),
        url=tenant_url(where, pk=ending.station_id),
    )
    return ending


@transaction.atomic
def withdraw_ending(*, ending: StationEnding, actor: Any) -> StationEnding:
    """Whoever proposed it takes it back; logged."""
    perform(ending, "withdraw", actor=actor)
    return ending


def open_ending(station: Station) -> StationEnding | None:
    """The proposal or request that waits for a decision."""
    found: StationEnding | None = station.endings.filter(state=EndingState.PROPOSED).first()
    return found


def endings_of(station: Station) -> list[StationEnding]:
    """Every proposal and request, the newest first."""
    return once(f"assessments.endings:{station.pk}", lambda: list(station.endings.all()))


def told_to_unit(station: Station) -> list[StationEnding]:
    """What its unit sees: its own requests, and the revocation that was decided. A proposal that waits or
    was not agreed to is the authority's own affair.
    """
    return [
        one
        for one in endings_of(station)
        if one.kind == EndingKind.DEREGISTRATION or one.state == EndingState.DECIDED
    ]


def open_to(station: Station) -> dict[str, Any]:
    """The chapters by which it may be ended now: `revoke`, `deregister`; nothing where neither is open."""
    rules = station.profile.rules
    waits = any(one.state == EndingState.PROPOSED for one in endings_of(station))
    if station.state not in IN_BEING or waits:
        return {}
    chapters = {"revoke": rules.revocation, "deregister": rules.deregistration}
    return {name: chapter for name, chapter in chapters.items() if chapter is not None}


def _consequences(station: Station, ground: GroundStanding, serious: bool | None) -> Any:
    rules = station.profile.rules
    return consequences_of_ground(rules, clause=ground.clauses[0], label=ground.label, serious=serious)


def _still_there(station: Station) -> None:
    if station.state not in IN_BEING:
        raise StateConflict(f"该站{station.status.label}。")
    if open_ending(station) is not None:
        raise StateConflict("该站已有一项撤销或者注销待决定。")


def _all_steps(station: Station, done: Collection[str]) -> None:
    """Every step of the text is taken: the request lies here, the decision is this one."""
    rules = station.profile.rules
    rule = rules.deregistration
    if rule is None:
        raise DomainError("认定该站所依据的文件没有规定主动注销。")
    known = {step.name: step.name in done for step in rule.steps[1:]}
    answer = deregistration_state(rules, {rule.steps[0].name: True, **known})
    if answer.status != "deregistered":
        raise DomainError(answer.explanation, path="done", clause=answer.clauses[0])


def _paper(ending: StationEnding, station: Station, actor: Any) -> OfficialDocument:
    kind, template = PAPER[EndingKind(ending.kind)]
    rules = station.profile.rules
    return issue(
        kind=kind,
        subject=station,
        title=f"{rules.terms.station}{kind.label}",
        template=template,
        context={
            "issuers": [station.authority.name],
            "recipient": station.unit.name,
            "station": station,
            "ending": ending,
            "rules": rules,
            "article": rules.article(ending.clauses[0]),
        },
        issued_on=clock.today(),
        actor=actor,
    )


def _owes_no_more(station: Station, actor: Any) -> None:
    """What was still to be done by a date is not owed any more, and no assessment comes to a result; what
    was handed in stays as it is. Experts at work on it are told.
    """
    owing.cancel_all(Station.objects.filter(pk=station.pk))
    open_ = Assessment.objects.filter(station=station).exclude(
        state__in=(AssessmentState.FINAL, AssessmentState.CLOSED)
    )
    reason = f"该站{station.status.label}"
    for assessment in open_.select_related("cycle").order_by("pk"):
        item = item_at_work(assessment)
        if item is not None:
            drop_item(item=item, reason=reason, actor=actor)
        perform(assessment, "close", actor=None, reason=reason)
    owing.cancel_all(Assessment.objects.filter(station=station))


def _logged(made: StationEnding, action: str, label: str, actor: Any, **data: Any) -> None:
    LogEntry.record(
        made.station,
        action=action,
        label=label,
        actor=actor,
        at=clock.now(),
        reason=made.reason,
        clause=made.clauses[0],
        data={"ending": made.pk, **data},
    )


def _tell_deciders(made: StationEnding) -> None:
    officers = people_holding(Right.MANAGE, [made.station.authority]).exclude(pk=made.proposed_by_id)
    notify(
        recipients=officers,
        title=f"{made.get_kind_display()}待决定：{made.station}"[:120],
        text=f"{made.proposed_by}提出：{made.ground}。",
        url=tenant_url("bureau:ending", pk=made.pk),
    )
