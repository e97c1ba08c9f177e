"""Errors for programs: problem documents (RFC 9457), `application/problem+json`, told in Chinese.

One builder for whatever goes wrong under `/api/`: an error of a view, of a middleware, an address that is
none, a failure of ours. What nobody foresaw says nothing about its cause.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from core.masking import redact

MEDIA_TYPE: Final = "application/problem+json"
PREFIX: Final = "/api/"
# The page that describes the API for people is a page like any other.
PAGE: Final = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name (an anchor of the page), its title, its usual meaning."""

    name: str
    title: str
    usual: str


KINDS: Final[dict[int, Kind]] = {
    400: Kind("bad-request", "请求有误", "请求无法理解，请核对参数和正文。"),
    401: Kind("signed-out", "需要登录", "本接口不对外开放。"),
    403: Kind("forbidden", "不允许访问", "请求被拒绝。"),
    404: Kind("not-found", "没有找到", "地址有误，或者没有这项内容。"),
    405: Kind("method-not-allowed", "方法不允许", "这个地址不接受这种方法，可用的方法见 Allow 头。"),
    406: Kind("not-acceptable", "无法提供所要的格式", "本接口只提供 application/json。"),
    409: Kind("conflict", "与现状冲突", "请求与现状冲突。"),
    411: Kind("length-required", "须注明正文长度", "请求正文须注明 Content-Length，不接受分块传输。"),
    413: Kind("too-large", "正文过大", "请求正文超过上限。"),
    415: Kind(
        "unsupported-media-type",
        "正文格式不支持",
        "请求正文须为 JSON，并注明 Content-Type: application/json。",
    ),
    422: Kind("unprocessable", "内容不能处理", "请求正文的内容不符合要求。"),
    429: Kind("too-many-requests", "请求过于频繁", "请求过于频繁，请按 Retry-After 所示秒数后重试。"),
    500: Kind("failure", "服务器出错", "服务器处理时出错，请稍后重试。"),
    503: Kind("unavailable", "暂不可用", "服务暂不可用，请稍后重试。"),
}


def is_for_programs(request: HttpRequest) -> bool:
    """Whether the address is one of the API's, whose every error is a problem document."""
    return request.path_info.startswith(PREFIX) and request.path_info != PAGE


def problem(
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    culprit: str = "",
    errors: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """The problem document of a status. `culprit` names the one input at fault, `errors` all of them.

    No cache keeps it, and no number of a person that stood in the address comes back in it.
    """
    kind = KINDS.get(status) or KINDS[500 if status >= 500 else 400]
    body: dict[str, Any] = {
        "type": f"{PAGE}#{kind.name}",
        "title": kind.title,
        "status": status,
        "detail": redact(detail) or kind.usual,
        "instance": redact(request.path),
    }
    if culprit:
        body["culprit"] = redact(culprit)
    if errors:
        body["errors"] = [{name: redact(text) for name, text in error.items()} for error in errors]
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )
    add_never_cache_headers(response)
    return response


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An error that was made for people (a page of the house, of Django) as a problem document.

    Headers that tell a program what to do next stay.
    """
    kept = {name: response[name] for name in ("Allow", "Retry-After") if response.has_header(name)}
    return problem(request, response.status_code, headers=kept)


def is_error(response: HttpResponse) -> bool:
    return response.status_code >= HTTPStatus.BAD_REQUEST
