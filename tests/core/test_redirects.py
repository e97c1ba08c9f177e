"""Nobody is led off this site by an address that came with the request."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from core import clock
from core.redirects import safe_address
from deadlines.models import Notification
from tests.browsing import signed_in
from tests.world import World

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\n/evil.example",
    "\x00//evil.example",
    " //evil.example",
    "https://evil.example/",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//testserver@evil.example",
    "http://testserver.evil.example/",
    "http://[::1",
    "",
]


@pytest.mark.parametrize("given", ELSEWHERE)
def test_an_address_elsewhere_is_not_followed(given: str) -> None:
    assert safe_address(RequestFactory().get("/"), given, "/home/") == "/home/"


@pytest.mark.parametrize(
    "given", ["/qinshui/desk/", "/qinshui/desk/?q=%0d%0a", "?page=2", "http://testserver/x"]
)
def test_an_address_of_this_site_is(given: str) -> None:
    assert safe_address(RequestFactory().get("/"), given, "/home/") == given


def test_over_tls_nobody_is_led_out_of_it() -> None:
    request = RequestFactory().get("/", secure=True)
    assert safe_address(request, "http://testserver/x", "/home/") == "/home/"


def test_signing_in_leads_nowhere_else(world: World) -> None:
    user = world.people["officer"]
    user.password = make_password("a long enough one")
    user.save()
    for given in [*ELSEWHERE, "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:%20a=b"]:
        answer = Client().post(
            "/accounts/login/", {"login": user.username, "password": "a long enough one", "next": given}
        )
        assert answer.status_code == 302, given
        assert answer["Location"].startswith("/"), given
        assert not answer["Location"].startswith(("//", "/\\")), given
        assert not set(answer["Location"]) & {"\r", "\n"}, given
        assert "a" not in answer.cookies, given


def test_a_message_leads_nowhere_else(world: World) -> None:
    for given in ("//evil.example", "/\\evil.example"):
        message = Notification.objects.create(
            recipient=world.people["officer"], title="x", text="x", url=given, created_at=clock.now()
        )
        answer = signed_in(world, "officer").post(world.url(f"inbox/{message.pk}/read/"))
        assert (answer.status_code, answer["Location"]) == (302, world.url("inbox/"))
