"""Whose request it is: what a client writes about itself is never believed."""

from typing import Any

import pytest
from django.test import RequestFactory

from core.client import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "direct", "address"),
    [
        (0, "", "203.0.113.7", "203.0.113.7"),
        # Nobody in front: what the client writes is not believed.
        (0, "198.51.100.1", "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1", "10.0.0.1", "198.51.100.1"),
        # What stands left of the proxies' own entries was written by the client.
        (1, "1.1.1.1, 198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "10.0.0.1", "198.51.100.1"),
        # Past the proxies: only the connection is certain.
        (2, "198.51.100.1", "10.0.0.1", "10.0.0.1"),
        (1, "203.0.113.9,198.51.100.7", "10.0.0.1", "198.51.100.7"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "2001:DB8:0:0::1", "10.0.0.1", "2001:db8::1"),
        (1, "unknown", "10.0.0.1", "10.0.0.1"),
        (1, "203.0.113.9, ", "10.0.0.1", "10.0.0.1"),
        (1, "<script>", "10.0.0.1", "10.0.0.1"),
        (1, "198.51.100.1:4711", "10.0.0.1", "198.51.100.1"),
        (1, "[2001:db8::1]:443", "10.0.0.1", "2001:db8::1"),
        (1, "fe80::1%" + "x" * 200, "10.0.0.1", "fe80::1"),
        (1, "::ffff:198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (0, "", "", ""),
    ],
)
def test_an_address_is_believed_as_far_as_its_proxies(
    settings: Any, proxies: int, forwarded: str, direct: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=direct)
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_address(request) == address
