"""How accounts stand, for whoever looks after them: locked by wrong tries, with a second factor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one account."""

    locked: bool
    second_factor: bool


def standing_of(users: Iterable[Any]) -> dict[int, Standing]:
    """By account id, with one query for each of the two questions."""
    users = list(users)
    locked = _locked({user.username for user in users})
    factors = _with_second_factor([user.pk for user in users])
    return {user.pk: Standing(user.username in locked, user.pk in factors) for user in users}


def count_locked() -> int:
    """How many account names are locked now, whosever they are."""
    return len(_locked(None))


def _locked(names: set[str] | None) -> set[str]:
    """The names whose wrong tries from one network have reached the limit within the time that counts."""
    if not apps.is_installed("axes"):
        return set()
    attempts = apps.get_model("axes.AccessAttempt").objects.filter(
        attempt_time__gt=timezone.now() - timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    )
    if names is not None:
        attempts = attempts.filter(username__in=names)
    pairs = attempts.values("username", "ip_address").annotate(failures=Sum("failures_since_start"))
    return set(pairs.filter(failures__gte=settings.SIGN_IN_FAILURES).values_list("username", flat=True))


def _with_second_factor(ids: list[int]) -> set[int]:
    if not apps.is_installed("allauth.mfa"):
        return set()
    authenticators = apps.get_model("mfa.Authenticator").objects.filter(user__in=ids, type="totp")
    return set(authenticators.values_list("user", flat=True))
