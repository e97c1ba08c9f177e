"""What every endpoint shares: problems for every error, bodies in bounds, no person, its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.models import User
from core.models import LogEntry
from core.problems import KINDS, is_for_programs
from tests.asking import ROOT, asked, looked, place, problem_of
from tests.browsing import signed_in
from tests.urls import patterns
from tests.world import World

RULES, QUESTION = place("qinshui", "rules/"), place("qinshui", "questions/eligibility/")
LIST = f"{ROOT}jurisdictions/"


# --- problems -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/", "/api/v2/", f"{ROOT}nothing/", "/api/v1/jurisdictions/qinshui/"])
def test_an_address_that_is_none(world: World, client: Client, path: str) -> None:
    assert problem_of(client.get(path), 404)["instance"] == path


def test_pages_for_people_keep_theirs(world: World, client: Client) -> None:
    assert client.get("/qinshui/nowhere/")["Content-Type"].startswith("text/html")
    assert client.get("/apis/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_taken(world: World, client: Client, method: str) -> None:
    answer = client.generic(method, RULES)
    problem_of(answer, 405)
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_a_question_is_posted(world: World, client: Client, method: str) -> None:
    answer = client.generic(method, QUESTION)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
    ],
)
def test_a_body_that_is_no_json_by_its_type(world: World, client: Client, kind: str) -> None:
    problem_of(asked(client, QUESTION, {"given": {}}, content_type=kind), 415)
    problem_of(asked(client, QUESTION, b"", content_type=kind), 415)


def test_the_type_may_name_its_charset(world: World, client: Client) -> None:
    kind = "Application/JSON; charset=utf-8"
    assert asked(client, QUESTION, {"given": {}}, content_type=kind).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_a_format_that_there_is_not(world: World, client: Client, accept: str) -> None:
    problem_of(client.get(RULES, headers={"accept": accept}), 406)
    problem_of(client.get(f"{ROOT}schema/", headers={"accept": accept}), 406)
    problem_of(asked(client, QUESTION, {"given": {}}, headers={"accept": accept}), 406)
    assert client.get(RULES, headers={"accept": f"{accept},*/*;q=0.1"}).status_code == 200


DEEP = configured.API_MAX_NESTING


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"given": {}, "given": {}}',
        b'{"given": {"technicians": NaN}}',
        b'{"given": {"technicians": -Infinity}}',
        b'{"given": {"technicians": 1e999}}',
        b'{"given": {"technicians": 1e-999}}',
        b'{"given": {"technicians": ' + b"9" * 5000 + b"}}",
        b'{"given": {"technicians": 0.' + b"1" * 5000 + b"}}",
        b'{"given": {"technicians": "\\ud800"}}',
        b'{"given": {"\\u0000": 1}}',
        b"[" * (DEEP + 1) + b"]" * (DEEP + 1),
        b"[" * 30_000 + b"]" * 30_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
def test_a_body_that_cannot_be_read(world: World, client: Client, body: bytes) -> None:
    problem_of(asked(client, QUESTION, body), 400)


@pytest.mark.parametrize(
    ("body", "culprit"),
    [
        (b'{"given": {"technicians": NaN}}', "technicians"),
        (b'{"given": {"external": [1, -Infinity]}}', "external"),
        (b'{"given": {"technicians": 1e999}}', "technicians"),
        (b'{"given": {"technicians": ' + b"9" * 5000 + b"}}", "technicians"),
        (b'{"given": {"technicians": 1, "technicians": 2}}', "technicians"),
        (b'{"given": {}, "given": {}}', "given"),
    ],
)
def test_what_in_a_body_cannot_be_read_is_named(
    world: World, client: Client, body: bytes, culprit: str
) -> None:
    found = problem_of(asked(client, QUESTION, body), 400)

    assert found["culprit"] == culprit
    assert culprit in found["detail"]


def test_a_byte_order_mark_says_nothing(world: World, client: Client) -> None:
    assert asked(client, QUESTION, b'\xef\xbb\xbf{"given": {}}').status_code == 200


def test_a_body_as_deep_as_it_may_be(world: World, client: Client) -> None:
    # One deeper is refused for its depth (above), this one for what it says.
    body = b'{"given": {"application_date": ' + b"[" * (DEEP - 2) + b"]" * (DEEP - 2) + b"}}"
    assert problem_of(asked(client, QUESTION, body), 422)["culprit"] == "application_date"


def filled(size: int) -> bytes:
    body = json.dumps({"given": {"x": ""}}).encode()
    return body.replace(b'""', b'"' + b"x" * (size - len(body)) + b'"')


def test_a_body_that_is_too_large(world: World, client: Client) -> None:
    most = configured.API_MAX_BODY_BYTES
    assert problem_of(asked(client, QUESTION, filled(most)), 422)["culprit"] == "x"
    assert "64 KB" in problem_of(asked(client, QUESTION, filled(most + 1)), 413)["detail"]
    # Refused by what it says of itself, before a byte is read, wherever it goes.
    problem_of(asked(client, RULES, b"", CONTENT_LENGTH=str(most + 1)), 413)
    problem_of(asked(client, QUESTION, filled(most + 1), content_type="text/plain"), 413)


def test_a_body_of_unknown_length(world: World, client: Client) -> None:
    answer = asked(client, QUESTION, {"given": {}}, headers={"transfer-encoding": "chunked"})
    problem_of(answer, 411)


def test_the_reader_itself_has_a_bound(settings: Any) -> None:
    """A server that lets a body through without its length."""
    import io  # noqa: PLC0415 - beside its one use

    from core.api.reading import BoundedJSON, TooLarge  # noqa: PLC0415

    settings.API_MAX_BODY_BYTES = 10
    assert BoundedJSON().parse(io.BytesIO(b'{"a": 123}')) == {"a": 123}
    with pytest.raises(TooLarge):
        BoundedJSON().parse(io.BytesIO(b'{"a": 1234}'))


def test_a_failure_of_ours_tells_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("jurisdictions.api._version", breaks)
    client = Client(raise_request_exception=False)
    for answer in (client.get(RULES), asked(client, QUESTION, {"given": {}})):
        assert problem_of(answer, 500)["detail"] == KINDS[500].usual
        assert "secret" not in answer.content.decode()
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_host_that_is_not_ours(world: World, client: Client) -> None:
    answer = client.get(RULES, headers={"host": "evil.example"})
    problem_of(answer, 400)
    assert "evil" not in answer.content.decode()


NUMBER = "13955550123"


def test_nobody_s_number_in_an_address(world: World, client: Client) -> None:
    searched = client.get(place("qinshui", "stations/"), {"q": NUMBER})
    assert "不能用证件号码" in problem_of(searched, 400)["detail"]
    in_path = client.get(f"{ROOT}{NUMBER}/")
    problem_of(in_path, 404)
    named = asked(client, QUESTION, {"given": {NUMBER: 1}})
    assert problem_of(named, 422)["culprit"] == "139****0123"
    for answer in (searched, in_path, named):
        assert NUMBER not in answer.content.decode()


# --- nobody is known ----------------------------------------------------------------------


def test_a_signed_in_person_is_nobody_here(world: World, client: Client) -> None:
    officer = signed_in(world, "officer")
    User.objects.filter(pk=world.people["officer"].pk).update(must_change_password=True)
    before = LogEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert looked(officer, RULES) == looked(client, RULES)
    # Not even the session is asked for.
    assert [one["sql"] for one in queries if "session" in one["sql"] or "accounts_user" in one["sql"]] == []
    problem_of(officer.get(place("qinshui", "notices/99999999/")), 404)
    assert LogEntry.objects.count() == before


def test_no_token_is_needed_because_no_cookie_is_read(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["officer"])
    assert asked(strict, QUESTION, {"given": {}}).status_code == 200


def test_no_other_site_s_script_may_read(world: World, client: Client) -> None:
    for answer in (
        client.get(RULES, headers={"origin": "https://elsewhere.example"}),
        client.options(QUESTION, headers={"origin": "https://elsewhere.example"}),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_head_is_get_without_a_body(world: World, client: Client) -> None:
    answer = client.head(RULES)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Cache-Control"] == "public, max-age=60"


# --- pages of a list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "status"),
    [("0", 400), ("-1", 400), ("x", 400), ("", 400), ("１", 400), ("2", 404), ("9" * 5000, 404)],
)
def test_a_page_that_is_none(world: World, client: Client, page: str, status: int) -> None:
    problem_of(client.get(LIST, {"page": page}), status)


# --- limits -----------------------------------------------------------------------------------


@pytest.fixture
def counting(settings: Any) -> Iterator[None]:
    settings.RATE_LIMITING = True
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    valkey.flushdb()
    yield
    valkey.flushdb()


@pytest.mark.parametrize("name", ["api", "question", "page"])
def test_who_asks_too_often_waits(
    settings: Any, counting: None, world: World, client: Client, name: str
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, name: "3/hour"}

    def ask(who: Client) -> Any:
        return asked(who, QUESTION, {"given": {}}) if name == "question" else who.get(RULES)

    assert [ask(client).status_code for _ in range(3)] == [200] * 3
    answer = ask(client)
    assert "Retry-After" in problem_of(answer, 429)["detail"]
    assert 3500 < int(answer["Retry-After"]) <= 3600
    # Signing in buys nothing; another address goes on, and so does the other limit.
    assert ask(signed_in(world, "officer")).status_code == 429
    assert ask(Client(REMOTE_ADDR="198.51.100.200")).status_code == 200
    if name == "api":
        assert asked(client, QUESTION, {"given": {}}).status_code == 200
    if name == "question":
        assert client.get(RULES).status_code == 200


def test_every_endpoint_knows_nobody_and_has_a_limit() -> None:
    pages = [page for page in patterns(get_resolver()) if page.name.startswith("api:")]
    endpoints = {page.name: page.callback for page in pages if page.name != "api:index"}
    assert len(endpoints) == 10
    assert {name for name, view in endpoints.items() if not getattr(view, "knows_nobody", False)} == set()
    limits = {name: view.limit for name, view in endpoints.items()}
    assert limits == {name: "question" if name == "api:question" else "api" for name in endpoints}
    assert all(re.match(r"^api/v1/", page.route) for page in pages)


def test_which_addresses_are_for_programs(rf: Any) -> None:
    assert [
        is_for_programs(rf.get(path)) for path in ("/api/", RULES, "/api/v1/x", ROOT, "/apiary/", "/")
    ] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
