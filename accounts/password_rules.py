"""What a password must be, beyond Django's own validators (`settings.AUTH_PASSWORD_VALIDATORS`)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils.functional import lazy

from accounts.models import PastPassword


def _rules() -> str:
    """Every rule that a new password meets on this site, as one line."""
    texts = [str(text).removeprefix("密码").rstrip("。") for text in password_validators_help_texts()]
    return "；".join(texts)


# For the help text of a field: what is refused there is said there before.
RULES = lazy(_rules, str)()


class LongEnough:
    """Django's rule of length; its words are not translated."""

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return f"密码至少 {self.least} 个字符。"


class CharacterClasses:
    """Several of: small letters, capitals, digits, anything else."""

    def __init__(self, required: int = 3) -> None:
        self.required = required

    def validate(self, password: str, user: Any = None) -> None:
        kinds = (
            str.islower,
            str.isupper,
            str.isdigit,
            lambda c: not (c.islower() or c.isupper() or c.isdigit()),
        )
        if sum(any(kind(character) for character in password) for kind in kinds) < self.required:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return f"密码须包含大写字母、小写字母、数字、其他字符中的至少 {self.required} 种。"


class NotTheName:
    """The user name, forwards or backwards, is no part of the password."""

    def validate(self, password: str, user: Any = None) -> None:
        name = (getattr(user, "username", "") or "").casefold()
        typed = password.casefold()
        if len(name) >= 3 and (name in typed or name[::-1] in typed):
            raise ValidationError(self.get_help_text(), code="password_holds_name")

    def get_help_text(self) -> str:
        return "密码不能包含用户名。"


class NotUsedLately:
    """None of the last passwords again; the present one counts. Django tells it of every new one."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        known = [
            user.password,
            *PastPassword.objects.filter(user=user).values_list("hashed", flat=True)[: self.last],
        ]
        if any(check_password(password, hashed) for hashed in dict.fromkeys(known)):
            raise ValidationError(self.get_help_text(), code="password_used_lately")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Remembers the hash of the new password and forgets those that may be used again."""
        if user is None or user.pk is None:
            return
        PastPassword.objects.create(user=user, hashed=user.password)
        kept = PastPassword.objects.filter(user=user).values_list("pk", flat=True)[: self.last]
        PastPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        return f"不能使用最近 {self.last} 次用过的密码。"
