"""What every request passes before a view sees it."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from core import acting

logger = logging.getLogger(__name__)


class Acting:
    """Says for the log where the request comes from; does afterwards what waits for the request's end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting.acts_for(request) as unit:
            response = self.get_response(request)
            for work in unit.later:
                try:
                    work()
                except Exception:
                    # The answer stands already; what is lost is told to the system's own log.
                    logger.exception("work after the request failed")
            return response


class ReadableText:
    """Takes out of what was typed what no database can store: NUL and lone surrogates.

    Pasted text and broken clients bring them; a page that fails because of them loses the rest.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _readable(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _readable(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def _readable(given: QueryDict) -> QueryDict:
    if all(_clean(value) == value for _, values in given.lists() for value in values):
        return given
    readable = given.copy()
    for name, values in given.lists():
        readable.setlist(name, [_clean(value) for value in values])
    return readable


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
