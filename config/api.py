"""The API as a whole: its addresses, its description (OpenAPI), and the page about it for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

import jurisdictions.api_urls
import notices.api_urls
import stations.api_urls
from core import clock
from core.api.endpoints import CACHE_SECONDS, Endpoint, endpoint
from core.problems import KINDS, PAGE
from core.tenancy import active_tenants, tenant_scope


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the page: `path` below `/api/v1/`, `text` the first paragraph of the description."""

    method: str
    path: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations of one kind."""

    title: str
    operations: tuple[Operation, ...]


class Schema(Endpoint):
    """`GET schema/`."""

    renderer_classes = [
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
    ]

    @extend_schema(
        operation_id="schema",
        summary="接口描述（OpenAPI）",
        tags=["接口描述"],
        responses={(200, "application/vnd.oai.openapi"): {"type": "object", "additionalProperties": True}},
    )
    def get(self, request: Any) -> Response:
        """YAML，或者按 Accept 头、format=json 给出 JSON。"""
        return Response(description())


@cache
def description() -> dict[str, Any]:
    """The description of the whole API; made once a process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What there is, how one asks, and what the problems mean."""
    return render(
        request,
        "api.html",
        {
            "chapters": chapters(),
            "problems": KINDS.items(),
            "sample": _sample(request),
            "largest": settings.API_MAX_BODY_BYTES // 1024,
            "deepest": settings.API_MAX_NESTING,
            "seconds": CACHE_SECONDS,
        },
    )


def chapters() -> list[Chapter]:
    """The operations as the description has them, chapter by chapter."""
    found: dict[str, list[Operation]] = {}
    for address, methods in description()["paths"].items():
        for method, operation in methods.items():
            first = operation.get("description", "").partition("\n\n")[0]
            line = Operation(method.upper(), address.removeprefix(PAGE), operation["summary"], first)
            found.setdefault(operation["tags"][0], []).append(line)
    return [Chapter(title, tuple(lines)) for title, lines in found.items()]


def _sample(request: HttpRequest) -> dict[str, str] | None:
    """A call that works as it stands: to the first jurisdiction, on its own today."""
    place = active_tenants().first()
    if place is None:
        return None
    with tenant_scope(place):
        today = clock.today().isoformat()
    address = request.build_absolute_uri(
        reverse("api:question", kwargs={"slug": place.slug, "kind": "eligibility"})
    )
    body = json.dumps({"given": {"application_date": today}, "on": today}, ensure_ascii=False)
    return {"url": address, "body": body}


urlpatterns = [
    path("", page, name="index"),
    path("schema/", endpoint(Schema), name="schema"),
    *jurisdictions.api_urls.urlpatterns,
    *notices.api_urls.urlpatterns,
    *stations.api_urls.urlpatterns,
]
