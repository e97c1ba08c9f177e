"""What no database can store never reaches a view."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.middleware import ReadableText


def seen_by_the_view(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    found: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    ReadableText(view)(request)
    return dict(found[0].GET.lists()), dict(found[0].POST.lists())


def test_nul_is_taken_out_and_the_rest_is_kept() -> None:
    request = RequestFactory().post("/?version=%00x", {"reason": "材料\x00不全", "items": ["一", "二\x00"]})
    assert seen_by_the_view(request) == ({"version": ["x"]}, {"reason": ["材料不全"], "items": ["一", "二"]})


def test_ordinary_text_is_left_alone() -> None:
    request = RequestFactory().post("/?q=喆祎", {"reason": "第一行\r\n第二行\t𬭎"})
    assert seen_by_the_view(request) == ({"q": ["喆祎"]}, {"reason": ["第一行\r\n第二行\t𬭎"]})
