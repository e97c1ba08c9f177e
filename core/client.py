"""Where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the person's machine, or of the nearest one that can be believed.

    `TRUSTED_PROXY_COUNT` says how many proxies of ours stand in front; each adds at the right of
    `X-Forwarded-For` whom it heard. So the n-th from the right is the client, and what stands left of
    it is the client's own invention. With 0 the header is not read at all.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    if count < 1:
        return nearest
    told = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    # A request that came in behind the outermost proxy has fewer entries, all of them by our own proxies.
    claimed = told[-count] if len(told) >= count else told[0]
    try:
        return str(ip_address(claimed))
    except ValueError:
        return nearest
