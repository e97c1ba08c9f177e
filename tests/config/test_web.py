"""What every answer carries, which hosts are answered, and what production demands."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import get_resolver

from core.checks import hosts_are_named, policy_is_strict
from core.sealing import new_key
from tests.browsing import signed_in
from tests.notices.builders import published
from tests.processes import environment
from tests.urls import patterns
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
EVERYWHERE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy_of(answer: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, _, sources in parts}


@pytest.mark.parametrize(
    "path", ["/", "/qinshui/", "/accounts/login/", "/qinshui/nowhere/", "/qinshui/desk/", "/static/js/app.js"]
)
def test_every_answer_carries_the_policy(world: World, client: Client, path: str) -> None:
    answer = client.get(path)
    assert policy_of(answer) == POLICY
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in answer["Permissions-Policy"]


def test_an_error_of_ours_carries_it_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("config.views._place", breaks)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert policy_of(answer) == POLICY


# --- what may be kept ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("officer", "bureau/rounds/"),
        ("officer", ""),
        ("officer", "notices/"),
        ("maker", "funds/tranches/"),
        ("auditor", "audit/"),
        ("officer", "nowhere/"),
        ("officer", "funds/tranches/"),
    ],
)
def test_nothing_made_for_a_person_is_kept(world: World, key: str, path: str) -> None:
    answer = signed_in(world, key).get(world.url(path))
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]


def test_an_answer_without_a_cookie_is_not_kept_either(world: World) -> None:
    answer = signed_in(world, "officer").get("/healthz/")
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "path", ["/", "/qinshui/", "/qinshui/stations/", "/qinshui/notices/", "/qinshui/rules/"]
)
def test_what_everybody_reads_may_be_kept(world: World, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "Cookie" in answer["Vary"]


def test_a_form_with_a_token_is_not_kept(world: World, client: Client) -> None:
    notice = published(world, "2024-06-05")
    answer = client.get(world.url(f"notices/{notice.pk}/"))
    assert "csrftoken" in answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


def test_our_own_files_may_be_kept(client: Client) -> None:
    assert "max-age" in client.get("/static/js/app.js")["Cache-Control"]


# --- hosts and tokens ----------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b"]
)
def test_another_host_is_not_answered(world: World, client: Client, host: str) -> None:
    answer = client.get("/qinshui/", headers={"host": host})
    assert answer.status_code == 400
    assert host not in answer.content.decode()


def test_what_a_proxy_says_of_the_host_is_not_read(world: World, client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"x-forwarded-host": "evil.example"})
    assert (answer.status_code, "evil.example" in answer.content.decode()) == (200, False)


def test_no_page_is_exempt_from_the_token() -> None:
    pages = list(patterns(get_resolver()))
    assert len(pages) > 90
    exempt = {page.name for page in pages if getattr(page.callback, "csrf_exempt", False)}
    # The API's endpoints: no cookie reaches them, so that there is nobody to speak for.
    assert exempt == {page.name for page in pages if getattr(page.callback, "knows_nobody", False)}
    assert {page.route[:7] for page in pages if page.name in exempt} == {"api/v1/"}


# --- production ----------------------------------------------------------------------

PRODUCTION = {
    "PRODUCTION": "1",
    "SERVICES": "none",
    "ALLOWED_HOSTS": "stations.example.gov.cn",
    "CSRF_TRUSTED_ORIGINS": "https://stations.example.gov.cn",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "FIELD_KEYS": f"one:{new_key()}",
    "INDEX_KEY": new_key(),
}


def in_production(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Python under production settings, without any server."""
    dropped = {"DATABASE_URL", "REDIS_URL", "RATE_LIMITING", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_deployment_check_is_clean() -> None:
    done = in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_rate_that_is_none_is_refused() -> None:
    done = in_production("manage.py", "check", RATE_LIMIT_UPLOAD="often")
    assert done.returncode == 1
    assert "RATE_LIMIT_UPLOAD is 'often', which is no rate." in done.stderr


FIRST_ANSWER = """
import django; django.setup()
from django.test import Client
from django.conf import settings
settings.RATE_LIMITING = False
client = Client(headers={"host": "stations.example.gov.cn"})
print(client.get("/healthz/")["Location"])
secure = client.get("/accounts/login/", headers={"x-forwarded-proto": "https"})
print(secure.status_code, secure["Strict-Transport-Security"])
for cookie in secure.cookies.values():
    print(cookie.OutputString())
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def test_what_production_answers(db: None) -> None:
    database = environment()["DATABASE_URL"]
    more = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT), "DATABASE_URL": database}
    done = in_production("-c", FIRST_ANSWER, **more)
    assert done.returncode == 0, done.stderr
    to_tls, secure, token, session = done.stdout.splitlines()
    assert to_tls == "https://stations.example.gov.cn/healthz/"
    assert secure == "200 max-age=31536000; includeSubDomains; preload"
    name, *flags = token.split("; ")
    assert re.fullmatch(r"__Host-csrftoken=\w{32}", name)
    assert {flag for flag in flags if not flag.startswith(("expires", "Max-Age"))} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Secure",
    }
    assert session == "__Host-sessionid True True"


def test_every_name_is_no_name(settings: Any) -> None:
    assert hosts_are_named() == []
    settings.ALLOWED_HOSTS = ["*"]
    assert [problem.id for problem in hosts_are_named()] == ["core.E002"]


@pytest.mark.parametrize(
    ("directive", "source"),
    [
        ("script-src", "'unsafe-inline'"),
        ("style-src", "'unsafe-inline'"),
        ("script-src", "data:"),
        ("img-src", "*"),
    ],
)
def test_a_policy_that_lets_in_is_refused(settings: Any, directive: str, source: str) -> None:
    assert policy_is_strict() == []
    directives = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, directive: ["'self'", source]}}
    assert [problem.id for problem in policy_is_strict()] == ["core.E003"]
