"""A real application from registration to the second tranche, in a browser, in each jurisdiction.

Qinshui whole, with a browser of its own for each person; the other four from the form on. Where a
profile has no notice, no money or no grades, the run finds none: what is asked of the pages is
read from the profile and the demonstration file, not from the jurisdiction's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config import demo as demonstration
from core.money import fen, wan_text
from jurisdictions.engine import (
    Obligation,
    Profile,
    WorkCalendar,
    bundled_profiles,
    load_profile,
    obligations_between,
)
from tests.e2e import hands
from tests.e2e.conftest import NewPerson, Shot, Site

pytestmark = pytest.mark.e2e

PREFIX = {"qinshui": "qs", "gaoming": "gm", "yantai": "yt", "shenzhen": "sz", "wenzhou": "wz"}
NEWCOMER = {
    "username": "newcomer",
    "full_name": "常新梅",
    "person_email": "newcomer@example.org",
    "phone": "13803569999",
    "password": "Mine-Machine-2025",
    "password_again": "Mine-Machine-2025",
}


@dataclass
class Play:
    """One jurisdiction on the running site, with its people at their browsers."""

    site: Site
    slug: str
    sit_down: NewPerson
    shot: Shot
    demo: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    # The day of the jurisdiction's clock: only this play moves it, and asking starts a process.
    day: date | None = None

    def __post_init__(self) -> None:
        self.demo = demonstration.read(self.slug)

    @property
    def rules(self) -> Profile:
        return load_profile(next(path for path in bundled_profiles() if path.parent.name == self.slug))

    def at(self, key: str) -> Page:
        """The browser of a person of the demonstration file, signed in: `officer`, `expert1` …"""
        if key not in self.pages:
            page = self.sit_down()
            hands.sign_in(page, f"{PREFIX[self.slug]}-{key}")
            self.pages[key] = page
        return self.pages[key]

    def go(self, key: str, path: str) -> Page:
        """The person opens a page below the jurisdiction's address."""
        page = self.at(key)
        page.goto(f"/{self.slug}/{path}")
        return page

    def picture(self, page: Page, name: str, *, phone: bool = False) -> None:
        self.shot(page, f"{self.slug}-{name}", phone=phone)

    # --- the calendar -----------------------------------------------------------

    def today(self) -> date:
        if self.day is None:
            self.day = date.fromisoformat(self.site.manage("clock", self.slug).split()[1])
        return self.day

    def move(self, day: date | str) -> None:
        self.site.manage("clock", self.slug, "--to", f"{day}T09:30")
        self.day = date.fromisoformat(str(day))

    def eventually(self, page: Page, check: Callable[[Page], None], seconds: float = 30) -> None:
        """Loads the page again until the worker has done what the check looks for."""
        for _ in range(int(seconds * 2)):
            try:
                check(page)
            except AssertionError:
                page.wait_for_timeout(500)
                page.reload()
            else:
                return
        check(page)

    # --- the way to a station ---------------------------------------------------

    def apply(self, page: Page) -> None:
        """From the unit's home to a submitted application."""
        page.goto(f"/{self.slug}/unit/")
        hands.press(page, "开始申报")
        self.picture(page, "03-application")
        hands.fill_application(page, hands.answers_of(self.demo))
        self.picture(page, "04-filled")
        hands.submit_application(page)
        self.picture(page, "05-submitted", phone=True)

    def review(self, unit: str) -> None:
        """Every desk that the profile sends the file to checks it and passes it on."""
        judgements = hands.answers_of(self.demo)["judgements"]
        for desk in range(5):
            for key in self._reviewers():
                page = self.go(key, "desk/")
                if page.get_by_role("link", name=unit).count() == 0:
                    continue
                hands.open_file(page, self.slug, unit)
                hands.check_file(page, judgements)
                self.picture(page, f"06-desk-{desk}", phone=desk == 0)
                hands.forward_file(page)
                break
            else:
                return
        raise AssertionError("the file never left the desks")

    def _reviewers(self) -> list[str]:
        posts = ("reviewer", "bureau_officer")
        return [
            person["key"]
            for person in self.demo["people"]
            if any(post["role"] in posts for post in person.get("posts", []))
        ]

    def panel(self) -> None:
        """The bureau sends what waits to three experts; each signs, none sees the others; it is closed."""
        page = self.go("officer", "bureau/rounds/")
        hands.enter(page.locator("tbody a[href*='/rounds/']").first)
        hands.follow(page, re.compile("组织专家评审"))
        hands.pick_all(page, "applications")
        hands.pick_all(page, "experts")
        if page.locator("[name=due_on]").input_value() == "":
            hands.put(page, "due_on", self.today() + timedelta(days=10))
        self.picture(page, "07-panel")
        hands.press(page, "提交专家组")
        panel_url = page.url
        for number in (1, 2, 3):
            self._sign(
                f"expert{number}", f"第{number}位专家的独立意见：条件具备，建议认定。", page, panel_url
            )
        page.goto(panel_url)
        hands.press(page, "结束评审")
        self.picture(page, "09-panel-closed")
        for number in (1, 2, 3):
            hands.said(page, f"第{number}位专家的独立意见：条件具备，建议认定。")

    def _sign(self, key: str, comment: str, officer: Page, panel_url: str) -> None:
        page = self.go(key, "panel/")
        while page.locator("ul.tasks li:has-text('待评') a").count():
            hands.enter(page.locator("ul.tasks li:has-text('待评') a").first)
            self.picture(page, f"08-{key}", phone=True)
            hands.sign_opinion(page, comment)
            assert "位专家的独立意见" not in page.content().replace(comment, "")
            page.goto(f"/{self.slug}/panel/")
        officer.goto(panel_url)
        assert comment not in officer.content()

    def fix_list(self) -> None:
        """The bureau closes the call, puts everybody on the list and fixes it."""
        page = self.go("officer", "bureau/rounds/")
        hands.enter(page.locator("tbody a[href*='/rounds/']").first)
        hands.follow(page, "确定名单")
        for radio in page.locator("[name^='choice-'][value='propose']").all():
            radio.check()
        self.picture(page, "10-list")
        hands.press(page, "核对名单")
        hands.press(page, "确定名单")

    def notice(self) -> None:
        """Where the profile has a notice: drafted, published by the publisher, seen by the public, ended."""
        page = self.go("officer", "bureau/rounds/")
        hands.enter(page.locator("tbody a[href*='/rounds/']").first)
        hands.follow(page, "公示和认定")
        rule = self.rules.notice
        if rule is None:
            expect(page.get_by_role("button", name="起草公示")).to_have_count(0)
            return
        hands.press(page, "起草公示")
        publisher = self.go("publisher", "bureau/notices/")
        hands.enter(publisher.locator("tbody a[href*='/notices/']").first)
        hands.press(publisher, "发布公示")
        self.picture(publisher, "11-notice-published")
        citizen = self.sit_down()
        citizen.goto(f"/{self.slug}/notices/")
        hands.enter(citizen.locator("main a[href*='/notices/']").first)
        hands.said(citizen, self.rules.designation.plaques[0].title)
        for secret in self._secrets():
            assert secret not in citizen.content()
        self.picture(citizen, "12-notice-public", phone=True)
        self.move(self.today() + timedelta(days=16))
        page = self.go("officer", "bureau/notices/")
        self.eventually(page, lambda p: expect(p.locator("tbody tr").first).to_contain_text("公示期满"))

    def _secrets(self) -> list[str]:
        """What no public page may show: identity numbers, phones, accounts."""
        found = [row["resident_id"] for row in hands.answers_of(self.demo)["rosters"]["members"]]
        for unit in self.demo["units"]:
            found += [unit["contact_phone"], unit.get("bank_account", unit["contact_phone"])]
        return found

    def designate(self) -> None:
        """Every body signs off where the profile names several; then the document and the plaques."""
        page = self.go("officer", "bureau/rounds/")
        hands.enter(page.locator("tbody a[href*='/rounds/']").first)
        hands.follow(page, "公示和认定")
        while page.get_by_role("button", name="登记会签").count():
            page.locator("[name=authority]").select_option(index=1)
            hands.put(page, "reference", "会签单2号")
            hands.press(page, "登记会签")
        for box in page.locator("[name^='pick-']").all():
            box.check()
        hands.put(page, "document_number", f"{self.demo['document_code']}〔{self.today().year}〕6号")
        hands.press(page, "核对认定名单")
        hands.press(page, "认定并印发")
        self.picture(page, "13-designated")

    def pay(self, station: str, amount: str) -> None:
        """What is due to the station: approved by one person, released by another, paid once."""
        maker = self._tranche("maker", station, amount)
        self.picture(maker, "14-tranche", phone=True)
        hands.press(maker, "核准")
        assert maker.get_by_role("button", name="复核放款").count() == 0
        checker = self._tranche("checker", station, amount)
        assert checker.get_by_role("button", name="核准", exact=True).count() == 0
        hands.press(checker, "复核放款")
        self.eventually(checker, lambda p: expect(p.locator("main")).to_contain_text("流水号"))
        self.picture(checker, "15-released")

    def _tranche(self, key: str, station: str, amount: str) -> Page:
        page = self.go(key, "funds/tranches/")
        row = page.locator("tbody tr", has_text=station).filter(has_text=amount).first
        hands.enter(row.locator("a").first)
        return page

    def report(self, page: Page, *, figures: dict[str, Any] | None = None, label: str = "") -> None:
        """The station hands in what it owes now."""
        page.goto(f"/{self.slug}/unit/assessments/")
        rows = page.locator("tbody tr", has_text=label).filter(has_text=re.compile("待提交"))
        hands.enter(rows.last.locator("a").first)
        hands.fill_report(page, figures or {})
        self.picture(page, "16-reported", phone=True)
        expect(page.locator("main")).to_contain_text("待考核")

    def open_assessment(self, key: str, station: str, state: str = "待考核") -> Page:
        """The assessor opens the station's report."""
        page = self.go(key, "bureau/assessments/?state=")
        hands.enter(
            page.locator("tbody tr", has_text=station).filter(has_text=state).first.locator("a").first
        )
        return page


def close_call(play: Play) -> None:
    """The clock passes the end of the call, and beat closes it."""
    closes = play.demo["round"]["closes"]
    closes = closes if not isinstance(closes, str) else date.fromisoformat(closes[:10])
    play.move(date(play.today().year, closes.month, closes.day) + timedelta(days=2))
    page = play.go("officer", "bureau/rounds/")
    play.eventually(page, lambda p: expect(p.locator("tbody tr").first).to_contain_text("已截止"))


def to_designation(play: Play, unit_page: Page, unit: str) -> None:
    """From the form to the station, and what the public sees of it."""
    play.apply(unit_page)
    others = [row["name"] for row in play.demo["units"][1:]]
    play.review(unit)
    for other in others:
        play.review(other)
    close_call(play)
    play.panel()
    play.fix_list()
    play.notice()
    play.designate()
    citizen = play.sit_down()
    citizen.goto(f"/{play.slug}/stations/")
    expect(citizen.locator("main")).to_contain_text(unit)
    play.picture(citizen, "17-directory", phone=True)


def test_qinshui_from_registration_to_the_second_tranche(
    site: Site, new_person: NewPerson, shot: Shot
) -> None:
    play = Play(site, "qinshui", new_person, shot)
    template = play.demo["units"][0]
    unit = {
        **template,
        "name": "沁水县新晋机械再制造有限公司",
        "uscc": "91140521MA3F011488",
        "email": "xinjin@example.org",
    }
    newcomer = new_person()
    hands.register_unit(
        newcomer, "qinshui", {**unit, "uscc": "91140521MA3F011489"}, "沁水县工业和信息化局", NEWCOMER
    )
    expect(newcomer.locator("[name=uscc]")).to_have_attribute("aria-invalid", "true")
    expect(newcomer.locator("[name=address]")).to_have_value(unit["address"])
    play.picture(newcomer, "01-register-refused", phone=True)
    hands.register_unit(newcomer, "qinshui", unit, "沁水县工业和信息化局", NEWCOMER)
    hands.said(newcomer, "单位注册待审核")
    play.picture(newcomer, "02-registered")
    hands.approve_unit(play.at("reviewer"), "qinshui", unit["name"])
    to_designation(play, newcomer, unit["name"])
    station = unit["name"]
    play.pay(station, "4.00 万元")

    designated = play.today()
    play.move(date(designated.year + 1, 3, 5))
    play.eventually(newcomer, lambda p: (p.goto("/qinshui/unit/"), hands.said(p, "年度评估申请"))[0])
    figures = {"office_area_sqm": 60, "backbone_trained": 6}
    play.report(newcomer, figures=figures, label=f"{designated.year + 1}年")
    score_by_panel(play, station)
    play.move(designated + timedelta(days=366 * 2))
    officer = play.go("officer", "bureau/stations/")
    hands.enter(officer.get_by_role("link", name=station).first)
    hands.follow(officer, "作出认定结论")
    officer.locator("[name=question]").select_option("acceptance")
    hands.put(officer, "answer", "true")
    hands.put(officer, "reason", "经实地验收，各项任务完成，资金使用规范，验收合格。")
    hands.press(officer, "记录结论")
    maker = play.go("maker", "funds/tranches/")
    row = maker.locator("tbody tr", has_text=station).filter(has_text="6.00 万元")
    play.eventually(maker, lambda p: expect(row).to_contain_text("应付"))
    play.pay(station, "6.00 万元")


def score_by_panel(play: Play, station: str) -> None:
    """Experts score the report by the rubric; the bureau fixes the cycle with its quota."""
    officer = play.go("officer", "bureau/assessments/")
    hands.enter(officer.locator("tbody a[href*='/cycles/']", has_text=str(play.today().year)).first)
    cycle = officer.url
    for name in ("assessments", "experts"):
        hands.pick_all(officer, name)
    hands.put(officer, "due_on", play.today() + timedelta(days=10))
    hands.press(officer, "提交专家组")
    for number in (1, 2, 3):
        page = play.go(f"expert{number}", "panel/")
        hands.enter(page.locator("ul.tasks li:has-text('待评') a").first)
        play.picture(page, f"18-rubric-expert{number}", phone=number == 1)
        hands.sign_points(page, 9)
    officer.goto(cycle)
    hands.enter(officer.locator("main a[href*='/panels/']").first)
    hands.press(officer, "结束评审")
    officer.goto(cycle)
    play.picture(officer, "19-cycle")
    # 95.4 points are excellent, but 15 % of one station are none: the quota makes it a pass.
    hands.put(officer, "leave_out", True)
    hands.press(officer, "确定本批次结果")
    officer.goto(cycle)
    row = officer.locator("tbody tr", has_text=station)
    expect(row).to_contain_text("已确定")
    expect(row).to_contain_text("合格")


@pytest.mark.parametrize("slug", ["gaoming", "yantai", "wenzhou", "shenzhen"])
def test_from_the_form_through_the_first_year(
    site: Site, new_person: NewPerson, shot: Shot, slug: str
) -> None:
    play = Play(site, slug, new_person, shot)
    unit = play.demo["units"][0]["name"]
    unit_page = play.at("unit")
    to_designation(play, unit_page, unit)
    designated = play.today()
    station = unit_page_station(play, unit_page)
    award = play.rules.award
    if award is None:
        page = play.go("maker", "funds/tranches/?view=all")
        expect(page.locator("main")).not_to_contain_text(station)
    else:
        play.pay(station, wan_text(fen(award.tranches[0].amount_yuan)))
    owed = first_obligation(play.rules, designated)
    play.move((owed.window_start or owed.due_on) - timedelta(days=0 if owed.window_start else 5))
    play.eventually(
        unit_page, lambda p: (p.goto(f"/{slug}/unit/assessments/"), hands.said(p, owed.label))[0], seconds=60
    )
    play.report(unit_page, label=owed.label)
    ASSESS[play.rules.assessment.method](play, station)
    if award is not None and len(award.tranches) > 1:
        second_tranche(play, station, designated)


def unit_page_station(play: Play, page: Page) -> str:
    """The name under which the unit finds its station."""
    page.goto(f"/{play.slug}/unit/stations/")
    link = page.locator("main a[href*='/unit/stations/']").first
    name = link.inner_text().strip()
    hands.enter(link)
    play.picture(page, "18-station", phone=True)
    return name


def first_obligation(rules: Profile, designated: date) -> Obligation:
    """What the profile makes a station of that day report first."""
    found = obligations_between(
        rules, designated=designated, on_or_before=designated + timedelta(days=900), calendar=WorkCalendar()
    )
    return next(obligation for obligation in found if obligation.who == "station")


def assess_by_judgement(play: Play, station: str) -> None:
    """Grade and opinion by every authority that has a say, where the text has no points."""
    for key in play._reviewers():
        page = play.go(key, "bureau/assessments/")
        rows = page.locator("tbody tr", has_text=station).filter(has_text="待考核")
        if rows.count() == 0:
            continue
        hands.enter(rows.filter(has_not_text="工作总结").first.locator("a").first)
        for area in page.locator("#judgement-form textarea").all():
            area.fill("按计划完成，成效较好。")
        page.locator("#judgement-form [name=grade][value='合格']").check()
        hands.press(page, "评定")
        play.picture(page, "19-judged", phone=True)
        break
    finalise(play, station)


def assess_by_rubric(play: Play, station: str) -> None:
    """Points by the bureau itself, line by line; the grade follows from them."""
    page = play.open_assessment("officer", station)
    for points in page.locator("#score-form [name^='points.']").all():
        points.fill(points.get_attribute("max") or "0")
    hands.press(page, "完成评分")
    play.picture(page, "19-scored", phone=True)
    expect(page.locator("main")).to_contain_text("优秀")
    finalise(play, station)


def assess_by_filing(play: Play, station: str) -> None:
    """Taken on file, without a grade."""
    page = play.open_assessment("officer", station)
    hands.press(page, "予以备案")
    play.picture(page, "19-filed")
    expect(page.locator("main")).to_contain_text("已确定")
    expect(page.locator("main")).not_to_contain_text("等次")


def finalise(play: Play, station: str) -> None:
    """Whoever has the last word makes the result final."""
    page = play.open_assessment("officer", station, "待确定结果")
    hands.press(page, "确定结果")
    expect(page.locator("main")).to_contain_text("已确定")


ASSESS = {"judgement": assess_by_judgement, "rubric": assess_by_rubric, "filing": assess_by_filing}


def second_tranche(play: Play, station: str, designated: date) -> None:
    """The next tranche: due at once after a pass, or only after years and a recorded decision."""
    award = play.rules.award
    assert award is not None
    tranche = award.tranches[1]
    amount = wan_text(fen(tranche.amount_yuan))
    if tranche.condition.kind == "years_of_operation_and_performs_well":
        play.move(date(designated.year + 2, designated.month, designated.day) + timedelta(days=1))
        page = play.go("officer", "bureau/stations/")
        hands.enter(page.get_by_role("link", name=station).first)
        hands.follow(page, "作出认定结论")
        for question in page.locator("[name=question] option[value]:not([value=''])").evaluate_all(
            "all => all.map(o => o.value)"
        ):
            page.locator("[name=question]").select_option(question)
            hands.put(page, "answer", "true")
            hands.put(page, "reason", "两年来持续运转，带徒和攻关任务均完成，发挥作用好。")
            hands.press(page, "记录结论")
    maker = play.go("maker", "funds/tranches/?view=all")
    row = maker.locator("tbody tr", has_text=station).filter(has_text=tranche.label)
    play.eventually(maker, lambda p: expect(row).to_contain_text("应付"))
    play.pay(station, amount)
