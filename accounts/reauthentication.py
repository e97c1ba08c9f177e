"""Weighty acts (money, publication, revocation, personal data) ask once more who the person is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import keeping, sessions
from core.redirects import safe_address

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def recently_authenticated(view: View | None = None, *, reading: bool = False, act: str = "") -> Any:
    """Lets a POST through when the person signed in, or confirmed, within `REAUTHENTICATION_SECONDS`.

    Else they confirm on a page of their own; the form is kept, and sent by the person's own second click.
    `reading=True` asks before a GET too: for a download, or a page that shows what is weighty.
    `act` says on that page what for.
    Stands inside the decorator that asks for the right: who may not see the page is not asked to confirm.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asks = reading or request.method not in SAFE
            if not asks or sessions.confirmed_lately(request.session):
                return inner(request, *args, **kwargs)
            return ask_again(request, act=act)

        asking.reauthenticates, asking.act = True, act  # type: ignore[attr-defined]
        return asking

    return decorate(view) if view is not None else decorate


def ask_again(request: HttpRequest, *, act: str = "") -> HttpResponse:
    """Sends the person to confirm who they are; what was posted is kept for their second click."""
    if wants_json(request):
        return JsonResponse({"error": "reauthentication_required"}, status=403)
    asked = {"next": request.get_full_path()}
    before = page_before(request)
    if request.method not in SAFE:
        kept = keeping.keep(request, request.session, user_id=request.user.pk, page=before, act=act)
        asked["next"] = reverse("accounts:kept") if kept else before
    elif before != request.path:
        asked["back"] = before
    address = reverse("accounts:reauthenticate") + "?" + urlencode(asked)
    if request.headers.get("HX-Request"):
        # A fragment has no room for the page.
        return HttpResponse(status=403, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which reads no pages."""
    return "X-Autosave" in request.headers or request.headers.get("Accept", "") == "application/json"


def page_before(request: HttpRequest) -> str:
    """The page of this site that the form stood on; its own address where the browser does not say."""
    told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return request.path
    parts = urlsplit(told)
    # The path alone may name another host (`//host`).
    return safe_address(request, parts.path + (f"?{parts.query}" if parts.query else ""), request.path)


def act_of(address: str) -> str:
    """What a page confirms the person for, as its `recently_authenticated` says; empty when it does not."""
    try:
        return str(getattr(resolve(urlsplit(address).path).func, "act", ""))
    except (Resolver404, ValueError):
        return ""
