"""Until when the money must be spent, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jurisdictions.engine.months import anniversary
from jurisdictions.engine.schema.profile import Profile


@dataclass(frozen=True, slots=True)
class SpendAnswer:
    """`spend_by` None: the text names no day, or the one it counts from is not known."""

    spend_by: date | None
    in_time: bool | None
    rest: str | None
    """returned, carried_over or ask, once the time is over."""
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: str


REST = {"returned": "未用完的退回", "carried_over": "未用完的结转使用", "ask": "未用完的由主管部门决定"}


def spend_by(
    profile: Profile, *, paid: date | None = None, designated: date | None = None, on: date | None = None
) -> SpendAnswer:
    """The last day for spending the money, and whether `on` is in time."""
    rule = profile.expenditure.spend_by if profile.expenditure else None
    if rule is None:
        clauses = profile.expenditure.clauses if profile.expenditure else profile.validity.clauses
        return SpendAnswer(None, None, None, (), clauses, "文件没有规定使用期限。")
    article = profile.article(rule.clause)
    start = paid if rule.counted_from == "payment" else designated
    if start is None:
        wanted = "paid_on" if rule.counted_from == "payment" else "designated"
        told = f"起算日期不详，不能确定使用期限。依据{article}。"
        return SpendAnswer(None, None, None, (wanted,), rule.clauses, told)
    if rule.months is not None:
        last = anniversary(start, rule.months, profile.conventions.anniversary)
    else:
        last = date(start.year + (rule.year_end_offset or 0), 12, 31)
    in_time = None if on is None else on <= last
    rest = rule.unspent if in_time is False else None
    told = f"应在{last}前用完（含当日）{'，' + REST[rest] if rest else ''}。依据{article}。"
    return SpendAnswer(last, in_time, rest, () if on else ("spent_on",), rule.clauses, told)
