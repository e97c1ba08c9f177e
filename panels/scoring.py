"""An expert's own sheet: saved while it is written, final once signed, given back on recusal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from core import clock
from core.errors import EditConflict, InputRefused, NotAllowed, Problem, StateConflict
from core.workflow import lock, perform
from deadlines.owing import meet
from jurisdictions.engine import AnswerProblem, RubricAnswer, ScoredItem, score_rubric
from panels.averaging import Criterion, rounded, weighted
from panels.enums import Method, PanelState, SheetState, Verdict
from panels.forming import SHEETS_OWED
from panels.models import Scheme, ScoreSheet, SheetVersion
from panels.permissions import can_score
from panels.rules import clause_of, facts_of
from panels.schemes import criteria_of, scheme_of


@transaction.atomic
def save_sheet(
    *,
    sheet: ScoreSheet,
    revision: int,
    actor: Any,
    verdict: str = "",
    comment: str = "",
    points: Mapping[str, Decimal] | None = None,
    bonus: Mapping[str, Decimal | int] | None = None,
) -> ScoreSheet:
    """Keeps what the expert has written so far; nothing is logged and nobody is told until it is signed.

    `revision` is the one the expert's page was made from: an older one is an `EditConflict`.
    Refused: not the expert's own, signed or recused, panel closed, points that the score sheet
    does not have or that exceed a line's maximum.
    """
    lock(sheet)
    _check_open(sheet, actor)
    if revision != sheet.revision:
        raise EditConflict("这份评审表已在别处保存过，请刷新后再改；您刚才填写的内容仍在本页。")
    sheet.verdict = verdict
    sheet.comment = comment.strip()
    sheet.points = {key: str(value) for key, value in (points or {}).items()}
    sheet.bonus = {key: str(value) for key, value in (bonus or {}).items()}
    answer = answer_of(sheet)
    if answer is not None and answer.problems:
        raise InputRefused(Problem(p.message, p.path, p.clause) for p in answer.problems)
    sheet.revision += 1
    sheet.saved_at = clock.now()
    sheet.save(update_fields=["verdict", "comment", "points", "bonus", "revision", "saved_at"])
    return sheet


@transaction.atomic
def sign_sheet(*, sheet: ScoreSheet, actor: Any) -> ScoreSheet:
    """Signs the sheet: locked from here on, kept as a version. Logged (that it was signed, not what it says).

    The expert's date is met once no sheet of the panel is open. Refused with each place named
    while something is missing.
    """
    lock(sheet)
    _check_open(sheet, actor)
    problems = missing_from(sheet)
    if problems:
        raise InputRefused(problems)
    perform(sheet, "sign", actor=actor, clause=clause_of(sheet.item.panel), signed_at=clock.now())
    keep_version(sheet)
    meet_when_done(sheet)
    return sheet


@transaction.atomic
def recuse_sheet(*, sheet: ScoreSheet, reason: str, actor: Any) -> ScoreSheet:
    """Steps back from one item, signed or not, as long as the panel is at work. Logged with the reason.

    What was written counts nowhere any more; what was signed can still be read as a version.
    """
    lock(sheet)
    _check_own(sheet, actor)
    perform(
        sheet,
        "recuse",
        actor=actor,
        reason=reason,
        verdict="",
        comment="",
        points={},
        bonus={},
        revision=sheet.revision + 1,
        signed_at=None,
    )
    meet_when_done(sheet)
    return sheet


def keep_version(sheet: ScoreSheet) -> SheetVersion:
    """The version of the signature that stands, kept now where it is not yet."""
    last: SheetVersion | None = sheet.versions.order_by("number").last()
    if last is not None and last.signed_at == sheet.signed_at:
        return last
    kept: SheetVersion = SheetVersion.objects.create(
        sheet=sheet,
        number=last.number + 1 if last else 1,
        verdict=sheet.verdict,
        points=sheet.points,
        bonus=sheet.bonus,
        comment=sheet.comment,
        signed_at=sheet.signed_at,
    )
    return kept


def missing_from(sheet: ScoreSheet) -> tuple[Problem, ...]:
    """What must still be filled in before the sheet can be signed."""
    problems = []
    answer = answer_of(sheet)
    if answer is None and sheet.verdict not in Verdict.values:
        problems.append(Problem("请选择评审结论。", "verdict"))
    if answer is not None:
        problems += [Problem(p.message, p.path, p.clause) for p in answer.problems]
        problems += [
            Problem(f"{item.label}：尚未评分。", f"points.{item.id}", item.id if answer.clause else "")
            for item in answer.items
            if item.points is None
        ]
    if answer is None and not sheet.comment:
        problems.append(Problem("请填写评审意见。", "comment"))
    return tuple(problems)


def answer_of(sheet: ScoreSheet) -> RubricAnswer | None:
    """The sheet added up, by the profile's score sheet or the bureau's; None where opinions are given."""
    panel = sheet.item.panel
    scheme = scheme_of(panel)
    if scheme.method == Method.OPINION:
        return None
    if scheme.method == Method.CRITERIA:
        return score_criteria(scheme, decimals(sheet.points))
    return score_rubric(
        panel.profile.rules, decimals(sheet.points), facts_of(sheet.item), decimals(sheet.bonus)
    )


def answer_of_version(version: SheetVersion, sheet: ScoreSheet) -> RubricAnswer | None:
    """A former version added up as the sheet itself is."""
    former = ScoreSheet(item=sheet.item, points=version.points, bonus=version.bonus)
    return answer_of(former)


def score_criteria(scheme: Scheme, points: Mapping[str, Decimal]) -> RubricAnswer:
    """A sheet of the bureau's own criteria added up: the total out of 100, shown as the scheme rounds.

    The mean of several sheets is made of the exact totals (`panels.averaging.weighted`), not of these.
    """
    criteria = criteria_of(scheme)
    known = {one.key for one in criteria}
    problems = [AnswerProblem(f"points.{key}", "评分表没有这一项。") for key in points if key not in known]
    items = []
    for one in criteria:
        given = points.get(one.key)
        accepted = given is None or 0 <= given <= one.max
        if not accepted:
            problems.append(AnswerProblem(f"points.{one.key}", f"{one.label}：应在 0 至 {one.max} 分之间。"))
        items.append(_scored(one, given if accepted else None, accepted))
    total = rounded(
        weighted(criteria, {i.id: i.points for i in items if i.points is not None}),
        scheme.decimals,
        scheme.rounding,
    )
    return RubricAnswer(
        items=tuple(items),
        base=total,
        bonus=Decimal(0),
        total=total,
        graded_total=total,
        complete=all(item.points is not None for item in items),
        problems=tuple(problems),
        clause="",
        explanation="各项得分除以满分，乘以权重后相加。",
    )


def _scored(criterion: Criterion, points: Decimal | None, accepted: bool) -> ScoredItem:
    why = f"满分 {criterion.max} 分，权重 {criterion.weight}%"
    return ScoredItem(criterion.key, criterion.label, criterion.max, points, accepted, True, why)


def decimals(stored: Mapping[str, str]) -> dict[str, Decimal]:
    """Points as stored (decimal strings) as numbers."""
    try:
        return {key: Decimal(value) for key, value in stored.items()}
    except InvalidOperation as error:
        raise ValueError(f"not a number among the stored points: {stored}") from error


def _check_open(sheet: ScoreSheet, actor: Any) -> None:
    _check_own(sheet, actor)
    if sheet.state != SheetState.OPEN:
        raise StateConflict(f"评审表{sheet.status.label}，不能再修改。")


def _check_own(sheet: ScoreSheet, actor: Any) -> None:
    if not can_score(actor, sheet):
        raise NotAllowed("这不是您的评审表。")
    if sheet.item.panel.state != PanelState.SCORING:
        raise StateConflict("评审已结束，不能再修改。")


def meet_when_done(sheet: ScoreSheet) -> None:
    """The expert owes nothing more once none of the own sheets of this panel is open."""
    panel, expert = sheet.item.panel, sheet.member.expert
    if not ScoreSheet.objects.filter(member=sheet.member, state=SheetState.OPEN).exists():
        meet(subject=panel, kind=SHEETS_OWED, period=str(expert.pk))
