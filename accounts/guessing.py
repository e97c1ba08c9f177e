"""Limits for those who guess: by name and address, by name alone, by address alone.

django-axes counts the failures in the database: the limits hold without Valkey and over all processes.
Three limits, all within the last `SIGN_IN_LOCK_SECONDS`:

* `SIGN_IN_FAILURES` for one name from one network lock that pair;
* `SIGN_IN_FAILURES_OF_NAME` for one name from anywhere slow it down to one try in `SIGN_IN_SLOW_SECONDS`;
* `SIGN_IN_NAMES_OF_ADDRESS` different names from one network lock the network.

The last two pass by a person who has signed in from this network before: whoever attacks an account from
elsewhere does not lock its owner out of their own office.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account.internal.userkit import get_user_by_username
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Count, Max, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.client import client_address

# Whoever has one IPv6 address has all of its network.
IPV6_NETWORK = 64


def counted_address(request: HttpRequest) -> str | None:
    """The network that failures are counted for (`AXES_CLIENT_IP_CALLABLE`)."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_NETWORK), strict=False).network_address)
    return str(address)


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name that failures are counted for (`AXES_USERNAME_CALLABLE`).

    Every way to write an account's name counts as that account. A name that nobody has is counted under a
    digest: people type passwords and ID numbers there.
    """
    typed = str((credentials or {}).get("username") or request.POST.get("login", "")).strip()
    known: dict[str, str] = request.__dict__.setdefault("_counted_names", {})
    if typed not in known:
        user = get_user_by_username(typed) if typed else None
        digest = salted_hmac("accounts.guessing", typed.casefold(), algorithm="sha256").hexdigest()[:32]
        known[typed] = user.get_username() if user else f"?{digest}"
    return known[typed]


def has_signed_in_from(name: str, address: str | None) -> bool:
    """Whether the account has been signed in to from this network of late."""
    since = timezone.now() - timedelta(days=settings.SIGN_IN_KNOWN_DAYS)
    return AccessLog.objects.filter(username=name, ip_address=address, attempt_time__gte=since).exists()


def seconds_to_wait(name: str, address: str | None, now: datetime) -> int:
    """For how long a try with this name from this network is refused; 0: it is not."""
    lock = settings.SIGN_IN_LOCK_SECONDS
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - timedelta(seconds=lock))
    pair = _counted(recent.filter(username=name, ip_address=address))
    waits = [_left(pair["last"], lock, now)] if pair["failures"] >= settings.SIGN_IN_FAILURES else []
    whole_name = _counted(recent.filter(username=name))
    whole_address = _counted(recent.filter(ip_address=address))
    slowed = whole_name["failures"] >= settings.SIGN_IN_FAILURES_OF_NAME
    sprayed = whole_address["names"] >= settings.SIGN_IN_NAMES_OF_ADDRESS
    if (slowed or sprayed) and not has_signed_in_from(name, address):
        waits += [_left(whole_name["last"], settings.SIGN_IN_SLOW_SECONDS, now)] if slowed else []
        waits += [_left(whole_address["last"], lock, now)] if sprayed else []
    return max(waits, default=0)


def _counted(attempts: Any) -> dict[str, Any]:
    found = attempts.aggregate(
        failures=Sum("failures_since_start", default=0),
        names=Count("username", distinct=True),
        last=Max("attempt_time"),
    )
    return dict(found)


def _left(last: datetime, seconds: int, now: datetime) -> int:
    return max(0, math.ceil(seconds - (now - last).total_seconds()))


class Counter(AxesDatabaseHandler):
    """django-axes with the three limits (`AXES_HANDLER`)."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return self.seconds_to_wait(request, credentials) > 0

    def seconds_to_wait(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """As the function of that name, for what a request brings."""
        name = counted_name(request, credentials)
        return seconds_to_wait(name, request.axes_ip_address, request.axes_attempt_time)
