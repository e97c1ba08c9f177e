"""Closing a panel: every sheet is in, and what came out is written down for each item."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from guardian.shortcuts import remove_perm

from core import clock
from core.errors import DomainError
from core.workflow import lock, perform
from panels.discussing import undiscussed
from panels.models import Panel, ScoreSheet
from panels.reopening import waiting_reopenings
from panels.results import check_complete, items_with_sheets, ranks_of, results_of
from panels.rules import clause_of
from panels.schemes import scheme_of
from panels.signals import panel_closed
from panels.visiting import unsigned_in


@transaction.atomic
def close_panel(*, panel: Panel, actor: Any) -> Panel:
    """Consolidates the signed sheets of each item by the panel's scheme, ranks the items, closes the panel.

    The right to score ends. Logged; `signals.panel_closed` tells the room whose things were judged, in the
    same transaction. Refused while a sheet is open or asked back or a record of a visit is not signed, where
    nobody was left to judge an item, and where sheets lie further apart than the scheme allows and were not
    discussed as they stand.
    """
    lock(panel)
    # A signature, a recusal or a reopening that is under way comes before or after: never behind the result.
    list(ScoreSheet.objects.filter(item__panel=panel).order_by("pk").select_for_update(of=("self",)))
    items = items_with_sheets(panel)
    check_complete(items)
    results = results_of(panel, items)
    if asked := waiting_reopenings(panel).first():
        raise DomainError(f"“{asked.sheet.item.title}”有一份评审表待批准退回重评，请先办理。")
    if open_ := unsigned_in(panel).select_related("item").first():
        raise DomainError(f"“{open_.item.title}”的实地考察记录还有人未签署，请签署或者作废后再结束评审。")
    if left := undiscussed(scheme_of(panel), results):
        names = "、".join(f"“{result.item.title}”" for result in left)
        raise DomainError(f"{names}的评审意见分歧超过方案的规定，请先记录合议。")
    for result, rank in zip(results, ranks_of(results), strict=True):
        result.item.outcome, result.item.rank = result.outcome, rank
        result.item.save(update_fields=["outcome", "rank"])
    perform(panel, "close", actor=actor, clause=clause_of(panel), closed_at=clock.now())
    for member in panel.members.select_related("expert__user"):
        remove_perm("panels.score", member.expert.user, panel)
    panel_closed.send(sender=Panel, panel=panel, actor=actor)
    return panel
