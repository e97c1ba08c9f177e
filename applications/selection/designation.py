"""From the list to stations: sign-offs of the bodies that designate together, the document, the stations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from applications.desk.inquiring import found_out
from applications.dossier.answers import known_facts
from applications.dossier.team import team_of
from applications.enums import ApplicationState, RoundState
from applications.gating import Known, designation_points, known_of
from applications.models import Application, Round, Signoff
from applications.permissions import can_organise
from applications.selection.document_numbers import number_for
from applications.selection.notice_stage import proposed_name, stage_index
from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.workflow import lock, perform
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue
from jurisdictions.engine import Profile, allowed_plaques
from jurisdictions.models import Authority
from notices.objections import Standing, standing_of
from stations.designation import designate_station, take_station_number

READY = (ApplicationState.PROPOSED, ApplicationState.IN_NOTICE)


@dataclass(frozen=True, slots=True)
class Selection:
    """One application to be designated: its plaque, and that objections found baseless count as none."""

    application: Application
    plaque: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One application of the list as the page of designation shows it."""

    application: Application
    name: str
    plaques: tuple[str, ...]
    obstacles: tuple[Problem, ...]
    asks_confirmation: bool


@transaction.atomic
def record_signoff(
    *, round_: Round, authority: Authority, reference: str, signed_on: date, actor: Any
) -> Signoff:
    """Records that a body has agreed to the round's list, and by which paper; logged.

    Refused for a body that the text does not name, before the list is fixed, for a day before that or
    still to come, and a second time.
    """
    if not can_organise(actor, round_):
        raise NotAllowed("您没有登记会签的权限。")
    if authority.kind not in cosigners(round_.rules):
        raise DomainError(f"{authority.name}不是本办法规定的会签部门。")
    if not reference.strip():
        raise InputRefused([Problem("请填写会签依据（文号或者会签单编号）。", "reference")])
    fixed_on = list_fixed_on(round_)
    if fixed_on is None:
        raise StateConflict("名单尚未确定，不能登记会签。")
    if signed_on > clock.today():
        raise InputRefused([Problem("会签日期不能晚于今天。", "signed_on")])
    if signed_on < fixed_on:
        text = f"会签日期不能早于确定名单之日（{date_text(fixed_on)}）。"
        raise InputRefused([Problem(text, "signed_on")])
    lock(round_)
    if round_.signoffs.filter(authority=authority, document__isnull=True).exists():
        raise DomainError(f"{authority.name}的会签已经登记。")
    signoff: Signoff = Signoff.objects.create(
        round=round_, authority=authority, reference=reference.strip(), signed_on=signed_on, recorded_by=actor
    )
    LogEntry.record(
        round_,
        action="applications.signoff",
        label="登记会签",
        actor=actor,
        at=clock.now(),
        clause=round_.rules.designation.clause,
        data={"authority": authority.name, "reference": signoff.reference, "on": signed_on.isoformat()},
    )
    return signoff


@transaction.atomic
def designate_applications(
    *, round_: Round, selections: Sequence[Selection], actor: Any, document_number: str = ""
) -> OfficialDocument:
    """Designates the selected applications by one document; each becomes a station. Logged on each.

    All of them or none. Refused: to whoever does not lead the round; while the text's gate is shut
    (a sign-off, the notice, an objection, the experts: the engine says which, with its clause); for
    a plaque that the text does not allow; for a document number that is malformed or taken.
    """
    lock(round_)
    if not can_organise(actor, round_):
        raise NotAllowed("您没有认定的权限。")
    if not selections:
        raise DomainError("请选择要认定的申报。")
    _check(round_, selections)
    today = clock.today()
    numbers = [take_station_number(profile=round_.rules, year=today.year) for _ in selections]
    document = _issue_document(round_, selections, numbers, document_number, actor)
    for selection, number in zip(selections, numbers, strict=True):
        _designate(selection, number, document, actor)
    round_.signoffs.filter(document__isnull=True).update(document=document)
    return document


def candidates(round_: Round) -> list[Candidate]:
    """Every application of the list that waits for designation, with what still stands in its way."""
    waiting = list(
        round_.applications.filter(state__in=READY)
        .select_related("unit", "round__profile", "round__authority")
        .order_by("number")
    )
    standings, known = standing_of(waiting), known_of(waiting)
    return [_candidate(application, standings[application.pk], known) for application in waiting]


def standing_before(
    application: Application, standing: Standing, signed: Sequence[str], known: Known
) -> tuple[tuple[Problem, ...], bool]:
    """What keeps an application from being designated, and whether a person must confirm on the record."""
    if application.state not in READY:
        return (Problem(f"当前状态为“{application.status.label}”"),), False
    if standing.amended is not None:
        words = f"更正名单《{standing.amended.title}》还是公示稿，请先发布或者撤回"
        return (Problem(words, "", standing.amended.clause),), False
    points, confirm = designation_points(application, standing, signed, known)
    return tuple(Problem(found.explanation, "", found.clauses[0]) for found in points), confirm


def cosigners(rules: Profile) -> tuple[str, ...]:
    """The kinds of body that must each sign off; a body that designates alone does so by designating."""
    bodies = rules.designation.signoffs
    return () if bodies == (rules.lead.kind,) else bodies


def cosigning_bodies(round_: Round) -> list[Authority]:
    """The bodies that must sign off, in the text's order."""
    return [_body(round_.rules, kind) for kind in cosigners(round_.rules)]


def list_fixed_on(round_: Round) -> date | None:
    """The day on which the round's list was fixed; None while it is not."""
    if round_.state != RoundState.DECIDED:
        return None
    entry = LogEntry.history_of(round_).filter(action="applications.decide").order_by("-id").first()
    return clock.local(entry.at).date() if entry is not None else None


def missing_signoffs(round_: Round) -> list[Authority]:
    """The bodies whose sign-off for the next designation has not been recorded."""
    signed = signed_kinds(round_)
    return [body for body in cosigning_bodies(round_) if body.kind not in signed]


def signed_kinds(round_: Round) -> list[str]:
    """The kinds of body whose sign-off for the next designation is on record."""
    return list(round_.signoffs.filter(document__isnull=True).values_list("authority__kind", flat=True))


def _candidate(application: Application, standing: Standing, known: Known) -> Candidate:
    # Sign-offs are shown once for the whole list.
    signed = application.rules.designation.signoffs
    problems, confirm = standing_before(application, standing, signed, known)
    name = ""
    try:
        name = proposed_name(application)
    except DomainError as error:
        problems = problems or error.problems
    return Candidate(
        application=application,
        name=name,
        plaques=allowed_plaques(application.rules, known_facts(application)),
        obstacles=tuple(problems),
        asks_confirmation=confirm,
    )


def _check(round_: Round, selections: Sequence[Selection]) -> None:
    """Every selection is ready; what is not is said of each unit by name."""
    for selection in selections:
        lock(selection.application)
    chosen = [selection.application for selection in selections]
    standings, signed, known = standing_of(chosen), signed_kinds(round_), known_of(chosen)
    problems = [
        Problem(
            f"{selection.application.unit.name}：{why.message}",
            f"application-{selection.application.pk}",
            why.clause,
        )
        for selection in selections
        for why in _refusals(round_, selection, standings[selection.application.pk], signed, known)
    ]
    if problems:
        raise InputRefused(problems)


def _refusals(
    round_: Round, selection: Selection, standing: Standing, signed: Sequence[str], known: Known
) -> tuple[Problem, ...]:
    application = selection.application
    if application.round_id != round_.pk:
        return (Problem("不属于本批次。"),)
    problems, confirm = standing_before(application, standing, signed, known)
    if problems:
        return problems
    if selection.plaque not in allowed_plaques(round_.rules, known_facts(application)):
        return (Problem("所选牌匾不符合规定。"),)
    if confirm and not selection.confirmed:
        return (Problem("公示期间的异议经核查不成立，须确认视为无异议。"),)
    return ()


def _issue_document(
    round_: Round, selections: Sequence[Selection], numbers: Sequence[str], typed: str, actor: Any
) -> OfficialDocument:
    rules = round_.rules
    rows = [
        {
            "number": number,
            "name": proposed_name(selection.application),
            "unit": selection.application.unit.name,
            "leader": next((m.name for m in team_of(selection.application) if m.is_leader), ""),
            "plaque": selection.plaque,
        }
        for selection, number in zip(selections, numbers, strict=True)
    ]
    try:
        with transaction.atomic():
            return issue(
                kind=DocumentKind.DESIGNATION,
                subject=round_,
                title=rules.designation.document_title,
                template="papers/designation.html",
                context={
                    "rules": rules,
                    "rows": rows,
                    "common_plaque": _common([row["plaque"] for row in rows]),
                    "issuers": [_body(rules, kind).name for kind in rules.designation.issuers],
                    "steps": _procedure(rules),
                    "printed_by": round_.authority.name,
                    "list_title": f"{rules.terms.plaque}名单",
                },
                issued_on=clock.today(),
                actor=actor,
                number=number_for(round_, typed),
            )
    except IntegrityError:
        raise InputRefused([Problem("这个文号已经用过，请核对。", "document_number")]) from None


def _common(values: Sequence[str]) -> str:
    """What all of them are; empty where they differ."""
    return values[0] if len(set(values)) == 1 else ""


def _designate(selection: Selection, number: str, document: OfficialDocument, actor: Any) -> None:
    application = selection.application
    facts = known_facts(application)
    station = designate_station(
        unit=application.unit,
        authority=application.round.authority,
        local_authority=Authority.objects.get(pk=application.route[0]),
        profile=application.round.profile,
        number=number,
        name=proposed_name(application),
        plaque_title=selection.plaque,
        trade=str(facts.get("trade") or ""),
        members=team_of(application),
        designated_on=document.issued_on,
        document=document,
        facts=_stored({**facts, **found_out(application)}),
        actor=actor,
    )
    perform(
        application,
        "designate",
        actor=actor,
        clause=application.rules.designation.clause,
        data={"station": station.pk, "document": document.number, "confirmed": selection.confirmed},
        station=station,
        stage=stage_index(application, "designation"),
        decided_at=clock.now(),
    )


def _procedure(rules: Profile) -> list[str]:
    """What went before the designation, in the profile's own words, each once."""
    done = ["单位申报"]
    for stage in rules.stages:
        if stage.kind not in ("filing", "designation") and stage.label not in done:
            done.append(stage.label)
    return done


def _body(rules: Profile, kind: str) -> Authority:
    body = next((one for one in Authority.here().values() if one.kind == kind), None)
    if body is None:
        raise DomainError(f"{rules.authority(kind).label}尚未在系统登记，请联系系统管理员。")
    return body


def _stored(value: Any) -> Any:
    """Facts as JSON keeps them: decimals and dates as text."""
    if isinstance(value, Mapping):
        return {str(key): _stored(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_stored(entry) for entry in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
