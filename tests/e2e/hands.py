"""Hands of the people in the browser tests: what a person does on a page, whatever the jurisdiction.

Everything that differs between jurisdictions is read from the page or from the demonstration file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from config.demo import PASSWORD

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "demo" / "sample.pdf"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Signs in on the login page and arrives at the person's own home."""
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("button", has_text="退出登录")).to_be_attached()
    expect(page.locator("main h1")).not_to_contain_text("没有找到")


def put(page: Page | Locator, name: str, value: Any) -> None:
    """Gives the input of this name its value, whatever kind of input it is."""
    field = page.locator(f'[name="{name}"]:not([type=hidden])')
    kind = field.first.evaluate("el => el.tagName === 'SELECT' ? 'select' : el.type")
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if kind == "radio":
        page.locator(f'[name="{name}"][value="{text}"]').check()
    elif kind == "checkbox":
        field.first.set_checked(bool(value))
    elif kind == "select":
        field.select_option(text)
    else:
        field.fill(text)


def has(page: Page | Locator, name: str) -> bool:
    """Whether the page asks for this input."""
    return page.locator(f'[name="{name}"]:not([type=hidden])').count() > 0


def press(page: Page | Locator, name: str | re.Pattern[str], *, leaves: bool = True) -> None:
    """Presses the first visible button of this name and waits for the page that follows."""
    button = page.get_by_role("button", name=name, exact=True if isinstance(name, str) else None)
    _click(page, button.locator("visible=true").first, leaves=leaves)


def follow(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Follows the first visible link of this name."""
    _click(page, page.get_by_role("link", name=name).locator("visible=true").first)


def enter(link: Locator) -> None:
    """Clicks a link and waits for the page behind it."""
    _click(link.page, link)


def _click(page: Page | Locator, target: Locator, *, leaves: bool = True) -> None:
    if not leaves:
        target.click()
        return
    # A page that moves to an anchor before it loads anew is not there yet.
    with (page if isinstance(page, Page) else page.page).expect_event("load"):
        target.click()


def said(page: Page, text: str) -> None:
    """The page says this somewhere."""
    expect(page.get_by_text(text).first).to_be_visible()


def show_row(page: Page, roster: str, index: int) -> None:
    """Makes sure that the roster's table has this row."""
    table = page.locator(f'[id="table-rosters.{roster}"]')
    while table.locator("[data-formset-rows] [data-formset-row]:visible").count() <= index:
        press(table, "增加一行", leaves=False)


def fill_section(page: Page, answers: Mapping[str, Any]) -> None:
    """Types what the unit has to say into the chapter that is open."""
    for kind in ("facts", "narratives"):
        for name, value in answers[kind].items():
            if has(page, f"{kind}.{name}"):
                put(page, f"{kind}.{name}", value)
    for roster, rows in answers["rosters"].items():
        if page.locator(f'[id="table-rosters.{roster}"]').count() == 0:
            continue
        for index, row in enumerate(rows):
            show_row(page, roster, index)
            for column, value in row.items():
                put(page, f"rosters.{roster}-{index}-{column}", value)


def fill_application(page: Page, answers: Mapping[str, Any]) -> None:
    """Fills every chapter of the application whose contents page is open, and brings every material."""
    contents = page.url
    chapters = page.locator("ul.tasks a[href*='/sections/']").evaluate_all("all => all.map(a => a.href)")
    for chapter in chapters:
        page.goto(chapter)
        fill_section(page, answers)
        press(page, "保存草稿")
    page.goto(contents)
    page.goto(page.locator("ul.tasks a[href*='/materials/']").first.evaluate("a => a.href"))
    bring_files(page)
    page.goto(contents)


def bring_files(page: Page) -> None:
    """Uploads the sample for every material on the page that still has none."""
    forms = page.locator("form[enctype='multipart/form-data']")
    for index in range(forms.count()):
        form = forms.nth(index)
        form.locator("input[type=file]").set_input_files(SAMPLE)
        press(form, "上传")


def bring_again(page: Page, material: str) -> None:
    """Brings one more file for a material that was found wanting."""
    form = page.locator(f"[id='material-{material}'] form[enctype='multipart/form-data']")
    form.locator("input[type=file]").set_input_files(SAMPLE)
    press(form, "上传")


def answers_of(demo: dict[str, Any]) -> dict[str, Any]:
    """What the first unit of the demonstration file says in its application."""
    application: dict[str, Any] = demo["units"][0]["application"]
    return application


# --- units ------------------------------------------------------------------------


def register_unit(
    page: Page, slug: str, unit: Mapping[str, Any], authority: str, person: Mapping[str, str]
) -> None:
    """A unit that nobody knows yet registers itself, with its first person's account."""
    page.goto(f"/{slug}/register/")
    for name, value in person.items():
        put(page, name, value)
    for name in ("name", "uscc", "address", "legal_representative", "contact_name", "contact_phone", "email"):
        put(page, name, unit[name])
    for name in ("bank_account_name", "bank_name", "bank_account"):
        put(page, name, unit[name])
    put(page, "unit_type", unit["unit_type"])
    page.locator("[name=home_authority]").select_option(label=authority)
    press(page, "提交注册")


def approve_unit(page: Page, slug: str, name: str) -> None:
    """Its authority finds it among the units that wait, and lets it in."""
    page.goto(f"/{slug}/desk/units/")
    follow(page, name)
    press(page, "通过")
    said(page, "已通过")


def submit_application(page: Page) -> None:
    """Reads everything once more, pledges and hands in."""
    follow(page, "核对并提交")
    press(page, "提交申报")
    said(page, "请阅读并勾选真实性承诺")
    page.locator("[name=pledge]").check()
    press(page, "提交申报")
    said(page, "审核中")


# --- desks ------------------------------------------------------------------------


def open_file(page: Page, slug: str, unit: str) -> None:
    """The reviewer finds the unit's file in the queue."""
    page.goto(f"/{slug}/desk/")
    follow(page, unit)


def check_file(page: Page, judgements: Mapping[str, bool]) -> None:
    """Brings what the office itself issues, checks each material, judges what is left to judgement."""
    own = page.locator("form.row-form[enctype='multipart/form-data']")
    for index in range(own.count()):
        own.nth(index).locator("input[type=file]").set_input_files(SAMPLE)
        press(own.nth(index), "上传")
    for radio in page.locator("[name^='material-'][value='accepted']").all():
        radio.check()
    for box in page.locator("[name$='-original'][type=checkbox], [name^='check-'][type=checkbox]").all():
        box.check()
    for radio in page.locator("[name^='find-'][type=radio][value='no']").all():
        radio.check()
    for box in page.locator("[name^='find-'][type=checkbox][value='无']").all():
        box.check()
    for text in page.locator("textarea[name^='find-']").all():
        text.fill("无")
    for name, answer in judgements.items():
        if has(page, f"judge-{name}"):
            put(page, f"judge-{name}", "yes" if answer else "no")


def find_fault(page: Page, words: str) -> str:
    """Marks the first material on the checklist as one to bring again; its name."""
    radio = page.locator("[name^='material-'][value='problem']").first
    radio.check()
    name = (radio.get_attribute("name") or "").removeprefix("material-").removesuffix("-state")
    page.locator(f"[id='material-{name}'] textarea, [id='material-{name}'] input[type=text]").first.fill(
        words
    )
    return name


def refuse(page: Page, reason: str) -> None:
    """Signs a refusal by the first clause there is; whoever refuses what the system finds met says so."""
    clause = page.locator("[name=clause] option[value]:not([value=''])").first.get_attribute("value")
    put(page, "clause", clause)
    put(page, "reason", reason)
    press(page, "确认不予通过")
    if has(page, "although_met"):
        put(page, "although_met", True)
        press(page, "确认不予通过")


def confirm(page: Page, opener: str, button: str, reason: str) -> None:
    """Opens a dialog, gives the reason it asks for and confirms."""
    page.get_by_role("link", name=opener).locator("visible=true").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=reason]").fill(reason)
    press(dialog, button)


def forward_file(page: Page) -> None:
    """Signs an opinion and passes the file on."""
    press(page, "同意上报")
    put(page, "text", "材料齐全，经核对原件，符合申报条件，同意上报。")
    press(page, "确认上报")


# --- panel ------------------------------------------------------------------------


def pick_all(page: Page, name: str) -> None:
    """Ticks every box of this name."""
    for box in page.locator(f'[name="{name}"]').all():
        box.check()


def sign_opinion(page: Page, comment: str) -> None:
    """The expert's opinion on the sheet that is open."""
    put(page, "verdict", "recommend")
    put(page, "comment", comment)
    press(page, "核对并签署")
    press(page, "签署")
    said(page, "已签署")


def sign_points(page: Page, share: int) -> None:
    """The expert's points: of every open item so many of ten parts."""
    for field in page.locator("[name^='points.']").all():
        most = int(float(field.get_attribute("max") or "0"))
        field.fill(str(most * share / 10))
    press(page, "核对并签署")
    press(page, "签署")
    said(page, "已签署")


# --- notice -----------------------------------------------------------------------


def object_to(page: Page, unit: str, text: str) -> None:
    """Anybody objects to a line of the notice that is open, by name; is given a code to look it up by."""
    entry = page.locator("[name=entry] option", has_text=unit).first.get_attribute("value")
    put(page, "entry", entry)
    put(page, "text", text)
    press(page, "提交")
    expect(page.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=text]")).to_have_value(text)
    put(page, "name", "郑直言")
    put(page, "contact", "13900000001")
    press(page, "提交")
    said(page, "查询码")


def investigate(page: Page, day: Any, verdict: str, finding: str) -> None:
    """The officer records what was done to look into an objection, then what was found."""
    put(page, "done_on", day)
    put(page, "done_by", "两名核查人员")
    put(page, "text", "到现场查看，核对合同和发票。")
    press(page, "登记步骤")
    put(page, "verdict", verdict)
    if verdict == "upheld" and has(page, "conditions_unmet"):
        put(page, "conditions_unmet", "yes")
    put(page, "finding", finding)
    press(page, "登记核查结论")
    said(page, finding)


# --- assessment -------------------------------------------------------------------


def fill_report(page: Page, figures: Mapping[str, Any]) -> None:
    """The station's report: every text, every figure, every paper asked for; then handed in."""
    for area in page.locator("#report-form textarea").all():
        area.fill("按年度计划开展带徒传技、技术攻关和技术交流，各项任务均已完成，台账资料齐全。")
    for field in page.locator("#report-form [name^='facts.']").all():
        name = (field.get_attribute("name") or "").removeprefix("facts.")
        if field.evaluate("el => el.tagName") == "SELECT":
            field.select_option(str(figures.get(name, "true")))
        else:
            field.fill(str(figures.get(name, 3)))
    for field in page.locator("#report-form [name^='self_points.']").all():
        field.fill(field.get_attribute("max") or "0")
    press(page, "保存")
    papers = page.locator("#evidence-form [name=material] option[value]:not([value=''])")
    for value in papers.evaluate_all("all => all.map(o => o.value)"):
        put(page, "material", value)
        page.locator("#evidence-form input[type=file]").set_input_files(SAMPLE)
        press(page.locator("#evidence-form"), "上传")
    page.locator("[name=pledge]").check()
    press(page, "提交")
