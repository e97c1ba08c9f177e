"""Signing in and out (A1, A4): new key at sign-in, dead key afterwards, no way to another site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts import security
from accounts.models import User
from tests.accounts.people import LOGIN, PASSWORD, Heard, is_in, make_user, signed_in, try_to_sign_in

pytestmark = pytest.mark.django_db
COOKIE = "sessionid"


def with_key(key: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = key
    return client


def test_signing_in_leads_home_and_is_told() -> None:
    user, client = make_user(), Client()
    with Heard() as heard:
        answer = try_to_sign_in(client, "liming")
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert is_in(client)
    assert heard.actions == ["sign_in"]
    assert (heard.events[0]["user"], heard.events[0]["username"]) == (user, "liming")


def test_a_wrong_password_and_a_wrong_name_read_alike() -> None:
    make_user()
    with Heard() as heard:
        wrong = try_to_sign_in(Client(), "liming", "Falsch-Falsch-1").content.decode()
        unknown = try_to_sign_in(Client(), "nobody", "Falsch-Falsch-1").content.decode()
    for page in (wrong, unknown):
        assert "用户名或密码不正确" in page
    assert wrong.replace("liming", "nobody").count("不正确") == unknown.count("不正确")
    assert heard.actions == ["sign_in_failed", "sign_in_failed"]
    # A name that nobody has may be a password typed into the wrong box: it is not told.
    assert [event["username"] for event in heard.events] == ["liming", ""]


def test_a_key_from_before_signing_in_is_worth_nothing_afterwards() -> None:
    """Session fixation: the attacker gives the victim a session of the attacker's."""
    make_user()
    attacker = Client()
    attacker.post("/accounts/logout/")
    attacker.get("/accounts/password/")
    session = attacker.session
    session["planted"] = True
    session.save()
    victim = with_key(session.session_key)
    assert try_to_sign_in(victim, "liming").status_code == 302
    assert victim.cookies[COOKIE].value != session.session_key
    assert not is_in(with_key(session.session_key))


def test_signing_out_kills_the_key() -> None:
    client = signed_in(make_user())
    key = client.cookies[COOKIE].value
    assert client.get("/accounts/logout/").status_code == 405
    with Heard() as heard:
        client.post("/accounts/logout/")
    assert heard.actions == ["sign_out"]
    assert not is_in(with_key(key))


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    user = make_user()
    other, client = signed_in(user), signed_in(user)
    new = "Yangtze-Bridge-8"
    with Heard() as heard:
        answer = client.post(
            "/accounts/password/",
            {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
        )
    assert answer.status_code == 302
    assert heard.actions == ["password_changed"]
    assert is_in(client)
    assert not is_in(other)
    assert client.get("/accounts/security/").content.decode().count('<th scope="row">') == 1


@pytest.mark.parametrize("act", ["disable", "end", "reset", "password"])
def test_what_an_administrator_does_ends_open_sessions_at_the_next_request(act: str) -> None:
    user, admin = make_user(), make_user("admin1")
    client = signed_in(user)
    assert is_in(client)
    why: dict[str, Any] = {"user": User.objects.get(pk=user.pk), "actor": admin, "reason": "试验"}
    if act == "disable":
        security.disable_account(**why)
    elif act == "end":
        security.end_all_sessions(**why)
    elif act == "reset":
        security.reset_second_factor(**why)
    else:
        security.set_initial_password(password="Another-Word-9", **why)
    assert not is_in(client)


def test_a_session_that_no_list_knows_ends_too() -> None:
    """The epoch in the session's hash, not the list of sessions, is what ends them."""
    user = make_user()
    client = Client()
    client.force_login(user)
    assert is_in(client)
    security.end_all_sessions(user=user, actor=None, reason="试验")
    assert not is_in(client)


def test_a_disabled_account_cannot_sign_in() -> None:
    user = make_user()
    security.disable_account(user=user, actor=None, reason="离职")
    client = Client()
    assert try_to_sign_in(client, "liming").status_code == 403
    assert not is_in(client)
    security.enable_account(user=user, actor=None, reason="返岗")
    assert try_to_sign_in(client, "liming").status_code == 302


@pytest.mark.parametrize(("production", "rehearsal", "enters"), [(0, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0)])
def test_a_demonstration_account_signs_in_only_in_rehearsals(
    settings: Any, production: int, rehearsal: int, enters: int
) -> None:
    make_user(is_demonstration=True)
    settings.PRODUCTION, settings.REHEARSAL = bool(production), bool(rehearsal)
    client = Client()
    assert try_to_sign_in(client, "liming").status_code == (302 if enters else 403)
    assert is_in(client) == bool(enters)


def test_an_open_session_of_a_demonstration_account_does_not_reach_production(settings: Any) -> None:
    client = signed_in(make_user(is_demonstration=True))
    settings.PRODUCTION = True
    assert not is_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://localhost/",
        " //evil.example",
    ],
)
def test_next_leads_to_no_other_site(target: str, settings: Any) -> None:
    """Also not to another name of `ALLOWED_HOSTS`, and not when somebody is signed in already."""
    make_user()
    client = Client()
    answer = client.post(LOGIN, {"login": "liming", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert client.get(LOGIN, {"next": target})["Location"] == "/home/"
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/home/")


def test_next_leads_to_the_page_that_was_asked_for() -> None:
    make_user()
    client = Client()
    asked = client.get("/accounts/password/?tab=2")
    assert asked["Location"] == "/accounts/login/?next=%2Faccounts%2Fpassword%2F%3Ftab%3D2"
    page = client.get(asked["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/accounts/password/?tab=2">' in page
    answer = client.post(
        LOGIN, {"login": "liming", "password": PASSWORD, "next": "/accounts/password/?tab=2"}
    )
    assert answer["Location"] == "/accounts/password/?tab=2"


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "logout/",
        "password/",
        "reauthenticate/",
        "kept/",
        "second-step/",
        "security/second-factor/",
        "security/second-factor/remove/",
        "security/recovery-codes/",
        "security/sessions/end/",
        "security/sessions/1/end/",
    ],
)
def test_no_form_is_taken_without_its_token(path: str) -> None:
    user = make_user()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(f"/accounts/{path}").status_code == 403


def test_nobody_signs_up_by_himself() -> None:
    assert Client().get("/accounts/signup/").status_code == 404
