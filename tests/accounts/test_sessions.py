"""Time-outs and the list of sessions; what was typed when the time was up is not lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from tests.accounts.people import PASSWORD, Heard, is_in, make_user, signed_in, try_to_sign_in
from tests.world import World

pytestmark = pytest.mark.django_db
START = timezone.now()
TYPED = {"title": "我写了半小时的文字", "body": "第一段\n第二段<b>"}


def after(**delta: float) -> Any:
    return time_machine.travel(START + timedelta(**delta), tick=False)


def test_half_an_hour_without_a_request_ends_the_session() -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=29), Heard() as heard:
        assert is_in(client)
    with after(minutes=58):
        assert is_in(client), "a request counts as being there"
    with after(minutes=58 + 31), Heard() as heard:
        assert not is_in(client)
    assert heard.actions == ["session_ended"]
    assert heard.events[0]["data"] == {"why": "idle"}
    with after(minutes=58 + 32):
        assert not is_in(client)


def test_eight_hours_end_the_session_however_busy() -> None:
    with after():
        client = signed_in(make_user())
    for minutes in range(0, 8 * 60, 20):
        with after(minutes=minutes):
            assert is_in(client)
    with after(hours=8, seconds=1), Heard() as heard:
        assert not is_in(client)
    assert heard.events[0]["data"] == {"why": "absolute"}


def test_the_times_are_settings(settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS = 60, 90
    with after():
        client = signed_in(make_user())
    with after(seconds=59):
        assert is_in(client)
    with after(seconds=91):
        assert not is_in(client)


def test_the_rehearsal_clock_ends_no_session(world: World) -> None:
    world.at("2031-01-01")
    client = signed_in(make_user())
    assert is_in(client)
    world.at("2033-01-01")
    assert is_in(client)


def test_a_session_without_stamps_is_over() -> None:
    client = signed_in(make_user())
    session = client.session
    del session[sessions.BEGAN]
    session.save()
    assert not is_in(client)


def test_the_page_says_why_and_leads_back() -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=31):
        answer = client.get("/accounts/password/")
        assert answer["Location"] == "/accounts/login/?next=%2Faccounts%2Fpassword%2F"
        assert "您较长时间没有操作" in client.get(answer["Location"]).content.decode()


def test_what_was_typed_waits_for_its_author(world: World) -> None:
    with after():
        client = signed_in(make_user())
    page = world.url("inbox/")
    with after(minutes=31):
        answer = client.post(page + "?q=1", TYPED, HTTP_REFERER=f"http://testserver{page}")
        assert answer["Location"] == "/accounts/login/?next=%2Faccounts%2Fkept%2F"
        assert "已为您保留" in client.get(answer["Location"]).content.decode()
        stored = "".join(session.session_data for session in Session.objects.all())
        assert "我写了半小时" not in repr([row.get_decoded() for row in Session.objects.all()]), stored
        assert client.get("/accounts/kept/").status_code == 302, "not before signing in"
        client.post("/accounts/login/", {"login": "liming", "password": PASSWORD, "next": "/accounts/kept/"})
        kept = client.get("/accounts/kept/").content.decode()
    assert f'action="{page}?q=1"' in kept
    assert 'name="title" value="我写了半小时的文字"' in kept
    assert "第二段&lt;b&gt;" in kept
    assert "继续提交" in kept
    with after(minutes=32):
        assert client.post("/accounts/kept/")["Location"] == page
        assert client.get("/accounts/kept/").status_code == 302


def test_what_was_typed_is_shown_to_nobody_else() -> None:
    make_user("zhangwei")
    with after():
        client = signed_in(make_user())
    with after(minutes=31):
        client.post("/accounts/password/", TYPED)
        assert try_to_sign_in(client, "zhangwei").status_code == 302
        assert client.get("/accounts/kept/").status_code == 302


def test_neither_passwords_nor_files_are_kept() -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=31):
        upload = SimpleUploadedFile("a.txt", b"x")
        client.post("/accounts/password/", {"old_password": PASSWORD, "note": "记录", "file": upload})
        client.post("/accounts/login/", {"login": "liming", "password": PASSWORD})
        page = client.get("/accounts/kept/").content.decode()
    assert PASSWORD not in page
    assert "选择的文件没有保留" in page
    assert 'name="note" value="记录"' in page


def test_what_was_kept_is_gone_once_it_was_sent() -> None:
    """However the act answers: after it the page would say that nothing was carried out."""
    with after():
        client = signed_in(make_user())
    with after(minutes=31):
        client.post("/accounts/password/", {"note": "记录"})
        client.post("/accounts/login/", {"login": "liming", "password": PASSWORD})
        assert client.get("/accounts/kept/").status_code == 200
        client.post("/accounts/security/sessions/end/")
        assert client.get("/accounts/kept/").status_code == 200, "another act leaves it"
        client.post("/accounts/password/", {"note": "记录"})
        assert client.get("/accounts/kept/").status_code == 302


def test_too_much_is_not_kept_and_the_page_says_so() -> None:
    with after():
        client = signed_in(make_user())
    with after(minutes=31):
        answer = client.post("/accounts/password/", {"text": "字" * 200_001})
        assert "没有保存" in client.get(answer["Location"]).content.decode()


def test_a_stranger_who_posts_leaves_nothing_behind() -> None:
    client = Client()
    answer = client.post("/accounts/password/", TYPED)
    assert answer["Location"].startswith("/accounts/login/?next=")
    assert sessions_hold_nothing()


def sessions_hold_nothing() -> bool:
    return not any("kept" in row.get_decoded() for row in Session.objects.all())


def test_scripts_are_told_by_status_and_fragments_by_header() -> None:
    client = Client()
    answer = client.post("/accounts/password/", TYPED, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()) == (401, {"error": "signed_out"})
    answer = client.get("/accounts/password/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_person_sees_and_ends_the_own_sessions_only() -> None:
    user = make_user()
    elsewhere = signed_in(user, address="10.9.9.9", HTTP_USER_AGENT="Firefox 146")
    client, stranger = signed_in(user), signed_in(make_user("zhangwei"))
    page = client.get("/accounts/security/").content.decode()
    assert "10.9.9.9" in page
    assert "Firefox 146" in page
    assert page.count("本机") == 1
    other = sessions.live_sessions(user).get(ip="10.9.9.9")
    assert stranger.post(f"/accounts/security/sessions/{other.pk}/end/").status_code == 404
    assert is_in(elsewhere)
    with Heard() as heard:
        client.post(f"/accounts/security/sessions/{other.pk}/end/")
    assert heard.actions == ["sessions_ended"]
    assert not is_in(elsewhere)
    third = signed_in(user)
    client.post("/accounts/security/sessions/end/")
    assert not is_in(third)
    assert is_in(client)
    assert is_in(stranger)


def test_nothing_is_written_for_every_request() -> None:
    with after():
        client = signed_in(make_user())
        client.get("/accounts/kept/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/kept/")
    assert [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "SAVE", "REL"))] == []


def test_the_list_knows_who_was_there_last() -> None:
    with after():
        user = make_user()
        client = signed_in(user)
    with after(minutes=10):
        client.get("/accounts/security/")
        assert sessions.live_sessions(user).get().last_seen_at == START + timedelta(minutes=10)
    with after(minutes=10 + 32):
        assert not sessions.live_sessions(user).exists()


def test_old_records_are_cleared() -> None:
    from accounts.tasks import clear_sign_in_records  # noqa: PLC0415

    with after():
        user = make_user()
        signed_in(user)
        try_to_sign_in(Client(), "liming", "Wrong-1-wrong")
    with after(days=project.SIGN_IN_RECORD_DAYS + 1):
        clear_sign_in_records()
    from axes.models import AccessAttempt, AccessLog  # noqa: PLC0415

    assert not Session.objects.exists()
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_who_registers_a_unit_is_signed_in_and_stays_so(world: World) -> None:
    from tests.stations.test_registration import posted  # noqa: PLC0415

    client = Client()
    answer = client.post(world.url("register/"), posted(world))
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(client)
    assert client.get("/accounts/security/").content.decode().count("本机") == 1
