"""What the signed sheets of an item come to, and who comes first.

One way for every panel: the scheme says how sheets become one figure and what tells equals apart; what a
sheet is worth by itself, the regulation's score sheet, the bureau's criteria or the expert's opinion say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, QuerySet

from core.errors import DomainError
from jurisdictions.engine import RubricAnswer, graded_total
from panels.averaging import Average, Marks, average, ranks, rounded, weighted
from panels.enums import Mean, Method, SheetState, TieRule, Verdict
from panels.models import Panel, PanelItem, Scheme, ScoreSheet
from panels.schemes import criteria_of, scheme_of
from panels.scoring import answer_of, decimals

BASE, BONUS = "base", "bonus"
# How a kind of bonus is named among the lines of a sheet.
KIND = "bonus."


@dataclass(frozen=True, slots=True)
class Result:
    """What the signed sheets of one item come to; `average` and `answers` are of sheets with points."""

    item: PanelItem
    signed: tuple[ScoreSheet, ...]
    answers: dict[int, RubricAnswer]
    average: Average | None
    outcome: dict[str, Any]
    # Greater is better; what is equal shares its place.
    order: tuple[Any, ...]


def items_with_sheets(panel: Panel, items: QuerySet[PanelItem] | None = None) -> list[PanelItem]:
    """What the panel still judges, or these items of it, with all sheets, in a constant number of queries."""
    sheets = ScoreSheet.objects.select_related("member__expert__user").order_by("member_id")
    chosen = panel.items.filter(dropped_at__isnull=True) if items is None else items
    items = list(chosen.prefetch_related(Prefetch("sheets", queryset=sheets), "subject"))
    for item in items:
        item.panel = panel
        for sheet in item.sheets.all():
            sheet.item = item
    return items


def check_complete(items: Sequence[PanelItem]) -> None:
    """Refuses while a sheet is open, and where nobody is left who has judged an item."""
    for item in items:
        states = [sheet.state for sheet in item.sheets.all()]
        waiting = states.count(SheetState.OPEN)
        if waiting:
            raise DomainError(f"“{item.title}”还有 {waiting} 份评审表未签署，不能结束评审。")
        if SheetState.SIGNED not in states:
            raise DomainError(f"“{item.title}”的专家均已回避，请先增补专家。")


def results_of(panel: Panel, items: Sequence[PanelItem]) -> list[Result]:
    """What the signed sheets of these items come to now; items without any are left out."""
    scheme = scheme_of(panel)
    found = []
    for item in items:
        signed = tuple(sheet for sheet in item.sheets.all() if sheet.state == SheetState.SIGNED)
        if signed:
            counted = _opinions if scheme.method == Method.OPINION else _scores
            found.append(counted(scheme, item, signed))
    return found


def ranks_of(results: Sequence[Result]) -> list[int]:
    """The place of each among them, by the scheme's rule for equals."""
    return ranks([result.order for result in results])


def why_words(scheme: Scheme, result: Result) -> str:
    """How the figure came about, for people: how many sheets count, which were left out and why."""
    mean = result.average
    if mean is None:
        return ""
    totals = {sheet.pk: sheet for sheet in result.signed}
    if mean.highest is None or mean.lowest is None:
        few = f"，不满 {scheme.trim_from} 份，不去掉最高分和最低分" if scheme.trim_from else ""
        return f"{len(result.signed)} 份评审表取平均{few}。"
    ends = "、".join(
        f"{word} {result.answers[key].graded_total} 分（{totals[key].member.expert.user}）"
        for word, key in (("最高分", mean.highest), ("最低分", mean.lowest))
    )
    return f"共 {len(result.signed)} 份，按方案去掉{ends}，其余 {len(mean.kept)} 份取平均。"


def _opinions(scheme: Scheme, item: PanelItem, signed: tuple[ScoreSheet, ...]) -> Result:
    """How many for and against; the majority's word, `tied` where there is none."""
    verdicts = [sheet.verdict for sheet in signed]
    for_, against = verdicts.count(Verdict.RECOMMEND), verdicts.count(Verdict.OPPOSE)
    verdict = "tied" if for_ == against else Verdict.RECOMMEND if for_ > against else Verdict.OPPOSE
    outcome = {"recommend": for_, "oppose": against, "verdict": str(verdict)}
    return Result(item, signed, {}, None, outcome, (Fraction(for_, len(signed)),))


def _scores(scheme: Scheme, item: PanelItem, signed: tuple[ScoreSheet, ...]) -> Result:
    """The means over the sheets that count, as decimal strings; which sheets were left out stands beside."""
    answers = {sheet.pk: answer for sheet in signed if (answer := answer_of(sheet)) is not None}
    kinds = sorted({key for sheet in signed for key in sheet.bonus})
    by_criteria = scheme.method == Method.CRITERIA
    marks = [
        _criteria_marks(scheme, sheet) if by_criteria else _marks(sheet, answers[sheet.pk], kinds)
        for sheet in signed
    ]
    mean = average(marks, trim_from=scheme.trim_from if scheme.mean == Mean.TRIMMED else None)

    def shown(value: Fraction | Decimal) -> str:
        return str(rounded(value, scheme.decimals, scheme.rounding))

    if by_criteria:
        exact: Fraction | Decimal = mean.total
        base = whole = shown(exact)
    else:
        first, extra = _decimal(mean.lines[BASE]), _decimal(mean.lines[BONUS])
        exact = graded_total(item.panel.profile.rules, first, extra)
        base, whole = shown(first), shown(first + extra)
    total = shown(exact)
    ids = [line.id for line in next(iter(answers.values())).items]
    outcome: dict[str, Any] = {
        "points": {key: shown(mean.lines[key]) for key in ids},
        "bonus": {key: shown(mean.lines[KIND + key]) for key in kinds},
        "base": base,
        "total": whole,
        "graded_total": total,
    }
    if mean.highest is not None:
        outcome["dropped"] = {"highest": mean.highest, "lowest": mean.lowest}
    if scheme.pass_mark is not None:
        enough = Decimal(total) >= scheme.pass_mark
        outcome["verdict"] = str(Verdict.RECOMMEND if enough else Verdict.OPPOSE)
    order = (Decimal(total), *_among_equals(scheme, Fraction(exact), mean, ids))
    return Result(item, signed, answers, mean, outcome, order)


def _among_equals(scheme: Scheme, exact: Fraction, mean: Average, ids: Iterable[str]) -> tuple[Fraction, ...]:
    match scheme.ties:
        case TieRule.EXACT:
            return (exact,)
        case TieRule.FULL_MEAN:
            return (mean.full_mean,)
        case TieRule.CRITERIA:
            return tuple(mean.lines[key] for key in ids)
    return ()


def _criteria_marks(scheme: Scheme, sheet: ScoreSheet) -> Marks:
    points = decimals(sheet.points)
    lines = {one.key: Fraction(points[one.key]) for one in criteria_of(scheme)}
    return Marks(sheet.pk, weighted(criteria_of(scheme), points), lines)


def _marks(sheet: ScoreSheet, answer: RubricAnswer, kinds: Sequence[str]) -> Marks:
    """A sheet by the regulation: its total is the one that grades are read from."""
    lines = {line.id: Fraction(line.points or 0) for line in answer.items}
    lines |= {KIND + key: Fraction(Decimal(sheet.bonus.get(key, 0))) for key in kinds}
    lines |= {BASE: Fraction(answer.base), BONUS: Fraction(answer.bonus)}
    return Marks(sheet.pk, Fraction(answer.graded_total), lines)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
