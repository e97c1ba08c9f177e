"""A year of work with known numbers, then a look everywhere: no log, no address, no message, no page and
no table holds one of them.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from applications.filing.drafting import start_application
from applications.models import Application, Round
from config.demo import Furniture
from config.demo_story import Story
from core import clock
from core.models import LogEntry
from core.outbox import relay_all
from core.tenancy import tenant_scope
from funding.models import Release
from stations.models import ApplicantUnit
from stations.registration import approve_unit
from tests.database import connected_as
from tests.notices.builders import published
from tests.world import World, furnish, make_jurisdiction

PHONE, UNIT_PHONE, ACCOUNT = "13912345601", "0356-7123456", "6222021608007654321"
PERSON, PERMIT, TYPO = "110105199003070113", "830000199201300029", "110105199003070114"
OBJECTOR = "13712345602"
TYPED = {PHONE, UNIT_PHONE, ACCOUNT, PERSON, PERMIT, TYPO, OBJECTOR}
PERSONAL = ("contact_phone", "bank_account", "resident_id")


def numbers_of(thing: Any) -> set[str]:
    """The numbers that the demonstration file types in."""
    if isinstance(thing, list):
        return set().union(*(numbers_of(part) for part in thing))
    if isinstance(thing, dict):
        own = {str(value) for name, value in thing.items() if name in PERSONAL}
        return own.union(*(numbers_of(part) for part in thing.values()))
    return set()


class Listener:
    """Everything that the browsers of a test asked for and were shown, and what was logged meanwhile."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.pages: list[tuple[str, str]] = []
        self.log = io.StringIO()

    def browser(self, user: Any = None) -> Listening:
        client = Listening(self)
        if user is not None:
            client.force_login(user)
        return client


class Listening(Client):
    def __init__(self, listener: Listener) -> None:
        super().__init__(raise_request_exception=False)
        self.listener = listener

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        asked = f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}"
        self.listener.addresses += [asked, answer.get("Location", "")]
        # The line of an access log.
        logging.getLogger("access").info("%s %s %s", request["REQUEST_METHOD"], asked, answer.status_code)
        body = b"" if answer.streaming else answer.content
        self.listener.pages.append((asked, body.decode("utf-8", "replace")))
        return answer


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    handler, root = logging.StreamHandler(found.log), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db(transaction=True)
def test_no_number_is_left_anywhere(listener: Listener, settings: Any, monkeypatch: Any) -> None:
    """Planted bugs seen red: a column that is not sealed, a roster column of telephones that is forgotten,
    a verb that logs what was typed, an exception with the number in its text, a search box by GET.
    """
    mails: list[Any] = []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr("django.core.mail.outbox", mails, raising=False)
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        world = furnish(jurisdiction)
        planted = numbers_of(world.demo) | TYPED | {"13800000000"}
        story = Story(world.demo, Furniture(world.authorities, world.people, world.experts))
        story.play()
        assert Release.objects.count() == 1
        register_and_apply(world, listener, monkeypatch)
        object_to_a_list(world, listener)
        look_around(world, listener)
        relay_all()
        actions = set(LogEntry.objects.values_list("action", flat=True))
    assert {"personal_data.reveal", "applications.submit", "notices.raise_objection"} <= actions
    assert len(planted) > 25
    seen = everywhere(listener, mails)
    assert sorted({(number, where) for where, text in seen for number in planted if number in text}) == []
    # The looking itself works: each of these is somewhere in what was looked through.
    texts = "\n".join(text for _, text in seen)
    for known in ("138****", "**** 4321", "1101**********0113", "8300**********0029", "broken on purpose"):
        assert known in texts, known


def everywhere(listener: Listener, mails: list[Any]) -> list[tuple[str, str]]:
    """Where a number could have been left: (place, text)."""
    seen = [("log", listener.log.getvalue()), *(("address", text) for text in listener.addresses)]
    seen += [(f"page {asked}", text) for asked, text in listener.pages if "/reveal/" not in asked]
    seen += [("mail", f"{mail.subject} {mail.body}") for mail in mails]
    seen += [("session", json.dumps(session.get_decoded())) for session in Session.objects.all()]
    with connected_as("postgres") as link:
        tables = link.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        assert len(tables) > 40
        for (table,) in tables:
            rows = link.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t').fetchall()
            seen += [(f"table {table}", text) for (text,) in rows]
    return seen


def register_and_apply(world: World, listener: Listener, monkeypatch: Any) -> None:
    """A unit registers, is approved, fills in with a slip, saves, looks at its entry and mends it."""
    newcomer = listener.browser()
    sent = {
        "name": "沁水县新来机械有限公司",
        "uscc": "91140521MA0K00015N",
        "unit_type": "enterprise",
        "home_authority": world.authorities[world.demo["units"][0]["home"]].pk,
        "address": "沁水县龙港镇",
        "legal_representative": "新来",
        "contact_name": "新来",
        "contact_phone": UNIT_PHONE,
        "bank_account_name": "沁水县新来机械有限公司",
        "bank_name": "沁水农商行",
        "bank_account": ACCOUNT,
        "username": "newcomer",
        "full_name": "新来",
        "person_email": "newcomer@example.org",
        "phone": PHONE,
        "password": "Marigold-77-field",
        "password_again": "Marigold-77-field",
    }
    with monkeypatch.context() as broken:
        broken.setattr("stations.views.unit.register_unit", _break)
        assert newcomer.post(world.url("register/"), sent).status_code == 500
    assert newcomer.post(world.url("register/"), sent).status_code == 302
    unit = ApplicantUnit.objects.get(name=sent["name"])
    approve_unit(unit=unit, actor=world.people["reviewer"])
    person = unit.members.get().user
    round_ = Round.objects.open_calls().get()
    application = start_application(round_=round_, unit=unit, actor=person)
    pages = world.url(f"unit/applications/{application.pk}/")
    rows = [("甲", PERSON), ("乙", PERMIT), ("丙", TYPO)]
    sent = {"version": "0", "rosters.members-TOTAL_FORMS": "3", "rosters.members-INITIAL_FORMS": "0"}
    for index, (name, number) in enumerate(rows):
        sent |= {f"rosters.members-{index}-name": name, f"rosters.members-{index}-resident_id": number}
    assert newcomer.post(f"{pages}sections/staff/autosave/", sent).status_code == 200
    assert newcomer.post(f"{pages}sections/staff/", sent | {"version": "1"}).status_code == 302
    newcomer.get(f"{pages}sections/staff/?checked=1")
    newcomer.get(f"{pages}review/")
    ref = Application.objects.get(pk=application.pk).rosters["members"][2]["resident_id"]["ref"]
    shown = newcomer.post(f"{pages}reveal/", {"field": f"ref:{ref}", "reason": "own_entry"})
    assert TYPO in shown.content.decode()
    newcomer.get(world.url("unit/profile/"))


def _break(**given: Any) -> None:
    raise RuntimeError(f"broken on purpose: {given}")


def object_to_a_list(world: World, listener: Listener) -> None:
    notice = published(world, clock.today().isoformat())
    citizen = listener.browser()
    url = world.url(f"notices/{notice.pk}/")
    entry = notice.entries.first().pk
    sent = {"entry": entry, "name": "赵反映", "contact": OBJECTOR, "text": "该单位的设备并非自有。"}
    assert citizen.post(url, sent).status_code == 302
    citizen.get(url)


def look_around(world: World, listener: Listener) -> None:
    """Every member of staff opens the lists and what is on them; somebody searches for a number."""
    people = {**world.people}
    for who in ("reviewer", "officer", "publisher", "maker", "checker", "expert1", "auditor", "admin"):
        browser = listener.browser(people[who])
        for part in PAGES:
            browser.get(world.url(part))
        for application in Application.objects.filter(submitted_at__isnull=False):
            browser.get(world.url(f"desk/files/{application.pk}/"))
            browser.get(world.url(f"bureau/applications/{application.pk}/"))
        for unit in ApplicantUnit.objects.all():
            browser.get(world.url(f"desk/units/{unit.pk}/"))
        for tranche in Release.objects.values_list("tranche", flat=True):
            browser.get(world.url(f"funds/tranches/{tranche}/"))
    searching = listener.browser(people["reviewer"])
    before = len(listener.addresses)
    sent_back = searching.get(world.url("desk/units/"), {"q": PHONE, "state": "all"})
    # What the browser itself asked for is the one place where the number was; it is led away from there.
    del listener.addresses[before]
    searching.get(sent_back["Location"])


PAGES = (
    "",
    "inbox/",
    "desk/",
    "desk/units/?state=all",
    "bureau/rounds/",
    "bureau/notices/",
    "bureau/stations/",
    "panel/",
    "funds/tranches/?view=all",
    "funds/ledger/",
    "audit/",
    "settings/",
)
