"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address the request came from, as far as it can be believed; "" when there is none.

    Each of the `TRUSTED_PROXY_COUNT` proxies in front appends the address it was called from to
    `X-Forwarded-For`; what stands further left the client may have written itself. A request that
    passed fewer proxies than expected is known by its connection only.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXY_COUNT
    told = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = told.split(",") if told.strip() else []
    if trusted < 1 or len(hops) < trusted:
        return direct
    return _address(hops[-trusted]) or direct


def _address(text: str) -> str:
    """An IP address without port and brackets; "" for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
