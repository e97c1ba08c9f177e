"""Who is staff, who needs a second factor, whose password has grown old: the settings, applied to a person.

What makes somebody staff, the rooms below know: they register a test here, and call `note_staff`
where a post or a seat begins.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

StaffTest = Callable[[Any], bool]
_staff_tests: list[StaffTest] = []


def register_staff_test(test: StaffTest) -> StaffTest:
    """Adds a question of another room: has this person a post, or a seat on a panel, anywhere?"""
    if test not in _staff_tests:
        _staff_tests.append(test)
    return test


def note_staff(user_id: int) -> None:
    """Somebody has just got a post or a seat: their open sessions are staff's from the next request on."""
    get_user_model().objects.filter(pk=user_id, works_as_staff=False).update(works_as_staff=True)


def refresh_staff(user: Any) -> None:
    """Asks every room again; done at each sign-in, so that the mark also ends with the last post."""
    works = user.is_superuser or any(test(user) for test in _staff_tests)
    if works != user.works_as_staff:
        user.works_as_staff = works
        user.save(update_fields=["works_as_staff"])


def rehearses() -> bool:
    """Whether this site is one for rehearsals: the only kind on which invented people act."""
    return bool(settings.REHEARSAL and not settings.PRODUCTION)


def may_sign_in(user: Any) -> bool:
    """An active account; that of an invented person only where there are rehearsals."""
    return user.is_active and (not user.is_demonstration or rehearses())


def needs_second_factor(user: Any) -> bool:
    """Whether the person reaches no page without a second factor."""
    if not settings.SECOND_FACTOR_REQUIRED or not user.works_as_staff:
        return False
    return not (settings.SECOND_FACTOR_EXEMPT_DEMO and user.is_demonstration and rehearses())


def password_days(user: Any) -> int:
    """For how many days the person's password lasts; 0: for ever."""
    if user.is_demonstration:
        return 0
    return settings.PASSWORD_DAYS_OF_STAFF if user.works_as_staff else settings.PASSWORD_DAYS_OF_UNITS


def password_expired(user: Any) -> bool:
    """Whether the password has to be changed before anything else."""
    days = password_days(user)
    return bool(days) and timezone.now() - user.password_changed_at >= timedelta(days=days)
