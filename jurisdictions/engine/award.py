"""The award: its tranches, and whether one of them is due. Whole yuan; the ledger turns them into fen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from jurisdictions.engine.answers import (
    Consequence,
    GradeRecord,
    TrancheAnswer,
    TrancheCircumstances,
    TranchePlan,
)
from jurisdictions.engine.assessment import assessment_of, consequences_of
from jurisdictions.engine.months import anniversary
from jurisdictions.engine.obligations import construction_end
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import (
    AssessmentPassed,
    AtConstructionEnd,
    OnceWindow,
    OnDesignation,
    PeriodEndedAndAccepted,
    Tranche,
    YearsAndPerformsWell,
)
from jurisdictions.engine.validity import end_of
from jurisdictions.engine.values import say_day


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
            condition_name=t.condition.name or t.condition.kind,
            clauses=t.clauses,
        )
        for t in profile.award.tranches
    )


def tranche_windows(profile: Profile, designated: date) -> dict[int, tuple[date, date]]:
    """The year in which each payment falls that the text binds to a year of the station's life: both days."""
    windows = {}
    for tranche in profile.award.tranches if profile.award else ():
        if isinstance(tranche.condition, AssessmentPassed) and tranche.condition.year_offset:
            start = _year_start(profile, tranche.condition, designated)
            following = tranche.condition.model_copy(
                update={"year_offset": tranche.condition.year_offset + 1}
            )
            windows[tranche.seq] = (start, _year_start(profile, following, designated) - timedelta(days=1))
    return windows


def tranche_state(profile: Profile, seq: int, known: TrancheCircumstances) -> TrancheAnswer:
    """Whether a payment is due, refused, not yet due, or for a person to decide.

    Raises KeyError for a tranche that the profile does not have.
    """
    tranche = _tranche(profile, seq)
    answer = _ended(profile, tranche, known) or _CONDITIONS[type(tranche.condition)](profile, tranche, known)
    if answer.state != "due":
        return _cited(tranche, answer)
    answer = _paid(profile, tranche, known, replace(answer, amount_yuan=tranche.amount_yuan))
    unsaid: list[str] = [n for n in ("paid_yuan", "tranche_paid") if n in known.unknown]
    unsaid += [name for name in _grades_asked(profile, tranche) if name in known.unknown]
    if answer.state == "due" and unsaid:
        answer = replace(
            answer,
            state="ask",
            missing=tuple(unsaid),
            explanation=f"{tranche.label}：是否已付过、历次评估结果尚不清楚，须先核实。"
            f"依据{profile.article(tranche.clause)}。",
        )
    if answer.state == "due":
        answer = _after_expiry(profile, answer, known.as_of)
    return _cited(tranche, answer)


def _cited(tranche: Tranche, answer: TrancheAnswer) -> TrancheAnswer:
    """The answer with every clause it rests on: its own, then those of the payment."""
    return replace(answer, clauses=tuple(dict.fromkeys((answer.clause, *answer.clauses, *tranche.clauses))))


def _tranche(profile: Profile, seq: int) -> Tranche:
    for tranche in profile.award.tranches if profile.award else ():
        if tranche.seq == seq:
            return tranche
    raise KeyError(f"{profile.slug}: 没有第{seq}批资金")


def _ended(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer | None:
    """What ends the claim whatever it waits for: revocation, a lapsed text, a failing grade, payment."""
    if known.revoked:
        # Whether the text itself stops the money, its chapter on revocation says.
        stop = profile.revocation if profile.revocation and profile.revocation.stop_funding else None
        clause = stop.clause if stop else tranche.clause
        return TrancheAnswer(
            "refused",
            None,
            f"已撤销，停止拨付后续资金。依据{profile.article(clause)}。",
            clause,
            stop_remaining=stop is not None,
        )
    if profile.validity.existing_stations == "lapses" and _expired(profile, known.as_of):
        rule = profile.validity
        told = f"文件有效期至{say_day(_end(profile))}，已失效，不再拨付。依据{profile.article(rule.clause)}。"
        return TrancheAnswer("refused", None, told, rule.clause)
    for consequence in _refusals_by_grade(profile, tranche, known):
        return TrancheAnswer("refused", None, consequence.explanation, consequence.clause)
    for refusal in tranche.refused_when:
        hit = next((y for y, g in known.grades.get(refusal.obligation, ()) if g in refusal.any_grade), None)
        if hit is not None:
            return TrancheAnswer(
                "refused",
                None,
                f"{assessment_of(profile, hit)}为{'、'.join(refusal.any_grade)}，"
                f"{tranche.label}不予拨付。"
                f"依据{profile.article(refusal.clause)}。",
                refusal.clause,
            )
    if known.tranche_paid:
        article = profile.article(tranche.clause)
        return TrancheAnswer(
            "refused", None, f"{tranche.label}已经付过，只付一次。依据{article}。", tranche.clause
        )
    return None


def _refusals_by_grade(
    profile: Profile, tranche: Tranche, known: TrancheCircumstances
) -> Iterator[Consequence]:
    """What the grades bring about for this payment; the second of a year is that of looking again."""
    for graded in known.grades.values():
        years: set[Any] = set()
        records = []
        for year, grade in graded:
            records.append(GradeRecord(year, grade, after_rectification=year in years))
            years.add(year)
        for found in consequences_of(profile, records):
            if found.effect == "refuse_tranche" and found.tranche == tranche.seq:
                yield found


def _grades_asked(profile: Profile, tranche: Tranche) -> tuple[str, ...]:
    """The obligations whose grades may refuse this payment."""
    named = [refusal.obligation for refusal in tranche.refused_when]
    rules = profile.assessment.consequences
    if any(rule.effect == "refuse_tranche" and rule.tranche == tranche.seq for rule in rules):
        named += [rule.name for rule in profile.obligations if rule.kind == "assessment"]
    return tuple(dict.fromkeys(named))


def _paid(
    profile: Profile, tranche: Tranche, known: TrancheCircumstances, answer: TrancheAnswer
) -> TrancheAnswer:
    """What has been paid counts for the earlier payments first; what is left of this one is due."""
    assert profile.award is not None
    planned = sum(t.amount_yuan for t in profile.award.tranches if t.seq <= tranche.seq)
    owed = min(tranche.amount_yuan, planned - known.paid_yuan)
    if owed == tranche.amount_yuan:
        return answer
    article = profile.article(tranche.clause)
    if owed <= 0:
        told = f"已付{known.paid_yuan}元，{tranche.label}已经付清，不重复拨付。依据{article}。"
        return TrancheAnswer("refused", None, told, tranche.clause)
    told = f"已付{known.paid_yuan}元，{tranche.label}尚余{owed}元，须经确认。依据{article}。"
    return replace(answer, amount_yuan=owed, manual_confirm=True, explanation=told)


def _after_expiry(profile: Profile, answer: TrancheAnswer, as_of: date | None) -> TrancheAnswer:
    """An expired text: whether rights under it live on is for the bureau and finance (reading G-8)."""
    rule = profile.validity
    if rule.existing_stations == "accrued" or not _expired(profile, as_of):
        return answer
    article = profile.article(rule.clause)
    end = _end(profile)
    reason = f"regulation_expired_{end}"
    return replace(
        answer,
        state="ask",
        explanation=f"{answer.explanation}但文件有效期至{say_day(end)}，已失效，须记录继续拨付的依据。依据{article}。",
        missing=(reason,),
        clauses=(*answer.clauses, rule.clause),
        manual_reason=reason,
    )


def _end(profile: Profile) -> date | None:
    return end_of(profile.validity, profile.validity.start)


def _expired(profile: Profile, as_of: date | None) -> bool:
    """Whether the text is past its last day."""
    end = _end(profile)
    if end is None or as_of is None:
        return False
    return as_of > end or (as_of == end and not profile.validity.end_inclusive)


def _reached(as_of: date | None, earliest: date) -> bool | None:
    """Whether a day has come; None while the day of the question is not known."""
    return None if as_of is None else as_of >= earliest


def _ask(tranche: Tranche, earliest: date | None, why: str, *missing: str) -> TrancheAnswer:
    return TrancheAnswer("ask", earliest, why, tranche.clause, missing)


def _undated(profile: Profile, tranche: Tranche) -> TrancheAnswer:
    article = profile.article(tranche.clause)
    return _ask(
        tranche, None, f"认定日期不详，不能判断{tranche.label}能否拨付。依据{article}。", "designated"
    )


def _on_designation(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """On the day of designation, or from the beginning of a later year."""
    condition, article = tranche.condition, profile.article(tranche.clause)
    assert isinstance(condition, OnDesignation)
    if known.designated is None:
        return _undated(profile, tranche)
    earliest = known.designated
    if condition.year_offset:
        earliest = date(known.designated.year + condition.year_offset, 1, 1)
    come = _reached(known.as_of, earliest)
    if come is None and condition.year_offset:
        return _ask(
            tranche, earliest, f"自{say_day(earliest)}起可以拨付，询问日期不详。依据{article}。", "as_of"
        )
    if come is False:
        words = "尚未认定" if earliest == known.designated else f"自{say_day(earliest)}起可以拨付"
        return TrancheAnswer("not_yet", earliest, f"{words}。依据{article}。", tranche.clause)
    told = f"{say_day(known.designated)}认定，{tranche.label}可以拨付。依据{article}。"
    return TrancheAnswer("due", earliest, told, tranche.clause)


def _on_assessment(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """In its year, once that assessment is passed; a pass after rectification counts (GM-A8)."""
    condition, article = tranche.condition, profile.article(tranche.clause)
    assert isinstance(condition, AssessmentPassed)
    rule = profile.obligation(condition.obligation)
    earliest = None if known.designated is None else _year_start(profile, condition, known.designated)
    clauses = rule.clauses
    grade = _grade_label(profile, condition.obligation)

    def say(state: str, words: str, on: date | None = earliest, *missing: str) -> TrancheAnswer:
        told = f"{words}。依据{article}。"
        return TrancheAnswer(state, on, told, tranche.clause, missing, clauses=clauses)  # type: ignore[arg-type]

    if earliest is not None and _reached(known.as_of, earliest) is False:
        return say("not_yet", f"{tranche.label}自{say_day(earliest)}起，经{rule.label}合格后拨付")
    results = list(known.grades.get(condition.obligation, ()))
    if not results:
        if condition.obligation in known.unknown:
            return say("ask", f"{rule.label}的结果不详", earliest, condition.obligation)
        return say("not_yet", f"{rule.label}尚无结果，合格后拨付", earliest, condition.obligation)
    passing = {g.value for g in profile.assessment.grades if g.passing}
    first, last = results[0][1], results[-1][1]
    if first not in passing and condition.rectification_clause:
        clauses = (*clauses, condition.rectification_clause)
    if first not in passing and condition.after_rectification == "refused":
        return say("refused", f"{grade}为{first}，{tranche.label}不予拨付", None)
    if last not in passing:
        told = f"{grade}为{last}，整改并经评估合格后方可拨付"
        return say("not_yet", told, None, condition.obligation)
    if known.designated is None or earliest is None:
        return _undated(profile, tranche)
    if known.as_of is None and not _implied(profile, condition, known.designated, earliest):
        return say("ask", f"自{say_day(earliest)}起可以拨付，询问日期不详", earliest, "as_of")
    again = "整改后" if first not in passing else ""
    answer = say("due", f"{grade}{again}为{last}，{tranche.label}可以拨付")
    return replace(answer, manual_confirm=first not in passing)


def _grade_label(profile: Profile, obligation: str) -> str:
    """What the grade of an assessment is called; the obligation's own label is that of applying for it."""
    results = profile.award.results if profile.award else ()
    named = (result.label for result in results if result.of == (obligation,))
    return next(named, f"{profile.obligation(obligation).label}的结果")


def _implied(profile: Profile, condition: AssessmentPassed, designated: date, earliest: date) -> bool:
    """An assessment that is only held once the year of the payment has begun says that it has begun."""
    when = profile.obligation(condition.obligation).when
    opens: date | None = designated if condition.year_offset == 0 else None
    if isinstance(when, OnceWindow):
        opens = date(designated.year + when.year_offset, when.month, 1)
    elif isinstance(when, AtConstructionEnd):
        opens = construction_end(profile, designated)
    return opens is not None and opens >= earliest


def _year_start(profile: Profile, condition: AssessmentPassed, designated: date) -> date:
    if condition.year_offset == 0:
        return designated
    if condition.counted_in == "calendar_years":
        return date(designated.year + condition.year_offset, 1, 1)
    return anniversary(designated, 12 * condition.year_offset, profile.conventions.anniversary)


def _on_acceptance(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """两年建设期满验收合格后: both, the period and the acceptance."""
    article = profile.article(tranche.clause)
    period = profile.construction_period
    end = None if known.designated is None else construction_end(profile, known.designated)
    come = None if end is None else _reached(known.as_of, end)
    passed, scored = _accepted(tranche, known)
    clauses = period.clauses if period else ()
    if come is False:
        told = f"建设期至{say_day(end)}，期满并验收合格后拨付。依据{article}。"
        return TrancheAnswer("not_yet", end, told, tranche.clause, clauses=clauses)
    if passed is False:
        told = f"建设期满验收不合格{scored}，{tranche.label}不予拨付。依据{article}。"
        return TrancheAnswer("refused", None, told, tranche.clause)
    if passed is None and "acceptance" not in known.unknown:
        told = f"建设期已满，尚未验收。依据{article}。"
        return TrancheAnswer("not_yet", end, told, tranche.clause, ("acceptance",), clauses=clauses)
    missing = [n for n in ("designated", "as_of") if getattr(known, n) is None]
    missing += ["acceptance"] if passed is None else []
    if missing:
        told = f"建设期是否已满、验收是否合格尚不清楚，不能判断。依据{article}。"
        return replace(_ask(tranche, end, told, *missing), clauses=clauses)
    told = f"建设期{say_day(end)}届满且验收合格{scored}，{tranche.label}可以拨付。依据{article}。"
    return TrancheAnswer("due", end, told, tranche.clause, clauses=clauses)


def _accepted(tranche: Tranche, known: TrancheCircumstances) -> tuple[bool | None, str]:
    """Whether acceptance has been passed: a decision, or (the other reading of QS-A13) a score."""
    condition = tranche.condition
    assert isinstance(condition, PeriodEndedAndAccepted)
    if condition.min_score is None or known.acceptance_score is None:
        return known.acceptance, ""
    told = f"（{known.acceptance_score}分，{condition.min_score}分以上为合格）"
    return known.acceptance_score >= condition.min_score, told


def _on_operation(profile: Profile, tranche: Tranche, known: TrancheCircumstances) -> TrancheAnswer:
    """The date, the continuity, and a recorded decision that the station performs well (YT-A9)."""
    condition, article = tranche.condition, profile.article(tranche.clause)
    assert isinstance(condition, YearsAndPerformsWell)
    earliest, certain = _operated(profile, condition, known)
    if known.continuous is False:
        return TrancheAnswer("refused", None, f"未连续运转，不予奖励。依据{article}。", tranche.clause)
    come = None if earliest is None else _reached(known.as_of, earliest)
    if come is False and certain:
        told = f"{say_day(earliest)}起连续运转满{condition.months}个月。依据{article}。"
        return TrancheAnswer("not_yet", earliest, told, tranche.clause)
    if known.performs_well is False:
        told = f"未被认定为发挥作用好，不予奖励。依据{article}。"
        return TrancheAnswer("refused", None, told, tranche.clause)
    missing = [n for n in ("designated", "as_of") if getattr(known, n) is None]
    missing += ["operating_since"] if come is False else []
    missing += [n for n in ("continuous", "performs_well") if getattr(known, n) is None]
    if missing:
        told = f"须查明是否连续运转满{condition.months}个月，并记录是否发挥作用好的决定。依据{article}。"
        return _ask(tranche, earliest, told, *missing)
    told = f"连续运转满{condition.months}个月且发挥作用好，{tranche.label}可以拨付。依据{article}。"
    return TrancheAnswer("due", earliest, told, tranche.clause)


def _operated(
    profile: Profile, condition: YearsAndPerformsWell, known: TrancheCircumstances
) -> tuple[date | None, bool]:
    """From when the months are full, and whether that day is certain.

    Only a designated station is paid; where its time before designation counts (the other reading of YT-A9)
    and its beginning is not known, the day may still be earlier.
    """
    if known.designated is None:
        return None, False
    full = anniversary(known.designated, condition.months, profile.conventions.anniversary)
    if condition.counted_from == "designation":
        return full, True
    if known.operating_since is None:
        return full, known.as_of is not None and known.as_of < known.designated
    earlier = anniversary(known.operating_since, condition.months, profile.conventions.anniversary)
    return max(min(full, earlier), known.designated), True


_CONDITIONS: dict[type, Callable[[Profile, Tranche, TrancheCircumstances], TrancheAnswer]] = {
    OnDesignation: _on_designation,
    AssessmentPassed: _on_assessment,
    PeriodEndedAndAccepted: _on_acceptance,
    YearsAndPerformsWell: _on_operation,
}
