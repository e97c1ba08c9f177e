"""No page shows a question or an answer by the names that programs have for their parts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jurisdictions.case_words import fact_words, facts_in_words, field_words, value_words
from jurisdictions.engine import Profile
from jurisdictions.engine.questions import KINDS, ask
from jurisdictions.engine.words import kind_word
from tests.jurisdictions.engine.invented import invented
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.jurisdictions.engine.questions.cases import plays, profile_of, reading_for

# A name or a code has small letters; numbers of clauses (QS-A2.n1) and A4 are people's own.
CODE = re.compile(r"(?<![-.0-9A-Za-z])[a-z_]*[a-z]{2,}\w*", re.ASCII)
PROFILES = [*(profile(slug) for slug in SLUGS), invented("qinglan"), invented("baishi")]
WHOLE = ("explanation", "readings")


@pytest.mark.parametrize("rules", PROFILES, ids=lambda rules: rules.slug)
def test_every_fact_of_every_question_has_its_word(rules: Profile) -> None:
    """Planted bug: `published：2026-09-21；working_days：5`."""
    for kind in KINDS.values():
        named = {name: fact_words(rules, name) for name in kind.facts(rules)}
        assert {name for name, words in named.items() if CODE.search(words)} == set(), kind.name
        assert not CODE.search(kind_word(kind.name))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_part_of_every_answer_has_its_word(slug: str) -> None:
    """Planted bug: the steps of a procedure are told as `notice_5wd`."""
    raw: dict[str, set[str]] = {}
    for name, case, option, expected in plays():
        if case["jurisdiction"] != slug:
            continue
        rules = profile_of(case)
        readings = reading_for(rules, case, option) if option else None
        told = [facts_in_words(rules, case["given"])]
        for answer in (expected, ask(rules, case["kind"], case["given"], readings=readings)):
            told += [_told(rules, part, value) for part, value in answer.items() if part not in WHOLE]
        if found := {code for words in told for code in CODE.findall(words)}:
            raw[name] = found
    assert raw == {}


def _told(rules: Profile, part: str, value: Any) -> str:
    return f"{field_words(part)}：{value_words(rules, value, part)}"


@pytest.mark.parametrize(
    ("slug", "part", "value", "words"),
    [
        ("qinshui", "stages", ["notice_5wd"], "公示（5个工作日）"),
        ("gaoming", "grade", "优秀_candidate", "优秀（候选）"),
        ("qinshui", "status", "not_yet", "尚未施行"),
        ("qinshui", "missing", ["recommendation_report.issuer"], "行业主管部门推荐报告的出具部门"),
        ("gaoming", "missing", ["setup_form:3"], "技师工作站设立申请表（3份）"),
        ("yantai", "manual_reason", "regulation_expired_2022", "办法已失效（2022）"),
        ("wenzhou", "evaluation", "pass", "合格"),
        ("qinshui", "name", "a_name_of_nobody", "a_name_of_nobody"),
    ],
)
def test_what_is_made_of_parts_is_told_by_its_parts(slug: str, part: str, value: Any, words: str) -> None:
    assert value_words(profile(slug), value, part) == words


def test_a_table_and_a_list_of_facts_are_told_part_by_part() -> None:
    rules = profile("qinshui")
    assert value_words(rules, [{"seq": 1, "amount_yuan": 40000}], "tranches") == "批次：1，金额（元）：40000"
    assert facts_in_words(rules, {"technicians": 3, "unit_type": "enterprise"}).endswith("企业")
