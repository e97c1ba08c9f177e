"""Everybody's pages in a browser: nothing on them is stopped by our own content security policy."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from config import demo
from tests.e2e.conftest import NewPerson, Shot, Site
from tests.e2e.hands import sign_in

pytestmark = pytest.mark.e2e
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
PLANT = """() => {
  const script = document.createElement("script");
  script.textContent = "window.planted = true";
  document.body.append(script);
  const words = "<p style='color: red' onclick='window.planted = true'>x</p>";
  document.body.insertAdjacentHTML("beforeend", words);
}"""
# Two regulations that between them have every kind of page: opinions and points, with and without a notice.
PLACES = ("qinshui", "gaoming")
PUBLIC = ("/", "/{slug}/", "/{slug}/rules/", "/{slug}/register/", "/accounts/login/", "/{slug}/nowhere/")


def people_of(slug: str) -> list[str]:
    """One person of each kind of post, one expert, and the people of two units."""
    content = demo.read(slug)
    kinds = {
        tuple(sorted(post["role"] for post in person.get("posts", []))): person["username"]
        for person in reversed(content["people"])
    }
    members = [member["username"] for unit in content["units"][:2] for member in unit["members"]]
    return [*kinds.values(), *members]


def view_of(address: str) -> str:
    """The name of the page at an address; empty for what is no page of ours or is handed out as a file."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return ""
    is_file = getattr(found.func, "limit", "") == "export"
    return "" if is_file else f"{found.view_name} {found.kwargs.get('chapter', '')}"


def look(page: Page, address: str) -> list[str]:
    """What the policy stopped on a page, with every folded part opened and every dialog shown."""
    page.goto(address)
    page.evaluate(
        """() => {
          for (const fold of document.querySelectorAll("details")) fold.open = true;
          for (const dialog of document.querySelectorAll("dialog")) dialog.show();
          for (const adder of document.querySelectorAll("[data-formset-add]")) adder.click();
        }"""
    )
    # What was opened is drawn, and what that set off is heard.
    page.wait_for_timeout(50)
    stopped: list[str] = page.evaluate("window.violations")
    return [f"{address}: {one}" for one in stopped]


def walk(
    page: Page, site: Site, start: list[str], slug: str, shown: Counter[str]
) -> tuple[set[str], list[str]]:
    """Follows every link to a page of a kind not yet seen; the pages seen, and what was stopped on them.

    `shown` counts how often a kind of page was shown: to the third person it is only fetched, for its links.
    """
    waiting, seen, stopped = [site.url(path) for path in start], set[str](), list[str]()
    while waiting:
        address = waiting.pop(0)
        view = view_of(address)
        if not view and address not in start:
            view = address if urlsplit(address).path.endswith("/nowhere/") else ""
        if not view or view in seen:
            continue
        seen.add(view)
        if shown[view] < 2:
            shown[view] += 1
            stopped += look(page, address)
            links: list[str] = page.evaluate(
                "Array.from(document.querySelectorAll('a[href]'), (a) => a.href)"
            )
        else:
            words = page.request.get(address).text()
            links = [
                urljoin(address, unescape(link)) for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', words)
            ]
        waiting += [one for one in links if one.startswith((site.url(f"/{slug}/"), site.url("/accounts/")))]
    return seen, stopped


def listening(new_person: NewPerson) -> Page:
    page = new_person()
    page.context.add_init_script(LISTEN)
    return page


def test_what_the_policy_stops_is_heard(site: Site, new_person: NewPerson, shot: Shot) -> None:
    """The listener of the other test hears; and an inline script, style and handler do nothing."""
    page = listening(new_person)
    page.goto("/accounts/login/")
    page.evaluate(PLANT)
    page.get_by_text("x", exact=True).click()
    assert sorted(one.split()[0] for one in page.evaluate("window.violations")) == [
        "script-src-attr",
        "script-src-elem",
        "style-src-attr",
    ]
    assert page.evaluate("window.planted") is None


@pytest.mark.parametrize("slug", PLACES)
def test_nothing_of_ours_is_stopped(site: Site, new_person: NewPerson, slug: str) -> None:
    page = listening(new_person)
    found: dict[str, Any] = {}
    shown: Counter[str] = Counter()
    seen, stopped = walk(page, site, [path.format(slug=slug) for path in PUBLIC], slug, shown)
    found["anybody"] = len(seen)
    everything = set(seen)
    for username in people_of(slug):
        page = listening(new_person)
        sign_in(page, username)
        seen, more = walk(page, site, [urlsplit(page.url).path, f"/{slug}/inbox/"], slug, shown)
        found[username] = len(seen)
        everything |= seen
        stopped += more
        page.context.close()
    print(f"{slug}: {len(everything)} kinds of page", found)
    assert stopped == []
    # Everybody got past the front door, and every audience has pages among those seen.
    audiences = {view.partition(":")[0] for view in everything}
    assert {"public", "unit", "desk", "panel", "bureau", "funds", "settings", "audit", "inbox"} <= audiences
    assert len(everything) > 40


def test_the_page_of_a_limit(site: Site, new_person: NewPerson, shot: Shot) -> None:
    """Whoever asks for papers faster than anybody reads them is told how long to wait."""
    page = new_person()
    sign_in(page, "wz-auditor")
    path = "/wenzhou/papers/000000000000000a/"
    found = page.evaluate(
        "path => Promise.all(Array.from({length: 70}, () => fetch(path).then((answer) => answer.status)))",
        path,
    )
    assert (found.count(404), found.count(429)) == (60, 10)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    shot(page, "limit", phone=True)
