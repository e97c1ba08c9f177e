"""Nobody decides about what the page did not show: a result, a report or a list that changed since."""

from __future__ import annotations

from collections.abc import Mapping

from assessments.enums import AssessmentState
from assessments.models import Assessment, Cycle
from core import clock
from core.errors import EditConflict
from core.models import LogEntry

GIVES_A_RESULT = ("assessments.score", "assessments.take_points")


def check_shown(assessment: Assessment, revision: int) -> None:
    """Raises `EditConflict`, with what stands now, where the page was made from an older revision.

    The row is locked by the caller, so that nothing comes in between.
    """
    if revision != assessment.revision:
        raise EditConflict(
            f"本项考核在您打开本页之后有变动，{_stands_as(assessment)}。请核对后再办理，本次没有改动。"
        )


def _stands_as(assessment: Assessment) -> str:
    if assessment.draft:
        return "评分草稿已在别处保存"
    if assessment.state not in (AssessmentState.SCORED, AssessmentState.FINAL):
        return f"现为“{assessment.status.label}”"
    result = assessment.grade or f"{assessment.total} 分"
    last = LogEntry.history_of(assessment).filter(action__in=GIVES_A_RESULT).order_by("pk").last()
    told = f"（{last.actor_name}，{clock.local(last.at):%-m月%-d日 %H:%M}）" if last else ""
    return f"现结果为“{result}”{told}"


def revisions_of(cycle: Cycle) -> dict[int, int]:
    """The revision of everything that fixing the cycle now would make final."""
    scored = cycle.assessments.filter(state=AssessmentState.SCORED)
    return dict(scored.order_by("pk").values_list("pk", "revision"))


def check_list_shown(cycle: Cycle, seen: Mapping[int, int]) -> None:
    """Raises `EditConflict` with the stations whose result is not the one that the page showed."""
    now = revisions_of(cycle)
    changed = {pk for pk in {*now, *seen} if now.get(pk) != seen.get(pk)}
    if changed:
        rows = cycle.assessments.filter(pk__in=changed).select_related("station").order_by("pk")
        names = "、".join(row.station.name for row in rows)
        raise EditConflict(f"本批次在您打开本页之后有变动：{names}。请核对后再确定，本次没有改动。")
