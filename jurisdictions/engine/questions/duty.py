"""Whether a station met its yearly outputs, and which records it must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jurisdictions.engine.declared import station_facts
from jurisdictions.engine.duties import duties_met, output_facts, records_required
from jurisdictions.engine.questions.question import YEARS, Answer, Kind, Question, QuestionError
from jurisdictions.engine.questions.stated import read_stated
from jurisdictions.engine.schema.duties import YearlyAverage
from jurisdictions.engine.schema.profile import Profile

ALWAYS = frozenset({"station", "designated", "year"})


def facts(profile: Profile) -> frozenset[str]:
    """What outputs speak of, what stands beside them, and the station and year in question."""
    return ALWAYS | set(output_facts(profile)) | {f.name for f in profile.duties.facts}


def answer(question: Question) -> Answer:
    """Records where the question is about a designated `station`; outputs where it says anything else."""
    question.text("station", ("designated",))
    fields: dict[str, Any] = {}
    clauses: list[str] = []
    sentences: list[str] = []
    about_records = question.has("station")
    if about_records:
        for duty in records_required(question.profile):
            fields[f"{duty.record}_required"] = duty.required
            fields[f"{duty.record}_required_by_article"] = duty.required
            fields[f"{duty.record}_scored_in_rubric"] = duty.scored
            clauses += duty.clauses
            sentences += [duty.explanation] if duty.explanation else []
        fields["tasks"] = [task.clause for task in question.profile.duties.tasks]
    if not about_records or set(question.given) - {"station"}:
        _outputs(question, fields, clauses, sentences)
    if not clauses:
        clauses.append(question.profile.assessment.clause)
        sentences.append("文件没有要求建立台账或档案。")
    return Answer(fields, tuple(dict.fromkeys(clauses)), tuple(sentences))


def _outputs(question: Question, fields: dict[str, Any], clauses: list[str], sentences: list[str]) -> None:
    found = duties_met(question.profile, _stated(question))
    fields |= {
        "applicable": found.applicable,
        "met": found.met,
        "failed": found.failed,
        "missing": found.missing,
        "average": found.average,
        "grade_affected": found.grade_affected,
    }
    clauses += found.clauses
    sentences += found.explanation


def _stated(question: Question) -> dict[str, Any]:
    profile = question.profile
    averages = [o.average for o in profile.duties.outputs if o.average is not None]
    by_average = {name for a in averages for name in a.names}
    known = [f for name, f in station_facts(profile).items() if name not in by_average]
    stated = read_stated(question, (f for f in known if f.name in facts(profile)))
    for average in averages:
        stated |= dict(_read_average(question, average))
    return stated | {"designated": question.day("designated"), "year": question.integer("year")}


def _read_average(question: Question, rule: YearlyAverage) -> Iterator[tuple[str, Any]]:
    yield rule.level, question.text(rule.level, rule.levels)
    for name in rule.parts:
        if name in question.given:
            yield name, question.integer(name)
    years = question.counts(rule.by_year)
    for year in years:
        if not (year.isascii() and year.isdigit() and int(year) in YEARS):
            raise QuestionError(rule.by_year, f"“{year}”不是年度")
    _parts_within(question, rule, years)
    if years:
        yield rule.by_year, {int(year): number for year, number in years.items()}


def _parts_within(question: Question, rule: YearlyAverage, years: Mapping[str, int | None]) -> None:
    """Of all who were trained no more can be of some levels than there are."""
    parts = [name for name in rule.parts if question.has(name)]
    if not parts or not years or None in years.values():
        return
    whole, told = sum(n or 0 for n in years.values()), sum(question.integer(name) or 0 for name in parts)
    if told > whole:
        raise QuestionError("、".join(parts), f"共{told}人，多于各年合计的{whole}人，请核对")


KIND = Kind("duty", answer, facts)
