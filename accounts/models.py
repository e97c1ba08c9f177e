"""A person who signs in. What the person may do stands with the tenants, not here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.sealed_fields import SealedField


class User(AbstractUser):
    """An account; one person, whatever the number of jurisdictions and roles."""

    first_name = None
    last_name = None
    full_name = models.CharField("姓名", max_length=60)
    phone = SealedField("手机", kind="phone", blank=True)
    must_change_password = models.BooleanField("下次登录须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    # Counted up to end every session of the person at once (`accounts.sessions`).
    session_epoch = models.PositiveIntegerField("会话批次", default=0)
    # Of an invented person: never signs in on a production site.
    is_demonstration = models.BooleanField("演示账号", default=False)
    # Has or had a post or a seat since the last sign-in (`accounts.policy`): asks for a second factor.
    works_as_staff = models.BooleanField("工作人员", default=False)

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this person's: changes with the password and the epoch."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Any:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | None) -> str:
        content = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.session", content, secret=secret, algorithm="sha256").hexdigest()


class PastPassword(models.Model):
    """The hash of a password that a person has used, so that it is not taken again too soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    hashed = models.CharField("散列值", max_length=128)
    set_at = models.DateTimeField("设置时间", default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        verbose_name = "历史密码"

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"
