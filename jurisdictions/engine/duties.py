"""Whether a station brought about in a year what the text asks, and what it must keep in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from jurisdictions.engine.declared import label_of, say_facts, station_circumstances
from jurisdictions.engine.months import anniversary
from jurisdictions.engine.operators import MET, Circumstances, Verdict, evaluate
from jurisdictions.engine.schema.duties import RECORDS, Output, Record, StartsAfter, YearlyAverage
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import MonthsAfter
from jurisdictions.engine.values import say_day, show

OutputOutcome = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True, slots=True)
class OutputFinding:
    """One output, answered. `unknown`: a fact is missing, or the year alone does not decide."""

    clause: str
    label: str
    outcome: OutputOutcome
    explanation: str
    missing: tuple[str, ...] = ()
    average: Decimal | None = None
    scored: bool = False


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """The outputs of one year. `applicable` False: they are not asked of the station yet.

    `met` None: something is not known. `grade_affected` says whether what failed also weighs in the grade;
    None where a person grades without points.
    """

    applicable: bool | None
    met: bool | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    findings: tuple[OutputFinding, ...]
    average: Decimal | None
    grade_affected: bool | None
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordDuty:
    """Something kept in writing. `required` by an article; `scored` as a line of the score sheet."""

    record: Record
    label: str
    required: bool
    scored: bool
    clauses: tuple[str, ...]
    explanation: str


def duties_met(profile: Profile, facts: Mapping[str, Any]) -> DutyAnswer:
    """The yearly outputs of a station, put to the facts of one year in their own types.

    `designated` (date) and `year` (int) say which year of its life it is, where the text lets outputs begin
    later; the other names are those of the profile's outputs. An absent fact never passes and never fails.
    """
    rule = profile.duties.starts_after
    applicable, said = _begun(profile, rule, facts)
    if rule is not None and not applicable:
        missing = tuple(n for n in ("designated", "year") if facts.get(n) is None)
        told = (rule.clauses, (said,))
        return DutyAnswer(applicable, None, (), missing, (), None, None if missing else False, *told)
    findings = tuple(f for o in profile.duties.outputs if (f := check_output(profile, o, facts)) is not None)
    failed = tuple(f.clause for f in findings if f.outcome == "unmet")
    open_ = any(f.outcome == "unknown" for f in findings)
    met = False if failed else None if open_ or not findings else True
    clauses = tuple(dict.fromkeys((*(rule.clauses if rule else ()), *(f.clause for f in findings))))
    sentences = tuple(f.explanation for f in findings)
    return DutyAnswer(
        applicable=True,
        met=met,
        failed=failed,
        missing=tuple(dict.fromkeys(name for f in findings for name in f.missing)),
        findings=findings,
        average=next((f.average for f in findings if f.average is not None), None),
        grade_affected=_grade_affected(profile, findings),
        clauses=clauses or _tasks(profile),
        explanation=((said,) if said else ()) + (sentences or ("文件没有可以核对的年度产出要求。",)),
    )


def first_year_of_outputs(profile: Profile, designated: date) -> int | None:
    """The first calendar year that is asked for outputs; None where the text names no such time."""
    rule = profile.duties.starts_after
    if rule is None:
        return None
    full = anniversary(designated, rule.months, profile.conventions.anniversary)
    if rule.first_year == "year_of_anniversary" or (full.month, full.day) == (1, 1):
        return full.year
    return full.year + 1


def _begun(profile: Profile, rule: StartsAfter | None, facts: Mapping[str, Any]) -> tuple[bool | None, str]:
    if rule is None:
        return True, ""
    article = profile.article(rule.clause)
    designated, year = facts.get("designated"), facts.get("year")
    if designated is None or year is None:
        return None, f"设立日期或年度不明，不能判断是否已到须有年度产出的年度。依据{article}。"
    first = first_year_of_outputs(profile, designated) or 0
    begun = year >= first
    now = f"{year}年度{'适用' if begun else '尚不适用'}"
    return begun, f"{say_day(designated)}设立，自{first}年度起核对年度产出，{now}。依据{article}。"


def check_output(profile: Profile, output: Output, facts: Mapping[str, Any]) -> OutputFinding | None:
    """One output; None where it is not asked of this station."""
    given = station_circumstances(profile, facts)
    asked = MET if output.when is None else evaluate(output.when, given)
    if asked.outcome == "unmet" or (output.unstated == "not_asked" and _silent(profile, output, facts)):
        return None
    if output.average is not None:
        return _average(profile, output, output.average, facts)
    verdict = _measured(output, asked, given)
    outcome: OutputOutcome = verdict.outcome if verdict.outcome in ("met", "unmet") else "unknown"
    whole = output.within == "construction_period" and outcome == "unmet"
    told = say_facts(profile, output.facts, facts)
    said = {
        "met": f"达到{told}",
        "unmet": f"本年度没有，但按整个建设期核对，单凭一年不能判断{told}" if whole else f"未达到{told}",
        "unknown": f"尚缺{'、'.join(label_of(profile, n) for n in verdict.missing)}，无法判断",
    }[outcome]
    return OutputFinding(
        output.clause,
        output.label,
        "unknown" if whole else outcome,
        f"{output.label}：{said}。依据{profile.article(output.clause)}。",
        verdict.missing,
        scored=bool(output.scored_by),
    )


def _measured(output: Output, asked: Verdict, given: Circumstances) -> Verdict:
    """What is met is met of everybody; unmet only of whoever is known to owe it."""
    assert output.require is not None
    verdict = evaluate(output.require, given)
    return (
        verdict if asked.outcome == "met" or verdict.outcome == "met" else Verdict("unknown", asked.missing)
    )


def _silent(profile: Profile, output: Output, facts: Mapping[str, Any]) -> bool:
    """Nothing is said of it, nor of what is asked of the same stations."""
    alike = [o for o in profile.duties.outputs if o.when == output.when]
    return not any(name in facts for other in alike for name in other.facts)


def _average(
    profile: Profile, output: Output, rule: YearlyAverage, facts: Mapping[str, Any]
) -> OutputFinding:
    article = profile.article(output.clause)
    by_year: Mapping[Any, Any] = facts.get(rule.by_year) or {}
    below = [n for n, level in rule.parts.items() if rule.levels.index(level) < _rank(rule)]
    deducted = sum((Decimal(facts.get(name) or 0) for name in below), Decimal(0))
    numbers = [None if n is None else Decimal(n) for n in by_year.values()]
    hole = _hole(by_year)
    if not numbers or None in numbers or hole:
        wanting = f"缺{hole}年，各年须连续" if hole else "尚缺各年人数"
        text = f"{output.label}：{wanting}，无法判断。依据{article}。"
        return OutputFinding(output.clause, output.label, "unknown", text, (rule.by_year,))
    counted = [n for n in numbers if n is not None]
    total = sum(counted, Decimal(0)) - deducted
    average = total / len(counted)
    outcome = _years(profile, rule, counted, deducted)
    lowest = facts.get(rule.level)
    missing: tuple[str, ...] = ()
    if outcome == "met" and lowest is not None and rule.levels.index(lowest) < _rank(rule) and not deducted:
        outcome, missing = "unknown", tuple(below)
    word = {"met": "达到", "unmet": "未达到", "unknown": "计入的人数不明，无法判断"}[outcome]
    kept = f"，扣除{rule.counted_from}以下{show(deducted)}人" if deducted else ""
    each = "每年核对" if rule.of == "each_year" else f"年均{show(round(average, 2))}人"
    needed = f"要求不少于{show(rule.at_least)}{_period(profile, rule, len(counted))}"
    text = f"{output.label}：{len(counted)}年{kept}，{each}，{word}（{needed}）。依据{article}。"
    scored = bool(output.scored_by)
    return OutputFinding(output.clause, output.label, outcome, text, missing, average, scored)


def _hole(by_year: Mapping[Any, Any]) -> int | None:
    """The first year that is left out between others: an average over it would be that of no period."""
    years = {int(year) for year in by_year if str(year).isdigit()}
    return (
        next((year for year in range(min(years), max(years)) if year not in years), None) if years else None
    )


def _period(profile: Profile, rule: YearlyAverage, years: int) -> str:
    """What a reader must know where the years that are given are not those between two assessments (WZ-A7).

    A period of 24 months may touch three calendar years, so no number of years is refused.
    """
    cycles = [o.when.months for o in profile.obligations if isinstance(o.when, MonthsAfter)]
    if rule.of == "each_year" or not cycles or years * 12 == cycles[0]:
        return ""
    return f"；评估期为{cycles[0]}个月，所给为{years}个年度，须核对"


def _rank(rule: YearlyAverage) -> int:
    return rule.levels.index(rule.counted_from)


def _years(profile: Profile, rule: YearlyAverage, numbers: list[Decimal], deducted: Decimal) -> OutputOutcome:
    """Against the sum of the years, so that no division rounds; or each year by itself."""

    def enough(number: Decimal, needed: Decimal) -> bool:
        return number > needed if profile.conventions.thresholds == "exclusive" else number >= needed

    if rule.of == "average" or len(numbers) == 1:
        return "met" if enough(sum(numbers) - deducted, rule.at_least * len(numbers)) else "unmet"
    if not all(enough(n, rule.at_least) for n in numbers):
        return "unmet"
    # In which year those who do not count were trained is not said.
    return "met" if all(enough(n - deducted, rule.at_least) for n in numbers) else "unknown"


def _grade_affected(profile: Profile, findings: tuple[OutputFinding, ...]) -> bool | None:
    failed = [f for f in findings if f.outcome == "unmet"]
    if profile.assessment.method == "filing":
        return False
    if not failed:
        return None if any(f.outcome == "unknown" for f in findings) else False
    return None if profile.assessment.method == "judgement" else any(f.scored for f in failed)


def _tasks(profile: Profile) -> tuple[str, ...]:
    return tuple(task.clause for task in profile.duties.tasks) or (profile.assessment.clause,)


def records_required(profile: Profile) -> tuple[RecordDuty, ...]:
    """Every kind of record, with whether this text asks for it; what it does not name is not required."""
    return tuple(_record(profile, record) for record in RECORDS)


def _record(profile: Profile, record: Record) -> RecordDuty:
    rules = [rule for rule in profile.duties.records if rule.record == record]
    required, scored = (any(r.basis == basis for r in rules) for basis in ("article", "rubric"))
    label = rules[0].label if rules else ""
    in_sheet = "并在评分表中计分" if required else "条文未要求，仅在评分表中计分"
    said = [
        f"{r.label}：{'须建立' if r.basis == 'article' else in_sheet}。依据{profile.article(r.clause)}。"
        for r in rules
    ]
    clauses = tuple(c for r in rules for c in r.clauses)
    return RecordDuty(record, label, required, scored, clauses, "".join(said))


def outputs_unmet(profile: Profile, clauses: tuple[str, ...], facts: Mapping[str, Any]) -> Verdict:
    """Met when one of these outputs is unmet: the ground of a revocation that rests on them."""
    findings = [
        f
        for o in profile.duties.outputs
        if o.clause in clauses and (f := check_output(profile, o, facts)) is not None
    ]
    if any(f.outcome == "unmet" for f in findings):
        return MET
    missing = tuple(dict.fromkeys(name for f in findings for name in f.missing))
    return Verdict("unknown", missing) if missing else Verdict("unmet")


def output_facts(profile: Profile, clauses: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Every fact that the outputs (those of some clauses) speak of."""
    outputs = [o for o in profile.duties.outputs if clauses is None or o.clause in clauses]
    return tuple(dict.fromkeys(name for output in outputs for name in output.facts))
