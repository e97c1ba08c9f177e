"""The pot of a draw: who can be drawn to judge what, who cannot, and every reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q

from core import clock
from panels.enums import ExpertLevel, PanelState, SheetState
from panels.models import Draw, Expert
from panels.recusals import recusals_of


class Limits(NamedTuple):
    """Who else stays out, as the organiser sets it: below a level, with much in hand, of other fields."""

    least_level: int | None = None
    most_waiting: int | None = None
    field: str = ""


NO_LIMITS = Limits()


def limits_of(draw: Draw) -> Limits:
    """The limits of a draw that was fixed."""
    return Limits(**{name: getattr(draw, name) for name in Limits._fields})


def limit_words(limits: Limits) -> list[str]:
    """The limits as a page says them."""
    words = []
    if limits.least_level is not None:
        words.append(f"{ExpertLevel(limits.least_level).label}以上")
    if limits.field:
        words.append(f"专业领域含“{limits.field}”")
    if limits.most_waiting is not None:
        words.append(f"手头待签署不超过 {limits.most_waiting} 份")
    return words


def pot_of(
    units: Sequence[str], *, until: date | None, limits: Limits = NO_LIMITS
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Who can be drawn to judge what is these units', and who cannot, each with the reasons."""
    at_work = Q(seats__sheets__state=SheetState.OPEN, seats__panel__state=PanelState.SCORING)
    register = Expert.objects.filter(is_active=True).annotate(waiting=Count("seats__sheets", filter=at_work))
    experts = list(register.select_related("user").order_by("pk"))
    recusals = recusals_of(experts, units, on=clock.today(), until=until)
    candidates, excluded = [], []
    for expert in experts:
        row = {
            "key": str(expert.pk),
            "expert": expert.pk,
            "name": str(expert.user),
            "employer": expert.employer,
        }
        reasons = [f"{r.unit}：{r.reason}" if r.unit else r.reason for r in recusals.get(expert.pk, ())]
        reasons += _beyond(expert, limits)
        if reasons:
            excluded.append(row | {"reasons": reasons})
        else:
            candidates.append(row)
    return candidates, excluded


def _beyond(expert: Any, limits: Limits) -> Iterable[str]:
    if limits.least_level is not None and (expert.level or 0) < limits.least_level:
        needed = ExpertLevel(limits.least_level).label
        yield f"级别低于{needed}" if expert.level else f"没有登记级别，本次要求{needed}以上"
    if limits.most_waiting is not None and expert.waiting > limits.most_waiting:
        yield f"手头待签署 {expert.waiting} 份，超过 {limits.most_waiting} 份"
    if limits.field and limits.field.casefold() not in expert.trades.casefold():
        yield f"专业领域不含“{limits.field}”"
