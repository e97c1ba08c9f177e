"""The readable diff: nothing between equals, every change named in words, lists compared by identity."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jurisdictions.engine import Profile, with_readings
from jurisdictions.engine.differences import Difference, differences
from tests.jurisdictions.engine.profiles import SLUGS, profile

# A machine's name (not a file format, a clause or a version) has no place among the words.
MACHINE = re.compile(r"(?<![A-Za-z{/])[a-z]+_[a-z_0-9]+")


def changed(slug: str, change: Any) -> Profile:
    """The profile of a jurisdiction after a change of its document."""
    document = copy.deepcopy(dict(profile(slug)._document))
    change(document)
    return Profile.model_validate(document)


def diff(slug: str, change: Any) -> tuple[Difference, ...]:
    return differences(profile(slug), changed(slug, change))


def entry(document: Any, chapter: str, mark: str, value: Any) -> Any:
    return next(one for one in document[chapter] if one.get(mark) == value)


@pytest.mark.parametrize("slug", SLUGS)
def test_equal_profiles_do_not_differ(slug: str) -> None:
    assert differences(profile(slug), profile(slug)) == ()
    assert differences(profile(slug), changed(slug, lambda document: None)) == ()


def test_a_changed_threshold_is_told_in_words_with_its_clause() -> None:
    def fewer(document: Any) -> None:
        entry(document, "conditions", "clause", "QS-4.1")["require"]["at_least"] = 2

    (found,) = diff("qinshui", fewer)
    assert (found.chapter, found.kind, found.clause) == ("申报条件", "changed", "QS-4.1")
    assert found.path == "conditions[QS-4.1].require"
    assert found.label == "技师、高级技师或技术技能带头人3名以上 · 要求"
    assert found.before.endswith("不少于3名")
    assert found.after.endswith("不少于2名")


def test_amounts_and_lengths_say_before_and_after() -> None:
    def other(document: Any) -> None:
        document["notice"]["days"] = 7
        entry(document["award"], "tranches", "seq", 2)["amount_yuan"] = 50000
        document["award"]["total_yuan"] = 90000

    found = {one.path: (one.label, one.clause, one.before, one.after) for one in diff("qinshui", other)}
    assert found == {
        "notice.days": ("天数", "QS-5.2c", "5", "7"),
        "award.total_yuan": ("总额（元）", "QS-11.2", "100000", "90000"),
        "award.tranches[2].amount_yuan": ("各期拨款 · 第二批 · 金额（元）", "QS-11.3", "60000", "50000"),
    }


def test_lists_are_compared_by_identity() -> None:
    def first_goes(document: Any) -> None:
        document["materials"] = [m for m in document["materials"] if m["name"] != "application_report"]
        document["dossiers"][0]["uses"].remove("application_report")

    removed, uses = diff("qinshui", first_goes)
    assert (removed.kind, removed.label, removed.clause) == ("removed", "申请报告", "QS-5.1.2")
    assert "份数：3" in removed.before
    assert removed.after == ""
    assert uses.label == "申报材料 · 所含材料"
    assert "申请报告" in uses.before
    assert "申请报告" not in uses.after


def test_an_order_that_changes_is_told() -> None:
    def turned(document: Any) -> None:
        document["expenditure"]["rules"].reverse()

    (found,) = diff("qinshui", turned)
    assert found.label == "规则 · 顺序"
    assert found.before != found.after


def test_a_chapter_that_goes_is_one_difference() -> None:
    (found,) = diff("qinshui", lambda document: document.update(construction_period=None))[:1]
    assert (found.chapter, found.kind, found.clause, found.before) == (
        "建设期",
        "removed",
        "QS-9.1",
        "建设期（理解口径：G-7；月数：24）",
    )


def test_a_requirement_that_counts_says_what_it_counts() -> None:
    def longer(document: Any) -> None:
        condition = next(c for c in document["conditions"] if "external_persons" in str(c))
        text = str(condition["require"]).replace("24", "36")
        assert text != str(condition["require"])
        condition["require"] = eval(text)

    found = diff("shenzhen", longer)
    assert any("24" in one.before and "36" in one.after for one in found), found


@pytest.mark.parametrize("slug", SLUGS)
def test_every_reading_is_told_without_names_of_the_file(slug: str) -> None:
    ours = profile(slug)
    for reading in ours.readings:
        for option in reading.options[1:]:
            found = differences(ours, with_readings(ours, {reading.id: option.value}))
            assert found, (reading.id, option.value)
            for one in found:
                assert not MACHINE.search(f"{one.chapter}{one.label}{one.before}{one.after}"), one


def test_two_whole_regulations_can_be_compared() -> None:
    one, other = profile("qinshui"), profile("yantai")
    assert {found.chapter for found in differences(one, other)} >= {"申报条件", "资助", "公示"}


def numbers(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every number of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from numbers(value, (*path, index))
    elif isinstance(node, int) and not isinstance(node, bool):
        yield path


@st.composite
def thresholds(draw: st.DrawFn) -> tuple[str, tuple[Any, ...], int]:
    slug = draw(st.sampled_from(SLUGS))
    ways = [way for way in numbers(profile(slug)._document["conditions"]) if way]
    if not ways:
        ways = [("none",)]
    return slug, draw(st.sampled_from(ways)), draw(st.integers(1, 50))


@given(thresholds())
def test_any_changed_threshold_is_named_with_its_clause(case: tuple[str, tuple[Any, ...], int]) -> None:
    slug, way, more = case
    if way == ("none",):
        return
    clause: str = ""

    def raised(document: Any) -> None:
        nonlocal clause
        node = document["conditions"]
        clause = node[way[0]].get("clause") or node[way[0]]["clauses"][0]
        for step in way[:-1]:
            node = node[step]
        node[way[-1]] += more

    found = diff(slug, raised)
    assert [(one.clause, one.kind) for one in found] == [(clause, "changed")]
    assert found[0].before != found[0].after


def test_differences_turn_round() -> None:
    one, other = profile("qinshui"), profile("gaoming")
    there = {(d.path, d.before, d.after) for d in differences(one, other) if d.kind == "changed"}
    back = {(d.path, d.after, d.before) for d in differences(other, one) if d.kind == "changed"}
    assert there == back
