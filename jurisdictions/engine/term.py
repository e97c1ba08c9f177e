"""For how long a designation holds, and whether it may be renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jurisdictions.engine.months import add_months, anniversary
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import Renewal
from jurisdictions.engine.values import say_day


@dataclass(frozen=True, slots=True)
class TermAnswer:
    """`expires_on` None: it holds until it is ended. `in_force` and `renewable` None: not known."""

    expires_on: date | None
    in_force: bool | None
    renewal_opens: date | None
    renewable: bool | None
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]


def term_of(
    profile: Profile,
    begun: date,
    *,
    as_of: date | None = None,
    renewals: int = 0,
    last_grade: str | None = None,
) -> TermAnswer:
    """The term of a designation, or of its last renewal, that began on `begun`.

    The last day belongs to the term. `renewals`: how often it has been renewed by then.
    """
    rule = profile.term
    if rule is None:
        told = "文件没有规定有效期，认定有效至撤销或者注销。"
        return TermAnswer(None, True, None, None, (), profile.designation.clauses, (told,))
    last = anniversary(begun, rule.months, profile.conventions.anniversary)
    if rule.ends == "year_end":
        last = date(last.year, 12, 31)
    in_force = None if as_of is None else begun <= as_of <= last
    article = profile.article(rule.clause)
    words = [f"自{say_day(begun)}起{rule.months}个月，有效至{say_day(last)}（含当日）。依据{article}。"]
    if rule.renewal is None:
        words.append(f"文件没有规定续期。依据{article}。")
        return TermAnswer(last, in_force, None, False, (), rule.clauses, tuple(words))
    opens = add_months(last, -rule.renewal.opens_months_before)
    renewable, missing, why = _renewable(rule.renewal, opens, last, as_of, renewals, last_grade)
    words.append(f"{say_day(opens)}起可以申请续期；{why}。依据{article}。")
    return TermAnswer(last, in_force, opens, renewable, missing, rule.clauses, tuple(words))


def _renewable(
    rule: Renewal, opens: date, last: date, as_of: date | None, renewals: int, grade: str | None
) -> tuple[bool | None, tuple[str, ...], str]:
    """Whether it may be renewed on the day; the bars are looked at first, so that no gap hides one."""
    if rule.times is not None and renewals >= rule.times:
        return False, (), f"最多续期{rule.times}次，已续期{renewals}次"
    if rule.grades and grade is not None and grade not in rule.grades:
        return False, (), f"最近一次考核{grade}，不能续期"
    if as_of is not None and as_of < opens:
        return False, (), "尚未到申请时间"
    if as_of is not None and as_of > last:
        return (False, (), "已经期满") if rule.late == "refused" else (None, (), "已经期满，由主管部门决定")
    missing = tuple(
        name
        for name, lacks in (("as_of", as_of is None), ("last_grade", bool(rule.grades) and grade is None))
        if lacks
    )
    return (None, missing, "尚缺事实，不能判断") if missing else (True, (), "可以续期")
