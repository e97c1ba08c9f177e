"""What stands between a signed-in person and the pages: time-outs, the first password, the second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import middleware as django_auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import keeping, policy, second_factor, sessions
from accounts.reauthentication import SAFE, page_before, wants_json
from accounts.signals import tell

# The only pages of a person who has something to settle with the account first.
ALWAYS = ("accounts:logout", "healthz")
PASSWORD_PAGES = (*ALWAYS, "accounts:password")
SECOND_FACTOR_PAGES = (*ALWAYS, "accounts:second_factor", "accounts:reauthenticate")

OVER = {
    "idle": "您较长时间没有操作，登录已自动结束，请重新登录。",
    "absolute": "本次登录已达到最长时限，请重新登录。",
}
KEPT = "您刚才提交的内容还没有保存，已为您保留，登录后可以继续提交。"
NOT_KEPT = "您刚才提交的内容没有保存；请登录后返回原来的页面重新提交。"


class SessionTimes:
    """Ends a session whose time is up, and notes that others are in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            why = sessions.why_over(request.session)
            if why:
                self._end(request, why)
            else:
                sessions.touch(request.session)
        return self.get_response(request)

    def _end(self, request: Any, why: str) -> None:
        request.session_over, request.session_was_of = why, request.user.pk
        tell("session_ended", user=request.user, actor=request.user, request=request, why=why)
        logout(request)


class SignInRequired(django_auth.LoginRequiredMiddleware):
    """Sends strangers to the sign-in page; what was typed before the time was up is kept for its author."""

    def handle_no_permission(self, request: Any, view_func: Callable[..., Any]) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"error": "signed_out"}, status=401)
        target = request.get_full_path() if request.method in SAFE else self._keep(request, view_func)
        if why := getattr(request, "session_over", ""):
            messages.warning(request, OVER[why])
        address = reverse("accounts:login") + "?" + urlencode({"next": target})
        if request.headers.get("HX-Request"):
            # A fragment has no room for the sign-in page.
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)

    @staticmethod
    def _keep(request: Any, view_func: Callable[..., Any]) -> str:
        page, act = page_before(request), str(getattr(view_func, "act", ""))
        owner = getattr(request, "session_was_of", None)
        if owner and keeping.keep(request, request.session, user_id=owner, page=page, act=act):
            messages.warning(request, KEPT)
            return reverse("accounts:kept")
        messages.warning(request, NOT_KEPT)
        return page


class OwnPagesFirst:
    """A person reaches nothing before the account is in order: deny by default, few pages let through."""

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
        user = request.user
        if not user.is_authenticated:
            return None
        here = request.resolver_match.view_name if request.resolver_match else ""
        if user.must_change_password or policy.password_expired(user):
            return None if here in PASSWORD_PAGES else self._to_password(request)
        if policy.needs_second_factor(user) and not self._has_shown(request):
            return None if here in SECOND_FACTOR_PAGES else self._to_second_factor(request)
        if request.method not in SAFE:
            keeping.sent(request)
        return None

    @staticmethod
    def _has_shown(request: HttpRequest) -> bool:
        """A factor was shown in this session, and the account still has one."""
        return second_factor.was_shown(request) and second_factor.stood(request.user)

    @staticmethod
    def _to_password(request: HttpRequest) -> HttpResponse:
        if request.user.must_change_password:
            messages.warning(request, "这是他人为您设置的初始密码，请先修改。")
        else:
            messages.warning(request, "密码已到期，请先修改。")
        return redirect("accounts:password")

    @staticmethod
    def _to_second_factor(request: HttpRequest) -> HttpResponse:
        if second_factor.stands(request.user):
            # Its code was not shown in this session: another one set it up, or the session is no honest one.
            logout(request)
            return redirect("accounts:login")
        return redirect("accounts:second_factor")
