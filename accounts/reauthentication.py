"""Weighty acts (money, publication, revocation, personal data) ask once more who the person is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import keeping, sessions

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def recently_authenticated(view: View | None = None, *, reading: bool = False) -> Any:
    """Lets a POST through when the person signed in, or confirmed, within `REAUTHENTICATION_SECONDS`.

    Else they confirm on a page of their own; the form is kept, and sent by the person's own second click.
    `reading=True` asks before a GET too: for a download, or a page that shows what is weighty.
    Stands inside the decorator that asks for the right: who may not see the page is not asked to confirm.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asks = reading or request.method not in SAFE
            if not asks or sessions.confirmed_lately(request.session):
                return inner(request, *args, **kwargs)
            return ask_again(request)

        asking.reauthenticates = True  # type: ignore[attr-defined]
        return asking

    return decorate(view) if view is not None else decorate


def ask_again(request: HttpRequest) -> HttpResponse:
    """Sends the person to confirm who they are; what was posted is kept for their second click."""
    if wants_json(request):
        return JsonResponse({"error": "reauthentication_required"}, status=403)
    page = request.get_full_path()
    if request.method not in SAFE:
        page = page_before(request)
        if keeping.keep(request, request.session, user_id=request.user.pk, page=page):
            page = reverse("accounts:kept")
    address = reverse("accounts:reauthenticate") + "?" + urlencode({"next": page})
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
    return parts.path + (f"?{parts.query}" if parts.query else "")
