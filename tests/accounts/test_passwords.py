"""What a password must be, how long it lasts, and that a given one is changed first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts import security
from accounts.models import PastPassword, User
from core.errors import InputRefused, NotAllowed, ReasonRequired, StateConflict
from tests.accounts.people import PASSWORD, Heard, is_in, make_user, signed_in, try_to_sign_in
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Ab1-ab1-a", "至少 10 个字符"),
        ("abcdefghij1", "3 种"),
        ("ABCDEFGHIJ-", "3 种"),
        ("1234567890-", "3 种"),
        ("Xliming-2026", "用户名"),
        ("X-gnimil-2026", "用户名"),
        ("Password123", "常见"),
        ("王小二Wang-1", "相似"),
    ],
)
def test_weak_passwords_are_refused(password: str, word: str) -> None:
    user = make_user(full_name="王小二Wang")
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, user)
    assert any(word in message for message in refusal.value.messages), refusal.value.messages


@pytest.mark.parametrize("password", ["Changjiang-River", "黄河之水天上来Ab1", "correct horse 9 staple"])
def test_good_passwords_are_taken(password: str) -> None:
    validate_password(password, make_user())


def test_none_of_the_last_five_again() -> None:
    user = make_user()
    used = [f"Number-{number}-Word" for number in range(7)]
    for password in used:
        validate_password(password, user)
        user.set_password(password)
        user.save()
    for password in used[-5:]:
        with pytest.raises(ValidationError):
            validate_password(password, user)
    validate_password(used[0], user)
    assert PastPassword.objects.filter(user=user).count() == 5
    assert not any(password in repr(list(PastPassword.objects.values())) for password in used)


@pytest.mark.parametrize(
    ("days", "staff", "demonstration", "expires"),
    [(89, 1, 0, 0), (90, 1, 0, 1), (90, 1, 1, 0), (4000, 0, 0, 0)],
)
def test_staff_change_theirs_every_ninety_days(
    settings: Any, days: int, staff: int, demonstration: int, expires: int
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_user(is_superuser=bool(staff), is_demonstration=bool(demonstration))
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days=days))
    client = signed_in(user)
    assert is_in(client) != bool(expires)
    if expires:
        assert client.get("/home/")["Location"] == "/accounts/password/"
        assert "密码已到期" in client.get("/accounts/password/").content.decode()


def test_units_passwords_may_be_given_a_life_too(settings: Any) -> None:
    settings.PASSWORD_DAYS_OF_UNITS = 30
    user = make_user()
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days=30))
    assert not is_in(signed_in(user))


def test_a_password_of_somebody_else_opens_its_change_only() -> None:
    user, admin = make_user(), make_user("admin1")
    with Heard() as heard:
        security.set_initial_password(user=user, password="Given-By-1-Admin", actor=admin, reason="新到岗")
    assert heard.actions == ["initial_password"]
    client = Client()
    try_to_sign_in(client, "liming", "Given-By-1-Admin")
    assert client.get("/accounts/security/")["Location"] == "/accounts/password/"
    assert client.get("/accounts/security/second-factor/")["Location"] == "/accounts/password/"
    given = {"old_password": "Given-By-1-Admin"}
    same = given | {"new_password1": "Given-By-1-Admin", "new_password2": "Given-By-1-Admin"}
    assert "最近 5 次" in client.post("/accounts/password/", same).content.decode()
    new = given | {"new_password1": "My-Own-Word-1", "new_password2": "My-Own-Word-1"}
    assert client.post("/accounts/password/", new)["Location"] == "/home/"
    assert is_in(client)


def test_administrators_act_on_others_with_a_reason() -> None:
    user, admin = make_user(), make_user("admin1")
    for verb in (security.unlock, security.reset_second_factor, security.disable_account):
        with pytest.raises(NotAllowed):
            verb(user=admin, actor=admin, reason="自己")
        with pytest.raises(ReasonRequired):
            verb(user=user, actor=admin, reason=" ")
    with pytest.raises(InputRefused) as refusal:
        security.set_initial_password(user=user, password="liming", actor=admin, reason="新到岗")
    assert {problem.path for problem in refusal.value.problems} == {"password"}
    with pytest.raises(StateConflict):
        security.enable_account(user=user, actor=admin, reason="返岗")
    security.end_all_sessions(user=admin, actor=admin, reason="自己结束")


@pytest.mark.parametrize("path", ["/accounts/password/", "register"])
def test_the_page_says_every_rule_before_one_refuses(world: World, path: str) -> None:
    client = signed_in(make_user()) if path != "register" else Client()
    page = client.get(path if path != "register" else world.url("register/")).content.decode()
    for words in ("至少 10 个字符", "至少 3 种", "不能包含用户名", "最近 5 次", "常见"):
        assert words in page, words


def test_a_weak_new_password_is_named_where_it_was_typed() -> None:
    client = signed_in(make_user())
    asked = {"old_password": PASSWORD, "new_password1": "abcdefghijk", "new_password2": "abcdefghijk"}
    answer = client.post("/accounts/password/", asked)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"new_password1"}
    asked |= {"new_password2": "abcdefghijX", "new_password1": "My-Own-Word-1"}
    assert set(client.post("/accounts/password/", asked).context["form"].errors) == {"new_password2"}
