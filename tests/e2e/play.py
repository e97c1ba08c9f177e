"""One jurisdiction's round, played on the running site by people at their browsers.

What is asked of the pages is read from the profile and the demonstration file, not from the
jurisdiction's name. Of the four applications of a round one is sent back once and comes again, one is
refused at its first desk, one loses an expert who recuses; and where there is a notice one is objected
to with right and one without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from config import demo as demonstration
from jurisdictions.engine import Profile, bundled_profiles, load_profile
from tests.e2e import hands
from tests.e2e.conftest import NewPerson, Shot, Site

PREFIX = {"qinshui": "qs", "gaoming": "gm", "yantai": "yt", "shenzhen": "sz", "wenzhou": "wz"}
# The units that this round is unkind to, by their keys in the demonstration file.
OBJECTED, REFUSED, WITHOUT_ONE = "third", "fifth", "sixth"


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
    # Who applies, where it is not the first unit of the demonstration; and whom an objection took off.
    applicant: str = ""
    off_the_list: str = ""

    def __post_init__(self) -> None:
        self.demo = demonstration.read(self.slug)

    @property
    def rules(self) -> Profile:
        return load_profile(next(path for path in bundled_profiles() if path.parent.name == self.slug))

    def at(self, key: str) -> Page:
        """The browser of a person of the demonstration file, signed in: `officer`, `expert1` …"""
        if key not in self.pages:
            page = self.sit_down()
            members = [one for unit in self.demo["units"] for one in unit["members"] if one["key"] == key]
            hands.sign_in(page, members[0]["username"] if members else f"{PREFIX[self.slug]}-{key}")
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

    def unit(self, key: str) -> dict[str, Any]:
        """A unit of the demonstration file."""
        row: dict[str, Any] = next(row for row in self.demo["units"] if row["key"] == key)
        return row

    def _first_desk(self, unit: str) -> Page:
        """The file of a unit, opened by whoever has it on the desk."""
        for key in self._reviewers():
            page = self.go(key, "desk/")
            if page.get_by_role("link", name=unit).count():
                hands.open_file(page, self.slug, unit)
                return page
        raise AssertionError(f"nobody has the file of {unit}")

    def send_back(self, unit: str, unit_page: Page) -> None:
        """A paper is unreadable: the unit is told once, brings a better one, the desk sees what changed."""
        page = self._first_desk(unit)
        name = hands.find_fault(page, "复印件不清晰，请重新上传加盖公章的清晰扫描件")
        hands.press(page, "退回补正")
        expect(page.locator("[name='items-0-text']")).to_have_value(re.compile("复印件不清晰"))
        hands.put(page, "due_on", self.today() + timedelta(days=10))
        self.picture(page, "05a-return")
        hands.press(page, "退回补正")
        expect(page.get_by_role("link", name=unit)).to_have_count(0)
        unit_page.goto(f"/{self.slug}/unit/")
        hands.follow(unit_page, "查看补正要求")
        hands.said(unit_page, "需要补正")
        self.picture(unit_page, "05b-correction", phone=True)
        hands.enter(unit_page.locator("section[aria-labelledby=corrections] a[href*='/unit/']").first)
        hands.bring_again(unit_page, name)
        hands.follow(unit_page, "核对并提交")
        unit_page.locator("[name=pledge]").check()
        hands.press(unit_page, "提交补正")
        page = self._first_desk(unit)
        expect(page.locator("main")).to_contain_text("补正情况")
        expect(page.locator("main")).to_contain_text("已改动")
        self.picture(page, "05c-corrected")

    def refuse(self, unit: str, key: str) -> None:
        """The first desk refuses for a reason and by a clause; the unit reads both."""
        page = self._first_desk(unit)
        hands.check_file(page, hands.answers_of(self.demo)["judgements"])
        hands.press(page, "不予通过")
        reason = "经核实，申报所述条件与实际不符。"
        hands.refuse(page, reason)
        expect(page.get_by_role("link", name=unit)).to_have_count(0)
        member = self.go(self.unit(key)["members"][0]["key"], "unit/")
        hands.enter(member.locator("main a[href*='/unit/applications/']").first)
        expect(member.locator("main")).to_contain_text(reason)
        self.picture(member, "06-refused", phone=True)

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
        self._recuse("expert3", self.unit(WITHOUT_ONE)["name"], page, panel_url)
        for number in (1, 2, 3):
            self._sign(
                f"expert{number}", f"第{number}位专家的独立意见：条件具备，建议认定。", page, panel_url
            )
        page.goto(panel_url)
        hands.press(page, "结束评审")
        self.picture(page, "09-panel-closed")
        for number in (1, 2, 3):
            hands.said(page, f"第{number}位专家的独立意见：条件具备，建议认定。")

    def _recuse(self, key: str, unit: str, officer: Page, panel_url: str) -> None:
        """An expert who worked there says so: the item is not theirs any more, and the bureau knows why."""
        page = self.go(key, "panel/")
        # The list names the station; whose it is, the sheet says.
        sheets = page.locator("ul.tasks a").evaluate_all("all => all.map(a => a.href)")
        for address in sheets:
            page.goto(address)
            if page.locator("main", has_text=unit).count():
                break
        hands.confirm(page, "申请回避", "确认回避", "两年前曾在该单位任职。")
        page.goto(address)
        expect(page.locator("main")).to_contain_text("您已回避本项")
        officer.goto(panel_url)
        expect(officer.locator("tbody tr", has_text=unit)).to_contain_text("两年前曾在该单位任职")
        self.picture(officer, "08-recused")

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
        self.object_to(citizen)
        self.move(self.today() + timedelta(days=16))
        page = self.go("officer", "bureau/notices/")
        self.eventually(page, lambda p: expect(p.locator("tbody tr").first).to_contain_text("公示期满"))

    def object_to(self, citizen: Page) -> None:
        """Two objections from the public page: one is upheld and takes the unit off, one is not."""
        address = citizen.url
        main = next(row for row in self.demo["units"] if row["key"] == "unit")
        findings = {
            self.unit(OBJECTED)["name"]: ("upheld", "现场核实，所述设备系租用，条件不具备。"),
            self.applicant or main["name"]: ("not_upheld", "核对合同和发票，设备为单位自有。"),
        }
        for number, unit in enumerate(findings):
            citizen.goto(address)
            hands.object_to(citizen, unit, f"据了解，该单位申报的设备并非自有（{number + 1}）。")
            if number == 0:
                self.picture(citizen, "12a-objection-received", phone=True)
        for number, (unit, (verdict, finding)) in enumerate(findings.items()):
            page = self.go("officer", "bureau/notices/")
            hands.enter(page.locator("tbody a[href*='/notices/']").first)
            hands.enter(page.locator("tr a[href*='/objections/']", has_text=unit).first)
            hands.investigate(page, self.today(), verdict, finding)
            self.picture(page, f"12b-objection-{verdict}", phone=number == 0)
        self.off_the_list = self.unit(OBJECTED)["name"]

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
        if self.off_the_list:
            row = page.locator("tbody tr", has_text=self.off_the_list)
            expect(row.locator("[name^='pick-']")).to_have_count(0)
        for box in page.locator("[name^='pick-'], [name^='confirm-']").all():
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
    play.applicant = unit
    play.apply(unit_page)
    play.send_back(unit, unit_page)
    play.refuse(play.unit(REFUSED)["name"], REFUSED)
    play.review(unit)
    for key in (OBJECTED, WITHOUT_ONE):
        play.review(play.unit(key)["name"])
    close_call(play)
    play.panel()
    play.fix_list()
    play.notice()
    play.designate()
    citizen = play.sit_down()
    citizen.goto(f"/{play.slug}/stations/")
    expect(citizen.locator("main")).to_contain_text(unit)
    for absent in (play.unit(REFUSED)["name"], play.off_the_list):
        expect(citizen.locator("main")).not_to_contain_text(absent or "没有这样的单位")
    play.picture(citizen, "17-directory", phone=True)
