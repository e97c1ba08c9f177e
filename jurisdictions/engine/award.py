"""The award: its tranches, and whether one of them is due. Whole yuan; the ledger turns them into fen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from jurisdictions.engine.answers import TrancheAnswer, TrancheCircumstances, TranchePlan
from jurisdictions.engine.months import anniversary
from jurisdictions.engine.obligations import construction_end
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
    OnDesignation,
    PeriodEndedAndAccepted,
    Tranche,
    YearsAndPerformsWell,
)


def award_plan(profile: Profile) -> tuple[TranchePlan, ...]:
    """The payments as the text plans them; empty where it grants none (a station's set-up in Shenzhen)."""
    if profile.award is None:
        return ()
    return tuple(
        TranchePlan(
            seq=t.seq,
            label=t.label,
            amount_yuan=t.amount_yuan,
            condition=t.condition.kind,
            clause=t.clause,
            explanation=f"{t.label}{t.amount_yuan}元。依据{profile.article(t.clause)}。",
            percent=t.percent,
        )
        for t in profile.award.tranches
    )


def tranche_state(profile: Profile, seq: int, known: TrancheCircumstances) -> TrancheAnswer:
    """Whether a payment is due, refused, not yet due, or for a person to decide.

    Raises KeyError for a tranche that the profile does not have.
    """
    tranche = _tranche(profile, seq)
    article = profile.article(tranche.clause)
    if known.revoked:
        return TrancheAnswer(
            "refused", None, f"已撤销资格，停止拨付后续资金。依据{article}。", tranche.clause
        )
    for refusal in tranche.refused_when:
        hit = next((y for y, g in known.grades.get(refusal.obligation, ()) if g in refusal.any_grade), None)
        if hit is not None:
            return TrancheAnswer(
                "refused",
                None,
                f"{hit}年评估{'、'.join(refusal.any_grade)}，{tranche.label}不予拨付。"
                f"依据{profile.article(refusal.clause)}。",
                refusal.clause,
            )
    answer = _CONDITIONS[type(tranche.condition)](profile, tranche, known)
    if answer.state == "due":
        answer = replace(answer, amount_yuan=tranche.amount_yuan)
        return _after_expiry(profile, answer, known.as_of)
    return answer


def _tranche(profile: Profile, seq: int) -> Tranche:
    for tranche in profile.award.tranches if profile.award else ():
        if tranche.seq == seq:
            return tranche
    raise KeyError(f"{profile.slug}: 没有第{seq}批资金")


def _after_expiry(profile: Profile, answer: TrancheAnswer, as_of: date) -> TrancheAnswer:
    """An expired text: whether rights under it live on is for the bureau and finance (reading G-8)."""
    rule = profile.validity
    if rule.end is None or as_of <= rule.end or rule.existing_stations == "accrued":
        return answer
    article = profile.article(rule.clause)
    if rule.existing_stations == "lapses":
        return replace(
            answer,
            state="refused",
            explanation=f"文件已于{rule.end}失效，不再拨付。依据{article}。",
            clause=rule.clause,
            amount_yuan=0,
        )
    return replace(
        answer,
        state="ask",
        explanation=f"{answer.explanation}但文件已于{rule.end}失效，须记录继续拨付的依据。依据{article}。",
        missing=(f"regulation_expired_{rule.end}",),
    )


def _on_designation(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    article = profile.article(tranche.clause)
    if known.as_of < known.designated:
        return TrancheAnswer("not_yet", known.designated, f"尚未认定。依据{article}。", tranche.clause)
    return TrancheAnswer(
        "due",
        known.designated,
        f"{known.designated}认定，{tranche.label}可以拨付。依据{article}。",
        tranche.clause,
    )


def _on_assessment(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """In its year, once that assessment is passed; a pass after rectification counts (GM-A8)."""
    condition = tranche.condition
    assert isinstance(condition, AssessmentPassed)
    article = profile.article(tranche.clause)
    earliest = _year_start(profile, condition, known.designated)
    rule = profile.obligation(condition.obligation)
    results = list(known.grades.get(condition.obligation, ()))
    if not results:
        return TrancheAnswer(
            "not_yet",
            earliest,
            f"{rule.label}尚无结果，合格后拨付。依据{article}。",
            tranche.clause,
            (condition.obligation,),
        )
    passing = {g.value for g in profile.assessment.grades if g.passing}
    first, last = results[0][1], results[-1][1]
    if first not in passing and condition.after_rectification == "refused":
        return TrancheAnswer(
            "refused", None, f"{rule.label}{first}，{tranche.label}不予拨付。依据{article}。", tranche.clause
        )
    if last not in passing:
        return TrancheAnswer(
            "not_yet",
            None,
            f"{rule.label}{last}，整改并经评估合格后方可拨付。依据{article}。",
            tranche.clause,
            (condition.obligation,),
        )
    if known.as_of < earliest:
        return TrancheAnswer(
            "not_yet",
            earliest,
            f"{rule.label}{last}，自{earliest}起可以拨付。依据{article}。",
            tranche.clause,
        )
    return TrancheAnswer(
        "due",
        earliest,
        f"{rule.label}{last}，{tranche.label}可以拨付。依据{article}。",
        tranche.clause,
        manual_confirm=first not in passing,
    )


def _year_start(profile: Profile, condition: AssessmentPassed, designated: date) -> date:
    if condition.counted_in == "calendar_years":
        return date(designated.year + condition.year_offset, 1, 1)
    return anniversary(designated, 12 * condition.year_offset, profile.conventions.anniversary)


def _on_acceptance(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """两年建设期满验收合格后: both, the period and the acceptance."""
    article = profile.article(tranche.clause)
    end = construction_end(profile, known.designated)
    if end is None or known.as_of < end:
        return TrancheAnswer(
            "not_yet", end, f"建设期至{end}，期满并验收合格后拨付。依据{article}。", tranche.clause
        )
    if known.acceptance is None:
        return TrancheAnswer(
            "not_yet", end, f"建设期已满，尚未验收。依据{article}。", tranche.clause, ("acceptance",)
        )
    if not known.acceptance:
        return TrancheAnswer(
            "refused", None, f"建设期满验收不合格，{tranche.label}不予拨付。依据{article}。", tranche.clause
        )
    return TrancheAnswer(
        "due", end, f"建设期{end}届满且验收合格，{tranche.label}可以拨付。依据{article}。", tranche.clause
    )


def _on_operation(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """The date, the continuity, and a recorded decision that the station performs well (YT-A9)."""
    condition = tranche.condition
    assert isinstance(condition, YearsAndPerformsWell)
    article = profile.article(tranche.clause)
    earliest = anniversary(known.designated, condition.months, profile.conventions.anniversary)
    if known.continuous is False:
        return TrancheAnswer("refused", None, f"未连续运转，不予奖励。依据{article}。", tranche.clause)
    if known.as_of < earliest:
        return TrancheAnswer(
            "not_yet",
            earliest,
            f"{earliest}起连续运转满{condition.months}个月。依据{article}。",
            tranche.clause,
        )
    if known.performs_well is False:
        return TrancheAnswer(
            "refused", None, f"未被认定为发挥作用好，不予奖励。依据{article}。", tranche.clause
        )
    missing = tuple(n for n in ("continuous", "performs_well") if getattr(known, n) is None)
    if missing:
        return TrancheAnswer(
            "ask",
            earliest,
            f"已满{condition.months}个月，须记录是否连续运转、是否发挥作用好的决定。依据{article}。",
            tranche.clause,
            missing,
        )
    return TrancheAnswer(
        "due",
        earliest,
        f"连续运转满{condition.months}个月且发挥作用好，{tranche.label}可以拨付。依据{article}。",
        tranche.clause,
    )


_CONDITIONS: dict[type, Callable[[Profile, Tranche, TrancheCircumstances], TrancheAnswer]] = {
    OnDesignation: _on_designation,
    AssessmentPassed: _on_assessment,
    PeriodEndedAndAccepted: _on_acceptance,
    YearsAndPerformsWell: _on_operation,
}
