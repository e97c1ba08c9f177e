"""What every request passes before a view sees it."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import is_valid_path
from django.utils.cache import patch_cache_control, patch_vary_headers

from core import acting
from core.api.reading import too_large_words
from core.limits import READING, too_many, wait_for
from core.masking import holds_number
from core.problems import MEDIA_TYPE, as_problem, is_error, is_for_programs, problem

logger = logging.getLogger(__name__)

NUMBER_IN_ADDRESS = "不能用证件号码、电话或银行账号作为网址中的查询条件，请改用姓名、单位名称或编号查询。"


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


class NoNumbersInAddresses:
    """Refuses an address that holds somebody's number: addresses stay in histories, logs and links.

    A search box into which one was typed comes back empty, with the reason; a path with one is no page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        searched = bool(request.META.get("QUERY_STRING")) and _holds_number(request.GET)
        if holds_number(request.path_info) or (searched and request.method not in ("GET", "HEAD")):
            raise Http404
        if not searched:
            return self.get_response(request)
        if is_for_programs(request):
            return problem(request, 400, NUMBER_IN_ADDRESS)
        left = request.GET.copy()
        for name, values in request.GET.lists():
            if holds_number(name):
                del left[name]
            else:
                left.setlist(name, ["" if holds_number(value) else value for value in values])
        messages.error(request, NUMBER_IN_ADDRESS)
        return redirect(f"{request.path}?{left.urlencode()}".rstrip("?"))


def _holds_number(given: QueryDict) -> bool:
    return any(holds_number(text) for name, values in given.lists() for text in (name, *values))


def _readable(given: QueryDict) -> QueryDict:
    if all(_clean(value) == value for _, values in given.lists() for value in values):
        return given
    readable = given.copy()
    for name, values in given.lists():
        readable.setlist(name, [_clean(value) for value in values])
    return readable


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


class SafeHeaders:
    """What every answer tells the browser besides the content security policy (`settings.ANSWER_HEADERS`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.ANSWER_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class PersonalPages:
    """No browser and no proxy keeps a page that was made for one person.

    That is every answer to a person who is signed in, and every answer that hands out a cookie: its forms
    carry a token of that browser. What anybody gets without either stays cacheable, apart for each cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if response.cookies or (user is not None and user.is_authenticated):
            patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
        return response


class ForPrograms:
    """What holds for the API's addresses: no cookie, no large body, every error a problem document.

    Without cookies there is no session and no person: an answer is the same for everybody, may be kept by
    caches, and no page of somebody else's can use a signed-in browser to ask. So no token is needed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_programs(request):
            return self.get_response(request)
        if request.method not in READING:
            _end_with_slash(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        if _length_of(request) > settings.API_MAX_BODY_BYTES:
            return problem(request, 413, too_large_words())
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            # Its length is not known; it would be read as an empty body.
            return problem(request, 411)
        response = self.get_response(request)
        if is_error(response) and response.headers.get("Content-Type") != MEDIA_TYPE:
            return as_problem(request, response)
        return response


def _end_with_slash(request: HttpRequest) -> None:
    """Takes an address without the slash at its end for the one that has it.

    A redirect would make a GET of a POST in most clients, and that is answered by 405.
    """
    if not request.path_info.endswith("/") and is_valid_path(f"{request.path_info}/"):
        request.path_info += "/"
        request.path += "/"


def _length_of(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdigit() else 0


class PageLimit:
    """The widest limit (`page`): whatever is asked for, by one person or one address."""

    UNCOUNTED = "/healthz/"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != self.UNCOUNTED and (wait := wait_for(request, "page", by="person")):
            return too_many(request, wait)
        return self.get_response(request)
