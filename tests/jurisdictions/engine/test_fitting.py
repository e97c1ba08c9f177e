"""What a text may say of its facts, and how large its figures may be: slips are told where it is brought."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from jurisdictions.engine import ProfileError, accepted_profile, parse_profile
from jurisdictions.engine.months import add_months, anniversary
from jurisdictions.engine.questions.lines import answer_line
from jurisdictions.engine.schema.station import YearlyDate
from tests.jurisdictions.engine.closed_sets import models
from tests.jurisdictions.engine.test_loader import text_with

SUM = "{sum: [technicians, senior_technicians, untitled_skill_leaders], at_least: 3}"


def slips(old: str, new: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text_with(old, new))
    return [issue.in_words for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("{fact: unit_type, at_least: 3}", "“unit_type”的类型为 choice，不能用 at_least 比较"),
        ("{fact: registered_in_county, at_least: 3}", "“registered_in_county”的类型为 boolean"),
        ("{fact: leader_name, at_least: 3}", "“leader_name”的类型为 text"),
        ("{fact: technicians, at_least_fact: unit_type}", "“unit_type”不是数字"),
        ("{sum: [technicians, registered_in_county], at_least: 3}", "“registered_in_county”不是数字"),
        ("{count: technicians, at_least: 3}", "“technicians”不是列表"),
        ("{is_true: technicians}", "“technicians”不是是非类的事实"),
        ("{fact: leader_name, months_before: 12}", "“leader_name”的类型为 text，不能用 months_before 比较"),
        ("{fact: technicians, on_or_before: today}", "不能用 on_or_before 比较"),
        ("{fact: technicians, level_at_least: city}", "不能用 level_at_least 比较"),
        ("{fact: unit_type, level_at_least: city}", "“unit_type”的选项不分级别"),
        ("{fact: unit_type, in: [enterprise, entreprise]}", "“unit_type”没有选项“entreprise”"),
        ("{fact: unit_type, equals: entreprise}", "“unit_type”没有选项“entreprise”"),
        ("{not: {fact: unit_type, equals: entreprise}}", "“unit_type”没有选项“entreprise”"),
        (
            "{listed_or_decided: {fact: unit_type, values: [entreprise], decision: registered_in_county}}",
            "“unit_type”没有选项“entreprise”",
        ),
        ("{fact: technicians, equals: '3'}", "“3”的写法与“technicians”的类型（integer）不符"),
        ("{fact: registered_in_county, equals: 1}", "“1”的写法与“registered_in_county”的类型（boolean）不符"),
        ("{fact: technicians, at_least: -5}", "-5 小于“technicians”的最小值 0"),
        ("{fact: technicians, at_least: 3.7}", "“technicians”是整数，不能与 3.7 比较"),
        ("{fact: technicians, equals: [3]}", "应为文字、数字、日期或 true/false"),
        ("{fact: technicians, equals: 1.0e+999999999}", "数字过大"),
        ("{fact: technicians, at_least: 1.0e+999999999}", "不能大于"),
        ("{fact: technicians, at_least: 1.0e-999999999}", "小数最多"),
    ],
)
def test_a_requirement_fits_the_fact_that_it_speaks_of(requirement: str, words: str) -> None:
    """Planted bug: names are looked at, and neither types nor values."""
    found = slips(SUM, requirement)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("equals: leader,", "equals: leadr,", "没有选项“leadr”"),
        ("equals: leader}", "equals: leadr}", "没有选项“leadr”"),
        ("period: {months: 24", "period: {months: 99999999", "不能大于 1200"),
        ("month: 3,", "month: 13,", "不能大于 12"),
        ("month: 3,", "month: 0,", "不能小于 1"),
        ("days: 5\n", "days: 99999999\n", "不能大于 3660"),
    ],
)
def test_slips_of_the_rest_of_a_text(old: str, new: str, words: str) -> None:
    assert any(words in one for one in slips(old, new))


def test_a_day_stands_in_every_year() -> None:
    """Planted bug: 30 February is a date of the text until somebody asks when it is."""
    with pytest.raises(ValueError, match="no day 30"):
        YearlyDate(schedule="yearly_date", month=2, day=30)


def test_every_figure_of_the_language_has_an_end() -> None:
    """Planted bug: a new field is a bare `int`, and a month of nine digits breaks whoever counts by it."""
    loose = {
        f"{model.__name__}.{name}"
        for model in models()
        for name, info in model.model_fields.items()
        if not _bounded(info.annotation, info.metadata)
    }
    # Values as they are written: `_plain` bounds them.
    assert {name.partition(".")[2] for name in loose} == {"equals", "not_equals", "is_in", "not_in"}
    doubled = {
        f"{model.__name__}.{name}"
        for model in models()
        for name, info in model.model_fields.items()
        if len({type(one) for one in info.metadata}) != len(info.metadata)
    }
    assert doubled == set(), "of two bounds of one kind only one holds"


def _bounded(annotation: Any, metadata: list[Any]) -> bool:
    """Whether every number and every day in an annotation has an upper bound."""
    if annotation in (int, Decimal, date):
        return any(getattr(one, "le", None) is not None for one in metadata)
    if hasattr(annotation, "__metadata__"):
        inner = [m for one in annotation.__metadata__ for m in _metadata(one)]
        return _bounded(annotation.__origin__, [*metadata, *inner])
    passed_on = metadata if get_origin(annotation) not in (tuple, list, dict) else []
    return all(_bounded(part, passed_on) for part in get_args(annotation))


def _metadata(one: Any) -> list[Any]:
    return list(one.metadata) if isinstance(one, FieldInfo) else [one]


def test_a_day_far_from_our_time_breaks_no_count() -> None:
    """Planted bug: 9999-12-31 and a month more is an error of the calendar."""
    assert add_months(date(9999, 12, 31), 1) == anniversary(date(9999, 12, 31), 1, "day_after") == date.max
    assert add_months(date(1, 1, 1), -1) == anniversary(date(1, 1, 1), -1, "day_before") == date.min
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_what_is_in_force_is_not_shut_by_a_check_that_came_later() -> None:
    text = text_with(SUM, "{fact: unit_type, at_least: 3}")
    with pytest.raises(ProfileError):
        parse_profile(text)
    assert accepted_profile(text).slug == "qinshui"


def test_a_rule_that_breaks_breaks_one_line_only() -> None:
    """Planted bug: `ask` ends with a traceback, and the lines after it get no answer."""
    broken = accepted_profile(text_with(SUM, "{fact: unit_type, at_least: 3}"))
    asked = b'{"jurisdiction": "qinshui", "kind": "eligibility", "given": {"unit_type": "enterprise"}}'
    line = answer_line(asked, {"qinshui": broken})
    assert line.is_error
    assert "规则在这一问上出错" in line.text.decode()
    assert "InvalidOperation" in line.text.decode()
