"""The self-check: what the profile asks, what the engine answers, and that nothing of it is kept."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.self_check.answering import answer, asked, concerned, facts_from, parts_of, read
from core.models import LogEntry
from jurisdictions.engine import Profile, check_conditions
from tests.browsing import text_of
from tests.jurisdictions.engine.invented import INVENTED, invented
from tests.jurisdictions.engine.profiles import ELIGIBLE, SLUGS, profile
from tests.world import World

ON = date(2025, 5, 6)
EVERYBODY = (*SLUGS, *INVENTED)


def rules_of(name: str) -> Profile:
    return invented(name) if name in INVENTED else profile(name)


def typed_from(rules: Profile, facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as somebody types them."""
    return {
        question.path: str(facts[question.fact.name]).lower()
        for question in asked(rules)
        if question.path.startswith("facts.") and facts.get(question.fact.name) is not None
    }


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_number_and_no_name_of_a_person_is_asked(name: str) -> None:
    rules = rules_of(name)
    personal = {
        c.label for roster in rules.rosters for c in roster.columns if c.is_personal or c.name == "name"
    }
    for question in asked(rules):
        assert question.fact.label not in personal
        assert "姓名" not in question.fact.label
        assert question.fact.type != "list"
        assert not question.fact.judged
        assert question.fact.asked_of != "reviewer"
    paths = [question.path for question in asked(rules)]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_fact_of_a_condition_is_asked_counted_or_judged(name: str) -> None:
    rules = rules_of(name)
    questions = asked(rules)
    known = {question.fact.name for question in questions}
    counted = {f.name for f in rules.facts if f.type == "list"}
    for condition in rules.conditions:
        for fact in condition.deciding_facts:
            declared = rules.facts_by_name.get(fact)
            if declared is None or declared.judged or declared.asked_of == "reviewer":
                continue
            assert fact in known | counted, (condition.name, fact)


@pytest.mark.parametrize("name", SLUGS)
def test_nobody_is_told_anything_before_he_has_said_something(name: str) -> None:
    found = answer(rules_of(name), {}, on=ON)
    assert found.unmet == 0
    assert {f.outcome for f in found.findings if f.force == "hard"} <= {"unknown", "judged"}
    assert all(bar.allowed is None for _, bar in found.exclusions)


@pytest.mark.parametrize("name", SLUGS)
def test_the_answers_are_those_of_the_engine(name: str) -> None:
    rules = rules_of(name)
    given = {k: v for k, v in ELIGIBLE[name].items() if k in {q.fact.name for q in asked(rules)}}
    found = answer(rules, typed_from(rules, given), on=ON)
    expected = {f.key: f for f in check_conditions(rules, given, on=ON).findings}
    assert found.refused == {}
    assert {f.key for f in found.findings} == set(expected)
    for finding in found.findings:
        waits = expected[finding.key].needs_decision and expected[finding.key].outcome == "unknown"
        assert finding.outcome == ("judged" if waits else expected[finding.key].outcome)


def test_one_person_too_few_is_refused_with_figures_and_clause() -> None:
    rules = profile("qinshui")
    given = {**ELIGIBLE["qinshui"], "untitled_skill_leaders": 0}
    found = answer(rules, typed_from(rules, given), on=ON)
    (finding,) = [f for f in found.findings if f.outcome == "unmet"]
    assert (finding.clause, found.unmet) == ("QS-4.1", 1)
    assert "技师1名" in finding.explanation


def test_a_list_of_people_is_a_number_here() -> None:
    rules = profile("shenzhen")
    counts = [q for q in asked(rules) if q.path.startswith("counts.")]
    assert counts
    values, refused = read(counts, {q.path: "2" for q in counts})
    assert refused == {}
    facts = facts_from(rules, values, ON)
    assert len(facts["external_persons"]) >= 2
    without = check_conditions(rules, {"internal_technicians": 1}, on=ON)
    with_them = check_conditions(
        rules, {"internal_technicians": 1, "internal_senior_technicians": 0, **facts}, on=ON
    )
    key = next(c.name for c in rules.conditions if "external_persons" in c.asked_facts)
    outcome = {f.key: f.outcome for f in with_them.findings}[key]
    assert outcome != {f.key: f.outcome for f in without.findings}[key]


def test_teams_are_compared_by_numbers() -> None:
    rules = profile("qinshui")

    def allowed(**numbers: Any) -> bool | None:
        typed = {f"similar_team.{name}": str(value).lower() for name, value in numbers.items()}
        ((_, bar),) = answer(rules, typed, on=ON).exclusions
        return bar.allowed

    assert allowed() is None
    assert allowed(own=4) is None
    assert allowed(own=4, other=4, shared=1) is True
    assert allowed(own=4, other=4, shared=2) is False
    assert allowed(other=0) is True
    assert allowed(own=4, other=4, shared=0, same_leader=True) is False


def test_a_bar_about_which_nothing_was_said_is_open() -> None:
    rules = invented("qinglan")
    ((_, silent),) = answer(rules, {}, on=ON).exclusions
    assert silent.allowed is None
    ((_, free),) = answer(rules, {"again.ended": "none"}, on=ON).exclusions
    assert free.allowed is True
    ((_, barred),) = answer(
        rules, {"again.ended": "revoked", "again.ended_on": "2024-06-01"}, on=ON
    ).exclusions
    assert barred.allowed is False


def test_what_does_not_concern_a_unit_is_put_away() -> None:
    rules = invented("qinglan")
    plain = concerned(rules, {"facts.tier": "basic"}, on=ON)
    chief = next(c for f in rules.facts if f.name == "tier" for c in f.choices if "首席" in c.label)
    more = concerned(rules, {"facts.tier": chief.value}, on=ON)
    assert plain < more


def test_what_a_list_may_hold_is_said_where_it_is_counted() -> None:
    rules = profile("wenzhou")
    (counted,) = [q for q in asked(rules) if q.path.startswith("counts.")]
    assert counted.fact.help == rules.fact("leader_achievements").help
    assert "重大技术发明或革新" in counted.fact.help


def test_nobody_is_asked_for_what_only_a_reviewer_fills_in() -> None:
    rules = profile("yantai")
    found = {f.clause: f for f in answer(rules, {}, on=ON).findings}
    silent = found["YT-5.2b"]
    assert silent.outcome == "unknown"
    assert "自行建站日期" in silent.explanation
    assert "已运转月数" not in silent.explanation
    assert silent.missing == ("self_station_start",)
    other = {f.clause: f for f in answer(profile("wenzhou"), {}, on=ON).findings}["WZ-4.2c"]
    assert "依托单位类型" in other.explanation
    assert "市人社局决定" not in other.explanation


def test_wishes_are_counted_apart() -> None:
    rules = profile("yantai")
    typed = {"facts.in_city": "false", "facts.fixed_area_sqm": "80"}
    found = answer(rules, typed, on=ON)
    unmet = [f.label for f in found.binding if f.outcome == "unmet"]
    assert found.unmet == len(unmet) == 1
    assert found.open == len([f for f in found.binding if f.outcome == "unknown"])
    assert {f.label for f in found.wishes if f.outcome == "unmet"} == {"固定场所一般不少于100平方米"}
    assert len(found.binding) + len(found.wishes) == len(found.findings)


def test_bars_are_counted_by_themselves() -> None:
    rules = profile("qinshui")
    typed = typed_from(rules, ELIGIBLE["qinshui"])
    silent = answer(rules, typed, on=ON)
    assert (silent.barred, silent.open_bars) == (0, 1)
    same = {f"similar_team.{k}": str(v) for k, v in {"own": 4, "other": 4, "shared": 4}.items()}
    barred = answer(rules, {**typed, **same}, on=ON)
    assert (barred.unmet, barred.barred, barred.open_bars) == (0, 1, 0)


# --- the page -------------------------------------------------------------------


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_everybody_may_ask(world: World, client: Client) -> None:
    page = text_of(client, world.url("self-check/"))
    for part in parts_of(world.rules):
        for question in part.questions:
            assert f'name="{question.path}"' in page
    assert "自查结果" not in page
    for url in ("", "rules/"):
        assert world.url("self-check/") in text_of(client, world.url(url))


def test_an_answer_names_conditions_papers_and_the_way(world: World, client: Client) -> None:
    typed = typed_from(world.rules, {**ELIGIBLE["qinshui"], "technicians": 0})
    reply = client.post(world.url("self-check/"), typed)
    page = reply.content.decode()
    assert reply.status_code == 200
    assert "有 1 项不符合" in page
    assert "要求" in page
    assert 'QS-4.1">在办法页查看这一条' in page
    assert "由审核人员判断" in page
    for material in world.rules.materials:
        assert material.label in page
    assert "行业主管部门 → 县人力资源和社会保障局" in page
    # What was typed stays on the page.
    assert 'value="1"' in page
    assert "no-store" in reply["Cache-Control"]


def test_a_bad_value_is_named_beside_its_field_and_the_rest_is_answered(world: World, client: Client) -> None:
    typed = {**typed_from(world.rules, ELIGIBLE["qinshui"]), "facts.technicians": "三"}
    reply = client.post(world.url("self-check/"), typed)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "应填数字" in page
    assert 'value="三"' in page
    assert "自查结果" in page
    huge = client.post(world.url("self-check/"), {"similar_team.own": "99999999"})
    assert huge.status_code == 422
    assert "不能大于1000" in huge.content.decode()
    assert client.post(world.url("self-check/"), {"facts.unit_type": "nothing"}).status_code == 422


def result_of(world: World, client: Client, typed: dict[str, Any]) -> str:
    """The headline: from the title of the result to its note."""
    page = client.post(world.url("self-check/"), typed).content.decode()
    return re.sub(r"<[^>]+>", "", page[page.index("自查结果") : page.index("结果只是按所填内容")])


GREEN = {f"similar_team.{k}": str(v) for k, v in {"own": 4, "other": 0}.items()}


def test_the_headline_counts_what_stands_below_it(world: World, client: Client) -> None:
    eligible = typed_from(world.rules, ELIGIBLE["qinshui"])
    assert "没有不符合的" in result_of(world, client, {**eligible, **GREEN})
    silent = result_of(world, client, eligible)
    assert "还不能判断" in silent
    assert "排除和限制还有 1 项没有回答" in silent
    same = {f"similar_team.{k}": str(v) for k, v in {"own": 4, "other": 4, "shared": 4}.items()}
    assert "排除和限制有 1 项不能申报" in result_of(world, client, {**eligible, **same})


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_after_the_end_of_the_text_the_headline_says_so(world: World, client: Client) -> None:
    typed = typed_from(world.rules, ELIGIBLE["gaoming"])
    world.at("2026-07-10")
    assert "已失效" not in result_of(world, client, typed)
    world.at("2026-07-11")
    after = result_of(world, client, typed)
    assert "办法已失效" in after
    assert "有效期至2026年7月10日，现已失效。不能据以申报" in after
    assert after.index("办法已失效") < after.index("按所填内容")
    assert "没有不符合的" not in after
    assert after.count("现已失效") == 1


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_copies_are_named_beside_originals(world: World, client: Client) -> None:
    page = client.post(world.url("self-check/"), {}).content.decode()
    assert re.sub(r"\s+", "", page).count("原件及复印件") == 3


@pytest.mark.parametrize("world", ["wenzhou", "gaoming"], indirect=True)
def test_what_is_asked_of_the_whole_bundle_is_said(world: World, client: Client) -> None:
    page = client.post(world.url("self-check/"), {}).content.decode()
    wanted = {"wenzhou": ["统一用A4纸装订成册"], "gaoming": ["所有材料的份数不少于3份", "按顺序装订成册"]}
    for words in wanted[world.rules.slug]:
        assert words in page, words


WRITES = ("INSERT", "UPDATE", "DELETE")


def test_nothing_is_kept(world: World) -> None:
    """Planted bug: a line in the log, or answers in the session."""
    browser = Client(enforce_csrf_checks=True)
    first = browser.get(world.url("self-check/"))
    token = first.cookies["csrftoken"].value
    logged = LogEntry.objects.count()
    with CaptureQueriesContext(connection) as capture:
        reply = browser.post(
            world.url("self-check/"), {"facts.technicians": "7", "csrfmiddlewaretoken": token}
        )
    assert reply.status_code == 200
    assert [q["sql"] for q in capture if q["sql"].lstrip().upper().startswith(WRITES)] == []
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert Session.objects.count() == 0
    assert LogEntry.objects.count() == logged
    assert "7" not in {morsel.value for morsel in browser.cookies.values()}


def test_whoever_is_signed_in_leaves_no_trace_either(world: World) -> None:
    browser = Client()
    browser.force_login(world.people["officer"])
    browser.get(world.url("self-check/"))
    before = dict(browser.session)
    logged = LogEntry.objects.count()
    browser.post(world.url("self-check/"), {"facts.technicians": "7"})
    assert {k: v for k, v in browser.session.items() if k in before} == before
    assert set(browser.session.keys()) == set(before)
    assert LogEntry.objects.count() == logged
