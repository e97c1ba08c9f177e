"""Programs that ask the API: looks, questions, and what a problem document must be."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from core.problems import KINDS

ROOT = "/api/v1/"


def place(slug: str, rest: str = "") -> str:
    """`/api/v1/jurisdictions/qinshui/rules/` from `rules/`."""
    return f"{ROOT}jurisdictions/{slug}/{rest}"


def looked(client: Client, url: str, **query: Any) -> Any:
    """The answer to a look, which must be there, whole and open to caches."""
    answer = client.get(url, query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer.content
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    return answer.json()


def asked(client: Client, url: str, body: Any, **more: Any) -> Any:
    """The response to a question; a body that is no bytes is made JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(url, raw, content_type=more.pop("content_type", "application/json"), **more)


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    """The problem document, after looking at everything that all of them have."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (
        answer.content
    )
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    found: dict[str, Any] = answer.json()
    assert found["type"] == f"/api/v1/#{KINDS[status].name}"
    assert (found["title"], found["status"]) == (KINDS[status].title, status)
    assert found["detail"]
    assert any("一" <= letter <= "鿿" for letter in found["detail"])
    assert set(found) <= {"type", "title", "status", "detail", "instance", "culprit", "errors"}
    return found
