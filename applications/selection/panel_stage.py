"""Applications before their panel: sent there together, and back with what came out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from applications.desk.stages import PANEL
from applications.dossier.answers import known_facts
from applications.enums import ApplicationState
from applications.models import Application, Round
from core import clock
from core.errors import DomainError
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.enums import DeadlineState
from deadlines.messages import notify
from deadlines.models import Deadline
from deadlines.owing import meet
from jurisdictions.engine import NameIncomplete, station_name
from panels.consolidation import close_panel
from panels.draws import check_no_open_draw, use_draw
from panels.enums import Purpose
from panels.forming import form_panel
from panels.models import Draw, Expert, Panel
from panels.signals import panel_closed


@transaction.atomic
def send_to_panel(
    *,
    round_: Round,
    applications: Sequence[Application],
    experts: Sequence[Expert],
    due_on: date | None,
    actor: Any,
    draw: Draw | None = None,
) -> Panel:
    """Forms a panel for these applications of the round; they stand at the panel from now on.

    `draw`: the one by which the experts were drawn.

    Logged on each; experts and units are told. `due_on` None takes the last day that the text leaves.
    Refused: an application of another round or not waiting for a panel, too few experts, no day where
    the text sets none, a day later than the text allows (unless that one has passed already).
    """
    lock(round_)
    due_on = _due_day(applications, due_on)
    for application in applications:
        lock(application)
        if application.round_id != round_.pk or application.state != ApplicationState.AWAITING_PANEL:
            raise DomainError(f"“{application.unit.name}”的申报不在本批次待评审之列。", path="applications")
    if draw is None:
        check_no_open_draw(round_, [application.pk for application in applications])
    panel = form_panel(
        authority=round_.authority,
        profile=round_.profile,
        purpose=Purpose.APPLICATION,
        subject=round_,
        name=_panel_name(round_),
        experts=experts,
        items=[(application, _title(application), application.unit.name) for application in applications],
        due_on=due_on,
        actor=actor,
    )
    if draw is not None:
        use_draw(draw_=draw, panel=panel, actor=actor)
    for application in applications:
        perform(
            application,
            "send_to_panel",
            actor=actor,
            clause=round_.rules.panel.clause,
            data={"panel": panel.pk},
        )
        _tell_unit(application, "申报已进入专家评审", "贵单位的申报已提交专家组评审。")
    return panel


@transaction.atomic
def finish_panel(*, panel: Panel, actor: Any) -> Panel:
    """Closes the panel; its applications become evaluated. Refused as `close_panel`."""
    return close_panel(panel=panel, actor=actor)


@receiver(panel_closed, sender=Panel, dispatch_uid="applications.evaluate")
def evaluate_applications(sender: Any, *, panel: Panel, actor: Any, **_: Any) -> None:
    """Writes what the panel said on each application's way: evaluated, the lead's date met, the unit told."""
    if panel.purpose != Purpose.APPLICATION:
        return
    for item in panel.items.filter(dropped_at__isnull=True):
        application = item.subject
        perform(
            application,
            "evaluate",
            actor=actor,
            clause=panel.profile.rules.panel.clause,
            data={"panel": panel.pk, "outcome": item.outcome},
        )
        meet(subject=application, kind=PANEL)
        _tell_unit(application, "专家评审已结束", "专家评审已结束，等待确定名单。")


def statutory_due(applications: Sequence[Application]) -> Deadline | None:
    """The earliest day by which the text wants the panel's report on any of these, if it sets one."""
    found: Deadline | None = (
        Deadline.objects.filter(
            subject_type=ContentType.objects.get_for_model(Application),
            subject_id__in=[application.pk for application in applications],
            kind=PANEL,
            state=DeadlineState.OPEN,
        )
        .order_by("due_on", "pk")
        .first()
    )
    return found


def outcomes_of(applications: Sequence[Application]) -> dict[int, dict[str, Any]]:
    """What the closed panels said, by application; in one query."""
    rows = _closed_items(applications).values_list("items__subject_id", "items__outcome")
    return {pk: outcome for pk, outcome in rows if outcome}


def ranks_of(applications: Sequence[Application]) -> dict[int, int]:
    """Which place each got in its closed panel, by application; in one query."""
    rows = _closed_items(applications).values_list("items__subject_id", "items__rank")
    return {pk: rank for pk, rank in rows if rank}


def _closed_items(applications: Sequence[Application]) -> QuerySet:
    return Panel.objects.filter(
        closed_at__isnull=False,
        items__subject_type=ContentType.objects.get_for_model(Application),
        items__subject_id__in=[application.pk for application in applications],
    ).order_by("closed_at")


def _due_day(applications: Sequence[Application], due_on: date | None) -> date:
    owed = statutory_due(applications)
    if owed is None and due_on is None:
        raise DomainError("请选择评审截止日期。", path="due_on")
    if owed is None or owed.due_on < clock.today():
        if due_on is None:
            raise DomainError("法定期限已过，请另定评审截止日期。", path="due_on")
        return due_on
    if due_on is not None and due_on > owed.due_on:
        raise DomainError(
            f"评审截止日期不能晚于{owed.due_on:%Y年%-m月%-d日}。{owed.explanation}",
            path="due_on",
            clause=owed.clause,
        )
    return due_on or owed.due_on


def _panel_name(round_: Round) -> str:
    before = Panel.objects.filter(
        subject_type=ContentType.objects.get_for_model(Round), subject_id=round_.pk
    ).count()
    number = f"（第{before + 1}组）" if before else ""
    return f"{round_.title}专家评审{number}"[:120]


def _title(application: Application) -> str:
    """The name that the station would bear, else the unit's."""
    try:
        name = station_name(application.rules, {**known_facts(application), "unit": application.unit.name})
    except NameIncomplete:
        name = application.unit.name
    return name[:150]


def _tell_unit(application: Application, title: str, text: str) -> None:
    notify(
        recipients=application.unit.recipients(),
        title=title,
        text=f"{application.round.title}（{application.number}）：{text}",
        url=tenant_url("unit:application", pk=application.pk),
    )
