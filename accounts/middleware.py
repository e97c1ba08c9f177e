"""A password that somebody else has set opens one page only: the one where it is changed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

ALLOWED = ("accounts:password", "accounts:logout", "healthz")


class OneTimePasswordMiddleware:
    """Sends a person whose account says `must_change_password` to change it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Runs once the address is known and the person signed in."""
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in ALLOWED:
            return None
        messages.warning(request, "这是他人为您设置的初始密码，请先修改。")
        return redirect("accounts:password")
