"""A jurisdiction from its regulation: skeleton, check, founding, and a year of work with no code for it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from applications.enums import ApplicationState
from applications.models import Application
from config import demo as demonstration
from core.errors import DomainError
from core.models import LogEntry
from core.tenancy import tenant_scope
from funding.models import Tranche
from jurisdictions.engine import load_profile
from jurisdictions.engine.questions.lines import answer_lines
from jurisdictions.enums import RESERVED_SLUGS
from jurisdictions.models import Authority, Jurisdiction, Membership, RuleProfile
from jurisdictions.skeleton import unfilled
from stations.models import Station
from tests.applications.builders import story_of
from tests.assessments.acts import settle
from tests.browsing import signed_in, text_of
from tests.jurisdictions.engine.invented import FOLDER, file_of
from tests.world import World

# What a person writes at the marks of the skeleton, by the first words of each; the rest get words.
FILLED = {
    "人数，": "3",
    "公示天数": "5",
    "working_day": "working_day",
    "月份": "3",
    "总额": "20000",
    "本次金额": "20000",
    "有效期的最后一天": "2030-12-31",
}


def run(*arguments: str | Path) -> str:
    """A command; what it said."""
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def skeleton_in(folder: Path, *more: str) -> Path:
    run("new_jurisdiction", "lanting", "--name", "兰亭县", "--level", "county", "--division-code", "990201",
        "--effective", "2026-03-01", "--to", folder, *more)  # fmt: skip
    return folder / "lanting" / "2026-03-01.yaml"


def fill(path: Path) -> None:
    """Every mark replaced, as somebody would who has the regulation before them."""

    def written(mark: re.Match[str]) -> str:
        return next((value for begin, value in FILLED.items() if mark[1].startswith(begin)), "某某")

    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "".join(
            f"{line if line.lstrip().startswith('#') else re.sub('〔填：([^〕]*)〕', written, line)}\n"
            for line in lines
        ),
        encoding="utf-8",
    )


def questions(*asked: dict[str, Any]) -> list[bytes]:
    return [json.dumps({"jurisdiction": "lanting", **one}).encode() for one in asked]


# --- skeleton and check, without a database ------------------------------------


def test_a_skeleton_says_what_is_left_and_is_sound_once_it_is_filled(tmp_path: Path) -> None:
    path = skeleton_in(tmp_path)
    left = unfilled(path.read_text(encoding="utf-8"))
    assert len(left) > 30

    with pytest.raises(CommandError, match=f"还有 {len(left)} 处未填写"):
        run("check_profile", path)

    fill(path)
    told = run("check_profile", path)
    assert "公示：5个工作日；补助：20000元，分1次" in told
    profile = load_profile(path)
    assert (profile.slug, profile.jurisdiction.name) == ("lanting", "兰亭县")
    asked = questions(
        {"kind": "eligibility", "given": {"unit_type": "enterprise", "technicians": 2, "support_good": True}},
        {"kind": "notice", "given": {"published": "2026-05-06"}},
    )
    answers = [json.loads(line.text) for line in answer_lines(asked, {"lanting": profile})]
    assert (answers[0]["eligible"], answers[0]["failed"]) == (False, ["LA-2.2"])
    assert answers[1]["last_day"] == "2026-05-12"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("LANXI",), "网址代号 LANXI"),
        (("lan_xi",), "网址代号 lan_xi"),
        (("yantai",), "辖区 yantai 已经存在"),
        (("api",), "网址代号 api 为系统所用"),
        (("accounts",), "网址代号 accounts 为系统所用"),
        (("lanxi", "--division-code", "abc"), "行政区划代码 abc"),
        (("lanxi", "--division-code", "3307811"), "行政区划代码 3307811"),
        (("lanxi", "--prefix", "兰"), "条款编号前缀 兰"),
        (("lanxi", "--prefix", "L1"), "条款编号前缀 L1"),
    ],
)
def test_a_skeleton_that_could_found_nothing_is_refused(
    wrong: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    slug, *more = wrong
    with pytest.raises(CommandError, match=named):
        run("new_jurisdiction", slug, "--name", "兰溪市", "--level", "county", "--division-code", "330781",
            "--effective", "2026-03-01", "--to", tmp_path, *more)  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_the_question_that_it_tells_is_answered_for_any_slug(tmp_path: Path) -> None:
    told = run("new_jurisdiction", "lan-xi", "--name", "兰溪市", "--level", "county", "--division-code",
               "330781", "--effective", "2026-03-01", "--to", tmp_path)  # fmt: skip
    path = tmp_path / "lan-xi" / "2026-03-01.yaml"
    assert f"manage.py ask --profile {path}" in told
    (asked,) = re.findall(r"echo '(.*)' \|", told)
    fill(path)
    (line,) = answer_lines([asked.encode()], {"lan-xi": load_profile(path)})
    assert json.loads(line.text)["failed"] == ["LA-2.2"]


PAGE = Path(__file__).resolve().parents[2] / "docs" / "new-jurisdiction.md"


def test_the_ids_of_the_page_are_those_of_its_command(tmp_path: Path) -> None:
    """What the page shows is what its own command writes: prefix, and the question that it puts."""
    page = PAGE.read_text(encoding="utf-8")
    (command,) = re.findall(r"^manage\.py (new_jurisdiction .*--effective.*)$", page, re.MULTILINE)
    run(*command.replace("--to work", f"--to {tmp_path}").split())
    path = tmp_path / "lanting" / "2026-03-01.yaml"
    fill(path)
    ids = set(re.findall(r"`([A-Z]+)-\d", page))
    assert ids == {load_profile(path).document.clause_prefix}
    (asked,) = re.findall(r"^echo '(.*)' \\$", page, re.MULTILINE)
    (line,) = answer_lines([asked.encode()], {"lanting": load_profile(path)})
    assert json.loads(line.text)["failed"] == ["LT-2.2"]


def test_a_skeleton_is_never_written_over(tmp_path: Path) -> None:
    path = skeleton_in(tmp_path)
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(CommandError, match="is there already"):
        skeleton_in(tmp_path)

    assert path.read_text(encoding="utf-8") == "mine"


def test_every_chapter_of_the_skeleton_is_explained_in_both_languages(tmp_path: Path) -> None:
    text = skeleton_in(tmp_path).read_text(encoding="utf-8")
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]

    assert any(re.search("[a-z]{4}", line) for line in comments)
    for chapter in ("document", "validity", "authorities", "facts", "conditions", "routes", "stages",
                    "notice", "designation", "obligations", "assessment", "award", "articles"):  # fmt: skip
        assert re.search(rf"^{chapter}:", text, re.MULTILINE), chapter


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    path = skeleton_in(tmp_path)
    fill(path)
    text = path.read_text(encoding="utf-8").replace("total_yuan: 20000", "total_yuan: 25000")
    path.write_text(text.replace("at_least: 3", "at_least: three"), encoding="utf-8")
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 处错误"):
        call_command("check_profile", str(path), stdout=out)

    number = next(n for n, line in enumerate(text.splitlines(), 1) if "at_least: 3" in line)
    place = "申报条件 › 第2项 › 要求（require） › 不少于（at_least）"
    assert out.getvalue() == f"{path}:{number}: {place}：应为数字，不带单位\n"


# --- founding -------------------------------------------------------------------


def found(**kinds: str) -> str:
    names = [part for kind, name in kinds.items() for part in ("--authority", f"{kind}={name}")]
    return run("new_jurisdiction", "qinglan", "--from", file_of("qinglan"), *names)


@pytest.mark.django_db
def test_a_finished_profile_founds_the_jurisdiction() -> None:
    told = found(city_hrss="青岚省东山市人社局")

    tenant = Jurisdiction.objects.get(slug="qinglan")
    assert (tenant.name, tenant.short_name, tenant.division_code) == ("青岚省", "青岚", "990000")
    with tenant_scope(tenant):
        names = dict(Authority.objects.values_list("kind", "name"))
        assert names["city_hrss"] == "青岚省东山市人社局"
        assert set(names) == {a.kind for a in load_profile(file_of("qinglan")).authorities}
        assert RuleProfile.objects.get().version == "2024-03-01"
        assert LogEntry.objects.filter(action="jurisdictions.authority").count() == len(names)
    for role in ("administrator", "security_administrator", "auditor"):
        assert f"appoint 用户名 qinglan 省人力资源和社会保障厅 {role}" in told


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["twice", "kind", "slug", "marks", "name", "reserved"])
def test_founding_is_refused_whole(wrong: str, tmp_path: Path) -> None:
    text = file_of("qinglan").read_text(encoding="utf-8")
    slug, path, more = "qinglan", tmp_path / "2024-03-01.yaml", list[str]()
    match wrong:
        case "twice":
            found()
        case "kind":
            more = ["--authority", "ministry=某部"]
        case "slug":
            slug = "qingdao"
        case "marks":
            text = text.replace("title: 青岚省技师工作站管理办法\nj", "title: 〔填：标题〕\nj")
        case "name":
            path = tmp_path / "newest.yaml"
        case "reserved":
            slug = RESERVED_SLUGS[0]
            text = text.replace("slug: qinglan", f"slug: {slug}")
    path.write_text(text, encoding="utf-8")
    before = Jurisdiction.objects.count()

    with pytest.raises(CommandError):
        run("new_jurisdiction", slug, "--from", path, *more)

    assert Jurisdiction.objects.count() == before


@pytest.mark.django_db
def test_the_next_commands_that_it_tells_open_the_jurisdiction_to_three_people() -> None:
    found()

    for place, role in enumerate(("administrator", "security_administrator", "auditor")):
        told = run("open_account", f"first{place}", "--name", "某人", "--email", "a@example.org",
                   "--phone", "13800000000")  # fmt: skip
        assert re.search(r"initial password \S+", told)
        run("appoint", f"first{place}", "qinglan", "省人力资源和社会保障厅", role)

    assert User.objects.get(username="first0").must_change_password
    with tenant_scope(Jurisdiction.objects.get(slug="qinglan")):
        assert Membership.objects.count() == 3


# --- and it works ---------------------------------------------------------------


@pytest.fixture
def qinglan(db: None) -> Iterator[World]:
    """The invented province, founded by the command, with people who work there."""
    people = yaml.safe_load((FOLDER / "qinglan" / "people.yaml").read_text(encoding="utf-8"))
    names = [f"{row['kind']}={row['name']}" for row in people["authorities"]]
    run("new_jurisdiction", "qinglan", "--from", file_of("qinglan"),
        *[part for name in names for part in ("--authority", name)])  # fmt: skip
    tenant = Jurisdiction.objects.get(slug="qinglan")
    with tenant_scope(tenant):
        made = demonstration.furnish(people, password=None)
        assert Authority.objects.count() == len(people["authorities"]), "the command has made them all"
        world = World(tenant, people, RuleProfile.objects.get(), made.authorities, made.people, made.experts)
        world.at(people["begin"])
        yield world


def test_a_call_ends_at_the_hour_that_the_text_says(qinglan: World) -> None:
    story = story_of(qinglan)
    qinglan.demo["round"]["closes"] = "2025-04-30T17:00"

    with pytest.raises(DomainError, match="18:00截止") as refused:
        story.open_round()

    assert (refused.value.path, refused.value.clause) == ("closes_at", "QL-5.1")


def test_from_the_application_to_the_assessment_with_no_code_for_it(qinglan: World) -> None:
    story = story_of(qinglan)
    qinglan.at("2025-03-03", 10)
    story.register("unit")
    round_ = story.open_round()

    application = story.apply("unit", round_)
    story.review("unit", application)
    story.decide(round_, [application])
    story.designate(round_)
    story.pay_first()

    application.refresh_from_db()
    station = Station.objects.get()
    assert application.state == ApplicationState.DESIGNATED
    assert (station.number, station.name) == ("青技站2025001", "东山市山泉机械有限公司钳工技师工作站")
    paid = Tranche.objects.get(seq=1)
    assert (paid.state, paid.amount_fen) == ("released", 50_000 * 100)

    assessment = settle(qinglan, station, year=2027, total="85")

    _looked_at(qinglan, application, station)
    # 50 accidents take all ten points of safety; 85 of 100 is 合格, and it opens the second payment.
    assert (assessment.total, assessment.grade) == (85, "合格")
    assert Tranche.objects.get(seq=2).state == "due"


def _looked_at(world: World, application: Application, station: Station) -> None:
    """The pages of a station's year are there, with the words of this text."""
    visitor, unit = Client(), signed_in(world, "submitter")
    rules = text_of(visitor, world.url("rules/"))
    for words in ("技师、高级技师5名以上", "第三条（二）", "新能源、先进制造产业", "厅长办公会审定"):
        assert words in rules, words
    assert "青岚省" in text_of(visitor, world.url(""))
    public = text_of(visitor, world.url(f"stations/{station.pk}/"))
    assert station.name in public
    # Three years; the last day belongs to them.
    assert str(station.expires_on) == f"{station.designated_on.year + 3}{str(station.designated_on)[4:]}"
    assert "有效期至" in public
    assert "有效期至" in text_of(unit, world.url(f"unit/stations/{station.pk}/"))
    assert "申报的工作站" in text_of(unit, world.url(f"unit/applications/{application.pk}/"))
    assert "第二笔" in text_of(unit, world.url(f"unit/stations/{station.pk}/"))
    asked = visitor.post(
        "/api/v1/jurisdictions/qinglan/questions/notice/",
        data={"given": {"published": "2025-06-03"}},
        content_type="application/json",
    )
    assert asked.json()["last_day"] == "2025-06-09"
