"""How often a person or an address may do what costs much or can be guessed at.

`settings.RATE_LIMITS` names each limit and its rates (`30/minute;300/hour`). What was counted stands in
Valkey, under digests: no name and no address. The limits open when Valkey is down: they protect the house
from haste, not its doors (signing in is locked by the database).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection
from functools import cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse_many
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from core.client import client_address

logger = logging.getLogger(__name__)

Counted = Literal["person", "address"]
View = Callable[..., HttpResponse]
READING = ("GET", "HEAD")
# A file is looked at by GET; its original is taken by POST.
TAKING = (*READING, "POST")
KEY_PREFIX = "limit"
TIMEOUT_SECONDS = 0.5
# After a failure Valkey is left alone for so long: not every request waits for a server that is down.
PAUSE_SECONDS = 10.0
# Whoever has one IPv6 address has all of its network.
IPV6_NETWORK = 64


class _Counter:
    """The counts of one Valkey."""

    def __init__(self, url: str) -> None:
        storage = RedisStorage(
            url,
            key_prefix=KEY_PREFIX,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
        )
        self.windows = MovingWindowRateLimiter(storage)
        self.resting_until = 0.0

    def wait_of(self, rates: Collection[RateLimitItem], *key: str) -> int:
        """Counts one; 0 when it is within every rate, else the seconds until it would be."""
        if time.monotonic() < self.resting_until:
            return 0
        try:
            for rate in rates:
                if not self.windows.hit(rate, *key):
                    reset = self.windows.get_window_stats(rate, *key).reset_time
                    return max(1, math.ceil(reset - time.time()))
        except RedisError as error:
            self.resting_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("%s: limits are open for %s s", type(error).__name__, PAUSE_SECONDS)
        return 0


@cache
def _counter(url: str) -> _Counter:
    return _Counter(url)


@cache
def rates_of(text: str) -> tuple[RateLimitItem, ...]:
    """The rates of a line such as `30/minute;300/hour`; raises `ValueError` for any other."""
    return tuple(parse_many(text))


def wait_for(request: HttpRequest, name: str, *, by: Counted) -> int:
    """Counts this request under a limit; 0 when it may go on, else for how many seconds it has to wait.

    Counted by person (who is not signed in, by address) or by address, each jurisdiction on its own.
    """
    rates = rates_of(settings.RATE_LIMITS[name])
    if not settings.RATE_LIMITING:
        return 0
    return _counter(settings.REDIS_URL).wait_of(rates, name, _digest(request, by))


def limited(
    name: str, *, by: Counted = "person", methods: Collection[str] = ("POST",)
) -> Callable[[View], View]:
    """The view answers 429, with the time to wait, to whoever goes beyond the limit of this name."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait = wait_for(request, name, by=by) if request.method in methods else 0
            return too_many(request, wait) if wait else view(request, *args, **kwargs)

        # Decorators further out carry it on: a test reads which page has which limit.
        inner.limit = name  # type: ignore[attr-defined]
        return inner

    return decorate


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page that says how long to wait."""
    minutes = math.ceil(seconds / 60)
    wait = f"{seconds} 秒" if seconds < 60 else f"{minutes} 分钟"
    response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def _digest(request: HttpRequest, by: Counted) -> str:
    user = getattr(request, "user", None)
    tenant = getattr(getattr(request, "jurisdiction", None), "pk", 0)
    if by == "person" and user is not None and user.is_authenticated:
        who = f"person {user.pk}"
    else:
        who = f"address {_network(client_address(request))}"
    return salted_hmac("core.limits", f"{tenant} {who}", algorithm="sha256").hexdigest()[:32]


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(ip_network((known, IPV6_NETWORK), strict=False))
    return address
