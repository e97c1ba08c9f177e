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
    expect(page.get_by_role("button", name="退出登录")).to_be_attached()


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


def press(page: Page | Locator, name: str | re.Pattern[str], *, exact: bool = True) -> None:
    """Presses the first visible button of this name."""
    button = page.get_by_role("button", name=name, exact=exact if isinstance(name, str) else None)
    button.locator("visible=true").first.click()


def follow(page: Page | Locator, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Follows the first visible link of this name."""
    page.get_by_role("link", name=name, exact=exact).locator("visible=true").first.click()


def said(page: Page, text: str) -> None:
    """The page says this somewhere."""
    expect(page.get_by_text(text).first).to_be_visible()


def show_row(page: Page, roster: str, index: int) -> None:
    """Makes sure that the roster's table has this row."""
    table = page.locator(f'[id="table-rosters.{roster}"]')
    while table.locator("[data-formset-rows] [data-formset-row]:visible").count() <= index:
        press(table, "增加一行")


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


def answers_of(demo: dict[str, Any]) -> dict[str, Any]:
    """What the first unit of the demonstration file says in its application."""
    application: dict[str, Any] = demo["units"][0]["application"]
    return application
