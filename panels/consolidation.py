"""Closing a panel: every sheet is in, and what came out is written down for each item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from guardian.shortcuts import remove_perm

from core import clock
from core.errors import DomainError
from core.workflow import lock, perform
from jurisdictions.engine import RubricAnswer, graded_total
from panels.enums import SheetState, Verdict
from panels.models import Panel, PanelItem, ScoreSheet
from panels.rules import clause_of, rubric_of
from panels.scoring import answer_of
from panels.signals import panel_closed

CENT = Decimal("0.01")


@transaction.atomic
def close_panel(*, panel: Panel, actor: Any) -> Panel:
    """Consolidates the signed sheets of each item, closes the panel and takes back the right to score.

    Logged; `signals.panel_closed` tells the room whose things were judged, in the same transaction.
    Refused while a sheet is open, and where nobody was left to judge an item.
    """
    lock(panel)
    items = _items_with_sheets(panel)
    _check_complete(items)
    for item in items:
        signed = [sheet for sheet in item.sheets.all() if sheet.state == SheetState.SIGNED]
        item.outcome = _opinions(signed) if rubric_of(panel) is None else _scores(panel, item, signed)
        item.save(update_fields=["outcome"])
    perform(panel, "close", actor=actor, clause=clause_of(panel), closed_at=clock.now())
    for member in panel.members.select_related("expert__user"):
        remove_perm("panels.score", member.expert.user, panel)
    panel_closed.send(sender=Panel, panel=panel, actor=actor)
    return panel


def _items_with_sheets(panel: Panel) -> list[PanelItem]:
    sheets = ScoreSheet.objects.select_related("item__panel__profile", "member__expert__user")
    return list(panel.items.prefetch_related(Prefetch("sheets", queryset=sheets)))


def _check_complete(items: Sequence[PanelItem]) -> None:
    for item in items:
        states = [sheet.state for sheet in item.sheets.all()]
        waiting = states.count(SheetState.OPEN)
        if waiting:
            raise DomainError(f"“{item.title}”还有 {waiting} 份评审表未签署，不能结束评审。")
        if SheetState.SIGNED not in states:
            raise DomainError(f"“{item.title}”的专家均已回避，请先增补专家。")


def _opinions(signed: Sequence[ScoreSheet]) -> dict[str, Any]:
    """How many for and against; the majority's word, `tied` where there is none."""
    verdicts = [sheet.verdict for sheet in signed]
    for_, against = verdicts.count(Verdict.RECOMMEND), verdicts.count(Verdict.OPPOSE)
    verdict = "tied" if for_ == against else Verdict.RECOMMEND if for_ > against else Verdict.OPPOSE
    return {"recommend": for_, "oppose": against, "verdict": str(verdict)}


def _scores(panel: Panel, item: PanelItem, signed: Sequence[ScoreSheet]) -> dict[str, Any]:
    """The means over the signed sheets, as decimal strings with two places."""
    answers: list[RubricAnswer] = []
    for sheet in signed:
        sheet.item = item
        answer = answer_of(sheet)
        assert answer is not None
        answers.append(answer)
    base = _mean(answer.base for answer in answers)
    bonus = _mean(answer.bonus for answer in answers)
    lines = zip(*(answer.items for answer in answers), strict=True)
    kinds = sorted({key for sheet in signed for key in sheet.bonus})
    return {
        "points": {
            line[0].id: _text(_mean(scored.points or Decimal(0) for scored in line)) for line in lines
        },
        "bonus": {key: _text(_mean(Decimal(sheet.bonus.get(key, 0)) for sheet in signed)) for key in kinds},
        "base": _text(base),
        "total": _text(base + bonus),
        "graded_total": _text(graded_total(panel.profile.rules, base, bonus)),
    }


def _mean(values: Iterable[Decimal]) -> Decimal:
    numbers = list(values)
    return sum(numbers, Decimal(0)) / len(numbers)


def _text(value: Decimal) -> str:
    """Two places, cut and not rounded: a rounded mean could climb into a band that was not reached."""
    return str(value.quantize(CENT, ROUND_DOWN))
