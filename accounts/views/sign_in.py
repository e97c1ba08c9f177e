"""Name and password, then the second factor; and the page of a lock."""

from __future__ import annotations

import math
from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers


class SignIn(LoginView):
    """User name and password; somebody who is signed in already goes on to where they wanted."""

    template_name = "accounts/login.html"


class SecondStep(AuthenticateView):
    """The second factor of somebody whose password was right; nobody is signed in before it."""

    template_name = "accounts/second_step.html"

    def _build_forms(self) -> Any:
        """The form of the code alone; without one in it allauth would read what a security key says."""
        posted = self.request.POST if self.request.method == "POST" else None
        self.webauthn_form = None
        self.auth_form = self.get_form_class()(user=self.stage.login.user, data=posted)
        return self.auth_form


def locked(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any]) -> HttpResponse:
    """Instead of any answer to a try that a lock refused (`AXES_LOCKOUT_CALLABLE`)."""
    if not request.user.is_authenticated:
        clear_login(request)
    seconds = max(1, AxesProxyHandler.get_implementation().seconds_to_wait(request, credentials))
    minutes = math.ceil(seconds / 60)
    wait = f"{seconds} 秒" if seconds < 60 else f"{minutes} 分钟"
    answer = render(request, "accounts/locked.html", {"wait": wait}, status=429)
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer
