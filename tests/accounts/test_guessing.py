"""Guessing (A2): the limits hold, lie as the header may; nobody is locked out of their own network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import security
from tests.accounts.people import (
    LOGIN,
    PASSWORD,
    Heard,
    make_user,
    signed_in,
    try_to_sign_in,
    with_second_factor,
)

pytestmark = pytest.mark.django_db
WRONG = "Wrong-Wrong-1"
OFFICE, ELSEWHERE = "10.1.1.1", "203.0.113.9"
LIMIT = project.SIGN_IN_FAILURES


def fail(times: int, username: str = "liming", address: str = ELSEWHERE, **extra: Any) -> list[int]:
    return [
        try_to_sign_in(Client(), username, WRONG, address=address, **extra).status_code for _ in range(times)
    ]


def test_five_wrong_passwords_lock_the_name_from_there_for_half_an_hour() -> None:
    make_user()
    with Heard() as heard:
        answers = fail(LIMIT + 3)
    assert answers == [200] * (LIMIT - 1) + [429] * 4
    # Refused tries are not told one by one: an attacker does not fill the log.
    assert heard.actions.count("sign_in_failed") == LIMIT
    assert heard.actions.count("locked") == 1
    answer = try_to_sign_in(Client(), "liming", address=ELSEWHERE)
    assert answer.status_code == 429, "the right password opens no lock"
    assert 0 < int(answer["Retry-After"]) <= project.SIGN_IN_LOCK_SECONDS
    assert "30 分钟后再试" in answer.content.decode()


def test_the_lock_ends_by_itself_and_refused_tries_do_not_prolong_it() -> None:
    make_user()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        fail(LIMIT)
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert fail(3) == [429] * 3
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 302


def test_the_owner_signs_in_from_the_own_network_meanwhile() -> None:
    make_user()
    fail(LIMIT + 5)
    assert try_to_sign_in(Client(), "liming", address=OFFICE).status_code == 302


def test_every_way_to_write_a_name_counts_as_that_name() -> None:
    make_user()
    for name in ("liming", "LIMING", " Liming ", "LiMing", "lIMING"):
        fail(1, name)
    assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 429


def test_a_spoofed_header_gives_no_new_address() -> None:
    make_user()
    answers = [fail(1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")[0] for number in range(LIMIT + 2)]
    assert answers[-2:] == [429, 429]


def test_behind_a_proxy_of_ours_its_entry_counts_and_not_what_stands_left_of_it(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    make_user()
    answers = [
        fail(1, address="127.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, {ELSEWHERE}")[0]
        for number in range(LIMIT + 2)
    ]
    assert answers[-2:] == [429, 429]
    # Somebody else behind the same proxy is not touched.
    answer = try_to_sign_in(
        Client(), "liming", address="127.0.0.1", HTTP_X_FORWARDED_FOR=f"{ELSEWHERE}, {OFFICE}"
    )
    assert answer.status_code == 302


def test_a_name_attacked_from_many_addresses_slows_down_for_strangers_only() -> None:
    make_user()
    signed_in_at_office = try_to_sign_in(Client(), "liming", address=OFFICE)
    assert signed_in_at_office.status_code == 302
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        for number in range(5):
            fail(4, address=f"198.51.100.{number}")
        assert fail(1, address="192.0.2.77") == [429]
        answer = try_to_sign_in(Client(), "liming", address="192.0.2.78")
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        # The known network passes, although the name is under attack.
        assert try_to_sign_in(Client(), "liming", address=OFFICE).status_code == 302
    # A minute after the last failure one try is heard again: slowed down, not locked out.
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        assert try_to_sign_in(Client(), "liming", address="192.0.2.79").status_code == 302


def test_many_names_from_one_address_lock_the_address_for_strangers_only() -> None:
    """Spraying: one common password tried on every name."""
    make_user()
    assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 302
    make_user("zhangwei")
    spread = project.SIGN_IN_NAMES_OF_ADDRESS
    answers = [fail(1, f"name{number}")[0] for number in range(spread + 2)]
    assert answers == [200] * spread + [429] * 2
    assert try_to_sign_in(Client(), "zhangwei", address=ELSEWHERE).status_code == 429
    assert try_to_sign_in(Client(), "zhangwei", address=OFFICE).status_code == 302
    assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 302


def test_one_ipv6_network_is_one_address() -> None:
    make_user()
    answers = [fail(1, address=f"2001:db8:1:1::{number:x}")[0] for number in range(1, LIMIT + 2)]
    assert answers[-1] == 429
    assert fail(1, address="2001:db8:1:2::1") == [200]


def test_ten_thousand_tries_reach_the_password_a_hundred_times_at_most() -> None:
    """A sample of them: what counts is how many were heard, not how many were sent."""
    make_user()
    for name in range(25):
        fail(8, f"name{name}")
    heard = sum(AccessAttempt.objects.values_list("failures_since_start", flat=True))
    assert heard == (project.SIGN_IN_NAMES_OF_ADDRESS - 1) * LIMIT + 1


def test_nothing_that_was_typed_stands_in_the_counts() -> None:
    client = Client()
    typed = "330102199003074514"
    assert client.post(LOGIN + f"?next=/{typed}/").status_code == 404
    client.post(LOGIN, {"login": typed, "password": typed, "next": typed, "code": typed})
    row = AccessAttempt.objects.values().get()
    assert typed not in repr(row)


def test_wrong_codes_count_like_wrong_passwords() -> None:
    user = make_user()
    secret, _ = with_second_factor(user)
    client = Client()
    try_to_sign_in(client, "liming")
    answers = [
        client.post("/accounts/second-step/", {"code": "000000"}, REMOTE_ADDR=OFFICE).status_code
        for _ in range(LIMIT)
    ]
    assert answers == [200] * (LIMIT - 1) + [429]
    # The password step is forgotten with it, and the name is locked from here.
    assert client.get("/accounts/second-step/").status_code == 302
    assert try_to_sign_in(Client(), "liming", address=OFFICE).status_code == 429
    assert secret


def test_wrong_passwords_on_the_confirmation_page_count_too() -> None:
    client = signed_in(make_user())
    answers = [
        client.post("/accounts/reauthenticate/", {"password": WRONG}, REMOTE_ADDR=OFFICE).status_code
        for _ in range(LIMIT)
    ]
    assert answers == [422] * (LIMIT - 1) + [429]


def test_an_administrator_and_a_command_unlock() -> None:
    user, admin = make_user(), make_user("admin1")
    fail(LIMIT)
    with Heard() as heard:
        assert security.unlock(user=user, actor=admin, reason="本人忘记") == 1
    assert heard.actions == ["unlocked"]
    assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 302
    fail(LIMIT)
    call_command("unlock", "liming")
    assert try_to_sign_in(Client(), "liming", address=ELSEWHERE).status_code == 302


def test_signing_in_does_not_need_the_broker(settings: Any) -> None:
    """Counts stand in the database: with the cache gone, doors open and limits hold."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    user = make_user()
    secret, codes = with_second_factor(user)
    client = Client()
    assert try_to_sign_in(client, "liming").status_code == 302
    assert client.post("/accounts/second-step/", {"code": codes[0]}).status_code == 302
    assert fail(LIMIT)[-1] == 429
    assert secret


def test_the_old_password_is_guessed_under_the_same_limits() -> None:
    """The page that changes it is no way round: whoever finds an open session has five tries."""
    user = make_user()
    client = signed_in(user)
    asked = {"old_password": WRONG, "new_password1": "My-Own-Word-1", "new_password2": "My-Own-Word-1"}
    with Heard() as heard:
        answers = [client.post("/accounts/password/", asked).status_code for _ in range(LIMIT)]
        right = client.post("/accounts/password/", {**asked, "old_password": PASSWORD})
    assert answers == [422] * (LIMIT - 1) + [429]
    assert heard.actions.count("sign_in_failed") == LIMIT
    assert heard.actions.count("locked") == 1
    assert right.status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
