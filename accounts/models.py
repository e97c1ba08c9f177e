"""A person who signs in. What the person may do stands with the tenants, not here."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from core.sealed_fields import SealedField


class User(AbstractUser):
    """An account; one person, whatever the number of jurisdictions and roles."""

    first_name = None
    last_name = None
    full_name = models.CharField("姓名", max_length=60)
    phone = SealedField("手机", kind="phone", blank=True)
    must_change_password = models.BooleanField("下次登录须修改密码", default=False)

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name
