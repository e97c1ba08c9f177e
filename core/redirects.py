"""Going on to an address that came with the request."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_address(request: HttpRequest, given: str, fallback: str) -> str:
    """`given` when it leads to a page of this site, else `fallback`.

    Everything else that browsers take for an address is refused: other hosts, `//host`, `\\\\host`,
    `javascript:`, and what control characters make of it.
    """
    plain = given.isprintable() and "\\" not in given
    if plain and url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return given
    return fallback
