"""The page of the rules tells all that a profile says: every chapter, every label, every clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client

from jurisdictions.engine import Profile, with_readings
from jurisdictions.engine.crosscheck import walk
from jurisdictions.engine.inventory import clauses_of, places_of
from jurisdictions.engine.schema.base import Choice
from jurisdictions.engine.schema.expenditure import UseRule
from jurisdictions.engine.schema.revocation import Ground
from jurisdictions.models import RuleProfile
from jurisdictions.rulebook import TELLING, Line, chapters
from jurisdictions.rulebook.general import always_including
from jurisdictions.rulebook.lines import clauses_of_node
from tests.browsing import text_of
from tests.jurisdictions.engine.invented import INVENTED, invented
from tests.jurisdictions.engine.profiles import SLUGS, profile
from tests.world import World

EVERYBODY = (*SLUGS, *INVENTED)
# Chapters of a profile that are no rule: names, words of the screens, and where each clause is printed. The
# head of the page tells what text it is and whether it is in force; readings have a part of their own.
NO_RULE = {"slug", "title", "jurisdiction", "document", "validity", "terms", "unit_type_fact", "readings"}
NO_RULE |= {"articles"}
MACHINE = re.compile(r"(?<![A-Za-z/])[a-z]+_[a-z_0-9]+")


@cache
def rules_of(name: str) -> Profile:
    return invented(name) if name in INVENTED else profile(name)


@cache
def told(name: str) -> str:
    """Every word of the chapters."""
    return "\n".join(words(rules_of(name)))


def words(rules: Profile) -> Iterator[str]:
    for chapter in chapters(rules):
        yield chapter.title
        for group in chapter.groups:
            yield from (group.title, group.intro)
            for line in group.lines:
                yield from (line.label, *line.details, *line.tags, line.note)


def test_every_chapter_of_the_language_has_its_teller() -> None:
    covered = [name for tell in TELLING for name in tell(profile("qinshui")).covers]
    assert len(covered) == len(set(covered))
    assert set(covered) | NO_RULE == set(Profile.model_fields)


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_chapter_that_is_filled_is_told(name: str) -> None:
    rules = rules_of(name)
    shown = {part for chapter in chapters(rules) for part in chapter.covers}
    filled = {field for field in Profile.model_fields if _is_filled(getattr(rules, field))}
    assert filled - NO_RULE <= shown


def _is_filled(value: Any) -> bool:
    if value is None or value in ((), {}):
        return False
    fields = getattr(type(value), "model_fields", None)
    return any(_is_filled(getattr(value, name)) for name in fields) if fields else True


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_label_of_every_part_is_told(name: str) -> None:
    """A part that a teller forgets is missing here, whatever chapter it stands in."""
    rules = rules_of(name)
    missing = []
    for path, node in walk(rules):
        first = re.split(r"[.\[]", path)[0]
        if first in NO_RULE or path.startswith(("award.results", "workflow.facts", "deregistration.steps")):
            continue
        if isinstance(node, Choice) and first not in ("facts", "assessment"):
            continue
        label = str(getattr(node, "label", "") or getattr(node, "message", ""))
        if label and label.removeprefix("是否") not in told(name):
            missing.append((path, label))
    assert missing == []


@pytest.mark.parametrize("name", EVERYBODY)
def test_uses_and_events_that_rules_name_are_told(name: str) -> None:
    rules = rules_of(name)
    for _, node in walk(rules):
        if isinstance(node, UseRule):
            found = [*node.categories, *node.purposes]
        elif isinstance(node, Ground):
            found = list(node.events)
        else:
            continue
        for one in found:
            assert rules.labels[one] in told(name), one


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_clause_has_one_place(name: str) -> None:
    rules = rules_of(name)
    anchors = [a.anchor for c in chapters(rules) for line in c.lines for a in line.articles if a.anchor]
    assert len(anchors) == len(set(anchors))
    # Lines of the score sheet that a duty or a bonus names stand there with their points.
    assert set(places_of(rules)) <= {*anchors, *clauses_of_node(rules.validity)}


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_what_a_reading_alone_names_is_left_over(name: str) -> None:
    """A clause that no teller shows falls into 其他条款; nothing but clauses of readings may."""
    left = [line for c in chapters(rules_of(name)) if c.name == "unplaced" for line in c.lines]
    assert {line.label for line in left} <= {"理解口径"}


@pytest.mark.parametrize("name", EVERYBODY)
def test_nothing_is_told_by_its_name_in_the_file(name: str) -> None:
    assert MACHINE.findall(told(name)) == []


# --- what single chapters say ---------------------------------------------------


def lines_of(rules: Profile, chapter: str, group: str = "") -> dict[str, Line]:
    """Label -> line of a chapter, of one group where it is named."""
    found = next(c for c in chapters(rules) if c.name == chapter)
    return {
        line.label: line for part in found.groups if not group or part.title == group for line in part.lines
    }


def changed(rules: Profile, chapter: str, **values: Any) -> Profile:
    """The profile with some fields of one chapter set."""
    part = getattr(rules, chapter)
    return rules.model_copy(update={chapter: part.model_copy(update=values)})


@pytest.mark.parametrize("name", ["yantai", "wenzhou"])
def test_no_notice_is_demanded_where_the_text_has_none(name: str) -> None:
    assert "公示期满" not in told(name)
    assert "异议已处理" not in told(name)
    assert "文件没有公示环节，不以公示为前提" in told(name)


def test_a_notice_that_a_reading_adds_is_demanded() -> None:
    added = with_readings(profile("wenzhou"), {"WZ-A3": "add_notice"})
    assert "公示期满" in "\n".join(words(added))


@pytest.mark.parametrize("name", ["shenzhen", "gaoming", "qinshui"])
def test_the_step_of_the_notice_has_the_length_that_the_text_gives(name: str) -> None:
    rules = profile(name)
    stage = next(stage.label for stage in rules.stages if stage.kind == "notice")
    said = "；".join(lines_of(rules, "stages", "环节")[stage].details)
    assert "文件未规定期限" not in said
    assert {"shenzhen": "公示5日", "gaoming": "公示5个工作日", "qinshui": "公示5个工作日"}[name] in said
    assert lines_of(rules, "stages", "环节")[stage].clauses[0] == rules.notice.clauses[0]  # type: ignore[union-attr]


def test_a_soft_extension_is_no_limit() -> None:
    rules = profile("shenzhen")
    said = lines_of(rules, "obligations")["年度备案的延期"].details
    assert said[0] == "一般不超过6个月；超过的由主管部门记录理由后决定"
    hard = with_readings(rules, {"SZ-A11": "hard_limit"})
    assert lines_of(hard, "obligations")["年度备案的延期"].details[0] == "最多延长6个月"


def test_targets_and_caps_are_of_a_year() -> None:
    rules = profile("shenzhen")
    assert "每年目标15家，超过的只提示" in told("shenzhen")
    assert "每批" not in told("shenzhen")
    capped = changed(rules, "round", target=None, cap=15)
    assert "每年不超过15家" in "\n".join(words(capped))


def test_a_filing_is_received_and_not_assessed() -> None:
    assert "由市人力资源和社会保障局受理" in lines_of(profile("shenzhen"), "assessment")
    assert "由市人力资源和社会保障局评估" not in told("shenzhen")
    assert "由市人力资源和社会保障局评估" in lines_of(profile("wenzhou"), "assessment")


def test_an_allegation_stands_apart_from_the_grounds() -> None:
    rules = profile("shenzhen")
    assert "被指弄虚作假，尚未查实" not in lines_of(rules, "revocation", "撤销的情形")
    waiting = next(
        group
        for chapter in chapters(rules)
        for group in chapter.groups
        if group.title == "须先有书面认定的情形"
    )
    assert [line.label for line in waiting.lines] == ["被指弄虚作假，尚未查实"]
    assert "追回资金：文件未规定，撤销的情形中另有写明的除外" in lines_of(rules, "revocation")["撤销"].details
    assert waiting.intro == "没有书面认定的，不撤销，也不追回资金。"


def test_what_is_only_looked_at_stands_apart_from_the_grounds() -> None:
    rules = profile("shenzhen")
    looked_at = lines_of(rules, "revocation", "提请主管部门判断的情形")
    assert {"可能属于未能履行职责", "可能不适合继续承担功能"} <= set(looked_at)
    assert not set(looked_at) & set(lines_of(rules, "revocation", "撤销的情形"))


@pytest.mark.parametrize("name", ["gaoming", "qinshui"])
def test_a_second_batch_is_said_to_be_refused(name: str) -> None:
    rules = profile(name)
    group = next(
        group for c in chapters(rules) for group in c.groups if group.title.endswith("当年第二个认定批次")
    )
    said = "；".join(part for line in group.lines for part in (line.label, *line.details))
    assert "每年只有1个认定批次，当年第2个批次不予办理" in said
    assert "须同时满足" not in said
    twice = changed(rules, "round", per_year=2)
    again = "\n".join(words(twice))
    assert "不予办理" not in again
    assert "每年2个认定批次，可以有当年第2个批次" in again
    unsaid = changed(rules, "round", per_year=None)
    assert "每年的批次数没有规定，由主管部门决定" in "\n".join(words(unsaid))


@pytest.mark.parametrize("name", EVERYBODY)
def test_nothing_of_how_questions_are_answered_is_told(name: str) -> None:
    assert "不因此等待" not in told(name)


SILENT = ("不作为依据的情况", "改选其他读法才作为依据的情况")
LOSS, SUCCESSOR, PERSON = "造成重大损失和严重后果", "有符合要求的人员接替", "所涉人员"


@pytest.mark.parametrize(
    ("name", "idle", "otherwise", "deciding"),
    [
        ("yantai", {LOSS, SUCCESSOR}, set(), {PERSON}),
        ("shenzhen", {PERSON, LOSS, SUCCESSOR}, {"未能履行职责经查明属实"}, {"有正当理由"}),
        ("gaoming", {PERSON, LOSS, SUCCESSOR}, set(), {"情节严重", "已发放经费"}),
        ("wenzhou", set(), {SUCCESSOR}, {PERSON, LOSS}),
        ("qinshui", set(), {PERSON}, {SUCCESSOR, LOSS}),
    ],
)
def test_a_fact_that_no_ground_rests_on_has_no_article(
    name: str, idle: set[str], otherwise: set[str], deciding: set[str]
) -> None:
    rules = profile(name)
    shown = [lines_of(rules, "revocation", group) for group in SILENT]
    assert [set(found) for found in shown] == [idle, otherwise]
    assert [line.clauses for found in shown for line in found.values() if line.clauses] == []
    recorded = set(lines_of(rules, "revocation", "须记录的情况"))
    assert deciding <= recorded
    assert not recorded & (idle | otherwise)


def test_a_reading_makes_its_fact_decide() -> None:
    allowed = with_readings(profile("wenzhou"), {"WZ-A10": "successor_allowed"})
    assert SUCCESSOR in lines_of(allowed, "revocation", "须记录的情况")


def test_a_late_renewal_is_told_as_the_text_has_it() -> None:
    rules = invented("qinglan")
    assert rules.term is not None
    assert rules.term.renewal is not None
    given = rules.term.renewal.model_dump(by_alias=True, exclude_unset=True)
    for late, words_ in (
        ("refused", "届满后才申请的：不予同意"),
        (None, "届满后才申请的：文件未规定，由主管部门决定"),
    ):
        written = {key: value for key, value in given.items() if key != "late"} | (
            {"late": late} if late else {}
        )
        renewal = type(rules.term.renewal).model_validate(written)
        assert words_ in lines_of(changed(rules, "term", renewal=renewal), "periods")["续期"].details


@pytest.mark.parametrize("name", ["yantai", "shenzhen", "gaoming"])
def test_one_issuer_countersigns_nothing(name: str) -> None:
    assert "会签" not in told(name)
    assert "会签：县委组织部" in told("qinshui")


@pytest.mark.parametrize(
    ("name", "label", "clause"),
    [
        ("yantai", "年度考核连续2次不合格的", "YT-15.5"),
        ("gaoming", "年度评估整改后仍不合格的", "GM-15.5"),
        ("qinshui", "年度评估不合格的", "QS-9.5"),
        ("wenzhou", "绩效评估整改后仍不合格的", "WZ-7.4.3"),
    ],
)
def test_grounds_that_rest_on_grades_stand_among_the_grounds(name: str, label: str, clause: str) -> None:
    assert clause in lines_of(profile(name), "revocation", "撤销的情形")[label].clauses


def test_lines_of_the_score_sheet_say_who_scores() -> None:
    sheet = lines_of(profile("qinshui"), "assessment")
    assert sheet["组织体系和岗位职责"].details[0] == "2分；由审核人员评分"
    assert sheet["培养技能技术骨干5名以上"].details[1].endswith("未达到的由审核人员评分")


def test_a_task_is_of_the_station_by_its_name() -> None:
    assert lines_of(profile("wenzhou"), "duties")["技术攻关和技术创新"].details == ("技能大师工作室",)
    assert lines_of(profile("qinshui"), "duties")["承担培训任务"].details == ("技师工作站",)


def test_negations_read_as_sentences() -> None:
    assert "要件：没有符合要求的人员接替" in told("qinshui")
    assert "要件：没有完成确定的年度目标任务" in told("yantai")
    assert "领办人具有绝技绝活" in told("wenzhou")
    assert "要件：迁移尚未同意，或新址评估为不符合条件" in told("gaoming")
    assert "不属于以下情形：申报材料经核实弄虚作假或者不实" in told("gaoming")
    for name in EVERYBODY:
        assert "不得：" not in told(name)
        assert not re.search("为否(?!决)", told(name)), name


def test_sums_have_their_unit() -> None:
    assert "合计不少于3名" in told("qinshui")
    assert "合计不少于1家" in told("qinshui")
    assert "合计不少于3名" in told("shenzhen")
    assert "领办人符合的业绩条件至少1个" in told("wenzhou")
    assert [line for line in told("gaoming").splitlines() if re.search(r"合计(不少于|至少)\d+$", line)] == []


def test_a_grade_is_called_passing_only_where_its_name_does_not_say_it() -> None:
    grades = lines_of(profile("wenzhou"), "assessment", "等次")
    assert grades["优秀"].details == ("90分起", "属于合格以上")
    assert grades["合格"].details == ("60分起",)
    assert grades["不合格"].details == ("不足60分",)


def test_originals_and_copies_are_both_named_where_the_text_wants_both() -> None:
    papers = lines_of(profile("yantai"), "materials", "应交的材料")
    assert "原件及复印件" in papers["营业执照或批准成立文件"].details[0]
    assert "原件" not in papers["申请报告"].details[0]
    wenzhou = lines_of(profile("wenzhou"), "materials", "应交的材料")
    assert "核对原件" in wenzhou["获奖、技术认定、出版物等证明复印件"].details[0]


# --- the page -------------------------------------------------------------------


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_page_has_every_clause_every_line_and_every_reading(world: World, client: Client) -> None:
    rules = world.rules
    page = text_of(client, world.url("rules/"))
    named = places_of(rules)
    for clause in (one.id for one in clauses_of(rules.slug) if one.id in named):
        assert page.count(f'id="{clause}"') == 1, clause
    for chapter in chapters(rules):
        assert f'href="#{chapter.name}"' in page
        assert page.count(f'id="{chapter.name}"') == 1
    for reading in rules.readings:
        assert page.count(f'id="{reading.id}"') == 1
        for words_ in (reading.question, reading.why, *(option.label for option in reading.options)):
            assert words_ in page, words_
    assert len(re.findall("<strong>采用：", page)) == len(rules.readings)
    assert ('id="notice"' in page) is (rules.notice is not None)


@pytest.fixture
def second(world: World) -> RuleProfile:
    """A later version of the same text, with a longer notice."""
    text = world.profile.text.replace("\nnotice:\n  days: 5\n", "\nnotice:\n  days: 9\n")
    assert text != world.profile.text
    return RuleProfile.objects.create(
        version="2031-01-01", text=text, digest="0" * 64, active_from="2031-01-01"
    )


@pytest.mark.parametrize(
    ("slug", "clauses"),
    [("yantai", ("YT-5.1b",)), ("shenzhen", ("SZ-4.1b",)), ("wenzhou", ("WZ-4.1.0",)), ("gaoming", ())],
)
def test_the_reading_of_figures_says_which_it_does_not_touch(slug: str, clauses: tuple[str, ...]) -> None:
    rules = profile(slug)
    told = {reading.id: always_including(rules, reading) for reading in rules.readings}
    assert told.pop("G-1") == clauses
    assert set(told.values()) == {()}


@pytest.mark.parametrize("world", ["yantai"], indirect=True)
def test_the_page_says_so_at_that_reading(world: World, client: Client) -> None:
    page = client.get(world.url("rules/")).content.decode()
    reading = page[page.index('<li id="G-1">') :].partition('<li id="G-4">')[0]
    assert "写明“至少”的始终包括本数" in reading
    assert reading.count('href="#YT-5.1b"') == 1


def test_former_versions_are_listed_and_compared(world: World, client: Client, second: RuleProfile) -> None:
    page = text_of(client, world.url("rules/"))
    first = world.profile.version
    assert "2031年1月1日" in page
    assert f"?compare={second.version}" in page
    compared = text_of(client, world.url(f"rules/?compare={first}&version={second.version}"))
    assert "公示" in compared
    assert "天数" in compared
    assert re.search(r"<span>5</span>.*<span>9</span>", compared, re.DOTALL)
    assert "QS-5.2c" in compared
    assert "没有差异" not in compared
    assert "同一个版本" in text_of(client, world.url(f"rules/?compare={first}"))
    older = text_of(client, world.url(f"rules/?version={second.version}"))
    assert "非现行版本" in older
    assert "公示9个工作日" in older
    assert client.get(world.url("rules/?compare=1900-01-01")).status_code == 404


# --- one clause, where another page rests on it ---------------------------------


def test_a_clause_is_told_where_it_is_cited(world: World, client: Client) -> None:
    told_ = text_of(client, world.url("rules/?clause=QS-9.4"))
    assert "优秀不超过去除不合格后的15%" in told_
    assert "年度评估" in told_
    assert "本系统的概括" in told_
    assert "<html" not in told_
    assert "公示期" not in told_
    in_force = text_of(client, world.url("rules/?clause=QS-14.1"))
    assert "有效期" in in_force
    assert client.get(world.url("rules/?clause=QS-99.9")).status_code == 404


def test_a_clause_is_told_as_the_version_meant_has_it(
    world: World, client: Client, second: RuleProfile
) -> None:
    now = text_of(client, world.url("rules/?clause=QS-5.2c"))
    later = text_of(client, world.url(f"rules/?clause=QS-5.2c&version={second.version}"))
    assert "公示5个工作日" in now
    assert "公示9个工作日" in later
    assert "<html" not in later
