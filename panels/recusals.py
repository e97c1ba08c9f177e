"""Who cannot judge what: experts tied to the units whose things are judged, and those who are away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from jurisdictions.engine.months import add_months
from panels.enums import TieKind
from panels.models import Expert, ExpertAbsence, ExpertTie

# How long a former employer counts. No text sets it; procurement practice has three years.
FORMER_YEARS = 3


class Recusal(NamedTuple):
    """One reason for which an expert does not judge what is this unit's; without a unit, anything."""

    unit: str
    reason: str


def recusals_of(
    experts: Iterable[Expert], units: Iterable[str], *, on: date, until: date | None = None
) -> Mapping[int, Sequence[Recusal]]:
    """Every reason, by expert (primary key); two queries. `on` to `until`: the days of the panel's work."""
    experts, names = list(experts), {same_name(unit): unit for unit in units}
    found: dict[int, list[Recusal]] = defaultdict(list)
    for expert in experts:
        if unit := names.get(same_name(expert.employer)):
            found[expert.pk].append(Recusal(unit, "现任职于该单位"))
    since = add_months(on, -12 * FORMER_YEARS)
    ties = ExpertTie.objects.filter(expert__in=experts, ended_at__isnull=True)
    for tie in ties.exclude(kind=TieKind.FORMER, until__lt=since):
        if unit := names.get(same_name(tie.unit_name)):
            found[tie.expert_id].append(Recusal(unit, _words(tie)))
    last = until or on
    away = ExpertAbsence.objects.filter(Q(begins_on__lte=last, ends_on__gte=on), expert__in=experts)
    for absence in away:
        days = f"{absence.begins_on:%-m月%-d日}至{absence.ends_on:%-m月%-d日}"
        found[absence.expert_id].append(Recusal("", f"{days}不能参加"))
    return found


def same_name(unit: str) -> str:
    """A unit's name without blanks and kinds of brackets, in which people write it differently."""
    return "".join(unit.split()).translate(str.maketrans("（）〔〕", "()[]")).casefold()


def _words(tie: ExpertTie) -> str:
    kind = TieKind(tie.kind)
    left = f"（{tie.until:%Y年%-m月}离职）" if tie.until and kind == TieKind.FORMER else ""
    return f"{kind.label}{left}"
