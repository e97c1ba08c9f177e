"""A real application from registration to the second tranche, in a browser, in each jurisdiction.

Qinshui whole, with a browser of its own for each person; the other four from the form on. Where a
profile has no notice, no money or no grades, the run finds none: what is asked of the pages is
read from the profile and the demonstration file, not from the jurisdiction's name.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from core.money import fen, wan_text
from jurisdictions.engine import (
    Obligation,
    Profile,
    WorkCalendar,
    obligations_between,
)
from tests.e2e import hands
from tests.e2e.conftest import NewPerson, Shot, Site
from tests.e2e.play import Play, to_designation

pytestmark = pytest.mark.e2e

NEWCOMER = {
    "username": "newcomer",
    "full_name": "常新梅",
    "person_email": "newcomer@example.org",
    "phone": "13803569999",
    "password": "Mine-Machine-2025",
    "password_again": "Mine-Machine-2025",
}


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
    revoke(play, station)


def revoke(play: Play, station: str) -> None:
    """One officer proposes on a ground of the text, another decides; everybody can see that it has ended."""
    officer = play.go("officer", "bureau/stations/")
    hands.enter(officer.get_by_role("link", name=station).first)
    hands.follow(officer, "提出撤销")
    ground = officer.locator("[name=ground] option").nth(1).get_attribute("value")
    hands.put(officer, "ground", ground)
    hands.put(officer, "reason", "经查，提供虚假材料获得认定，有原始凭证佐证。")
    hands.put(officer, "heard", "已书面告知，单位未提出异议。")
    if hands.has(officer, "serious"):
        hands.put(officer, "serious", "yes")
    hands.press(officer, "提出撤销")
    proposal = officer.url
    expect(officer.get_by_role("button", name="决定撤销")).to_have_count(0)
    second = play.at("officer2")
    second.goto(proposal)
    play.picture(second, "21-revocation", phone=True)
    hands.press(second, "决定撤销")
    expect(second.locator("main")).to_contain_text("已决定")
    page = play.sit_down()
    page.goto(f"/{play.slug}/stations/")
    row = page.locator("tbody tr", has_text=station)
    expect(row).to_contain_text("已撤销")


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
