"""The API as a whole: its description is valid and whole, its page says how one asks."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema

from config.api import description
from core.problems import KINDS
from jurisdictions.enums import RESERVED_SLUGS
from tests.asking import ROOT, asked, place, problem_of
from tests.notices.builders import published
from tests.stations.builders import build_station
from tests.urls import patterns
from tests.world import World

SCHEMA = f"{ROOT}schema/"


def test_the_description_is_valid_without_a_warning(tmp_path: Path) -> None:
    told = StringIO()
    call_command(
        "spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"), stderr=told
    )
    assert yaml.safe_load((tmp_path / "schema.yaml").read_text())["openapi"].startswith("3.")


def test_every_endpoint_is_described_and_nothing_else() -> None:
    pages = [page for page in patterns(get_resolver()) if page.name.startswith("api:")]
    known = {
        "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", page.route).replace("{pk}", "{id}")
        for page in pages
        if page.name != "api:index"
    }
    assert set(description()["paths"]) == known
    for methods in description()["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert {"429", "default"} <= set(operation["responses"])


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ({}, "*/*", "application/vnd.oai.openapi"),
        ({}, "application/yaml", "application/yaml"),
        ({}, "application/json", "application/json"),
        ({"format": "json"}, "*/*", "application/vnd.oai.openapi+json"),
    ],
)
def test_the_description_as_yaml_and_as_json(
    world: World, client: Client, query: dict[str, str], accept: str, kind: str
) -> None:
    answer = client.get(SCHEMA, query, headers={"accept": accept})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, kind)
    assert answer["Cache-Control"] == "public, max-age=60"
    text = answer.content.decode()
    found = json.loads(text) if "json" in kind else yaml.safe_load(text)
    validate_schema(found)
    assert found == json.loads(json.dumps(description()))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema in words of JSON Schema: `nullable` is OpenAPI's own."""
    if isinstance(schema, dict):
        plain = {name: resolved(inner) for name, inner in schema.items() if name != "nullable"}
        return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
    if isinstance(schema, list):
        return [resolved(inner) for inner in schema]
    return schema


def check(body: Any, schema: dict[str, Any]) -> None:
    import jsonschema  # noqa: PLC0415 - comes with the description's library

    whole = {**resolved(schema), "components": resolved(description()["components"])}
    jsonschema.validate(body, whole)


def test_answers_are_as_described(world: World, client: Client) -> None:
    """What comes is what the description promises; for every look, and for a problem."""
    station, notice = build_station(world), published(world, "2024-06-05")
    ids = {"notices": notice.pk, "stations": station.pk}
    looks = 0
    for address, methods in description()["paths"].items():
        if "get" not in methods or address == SCHEMA:
            continue
        room = address.split("/")[5] if address.count("/") > 5 else ""
        path = address.format(slug="qinshui", id=ids.get(room))
        answer = client.get(path)
        assert answer.status_code == 200, path
        content = methods["get"]["responses"]["200"]["content"]["application/json"]
        check(answer.json(), content["schema"])
        looks += 1
    assert looks == 8
    refused = problem_of(asked(client, place("qinshui", "questions/eligibility/"), {"given": 1}), 422)
    check(refused, {"$ref": "#/components/schemas/Problem"})


def test_the_page_says_how_one_asks(world: World, client: Client) -> None:
    answer = client.get(ROOT)
    assert answer.status_code == 200
    page = answer.content.decode()
    for address, methods in description()["paths"].items():
        assert all(f"{method.upper()} {address.removeprefix(ROOT)}<" in page for method in methods)
        assert all(operation["summary"] in page for operation in methods.values())
    assert f'href="{SCHEMA}"' in page
    for kind in KINDS.values():
        assert f'id="{kind.name}"' in page
    assert not answer.cookies
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|https?://(?!testserver)", page)


def test_the_call_on_the_page_works_as_it_stands(world: World, client: Client) -> None:
    import html  # noqa: PLC0415 - beside its one use

    page = html.unescape(client.get(ROOT).content.decode())
    url = re.search(r"curl -X POST http://testserver(\S+)", page)[1]
    body = re.search(r"-d '([^']+)'", page)[1]
    answer = asked(client, url, body.encode())
    assert answer.status_code == 200
    assert answer.json()["explanation"]


def test_the_page_is_there_without_any_jurisdiction(db: None, client: Client) -> None:
    answer = client.get(ROOT)
    assert (answer.status_code, "curl" in answer.content.decode()) == (200, False)


def test_a_jurisdiction_can_stand_on_no_address_of_the_house() -> None:
    """Whoever adds an address beside the jurisdictions' reserves its first part."""
    firsts = {page.route.split("/")[0] for page in patterns(get_resolver())} - {"", "<slug:jurisdiction>"}
    assert firsts | {settings.STATIC_URL.strip("/")} == {*RESERVED_SLUGS, "platform"}
