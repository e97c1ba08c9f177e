"""Whether the text is in force on a day, as far as the text itself says so."""

from __future__ import annotations

from datetime import date, timedelta

from jurisdictions.engine.answers import ValidityAnswer, ValidityStatus
from jurisdictions.engine.months import add_months
from jurisdictions.engine.schema.profile import Profile, Validity
from jurisdictions.engine.values import say_day


def validity_on(
    profile: Profile,
    on: date,
    *,
    decided_on: date | None = None,
    entered_from: date | None = None,
    entered_to: date | None = None,
) -> ValidityAnswer:
    """The status on a day.

    `entered_from` and `entered_to` are what the bureau has entered, with its source, where the text is
    silent; a date that the text gives is never overruled by them. `decided_on` asks about an application
    that was filed on `on` and is decided later (reading G-6).
    """
    rule = profile.validity
    start = rule.start or entered_from
    end = end_of(rule, start) or entered_to
    status = _status(rule, on, start, end)
    reason, judged = "", on
    if status == "in_force" and decided_on is not None and _status(rule, decided_on, start, end) == "expired":
        if rule.decided_after_expiry == "ask":
            status, reason = "undetermined", "filed_in_force_decided_after_expiry"
        elif rule.decided_after_expiry == "decision_date":
            status, judged = "expired", decided_on
    warning = rule.warning if status == "in_force" and end is None else ""
    clause = (rule.start_clause or rule.clause) if status == "not_yet" else rule.clause
    return ValidityAnswer(
        status=status,
        in_force={"in_force": True, "undetermined": None}.get(status, False),
        from_=start,
        to=end,
        clause=clause,
        explanation=_explain(profile, status, judged, start, end, reason),
        warning=warning,
        reason=reason,
    )


def end_of(rule: Validity, start: date | None) -> date | None:
    """The end that the text gives: a day, or so many years after its start."""
    return rule.end or _end_of_length(rule, start)


def _end_of_length(rule: Validity, start: date | None) -> date | None:
    """The last day of a text that ends so many years after its start."""
    if rule.length_years is None or start is None:
        return None
    return add_months(start, 12 * rule.length_years) - timedelta(days=1)


def _status(rule: Validity, on: date, start: date | None, end: date | None) -> ValidityStatus:
    if end is not None and (on > end or (on == end and not rule.end_inclusive)):
        return "expired"
    if start is not None:
        return "not_yet" if on < start else "in_force"
    if rule.start_year is not None:
        last_year = rule.start_year + rule.length_years if rule.length_years else None
        if last_year is not None and on.year >= last_year:
            return "undetermined" if on.year == last_year else "expired"
        if on.year == rule.start_year:
            return "undetermined"  # the day within the year of issue is not in the text
        return "not_yet" if on.year < rule.start_year else "in_force"
    return "undetermined"


def _last(rule: Validity, end: date | None) -> str:
    """The end in words; a reading may shut that day itself out (GM-A2)."""
    return say_day(end) if rule.end_inclusive else f"{say_day(end)}（不含当日）"


def _explain(
    profile: Profile, status: ValidityStatus, on: date, start: date | None, end: date | None, reason: str
) -> str:
    article = profile.article(profile.validity.clause)
    if reason:
        return (
            f"申报时有效，作出决定时文件已失效（有效期至{_last(profile.validity, end)}），"
            f"须由主管部门决定并记录依据。依据{article}。"
        )
    match status:
        case "in_force":
            until = (
                f"有效期至{_last(profile.validity, end)}" if end else "未规定有效期，请每年核实是否仍然有效"
            )
            return f"{say_day(on)}处于有效期内，{until}。依据{article}。"
        case "expired":
            until = (
                f"有效期至{_last(profile.validity, end)}"
                if end
                else f"施行满{profile.validity.length_years}年失效"
            )
            return f"文件{until}，{say_day(on)}已失效。依据{article}。"
        case "not_yet":
            begins = f"自{say_day(start)}起" if start else f"自{profile.validity.start_year}年"
            return f"文件{begins}施行，{say_day(on)}尚未施行。依据{article}。"
        case _:
            wanted = "须由管理员录入施行日期和有效期并注明来源"
            return f"文本不能确定{say_day(on)}是否有效，{wanted}。依据{article}。"
