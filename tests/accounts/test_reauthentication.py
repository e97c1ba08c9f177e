"""Weighty acts ask again who the person is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from accounts.models import User
from accounts.reauthentication import recently_authenticated
from accounts.reveal import ACTION
from core.models import LogEntry
from funding.enums import TrancheState
from funding.release import approve_tranche
from jurisdictions.exporting import EXPORTED
from notices.enums import NoticeState
from notices.models import PublicNotice
from tests.accounts.people import PASSWORD, Heard, code_of, make_user, signed_in, with_second_factor
from tests.funding.acts import tranche
from tests.notices.builders import drafted
from tests.stations.builders import build_station, build_unit
from tests.world import World

pytestmark = pytest.mark.django_db
START = timezone.now()


def after(**delta: float) -> Any:
    return time_machine.travel(START + timedelta(**delta), tick=False)


def browser_of(user: User) -> Client:
    """Somebody of the world, signed in by password now."""
    user.set_password(PASSWORD)
    user.save()
    return signed_in(user)


def test_money_leaves_only_after_the_person_has_confirmed(world: World) -> None:
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"], note="")
    path = world.url(f"funds/tranches/{subject.pk}/")
    with after():
        client = browser_of(world.people["checker"])
    with after(minutes=6):
        answer = client.post(path + "release/", HTTP_REFERER=f"http://testserver{path}")
        assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Fkept%2F"
        subject.refresh_from_db()
        assert subject.state == TrancheState.APPROVED
        page = client.get(answer["Location"])
        assert "确认前什么也没有执行" in page.content.decode()
        assert "复核放款" in page.content.decode()
        assert f'href="{path}">取消' in page.content.decode()
        wrong = client.post(answer["Location"], {"password": "Wrong-Wrong-1", "next": "/accounts/kept/"})
        assert wrong.status_code == 422
        with Heard() as heard:
            answer = client.post(answer["Location"], {"password": PASSWORD, "next": "/accounts/kept/"})
        assert heard.actions == ["reauthenticated"]
        subject.refresh_from_db()
        assert subject.state == TrancheState.APPROVED, "nothing happens by itself"
        kept = client.get(answer["Location"]).content.decode()
        assert f'action="{path}release/"' in kept
        assert "复核放款" in kept
        client.post(path + "release/")
        gone = client.get("/accounts/kept/")
        assert gone["Location"] == "/home/", "what was carried out is offered no second time"
    subject.refresh_from_db()
    assert subject.state == TrancheState.ORDERED


def test_signing_in_counts_for_five_minutes(world: World) -> None:
    subject = tranche(build_station(world), 1)
    approve_tranche(tranche=subject, actor=world.people["maker"], note="")
    with after():
        client = browser_of(world.people["checker"])
    with after(minutes=4, seconds=59):
        client.post(world.url(f"funds/tranches/{subject.pk}/release/"))
    subject.refresh_from_db()
    assert subject.state == TrancheState.ORDERED


def test_a_notice_is_published_only_after_the_person_has_confirmed(world: World) -> None:
    notice = drafted(world)
    path = world.url(f"bureau/notices/{notice.pk}/publish/")
    with after():
        client = browser_of(world.people["publisher"])
    with after(minutes=6):
        assert client.post(path)["Location"].startswith("/accounts/reauthenticate/")
        assert PublicNotice.objects.get(pk=notice.pk).state == NoticeState.DRAFT
        client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/kept/"})
        client.post(path)
    assert PublicNotice.objects.get(pk=notice.pk).state == NoticeState.PUBLISHED


def test_a_number_is_shown_only_after_the_person_has_confirmed(world: World) -> None:
    unit = build_unit(world)
    unit.contact_phone = "13803569876"
    unit.save()
    url, asked = world.url(f"desk/units/{unit.pk}/reveal/"), {"field": "contact_phone", "reason": "review"}
    with after():
        client, stranger = browser_of(world.people["reviewer"]), browser_of(world.people["maker"])
    with after(minutes=6):
        assert stranger.post(url, asked).status_code == 404
        answer = client.post(url, asked)
        assert answer["Location"].startswith("/accounts/reauthenticate/")
        fragment = client.post(url, asked, HTTP_HX_REQUEST="true")
        assert (fragment.status_code, fragment["HX-Redirect"]) == (403, answer["Location"])
        assert "13803569876" not in answer.content.decode() + fragment.content.decode()
        assert not LogEntry.objects.filter(action=ACTION).exists()
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert "13803569876" in client.post(url, asked).content.decode()


def test_the_log_is_exported_only_after_the_person_has_confirmed(world: World) -> None:
    with after():
        client = browser_of(world.people["auditor"])
    with after(minutes=6):
        assert client.get(world.url("audit/export/")).status_code == 200
        answer = client.post(world.url("audit/export/"), {"reason": "年度审计"})
        assert answer["Location"].startswith("/accounts/reauthenticate/")
        assert not LogEntry.objects.filter(action=EXPORTED).exists()


def test_who_may_not_is_not_asked(world: World) -> None:
    subject = tranche(build_station(world), 1)
    with after():
        client = browser_of(world.people["reviewer"])
    with after(minutes=6):
        assert client.post(world.url(f"funds/tranches/{subject.pk}/release/")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "funds/tranches/1/release/",
        "bureau/notices/1/publish/",
        "bureau/endings/1/",
        "audit/export/",
        "settings/experts/enter/",
    ],
)
def test_the_weighty_pages_carry_the_mark(world: World, path: str) -> None:
    view: Any = resolve(world.url(path)).func
    assert view.reauthenticates


def test_a_code_of_the_second_factor_confirms_too() -> None:
    user = make_user()
    with after():
        secret, codes = with_second_factor(user)
        client = Client()
        client.post("/accounts/login/", {"login": "liming", "password": PASSWORD})
        client.post("/accounts/second-step/", {"code": codes[0]})
    with after(minutes=6):
        assert client.get("/accounts/security/recovery-codes/").status_code == 302
        code = code_of(secret)
        answer = client.post("/accounts/reauthenticate/", {"code": code, "next": "/accounts/security/"})
        assert answer["Location"] == "/accounts/security/"
        assert client.get("/accounts/security/recovery-codes/").status_code == 200
        assert client.post("/accounts/reauthenticate/", {"code": code}).status_code == 422
        assert client.post("/accounts/reauthenticate/", {}).status_code == 422


def test_without_a_second_factor_no_code_is_asked_for() -> None:
    page = signed_in(make_user()).get("/accounts/reauthenticate/").content.decode()
    assert re.findall(r'name="(password|code)"', page) == ["password"]


def test_downloads_ask_before_reading_and_scripts_get_a_status(rf: Any) -> None:
    @recently_authenticated(reading=True)
    def download(request: Any) -> Any:
        raise AssertionError("not before")

    request = rf.get("/export/?a=1")
    request.session, request.user = {}, make_user()
    assert download(request)["Location"] == "/accounts/reauthenticate/?next=%2Fexport%2F%3Fa%3D1"
    request.META["HTTP_ACCEPT"] = "application/json"
    request.__dict__.pop("headers", None)
    assert download(request).status_code == 403


def test_a_clock_that_ran_ahead_confirms_nothing() -> None:
    """A stamp from the future is no recent one."""
    from accounts import sessions  # noqa: PLC0415

    with after(hours=1):
        stamps: Any = {}
        sessions.confirm(stamps)
    with after():
        assert not sessions.confirmed_lately(stamps)


def test_the_page_shows_what_is_about_to_be_sent(world: World) -> None:
    """The act, what was typed and chosen in words; a number is masked."""
    unit = build_unit(world)
    unit.contact_phone = "13803569876"
    unit.save()
    url = world.url(f"desk/units/{unit.pk}/reveal/")
    asked = {"field": "contact_phone", "reason": "contact", "note": "电话13803569876打不通"}
    with after():
        client = browser_of(world.people["reviewer"])
    with after(minutes=6):
        client.post(url, asked)
        page = client.get("/accounts/kept/").content.decode()
    shown = page[page.index("<dl") : page.index("</dl>")]
    assert "查看完整号码" in page
    assert "联系当事人" in shown
    assert "电话138****9876打不通" in shown
    assert "contact_phone" not in shown


def test_what_is_read_says_for_what_one_confirms_and_leads_back() -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=6):
        back = {"HTTP_REFERER": "http://testserver/accounts/security/"}
        answer = client.get("/accounts/security/second-factor/", **back)
        page = client.get(answer["Location"]).content.decode()
        assert "启用双重验证" in page
        assert 'href="/accounts/security/">取消' in page
        led = client.get("/accounts/reauthenticate/?next=/home/&back=//evil.example").content.decode()
    assert "evil.example" not in led
    assert 'href="/home/">取消' in led


@pytest.mark.parametrize("told", ["http://testserver//evil.example/x", "http://testserver/\\\\evil.example"])
def test_no_page_before_leads_off_this_site(told: str) -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=6):
        client.post("/accounts/security/recovery-codes/", HTTP_REFERER=told)
        answer = client.post("/accounts/kept/")
    assert answer["Location"] == "/accounts/security/recovery-codes/"
