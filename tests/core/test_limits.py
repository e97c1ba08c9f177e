"""Whoever is in too much of a hurry waits: the right one, as long as said, and nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver

from core import limits
from core.client import client_address
from jurisdictions.models import Jurisdiction
from tests.broker import CLOSED_PORT
from tests.browsing import signed_in
from tests.notices.builders import published
from tests.urls import patterns
from tests.world import World

START = 1_750_000_000.0


@pytest.fixture
def counting(settings: Any) -> Iterator[redis.Redis]:
    """Limits on, and nothing counted yet."""
    settings.RATE_LIMITING = True
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    valkey.flushdb()
    yield valkey
    valkey.flushdb()


def asked_by(address: str = "198.51.100.7", *, tenant: int = 1, user: Any = None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.jurisdiction = Jurisdiction(pk=tenant)
    request.user = user
    return request


def times_allowed(request: HttpRequest, most: int, *, by: limits.Counted = "address") -> int:
    """How often in a row the limit named `trial` lets through."""
    return next((n for n in range(most) if limits.wait_for(request, "trial", by=by)), most)


def test_the_documented_number_is_let_through_and_not_one_more(settings: Any, counting: Any) -> None:
    settings.RATE_LIMITS = {"trial": "5/minute;8/hour"}
    with time_machine.travel(START, tick=False) as when:
        assert times_allowed(asked_by(), 20) == 5
        assert limits.wait_for(asked_by(), "trial", by="address") == 60
        when.shift(59)
        assert limits.wait_for(asked_by(), "trial", by="address") == 1
        when.shift(2)
        # The hour's three that are left, then the hour.
        assert times_allowed(asked_by(), 20) == 3
        assert limits.wait_for(asked_by(), "trial", by="address") == 3600 - 61


def test_everyone_is_counted_alone(settings: Any, counting: Any, world: World) -> None:
    settings.RATE_LIMITS = {"trial": "2/hour"}
    officer, maker = world.people["officer"], world.people["maker"]
    assert times_allowed(asked_by("198.51.100.7"), 9) == 2
    assert times_allowed(asked_by("198.51.100.8"), 9) == 2
    assert times_allowed(asked_by("198.51.100.7", tenant=2), 9) == 2
    # A person is one person at every address, and two persons at one address are two.
    assert times_allowed(asked_by("198.51.100.7", user=officer), 9, by="person") == 2
    assert times_allowed(asked_by("198.51.100.9", user=officer), 9, by="person") == 0
    assert times_allowed(asked_by("198.51.100.9", user=maker), 9, by="person") == 2


def test_one_ipv6_network_is_one_address(settings: Any, counting: Any) -> None:
    settings.RATE_LIMITS = {"trial": "2/hour"}
    assert times_allowed(asked_by("2001:db8:1:2::1"), 9) == 2
    assert times_allowed(asked_by("2001:db8:1:2:ffff::9"), 9) == 0
    assert times_allowed(asked_by("2001:db8:1:3::1"), 9) == 2


def test_an_invented_address_changes_nothing(settings: Any, counting: Any) -> None:
    settings.RATE_LIMITS = {"trial": "2/hour"}
    invented = [
        RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
        for n in range(9)
    ]
    assert [limits.wait_for(request, "trial", by="address") > 0 for request in invented] == [
        *[False] * 2,
        *[True] * 7,
    ]


def test_the_counts_hold_no_name_and_no_address(settings: Any, counting: Any, world: World) -> None:
    settings.RATE_LIMITS = {"trial": "2/hour"}
    user = world.people["officer"]
    request = asked_by("198.51.100.7", user=user)
    limits.wait_for(request, "trial", by="person")
    limits.wait_for(request, "trial", by="address")
    keys = [key.decode() for key in counting.keys("*")]
    assert len(keys) == 2
    for key in keys:
        prefix, _, trial, digest, *rate = key.replace("/", ":").split(":")
        assert (prefix, trial, len(digest), rate) == ("limit", "trial", 32, ["2", "1", "hour"])
        assert client_address(request) not in key
        assert user.username not in key


def test_without_valkey_the_limits_are_open_and_say_so_once(
    settings: Any, counting: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATE_LIMITS = {"trial": "1/hour"}
    settings.REDIS_URL = CLOSED_PORT
    limits._counter.cache_clear()
    with caplog.at_level(logging.WARNING, "core.limits"):
        assert times_allowed(asked_by(), 20) == 20
    assert [record.getMessage() for record in caplog.records] == [
        "ConnectionError: limits are open for 10.0 s"
    ]


def test_a_limit_that_nobody_set_is_a_mistake_of_the_house(settings: Any) -> None:
    settings.RATE_LIMITS = {}
    with pytest.raises(KeyError):
        limits.wait_for(asked_by(), "trial", by="address")


def test_only_the_methods_that_are_counted(settings: Any, counting: Any) -> None:
    settings.RATE_LIMITS = {"trial": "1/hour"}

    @limits.limited("trial", by="address")
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    assert [view(asked_by()).status_code for _ in range(3)] == [200, 200, 200]


# --- on the pages -----------------------------------------------------------------


def too_many(answer: Any) -> tuple[int, bool, bool]:
    """Status; whether it says when to come back, in the header and in words."""
    page = answer.content.decode()
    return (
        answer.status_code,
        0 < int(answer.headers.get("Retry-After", 0)) <= 86400,
        "操作过于频繁" in page and ("秒 后重试" in page or "分钟 后重试" in page),
    )


REFUSED = (429, True, True)


def objection(world: World) -> Callable[[Client], Any]:
    notice = published(world, "2024-06-05")
    entry = notice.entries.first()
    given = {"entry": entry.pk, "name": "赵反映", "contact": "13955550123", "text": "设备并非自有。"}
    return lambda client: client.post(world.url(f"notices/{notice.pk}/"), given)


ACTS: dict[str, Callable[[World], Callable[[Client], Any]]] = {
    "sign_in": lambda world: lambda client: client.post("/accounts/login/", {"login": "x", "password": "y"}),
    "register": lambda world: lambda client: client.post(world.url("register/"), {"name": "x"}),
    "verify": lambda world: lambda client: client.get("/verify/000000000000000a/"),
    "objection": objection,
    "upload": lambda world: lambda client: client.post(world.url("unit/assessments/1/evidence/"), {}),
    "export": lambda world: lambda client: client.get(world.url("papers/000000000000000a/")),
    "page": lambda world: lambda client: client.get("/"),
}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_the_page_refuses_at_its_limit(
    settings: Any, counting: Any, world: World, client: Client, name: str
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, name: "3/hour"}
    act = ACTS[name](world)
    if name == "upload":
        client = signed_in(world, "officer")
    first = [act(client).status_code for _ in range(3)]
    assert 429 not in first
    assert too_many(act(client)) == REFUSED
    # The others go on.
    elsewhere = Client(REMOTE_ADDR="198.51.100.200")
    if name == "upload":
        elsewhere = signed_in(world, "maker")
    assert act(elsewhere).status_code == first[0]


def test_reading_the_form_of_a_limited_page_is_not_counted(
    settings: Any, counting: Any, world: World, client: Client
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign_in": "1/hour"}
    assert [client.get("/accounts/login/").status_code for _ in range(3)] == [200, 200, 200]


def test_the_health_check_is_never_refused(settings: Any, counting: Any, db: None, client: Client) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "page": "1/hour"}
    assert [client.get("/healthz/").status_code for _ in range(3)] == [200, 200, 200]


def test_which_pages_have_a_limit_of_their_own() -> None:
    limited = {
        page.name: page.callback.limit
        for page in patterns(get_resolver())
        if getattr(page.callback, "limit", None)
    }
    assert limited == {
        "accounts:login": "sign_in",
        "account_login": "sign_in",
        "mfa_authenticate": "sign_in",
        "public:invitation": "register",
        "public:register": "register",
        "public:notice": "objection",
        "public:objection_state": "verify",
        "bureau:objection_step": "upload",
        "bureau:objection_file": "export",
        "public:self_check": "self_check",
        "verify": "verify",
        "public:paper": "export",
        "unit:add_file": "upload",
        "unit:file": "export",
        "unit:assessment_evidence": "upload",
        "unit:evidence": "export",
        "desk:bring": "upload",
        "desk:attachment": "export",
        "panel:attachment": "export",
        "panel:visit_file": "export",
        "panel:visit_file_add": "upload",
        "public:call_file": "export",
        "desk:falsity": "upload",
        "desk:falsity_evidence": "export",
        "desk:list_sheet": "export",
        "desk:print": "export",
        "unit:print": "export",
        "unit:roster_template": "export",
        "unit:import_roster": "upload",
        "unit:renew": "upload",
        "unit:begin_parts": "upload",
        "unit:part": "part",
        "bureau:attachment": "export",
        "bureau:call_file": "export",
        "bureau:call_files": "upload",
        "bureau:draw_record": "export",
        "bureau:visit_file": "export",
        "bureau:visit_file_add": "upload",
        "bureau:panel_workbook": "export",
        "bureau:evidence": "export",
        "audit:export": "export",
        "settings:version_text": "export",
        "settings:experts_import": "upload",
        "settings:experts_enter": "upload",
        "settings:experts_template": "export",
        "api:question": "question",
        **dict.fromkeys(
            (
                "api:schema",
                "api:jurisdictions",
                "api:rules",
                "api:rule_versions",
                "api:questions",
                "api:notices",
                "api:notice",
                "api:stations",
                "api:station",
            ),
            "api",
        ),
    }


def test_a_rate_that_cannot_be_read_stops_the_start(settings: Any) -> None:
    from core.checks import rates_can_be_read  # noqa: PLC0415

    assert rates_can_be_read() == []
    settings.RATE_LIMITS = {"page": "often"}
    assert [problem.id for problem in rates_can_be_read()] == ["core.E004"]
