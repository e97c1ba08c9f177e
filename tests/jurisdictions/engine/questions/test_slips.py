"""Facts that cannot be: negative, beyond the whole, of another shape, or against one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from jurisdictions.engine.questions import QuestionError, ask
from tests.jurisdictions.engine.invented import invented
from tests.jurisdictions.engine.profiles import ELIGIBLE, SLUGS, profile
from tests.jurisdictions.engine.questions.cases import cases
from tests.jurisdictions.engine.questions.said import Facts, said


def eligible(slug: str, **change: Any) -> Facts:
    return said(slug, "eligibility", ELIGIBLE[slug] | change)


def refused(slug: str, kind: str, facts: Facts) -> QuestionError:
    with pytest.raises(QuestionError) as caught:
        said(slug, kind, facts)
    return caught.value


def figures() -> Iterator[tuple[str, str, str]]:
    """Every figure of every form, with the kind of question in which it may stand."""
    for slug in SLUGS:
        rules = profile(slug)
        for fact in (*rules.facts, *rules.idle_facts):
            if fact.type in ("integer", "decimal"):
                kinds = getattr(fact, "kinds", ("eligibility",))
                yield slug, kinds[0], fact.name


@pytest.mark.parametrize(("slug", "kind", "name"), sorted(figures()))
def test_no_figure_of_a_form_is_negative(slug: str, kind: str, name: str) -> None:
    error = refused(slug, kind, {name: -1})

    assert error.culprit == name
    assert "不能小于" in str(error)


@pytest.mark.parametrize(
    ("slug", "kind", "facts", "culprit"),
    [
        ("qinshui", "material", {"recommendation_report": -1}, "recommendation_report"),
        ("wenzhou", "assessment", {"stations": -1, "scores": []}, "stations"),
        ("wenzhou", "assessment", {"scores": [100.5]}, "scores"),
        ("qinshui", "assessment", {"score": 100.5}, "score"),
        ("qinshui", "quota", {"scores": [111]}, "scores"),
        ("qinshui", "quota", {"scores": [90, -1]}, "scores"),
        ("qinshui", "revocation", {"evaluation_score": 111}, "evaluation_score"),
        ("shenzhen", "workflow", {"action": "pay_key_project", "level": 7}, "level"),
        ("shenzhen", "notice", {"published": "2025-06-09", "working_days": -1}, "working_days"),
        ("gaoming", "notice", {"published": "2025-04-25", "working_days": -1}, "working_days"),
        ("gaoming", "deadline", {"stage": "formal_review", "working_days": -3}, "working_days"),
        (
            "wenzhou",
            "duty",
            {"trained_by_year": {"2024": 6}, "of_which_初级工": 9},
            "of_which_初级工",
        ),
        ("wenzhou", "duty", {"trained_by_year": {"2024": -1}}, "trained_by_year"),
        ("wenzhou", "duty", {"trained_by_year": {"2024": "x"}}, "trained_by_year"),
        ("qinshui", "rubric", {"item": "QS-A2.10", "awards": {"city": "x"}}, "awards"),
        ("qinshui", "assessment", {"grades_this_year": {"优秀": "x"}}, "grades_this_year"),
        ("shenzhen", "funding", {"levels_approved": {"1": "x"}}, "levels_approved"),
    ],
)
def test_what_cannot_be_is_refused(slug: str, kind: str, facts: Facts, culprit: str) -> None:
    assert refused(slug, kind, facts).culprit == culprit


def test_the_entry_at_fault_is_named() -> None:
    assert "“2024”“x”应为数字" in str(refused("wenzhou", "duty", {"trained_by_year": {"2024": "x"}}))
    assert "第2个" in str(refused("qinshui", "quota", {"scores": [90, 111]}))


def test_a_total_with_the_whole_bonus_is_none_too_many() -> None:
    assert said("qinshui", "quota", {"scores": [110, 90]})["non_failing"] == 2
    capped = {"scores": [110]}
    with pytest.raises(QuestionError):
        ask(profile("wenzhou"), "assessment", capped)
    assert ask(profile("wenzhou"), "assessment", capped, readings={"WZ-A5": "uncapped"})["clauses"]


# ---- entries of lists


@pytest.mark.parametrize("entry", [4, 0, -1, None, "", {}, False, "x", True, {"kind": "9"}, ["3"]])
def test_an_entry_that_the_roster_does_not_know_is_named(entry: Any) -> None:
    error = refused("wenzhou", "eligibility", ELIGIBLE["wenzhou"] | {"leader_achievements": [3, entry]})

    assert error.culprit == "leader_achievements"
    assert "可选：1、2、3" in str(error)


@pytest.mark.parametrize("entry", [3, "3", {"kind": "3"}])
def test_an_entry_that_the_roster_knows(entry: Any) -> None:
    assert eligible("wenzhou", leader_achievements=[entry])["eligible"] is True


@pytest.mark.parametrize(
    "entry",
    ["x", 3, None, {"titel": "高级技师"}, {"contract_months": -1}, {"contract_months": "long"}],
)
def test_people_are_made_of_the_fields_that_there_are(entry: Any) -> None:
    error = refused("shenzhen", "eligibility", ELIGIBLE["shenzhen"] | {"external_persons": [entry]})

    assert error.culprit == "external_persons"
    assert "第1项" in str(error)


# ---- words of the wrong kind


@pytest.mark.parametrize("day", [20190101, "20190101", "2019-W01-1", "2019-1-1", " "])
def test_a_day_has_one_spelling(day: Any) -> None:
    assert refused("yantai", "eligibility", {"application_date": day}).culprit == "application_date"


@pytest.mark.parametrize("answer", ["true", "是", 1, "1"])
def test_yes_and_no_have_one_spelling(answer: Any) -> None:
    assert refused("qinshui", "eligibility", {"registered_in_county": answer}).culprit == (
        "registered_in_county"
    )


def test_a_word_outside_its_list_is_told_with_the_list() -> None:
    error = refused("qinshui", "eligibility", {"unit_type": "moon_base"})

    assert "没有“moon_base”，可选：enterprise、" in str(error)


# ---- against one another


def test_one_thing_said_in_two_ways_that_differ_passes_nobody() -> None:
    day = {"application_date": "2020-05-11", "self_station_start": "2019-05-11"}
    agreed = eligible("yantai", **day, self_station_months=12)
    against = eligible("yantai", **day, self_station_months=11)

    assert (agreed["eligible"], agreed["missing"]) == (True, [])
    assert against["eligible"] is None
    assert against["missing"] == ["self_station_start", "self_station_months"]
    assert "互相矛盾" in against["explanation"][-1]


def test_what_the_text_says_must_agree_is_asked_of_questions_too() -> None:
    answer = eligible("qinshui", employees_total=3, roster_total=5)

    assert (answer["eligible"], answer["missing"]) == (None, ["employees_total"])
    assert eligible("qinshui", employees_total=5, roster_total=5)["eligible"] is True


def test_scores_and_the_number_of_those_who_did_not_fail() -> None:
    scores = [97, 95, 93, 88, 85, 84, 50]

    assert said("qinshui", "quota", {"scores": scores, "non_failing": 6, "failing": 1})["max_excellent"] == 0
    assert refused("qinshui", "quota", {"scores": scores, "non_failing": 3}).culprit == "non_failing"
    assert refused("qinshui", "quota", {"scores": scores, "failing": 3}).culprit == "failing"


def test_days_in_an_order_that_cannot_be() -> None:
    looked = {"task": "performance_evaluation", "designated": "2020-05-10", "last_evaluation": "2019-05-10"}
    decided = {"application_date": "2026-07-10", "decision_date": "2026-07-09"}

    assert refused("wenzhou", "deadline", looked).culprit == "last_evaluation"
    assert refused("gaoming", "validity", decided).culprit == "decision_date"


# ---- texts that are not in force


@pytest.mark.parametrize(
    ("slug", "day", "clause"),
    [
        ("yantai", "2023-01-01", "YT-20.1"),
        ("gaoming", "2026-07-11", "GM-17.2"),
        ("gaoming", "2022-01-01", "GM-17.1"),
    ],
)
def test_nobody_is_eligible_under_a_text_that_is_not_in_force(slug: str, day: str, clause: str) -> None:
    answer = (
        eligible(slug, application_date=day, self_station_start=None, self_station_months=12)
        if (slug == "yantai")
        else eligible(slug, application_date=day)
    )

    assert (answer["eligible"], answer["in_force"], answer["failed"]) == (False, False, [clause])
    assert clause in answer["clauses"]
    assert "失效" in answer["explanation"][0] or "尚未施行" in answer["explanation"][0]


def test_another_reading_keeps_a_text_in_force() -> None:
    facts = ELIGIBLE["yantai"] | {"application_date": "2023-01-01"}

    assert said("yantai", "eligibility", facts, YT_A1="treat_as_in_force")["eligible"] is True
    assert said("yantai", "eligibility", ELIGIBLE["yantai"] | {"application_date": "2022-12-31"})["eligible"]


# ---- words


NO_WORDS = re.compile(r"[a-z]+_[a-z_]+|\d{4}-\d\d-\d\d|\{|[a-z]{4,}")


def asked_with_gaps(case: Facts) -> Iterator[Facts]:
    yield case["given"]
    for name in case["given"]:
        yield {k: v for k, v in case["given"].items() if k != name}


@pytest.mark.parametrize("slug", SLUGS)
def test_sentences_hold_no_names_of_the_program(slug: str) -> None:
    for case in (one for one in cases() if one["jurisdiction"] == slug):
        for given in asked_with_gaps(case):
            try:
                answer = ask(profile(slug), case["kind"], given)
            except QuestionError:
                continue
            for told in answer["explanation"]:
                assert not NO_WORDS.search(told), (case["id"], told)


def test_the_other_readings_are_told_in_words() -> None:
    gaoming = {"designated": "2024-05-20", "tranche": 2, "evaluation_first": "优秀", "as_of": "2025-12-20"}

    assert said("wenzhou", "naming", {})["explanation"][0].startswith(
        "名称缺少领办人（技能大师）姓名、职业工种"
    )
    assert "第一次年度评估等次为优秀" in said("gaoming", "funding", gaoming)["explanation"][0]
    assert (
        "应在0至2分之间，"
        in said("qinshui", "rubric", {"item": "QS-A2.1", "entered_points": 3})["explanation"][0]
    )
    assert (
        "24.9平方米，未达到25平方米"
        in (said("qinshui", "rubric", {"item": "QS-A2.6", "office_area_sqm": 24.9})["explanation"][0])
    )
    assert "发明专利2项" in said("qinshui", "rubric", {"item": "QS-A2.9", "inventions": 2})["explanation"][0]
    failed = {"annual_results": {"2018": "fail", "2019": "fail"}}
    assert "2019年考核连续2年不合格" in "".join(said("yantai", "revocation", failed)["explanation"])


@pytest.mark.parametrize("slug", ["yantai", "qinshui", "wenzhou", "gaoming", "shenzhen"])
def test_what_is_revoked_is_called_as_the_text_calls_it(slug: str) -> None:
    rules = profile(slug)
    told = " ".join(
        words
        for case in cases()
        if case["jurisdiction"] == slug and case["kind"] == "revocation"
        for words in ask(rules, "revocation", case["given"])["explanation"]
    )

    assert f"撤销{rules.terms.station}" in told
    assert not re.search("取消资格[、；]", told)


# ---- readings and groups


def test_a_plaque_that_replaces_another_is_told_so() -> None:
    facts = {"main_leader_chief_level": "city"}
    both = said("yantai", "designation", facts, YT_A5="additional")["explanation"]
    one = said("yantai", "designation", facts, YT_A5="replaces")["explanation"]

    assert [told.startswith("可以悬挂") for told in both] == [True, True]
    assert one[0].startswith("由其他牌匾代替，不再悬挂“烟台市技师工作站”牌匾")
    assert one[1].startswith("可以悬挂“烟台市首席技师工作站”牌匾")


def test_a_notice_that_a_reading_adds_is_known_to_every_kind() -> None:
    published = {"published": "2025-06-09"}
    usual = said("wenzhou", "notice", published)
    added = said("wenzhou", "notice", published, WZ_A3="add_notice")

    assert (usual["reason"], added["reason"]) == ("not_in_text", "length_not_in_text")
    assert (added["last_day"], added["manual"]) == (None, True)
    assert "另加公示" in added["explanation"][0]


@pytest.mark.parametrize(("years", "doubtful"), [(1, True), (2, False), (3, True)])
def test_years_that_are_not_those_of_the_evaluation_are_told(years: int, doubtful: bool) -> None:
    told = said("wenzhou", "duty", {"trained_by_year": {str(2020 + n): 6 for n in range(years)}})

    assert told["met"] is True
    assert ("评估期为24个月" in told["explanation"][0]) is doubtful
    each = {"trained_by_year": {"2024": 6}}
    assert "评估期" not in said("wenzhou", "duty", each, WZ_A7="each_year")["explanation"][0]


@pytest.mark.parametrize(
    ("slug", "days", "said_so"),
    [("gaoming", 5, False), ("gaoming", 3, True), ("shenzhen", 5, True), ("shenzhen", None, False)],
)
def test_another_length_than_that_of_the_text_is_not_taken_in_silence(
    slug: str, days: int | None, said_so: bool
) -> None:
    answer = said(slug, "notice", {"published": "2025-04-25", "working_days": days})

    assert any("以文件为准" in told for told in answer["explanation"]) is said_so


def test_an_office_that_the_text_does_not_know_is_the_wrong_door() -> None:
    answer = said("shenzhen", "routing", {"submitted_to": "district_hrss"})

    assert answer["submission_accepted"] is False
    assert "区级人社局" in answer["explanation"][-1]


def test_a_year_beyond_its_cap_is_told_in_a_sentence() -> None:
    answer = said("shenzhen", "funding", {"levels_approved": {"1": 11}})

    assert answer["blocked_by"] == ["SZ-7.2c"]
    assert "11个，超出上限10个" in answer["explanation"][-1]


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ({"G_6": "decision_date_governs"}, "有效期至2026年7月10日，2026年7月11日已失效"),
        ({"GM_A2": "exclusive"}, "有效期至2026年7月10日（不含当日），2026年7月10日已失效"),
    ],
)
def test_the_day_on_which_a_text_had_lapsed(readings: dict[str, str], words: str) -> None:
    asked = {"application_date": "2026-07-10", "decision_date": "2026-07-11"}

    assert words in said("gaoming", "validity", asked, **readings)["explanation"][0]


# ---- money


@pytest.mark.parametrize(
    ("annual", "payable"),
    [
        (["合格", "合格"], True),
        (["合格", "不合格"], False),
        (["不合格", "合格"], False),
        (["不合格", "不合格"], False),
        (["优秀", "合格", "不合格"], False),
        (["合格", "不合格", "合格"], False),
    ],
)
def test_one_year_that_failed_refuses_the_second_tranche_wherever_it_stands(
    annual: list[str], payable: bool
) -> None:
    """QS-9.5, whatever the order."""
    asked = {"designated": "2024-05-20", "tranche": 2, "as_of": "2026-06-20", "acceptance": "pass"}
    answer = said("qinshui", "funding", {**asked, "annual": annual})

    assert (answer["payable"], answer["amount_yuan"]) == (payable, 60000 if payable else 0)


def test_no_more_results_than_there_are_assessments() -> None:
    asked = {"designated": "2024-05-20", "tranche": 2, "evaluations": ["合格", "合格", "不合格"]}

    assert refused("gaoming", "funding", asked).culprit == "evaluations"


# ---- groups


def test_who_may_stand_by_is_told_without_a_group_too() -> None:
    full = {"designated_this_year": 20, "waitlisted": 4}
    answer = ask(invented("qinglan"), "quota", full)

    assert (answer["allowed"], answer["waitlist"], answer["total_after"]) == (False, True, 21)
    assert ask(invented("qinglan"), "quota", full | {"waitlisted": 5})["waitlist"] is False
    assert "waitlist" not in ask(invented("qinglan"), "quota", full | {"designated_this_year": 3})


@pytest.mark.parametrize("groups", [{"designations": []}, {"designations": {"host": []}}])
def test_a_list_in_the_place_of_an_object_is_called_so(groups: Facts) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(invented("qinglan"), "quota", {"group": {"host": "甲"}, "by_group": groups})

    assert "应为对象" in str(caught.value)
    assert "没有" not in str(caught.value)
