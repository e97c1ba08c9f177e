"""The second factor: adding it, taking it away, and accepting a code once.

django-allauth holds the secrets and computes the codes; everything of its inside that we use is used here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from accounts import policy, sessions
from accounts.adapters import PURPOSE
from accounts.signals import tell
from core.errors import DomainError, StateConflict
from core.rotation import resealed, rotates
from core.sealing import is_sealed

KEPT_BY_STAFF = "工作人员须使用双重验证，不能停用；更换手机或验证器应用，请使用“更换”。"
NONE_YET = "尚未启用双重验证。"
WRONG_CODE = "验证码不正确或已用过，请等待下一个验证码。"
TOTP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has of a second factor."""

    since: Any = None
    codes_left: int = 0

    def __bool__(self) -> bool:
        return self.since is not None


def standing(user: Any) -> Standing:
    """Since when the person has a second factor, and how many recovery codes are left."""
    rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
    if TOTP not in rows:
        return Standing()
    left = len(RecoveryCodes(rows[CODES]).get_unused_codes()) if CODES in rows else 0
    return Standing(rows[TOTP].created_at, left)


def stands(user: Any) -> bool:
    """Whether the person has a second factor now."""
    return Authenticator.objects.filter(user=user, type=TOTP).exists()


def with_factor(users: QuerySet) -> QuerySet:
    """Accounts that say whether a second factor stands (`stood`), read with them."""
    return users.annotate(has_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=TOTP)))


def stood(user: Any) -> bool:
    """Whether the person had a second factor when the account was read, at the beginning of the request."""
    return stands(user) if getattr(user, "has_factor", None) is None else bool(user.has_factor)


def was_shown(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this very session; it may be gone since (`stands`)."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def picture_of(user: Any, secret: str) -> str:
    """The QR code for the app, as a data address (the content security policy lets images be that)."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def new_secret() -> str:
    """A secret to be offered to a person's app."""
    return totp.generate_totp_secret()


@transaction.atomic
def accept(*, user: Any, code: str) -> Authenticator | None:
    """The factor that this code is of, or None. Each code is accepted once, by one of two requests too."""
    typed = "".join(code.split())
    rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=user)}
    if TOTP in rows:
        counter = _counter_of(decrypt(rows[TOTP].data["secret"]), typed)
        if counter is not None and counter > rows[TOTP].data.get("last_counter", -1):
            rows[TOTP].data["last_counter"] = counter
            rows[TOTP].save(update_fields=["data"])
            return rows[TOTP]
    if CODES in rows and RecoveryCodes(rows[CODES]).validate_code(typed):
        return rows[CODES]
    return None


def _counter_of(secret: str, code: str) -> int | None:
    """The number of the period that a code belongs to."""
    for counter in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(
            actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))
        ):
            return counter
    return None


@transaction.atomic
def add(*, user: Any, secret: str, code: str, request: HttpRequest | None = None) -> list[str]:
    """Gives the person a second factor, proved by its first code; the recovery codes, shown this once.

    The person's other sessions end. Told as `second_factor_added`. Raises `DomainError` for a wrong code,
    `StateConflict` when there is one.
    """
    _lock(user)
    if stands(user):
        raise StateConflict("已启用双重验证。")
    codes = _enrol(user, secret, code, request)
    tell("second_factor_added", user=user, actor=user, request=request)
    return codes


@transaction.atomic
def replace(*, user: Any, secret: str, code: str, request: HttpRequest | None = None) -> list[str]:
    """Another app in place of the present one, which stands until the first code of the new one is shown.

    New recovery codes, shown this once; the person's other sessions end. Told as `second_factor_replaced`.
    Raises `DomainError` for a wrong code, `StateConflict` when there is none to replace.
    """
    _lock(user)
    if not stands(user):
        raise StateConflict(NONE_YET)
    codes = _enrol(user, secret, code, request)
    tell("second_factor_replaced", user=user, actor=user, request=request)
    return codes


def _enrol(user: Any, secret: str, code: str, request: HttpRequest | None) -> list[str]:
    """Makes this secret the person's factor, whatever there was; its code counts as shown and used."""
    counter = _counter_of(secret, "".join(code.split()))
    if counter is None:
        raise DomainError(WRONG_CODE, path="code")
    forget(user)
    row = totp.TOTP.activate(user, secret).instance
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
    if request is not None:
        record_authentication(request, user, "mfa", id=row.pk, type=row.type)
    _end_others(user, request)
    return _fresh_codes(user)


@transaction.atomic
def renew_codes(*, user: Any, request: HttpRequest | None = None) -> list[str]:
    """New recovery codes in place of the old ones, shown this once; told as `recovery_codes_made`."""
    _lock(user)
    if not stands(user):
        raise StateConflict(NONE_YET)
    codes = _fresh_codes(user)
    tell("recovery_codes_made", user=user, actor=user, request=request)
    return codes


@transaction.atomic
def remove(*, user: Any, request: HttpRequest | None = None) -> None:
    """Takes the second factor away, with its recovery codes; the person's other sessions end.

    Told as `second_factor_removed`. Raises `StateConflict` for staff: they replace it.
    """
    if policy.needs_second_factor(_lock(user)):
        raise StateConflict(KEPT_BY_STAFF)
    forget(user)
    _end_others(user, request)
    tell("second_factor_removed", user=user, actor=user, request=request)


def forget(user: Any) -> int:
    """Deletes every factor of the person; how many there were."""
    return Authenticator.objects.filter(user=user).delete()[0]


@rotates("mfa.Authenticator")
def reseal_all() -> int:
    """Seals the secrets of every second factor anew that are not under the first key; how many rows."""
    done = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=pk)
            data = {
                name: resealed(value, purpose=PURPOSE) if is_sealed(value) else value
                for name, value in row.data.items()
            }
            if data != row.data:
                row.data = data
                row.save(update_fields=["data"])
                done += 1
    return done


def _lock(user: Any) -> Any:
    return get_user_model().objects.select_for_update().get(pk=user.pk)


def _end_others(user: Any, request: HttpRequest | None) -> None:
    """Ends the sessions that showed no factor, or one that is none any more, but for the one that asks."""
    if request is not None:
        sessions.end_sessions(user, keep=request.session.session_key or "")


def _fresh_codes(user: Any) -> list[str]:
    Authenticator.objects.filter(user=user, type=CODES).delete()
    return RecoveryCodes.activate(user).generate_codes()
