"""Putting off an obligation: whether it may be, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from jurisdictions.engine.months import add_months
from jurisdictions.engine.operators import Circumstances, passes
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.questions import Extension
from jurisdictions.engine.schema.station import ObligationRule
from jurisdictions.engine.schema.tree import Test
from jurisdictions.engine.values import say_day


@dataclass(frozen=True, slots=True)
class ExtensionAnswer:
    """`allowed` None: something is not known, or a person must say (`missing`).

    `new_due_date` only where it is allowed and the original due day is known. `override_possible`: too long,
    but the limit is soft, so that a recorded decision may go beyond it.
    """

    allowed: bool | None
    new_due_date: date | None
    override_possible: bool
    clause: str
    explanation: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reading: str | None = None


def extensions(profile: Profile) -> Mapping[str, ObligationRule]:
    """Task -> the obligation that it puts off; empty where the text knows no postponement."""
    return {rule.extension.task: rule for rule in profile.obligations if rule.extension is not None}


def ask_extension(
    profile: Profile,
    rule: ObligationRule,
    *,
    due: date | None,
    months: int | None,
    reason: str | None,
    written: bool | None,
) -> ExtensionAnswer:
    """Whether the obligation may be put off by so many months, counted from its original due day."""
    extension = rule.extension
    if extension is None:
        raise ValueError(f"{rule.name} cannot be put off")
    article = profile.article(extension.clause)
    verdicts = [
        _written(extension, written),
        _reason(extension, reason),
        _length(profile, extension, months),
    ]
    said = [verdict for verdict, _, _ in verdicts]
    allowed = False if False in said else None if None in said else True
    too_long = said[2] is False
    new_due = _later(profile, due, months) if allowed and due is not None and months is not None else None
    words = [f"{text}。依据{article}。" for _, text, _ in verdicts]
    if new_due is not None:
        words.append(f"自原截止日{say_day(due)}延长{months}个月，至{say_day(new_due)}。依据{article}。")
    return ExtensionAnswer(
        allowed=allowed,
        new_due_date=new_due,
        override_possible=too_long and extension.limit == "soft" and False not in said[:2],
        clause=extension.clause,
        explanation=tuple(words),
        missing=tuple(name for _, _, name in verdicts if name),
        reading=extension.reading,
    )


def _later(profile: Profile, due: date, months: int) -> date:
    """The last day of so many months after the due day: the day of the same number, or the one before (G-7).

    A period that ends at 24:00 of that day has it as its last day, too.
    """
    day = add_months(due, months)
    return day - timedelta(days=1) if profile.conventions.anniversary == "day_before" else day


Verdict = tuple[bool | None, str, str | None]


def _written(extension: Extension, written: bool | None) -> Verdict:
    if not extension.written:
        return True, "不要求书面申请", None
    if written is None:
        return None, "未知是否提出书面申请", "written"
    return written, "已提出书面申请" if written else "须提出书面申请", None


def _reason(extension: Extension, reason: str | None) -> Verdict:
    if reason is None:
        return None, "未知延期事由", "reason"
    for known in extension.reasons:
        if known.value == reason:
            return True, f"事由为{known.label}", None
    if extension.unlisted == "refused":
        return False, "事由不在列明范围内", None
    return None, "事由未列明，须由主管部门决定", "administrator_decision_on_reason"


def _length(profile: Profile, extension: Extension, months: int | None) -> Verdict:
    if months is None:
        return None, "未知申请延长的月数", "requested_months"
    limit = Test(at_most=Decimal(extension.max_months))
    within = passes(limit, Decimal(months), Circumstances({}, None, conventions=profile.conventions))
    soft = "，超出须有记录在案的决定" if not within and extension.limit == "soft" else ""
    kind = "一般不超过" if extension.limit == "soft" else "不超过"
    return within, f"申请延长{months}个月，{kind}{extension.max_months}个月{soft}", None
