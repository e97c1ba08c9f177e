"""Whether an application can be submitted: complete, of the right types, and free of contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from jurisdictions.engine.answers import AnswerProblem
from jurisdictions.engine.conditions import circumstances
from jurisdictions.engine.identifiers import (
    birth_date,
    check_resident_id,
    is_phone,
    normalise_resident_id,
)
from jurisdictions.engine.operators import Circumstances, entry_passes, evaluate
from jurisdictions.engine.schema.form import Column, Fact, FromRoster, Roster
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.tree import FieldTest
from jurisdictions.engine.sealed import is_sealed, problem_of, without_numbers
from jurisdictions.engine.values import BadValue, parse_day, read_value, show

Rows = Sequence[Mapping[str, Any]]
Rosters = Mapping[str, Rows]


def derive_facts(profile: Profile, facts: Mapping[str, Any], rosters: Rosters) -> dict[str, Any]:
    """The facts, with those that are read off rosters filled in; a typed figure never overrules a roster.

    A roster that was not handed in at all leaves its facts as they are.
    """
    filled = dict(facts)
    for fact in profile.facts:
        if fact.derived is None or fact.derived.roster not in rosters:
            continue
        rows = _picked(profile, fact.derived, rosters[fact.derived.roster])
        if fact.derived.take is not None and len(rows) != 1:
            # Of none or of several nobody knows whose entry is meant; that is not the same as having none.
            filled.pop(fact.name, None)
        else:
            filled[fact.name] = _derive(fact.derived, rows)
    return filled


def _picked(profile: Profile, rule: FromRoster, rows: Rows) -> list[Mapping[str, Any]]:
    roster = profile.roster(rule.roster)
    return [row for row in rows if _passes(profile, roster, row, rule.where)]


def _derive(rule: FromRoster, picked: Rows) -> Any:
    if rule.take is not None:
        return without_numbers(picked[0].get(rule.take)) or None
    if rule.collect:
        return [{name: without_numbers(row.get(name)) for name in rule.collect} for row in picked]
    if rule.any:
        return bool(picked)
    return len(picked)


def _passes(profile: Profile, roster: Roster, row: Mapping[str, Any], where: tuple[FieldTest, ...]) -> bool:
    given = Circumstances({}, None, conventions=profile.conventions)
    return entry_passes(_typed(roster, row), where, given) is True


def _typed(roster: Roster, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its yes/no and number columns in their types (rows may come from JSON or a sheet)."""
    typed = dict(row)
    for column in roster.columns:
        value = typed.get(column.name)
        if value is None or value == "":
            continue
        if column.type == "boolean" and not isinstance(value, bool):
            typed[column.name] = str(value).strip().lower() in ("true", "是", "1")
        elif column.type == "integer" and not isinstance(value, int) and str(value).strip().isdigit():
            typed[column.name] = int(str(value).strip())
    return typed


def check_answers(
    profile: Profile,
    facts: Mapping[str, Any],
    narratives: Mapping[str, str],
    rosters: Rosters,
    on: date,
) -> list[AnswerProblem]:
    """Everything that keeps an application from being submitted, each with the place of its field.

    Eligibility is another question: an unmet condition is told by `check_conditions` and blocks nothing here.
    """
    problems = [*_roster_problems(profile, rosters, on)]
    derived = derive_facts(profile, facts, rosters)
    given = circumstances(profile, derived, on)
    problems += _typed_against_roster(profile, facts, derived)
    for fact in profile.facts:
        problems += _fact_problems(fact, derived, given)
    problems += _narrative_problems(profile, narratives)
    problems += _contradictions(profile, given)
    return problems


def _typed_against_roster(
    profile: Profile, facts: Mapping[str, Any], derived: Mapping[str, Any]
) -> Iterator[AnswerProblem]:
    """A figure that was typed although a roster gives it, and differs."""
    for fact in profile.facts:
        if fact.derived is None or facts.get(fact.name) in (None, ""):
            continue
        try:
            typed, counted = read_value(fact, facts[fact.name]), read_value(fact, derived.get(fact.name))
        except BadValue:
            continue
        if typed != counted:
            roster = profile.roster(fact.derived.roster)
            yield AnswerProblem(
                f"facts.{fact.name}",
                f"填报的“{fact.label}”为{show(typed)}，与《{roster.label}》统计的{show(counted)}不一致",
                fact.clause,
            )


def _fact_problems(fact: Fact, facts: Mapping[str, Any], given: Circumstances) -> Iterator[AnswerProblem]:
    if fact.asked_of == "reviewer" or fact.judged:
        return
    path = f"facts.{fact.name}"
    try:
        value = read_value(fact, facts.get(fact.name))
    except BadValue as error:
        yield AnswerProblem(path, f"{fact.label}{error}", fact.clause)
        return
    if value is None:
        if fact.required and _wanted(fact, given):
            where = "，请在名册中填报" if fact.derived else ""
            yield AnswerProblem(path, f"请填写“{fact.label}”{where}", fact.clause)
        return


def _wanted(fact: Fact, given: Circumstances) -> bool:
    """Whether a fact is asked of this unit at all; while that is open it is not demanded."""
    return fact.required_when is None or evaluate(fact.required_when, given).outcome == "met"


def _narrative_problems(profile: Profile, narratives: Mapping[str, str]) -> Iterator[AnswerProblem]:
    for narrative in profile.narratives:
        text = (narratives.get(narrative.name) or "").strip()
        path = f"narratives.{narrative.name}"
        if narrative.required and not text:
            yield AnswerProblem(path, f"请填写“{narrative.label}”", narrative.clause)
        elif len(text) > narrative.max_chars:
            yield AnswerProblem(
                path, f"“{narrative.label}”不超过{narrative.max_chars}字，现为{len(text)}字", narrative.clause
            )


def _roster_problems(profile: Profile, rosters: Rosters, on: date) -> Iterator[AnswerProblem]:
    for roster in profile.rosters:
        rows = [_typed(roster, row) for row in rosters.get(roster.name) or ()]
        path = f"rosters.{roster.name}"
        if len(rows) < roster.min_rows:
            yield AnswerProblem(path, f"《{roster.label}》至少填写{roster.min_rows}行", roster.clause)
        yield from check_rows(profile, roster, rows, on)
        for rule in roster.exactly_one:
            if rows and sum(row.get(rule.column) == rule.equals for row in rows) != 1:
                yield AnswerProblem(path, rule.message, roster.clause)


def check_rows(profile: Profile, roster: Roster, rows: Rows, on: date) -> Iterator[AnswerProblem]:
    """What is missing or wrong in rows of a roster, each with the place of its cell; not what the roster as a
    whole must have.
    """
    rows = [_typed(roster, row) for row in rows]
    path = f"rosters.{roster.name}"
    for index, row in enumerate(rows):
        for column in roster.columns:
            yield from _cell_problems(profile, roster, column, row, f"{path}.{index}.{column.name}", on)
    yield from _repeats(roster, rows, path)


def _cell_problems(
    profile: Profile, roster: Roster, column: Column, row: Mapping[str, Any], path: str, on: date
) -> Iterator[AnswerProblem]:
    value = row.get(column.name)
    if value is None or (isinstance(value, str) and not value.strip()):
        needed = column.required
        if column.required_when is not None:
            needed = _passes(profile, roster, row, (column.required_when,))
        if needed:
            yield AnswerProblem(path, f"请填写“{column.label}”", roster.clause)
        return
    message = problem_of(value) if is_sealed(value) else cell_error(column, value, on)
    if message:
        yield AnswerProblem(path, message, roster.clause)


def cell_error(column: Column, value: Any, on: date) -> str | None:
    """What is wrong with a value of a column, in Chinese; None when nothing is."""
    text = str(value).strip()
    match column.type:
        case "choice" if text not in {c.value for c in column.choices}:
            return f"“{column.label}”不在可选范围内"
        case "resident_id":
            return _resident_id_error(text, on)
        case "phone" if not is_phone(text):
            return f"“{column.label}”应为11位手机号码或带区号的固定电话"
        case "integer":
            return _integer_error(column, value)
        case "date":
            return _date_error(column, value)
    return None


def _resident_id_error(text: str, on: date) -> str | None:
    error = check_resident_id(text)
    born = birth_date(text)
    if error is None and born is not None and born > on:
        return "身份证号码中的出生日期晚于申报日期"
    return error


def _integer_error(column: Column, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"“{column.label}”应填整数"
    if column.min is not None and value < column.min:
        return f"“{column.label}”不能小于{column.min}"
    if column.max is not None and value > column.max:
        return f"“{column.label}”不能大于{column.max}"
    return None


def _date_error(column: Column, value: Any) -> str | None:
    if isinstance(value, date):
        return None
    try:
        parse_day(str(value).strip())
    except ValueError:
        return f"“{column.label}”应填日期，如 2025-03-10"
    return None


def _repeats(roster: Roster, rows: Rows, path: str) -> Iterator[AnswerProblem]:
    """The same person twice would count twice."""
    for name in roster.unique:
        label = next(c.label for c in roster.columns if c.name == name)
        seen: dict[str, int] = {}
        for index, row in enumerate(rows):
            cell = row.get(name)
            value = cell["ref"] if is_sealed(cell) else normalise_resident_id(str(cell or ""))
            if not value:
                continue
            if value in seen:
                yield AnswerProblem(
                    f"{path}.{index}.{name}", f"“{label}”与第{seen[value] + 1}行重复", roster.clause
                )
            seen.setdefault(value, index)


def _contradictions(profile: Profile, given: Circumstances) -> Iterator[AnswerProblem]:
    for rule in profile.consistency:
        if evaluate(rule.require, given).outcome == "unmet":
            yield AnswerProblem(rule.path, rule.message, rule.clause)
