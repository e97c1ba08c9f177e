"""The second factor (A3): no page without it, no step skipped, each code once, secrets sealed."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from accounts import second_factor
from accounts.models import User
from core import clock
from core.errors import StateConflict
from core.sealing import new_key
from core.tenancy import tenant_scope
from jurisdictions.enums import MembershipState, Role
from jurisdictions.models import Membership
from jurisdictions.staffing import appoint, dismiss
from tests.accounts.people import (
    PASSWORD,
    Heard,
    code_of,
    is_in,
    make_user,
    signed_in,
    try_to_sign_in,
    with_second_factor,
)
from tests.world import World

pytestmark = pytest.mark.django_db
SET_UP, STEP = "/accounts/security/second-factor/", "/accounts/second-step/"
REPLACE = SET_UP + "replace/"
# All that staff without a second factor reach, but for the API, which knows nobody.
OPEN = {SET_UP, "/accounts/reauthenticate/", "/healthz/"}


def every_address(slug: str) -> list[str]:
    """Every address without a number in it, below the jurisdiction's and outside."""
    found: list[str] = []

    def walk(patterns: Any, prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            else:
                found.append(re.sub(r"<[^>]+>", "1", route.replace("<slug:jurisdiction>", slug)))

    walk(get_resolver().url_patterns, "/")
    return found


def offered_secret(client: Client, path: str = SET_UP) -> str:
    page = client.get(path).content.decode()
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]


def test_staff_without_second_factor_reach_no_page(world: World) -> None:
    """Every address of the site, also the public's."""
    user = make_user()
    appoint(user=user, authority=world.lead, role=Role.BUREAU_OFFICER, actor=None)
    client = signed_in(user)
    addresses = [address for address in every_address(world.slug) if not address.startswith("/api/")]
    assert len(addresses) > 80
    reached = {address for address in addresses if client.get(address).status_code == 200}
    assert reached == OPEN
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {302, 405} or address in OPEN, (address, answer.status_code)
    leaving = "/accounts/logout/"
    posted = {
        address for address in addresses if address != leaving and client.post(address).status_code < 300
    }
    assert posted == set()
    assert client.post(leaving)["Location"] == "/"


def test_the_mark_of_staff_begins_with_the_appointment_in_an_open_session(world: World) -> None:
    user = make_user()
    client = signed_in(user)
    assert is_in(client)
    appoint(user=user, authority=world.lead, role=Role.REVIEWER, actor=None)
    assert client.get("/accounts/security/")["Location"] == SET_UP


def test_the_mark_of_staff_ends_with_the_last_post_at_the_next_sign_in(world: World) -> None:
    user = make_user()
    appoint(user=user, authority=world.lead, role=Role.REVIEWER, actor=None)
    dismiss(membership=Membership.objects.get(user=user), actor=None, reason="调离")
    assert User.objects.get(pk=user.pk).works_as_staff
    assert is_in(signed_in(user))
    assert not User.objects.get(pk=user.pk).works_as_staff


def test_a_post_that_no_signal_told_of_is_found_at_sign_in(world: World) -> None:
    user = make_user()
    post = {"tenant": world.jurisdiction, "user": user, "authority": world.lead, "role": Role.AUDITOR}
    Membership.objects.bulk_create([Membership(state=MembershipState.LIVE, confirmed_at=clock.now(), **post)])
    assert not is_in(signed_in(user))


def test_experts_are_staff(world: World) -> None:
    expert = world.people["expert1"]
    User.objects.filter(pk=expert.pk).update(is_demonstration=False, works_as_staff=False)
    expert.refresh_from_db()
    expert.set_password(PASSWORD)
    expert.save()
    assert not is_in(signed_in(expert))


def test_a_post_anywhere_makes_staff_everywhere(world: World) -> None:
    from tests.world import furnish, make_jurisdiction  # noqa: PLC0415

    user = make_user()
    with tenant_scope(make_jurisdiction("yantai")) as scope:
        elsewhere = furnish(scope.tenant)
        appoint(user=user, authority=elsewhere.lead, role=Role.REVIEWER, actor=None)
    client = signed_in(user)
    assert client.get(world.url("notices/"))["Location"] == SET_UP


@pytest.mark.parametrize(("exempt", "demonstration", "enters"), [(1, 1, 1), (1, 0, 0), (0, 1, 0)])
def test_only_demonstration_accounts_may_be_excepted(
    settings: Any, exempt: int, demonstration: int, enters: int
) -> None:
    settings.SECOND_FACTOR_EXEMPT_DEMO = bool(exempt)
    user = make_user(is_demonstration=bool(demonstration), is_superuser=True)
    assert is_in(signed_in(user)) == bool(enters)


def test_setting_up_shows_the_recovery_codes_once_and_opens_the_pages() -> None:
    user = make_user(is_superuser=True)
    client = signed_in(user)
    other = signed_in(user)
    secret = offered_secret(client)
    assert offered_secret(client) == secret, "a reload keeps the secret that was scanned"
    assert client.post(SET_UP, {"code": "123456"}).status_code == 422
    with Heard() as heard:
        page = client.post(SET_UP, {"code": code_of(secret)})
    codes = re.findall(r"<li><code>(\d{8})</code>", page.content.decode())
    assert len(set(codes)) == 10
    assert "no-store" in page["Cache-Control"]
    assert heard.actions == ["second_factor_added"]
    assert is_in(client)
    assert not is_in(other), "sessions without it end"
    assert client.get(SET_UP).status_code == 302
    assert codes[0] not in client.get("/accounts/security/").content.decode()


def test_the_password_alone_signs_nobody_in() -> None:
    """Skipping the step: every page, and the pages that would take the factor away."""
    user = make_user()
    secret, _ = with_second_factor(user)
    client = Client()
    assert try_to_sign_in(client, "liming")["Location"] == STEP
    for path in ("/accounts/security/", "/home/", SET_UP, SET_UP + "remove/", "/accounts/recovery-codes/"):
        answer = client.get(path)
        assert answer.status_code in {302, 404}, path
    assert client.post(SET_UP + "remove/")["Location"].startswith("/accounts/login/")
    assert Authenticator.objects.filter(user=user).count() == 2
    assert client.get("/accounts/login/")["Location"] == STEP
    assert client.post(STEP, {"code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_a_session_without_the_step_is_none_for_staff() -> None:
    """However it came about: the session must have seen the code, not only the account have one."""
    user = make_user(is_superuser=True)
    with_second_factor(user)
    client = Client()
    client.force_login(user)
    assert client.get("/accounts/security/")["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_code_of_the_app_works_once() -> None:
    user = make_user()
    secret, _ = with_second_factor(user)
    first, second = Client(), Client()
    for client in (first, second):
        try_to_sign_in(client, "liming")
    code = code_of(secret)
    assert first.post(STEP, {"code": code}).status_code == 302
    answer = second.post(STEP, {"code": code})
    assert answer.status_code == 200
    assert "已用过" in answer.content.decode()
    # Neither a little later, while the tolerance would still take it, nor the one before it.
    with time_machine.travel(timezone.now() + timezone.timedelta(seconds=30)):
        assert second_factor.accept(user=user, code=code) is None
        assert second_factor.accept(user=user, code=code_of(secret, periods=-1)) is None
        assert second_factor.accept(user=user, code=code_of(secret)) is not None


def test_the_code_that_set_it_up_does_not_sign_in() -> None:
    user = make_user()
    client = signed_in(user)
    secret = offered_secret(client)
    code = code_of(secret)
    client.post(SET_UP, {"code": code})
    assert second_factor.accept(user=user, code=code) is None


def test_a_code_of_long_ago_or_of_the_future_is_refused() -> None:
    user = make_user()
    secret, _ = with_second_factor(user)
    for periods in (-3, -2, 2, 3):
        assert second_factor.accept(user=user, code=code_of(secret, periods=periods)) is None


def test_a_recovery_code_works_once_and_is_told() -> None:
    user = make_user()
    _, codes = with_second_factor(user)
    first, second = Client(), Client()
    for client in (first, second):
        try_to_sign_in(client, "liming")
    with Heard() as heard:
        assert first.post(STEP, {"code": codes[3]}).status_code == 302
    assert heard.actions == ["recovery_code_used", "sign_in"]
    assert heard.events[0]["data"] == {"left": 9}
    assert second.post(STEP, {"code": codes[3]}).status_code == 200
    assert second.post(STEP, {"code": codes[4]}).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_two_requests_at_a_time_with_one_code_give_one_sign_in(kind: str) -> None:
    user = make_user()
    secret, codes = with_second_factor(user)
    code = code_of(secret) if kind == "totp" else codes[0]
    barrier = threading.Barrier(4)
    accepted: list[bool] = []

    def try_it() -> None:
        barrier.wait()
        try:
            accepted.append(second_factor.accept(user=user, code=code) is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(accepted) == [False, False, False, True]


def test_secrets_are_sealed_in_the_database() -> None:
    user = make_user()
    secret, codes = with_second_factor(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert stored.count("v1:") == 2
    for plain in (secret, *codes):
        assert plain not in stored


def test_secrets_follow_a_change_of_keys(settings: Any) -> None:
    user = make_user()
    secret, codes = with_second_factor(user)
    settings.FIELD_KEYS = f"next:{new_key()},{settings.FIELD_KEYS}"
    call_command("rotate_field_keys", stdout=(said := StringIO()))
    assert "mfa.Authenticator: 2\n" in said.getvalue()
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert second_factor.accept(user=user, code=code_of(secret))
    assert second_factor.accept(user=user, code=codes[0])


def test_new_recovery_codes_replace_the_old_ones() -> None:
    user = make_user()
    _, codes = with_second_factor(user)
    client = Client()
    try_to_sign_in(client, "liming")
    client.post(STEP, {"code": codes[0]})
    with Heard() as heard:
        page = client.post("/accounts/security/recovery-codes/").content.decode()
    fresh = re.findall(r"<li><code>(\d{8})</code>", page)
    assert heard.actions == ["recovery_codes_made"]
    assert second_factor.accept(user=user, code=codes[1]) is None
    assert second_factor.accept(user=user, code=fresh[1]) is not None


def with_code(user: User) -> tuple[Client, str]:
    """A browser of somebody who signed in with both factors; the secret of the second."""
    secret, codes = with_second_factor(user)
    client = Client()
    try_to_sign_in(client, user.username)
    client.post(STEP, {"code": codes[0]})
    return client, secret


def test_staff_do_not_take_it_away() -> None:
    user = make_user(is_superuser=True)
    client, _ = with_code(user)
    assert "remove/" not in client.get("/accounts/security/").content.decode()
    with Heard() as heard:
        for ask in (client.get, client.post):
            assert ask(SET_UP + "remove/")["Location"] == "/accounts/security/"
    assert heard.actions == []
    assert "工作人员须使用双重验证" in client.get("/accounts/security/").content.decode()
    assert Authenticator.objects.filter(user=user).count() == 2
    with pytest.raises(StateConflict, match="工作人员须使用双重验证"):
        second_factor.remove(user=user)


def test_units_people_take_it_away_and_their_other_sessions_end() -> None:
    user = make_user()
    client, _ = with_code(user)
    other = Client()
    try_to_sign_in(other, "liming")
    other.post(STEP, {"code": code_of(held_secret(user))})
    assert is_in(other)
    with Heard() as heard:
        assert client.post(SET_UP + "remove/").status_code == 302
    assert heard.actions == ["second_factor_removed"]
    assert not Authenticator.objects.filter(user=user).exists()
    assert (is_in(client), is_in(other)) == (True, False)


def held_secret(user: User) -> str:
    """The secret that the person's app holds."""
    return str(decrypt(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]))


def test_a_session_that_showed_a_factor_is_none_once_the_account_has_none() -> None:
    """However it went: a row deleted, a reset whose sessions no list knew."""
    user = make_user(is_superuser=True)
    client, _ = with_code(user)
    assert is_in(client)
    Authenticator.objects.filter(user=user).delete()
    assert client.get("/accounts/security/")["Location"] == SET_UP


def test_another_app_replaces_the_first_once_its_code_is_shown() -> None:
    user = make_user(is_superuser=True)
    client, old = with_code(user)
    other = Client()
    try_to_sign_in(other, "liming")
    other.post(STEP, {"code": code_of(old)})
    new = offered_secret(client, REPLACE)
    assert client.post(REPLACE, {"code": "123456"}).status_code == 422
    assert held_secret(user) == old, "the first stands until the other is shown"
    assert is_in(other)
    with Heard() as heard:
        page = client.post(REPLACE, {"code": code_of(new)}).content.decode()
    assert heard.actions == ["second_factor_replaced"]
    assert held_secret(user) == new
    assert len(re.findall(r"<li><code>(\d{8})</code>", page)) == 10
    assert Authenticator.objects.filter(user=user).count() == 2
    assert (is_in(client), is_in(other)) == (True, False)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert second_factor.accept(user=user, code=code_of(old)) is None
        assert second_factor.accept(user=user, code=code_of(new)) is not None


def test_nothing_is_replaced_where_nothing_is() -> None:
    user = make_user()
    assert signed_in(user).get(REPLACE)["Location"] == SET_UP
    with pytest.raises(StateConflict):
        second_factor.replace(user=user, secret=second_factor.new_secret(), code="123456")


@pytest.mark.parametrize("path", [SET_UP, SET_UP + "remove/", REPLACE, "/accounts/security/recovery-codes/"])
def test_changing_it_asks_for_the_password_again(path: str, settings: Any) -> None:
    user = make_user()
    if path != SET_UP:
        secret, _ = with_second_factor(user)
        client = Client()
        try_to_sign_in(client, "liming")
        client.post(STEP, {"code": code_of(secret)})
    else:
        client = signed_in(user)
    settings.REAUTHENTICATION_SECONDS = 0
    for answer in (client.get(path), client.post(path)):
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")


def test_the_command_resets_with_a_reason_only() -> None:
    user = make_user()
    with_second_factor(user)
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "liming", "--reason", " ")
    assert second_factor.standing(user)
    call_command("reset_second_factor", "liming", "--reason", "手机遗失")
    assert not second_factor.standing(user)
