"""Opening a person's account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import DomainError, InputRefused, Problem

USERNAME_TAKEN = "该用户名已被使用，请换一个。"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person who is to have an account."""

    username: str
    full_name: str
    email: str
    phone: str
    password: str
    must_change_password: bool = False


@transaction.atomic
def open_account(*, account: NewAccount, actor: Any) -> Any:
    """Opens a person's account; refused with the field in `path` for a taken name or a weak password."""
    user_model = get_user_model()
    user = user_model(
        username=account.username.strip(),
        full_name=account.full_name.strip(),
        email=account.email.strip(),
        phone=account.phone.strip(),
        must_change_password=account.must_change_password,
    )
    problems = [*_password_problems(account.password, user)]
    if user_model.objects.filter(username__iexact=user.username).exists():
        problems.append(Problem(USERNAME_TAKEN, "username"))
    if problems:
        raise InputRefused(problems)
    user.set_password(account.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise DomainError(USERNAME_TAKEN, path="username") from None
    return user


def _password_problems(password: str, user: Any) -> list[Problem]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Problem(message, "password") for message in error.messages]
    return []


def initial_password() -> str:
    """A password to be told to a person once and changed at the first sign-in; easily read aloud."""
    groups = ("ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789", "abcdefghjkmnpqrstuvwxyz")
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for letters in groups)
