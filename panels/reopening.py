"""A signed sheet is given back: one asks with the reason, another grants; the former version stays."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from deadlines.messages import notify
from panels.enums import PanelState, ReopeningState, SheetState
from panels.forming import owe_sheets
from panels.models import Panel, Reopening, ScoreSheet
from panels.permissions import can_ask_reopening, can_decide_reopening
from panels.scoring import keep_version


@transaction.atomic
def ask_reopening(*, sheet: ScoreSheet, reason: str, actor: Any) -> Reopening:
    """Asks that a signed sheet be given back; by the expert or by whoever runs the panel. Logged.

    Whoever runs the panel is told. Refused without a reason, for a sheet that is not signed, once the panel
    is closed, and while the same is asked already.
    """
    lock(sheet)
    panel = sheet.item.panel
    if not can_ask_reopening(actor, sheet):
        raise NotAllowed("您不能申请退回这份评审表。")
    if not said(reason):
        raise ReasonRequired("请写明为什么要退回重评。", path="reason")
    _check_signed(sheet)
    try:
        with transaction.atomic():
            asked: Reopening = Reopening.objects.create(
                sheet=sheet, version=keep_version(sheet), reason=said(reason), asked_by=actor
            )
    except IntegrityError:
        raise StateConflict("这份评审表已有一项待批准的退回申请。") from None
    LogEntry.record(
        asked,
        action="panels.ask_reopening",
        label="申请退回重评",
        actor=actor,
        at=asked.asked_at,
        target=ReopeningState.ASKED,
        reason=asked.reason,
        data={"sheet": sheet.pk, "version": asked.version.number},
    )
    notify(
        recipients=panel.authority.recipients(),
        title=f"待批准退回重评：{panel.name}"[:120],
        text=f"{actor}申请退回{_whose(sheet, actor)}对“{sheet.item.title}”的评审表：{asked.reason}",
        url=tenant_url("bureau:panel", pk=panel.pk),
    )
    return asked


@transaction.atomic
def grant_reopening(*, reopening: Reopening, actor: Any) -> Reopening:
    """Gives the sheet back to its expert, as it was signed; logged on both. The expert is told the reason,
    and owes the sheet again. Refused to who asked and to the expert.
    """
    sheet = _check(reopening, actor)
    perform(reopening, "grant_reopening", actor=actor, decided_by=actor, decided_at=clock.now())
    perform(
        sheet,
        "reopen",
        actor=actor,
        reason=reopening.reason,
        data={"version": reopening.version.number},
        revision=sheet.revision + 1,
        signed_at=None,
    )
    expert = sheet.member.expert
    owe_sheets(sheet.item.panel, expert)
    notify(
        recipients=expert.recipients(),
        title=f"评审表退回重评：{sheet.item.title}"[:120],
        text=f"理由：{reopening.reason}。原来签署的内容仍在表中，请核对后重新签署；原版次保留可查。",
        url=tenant_url("panel:sheet", pk=sheet.pk),
    )
    return reopening


@transaction.atomic
def refuse_reopening(*, reopening: Reopening, reason: str, actor: Any) -> Reopening:
    """Leaves the sheet as it was signed, with the reason; logged, who asked is told."""
    sheet = _check(reopening, actor)
    perform(
        reopening,
        "refuse_reopening",
        actor=actor,
        reason=reason,
        decided_by=actor,
        decided_at=clock.now(),
    )
    notify(
        recipients=[reopening.asked_by],
        title=f"未批准退回重评：{sheet.item.title}"[:120],
        text=f"理由：{said(reason)}",
    )
    return reopening


def waiting_reopenings(panel: Panel) -> Any:
    """What is asked of this panel's signed sheets and not decided; a recusal settles it by itself."""
    asked = Reopening.objects.filter(
        sheet__item__panel=panel,
        sheet__item__dropped_at__isnull=True,
        sheet__state=SheetState.SIGNED,
        state=ReopeningState.ASKED,
    )
    return asked.select_related("sheet__item", "sheet__member__expert__user", "asked_by")


def _check(reopening: Reopening, actor: Any) -> ScoreSheet:
    lock(reopening)
    sheet = reopening.sheet
    lock(sheet)
    if not can_decide_reopening(actor, reopening):
        raise NotAllowed("退回重评须由申请人和该专家以外的人批准。")
    _check_signed(sheet)
    return sheet


def _whose(sheet: ScoreSheet, actor: Any) -> str:
    expert = sheet.member.expert.user
    return "本人" if expert.pk == actor.pk else str(expert)


def _check_signed(sheet: ScoreSheet) -> None:
    if sheet.item.panel.state != PanelState.SCORING or sheet.state != SheetState.SIGNED:
        raise StateConflict("评审已结束，或者这份评审表不是已签署状态，不能退回。")
    if sheet.item.dropped_at is not None:
        raise StateConflict(f"“{sheet.item.title}”已终止评审，签署的评审表不再退回。")
    if sheet.member.withdrawn_at is not None:
        raise StateConflict(f"专家{sheet.member.expert.user}已撤出，签署的评审表不能再退回。")
