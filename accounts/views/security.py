"""The person's own account: password, second factor, recovery codes, where they are signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy, second_factor, sessions
from accounts.forms import SetUpForm
from accounts.reauthentication import recently_authenticated
from accounts.signals import tell
from core.errors import DomainError
from core.web import attempt_form

SECRET = "second_factor_secret"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """我的账号安全: how things stand, with the doors to change them."""
    user = request.user
    days = policy.password_days(user)
    context = {
        "standing": second_factor.standing(user),
        "needs_second_factor": policy.needs_second_factor(user),
        "expires": user.password_changed_at + timedelta(days=days) if days else None,
        "sessions": sessions.live_sessions(user),
        "here": request.session.session_key,
    }
    return render(request, "accounts/security.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated(reading=True, act="启用双重验证")
def set_up(request: HttpRequest) -> HttpResponse:
    """Shows the QR code; POST proves the app with its first code, and shows the recovery codes, once."""
    if second_factor.stands(request.user):
        return redirect("accounts:security")
    return _enrol(request, second_factor.add)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated(reading=True, act="更换双重验证")
def replace(request: HttpRequest) -> HttpResponse:
    """The same for another app; the present one stands until the code of the other is shown."""
    if not second_factor.stands(request.user):
        return redirect("accounts:second_factor")
    return _enrol(request, second_factor.replace)


def _enrol(request: HttpRequest, verb: Callable[..., list[str]]) -> HttpResponse:
    form = SetUpForm(request.POST if request.method == "POST" else None)
    secret = request.session.get(SECRET)
    if secret and request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        codes = attempt_form(form, verb, user=request.user, secret=secret, code=code, request=request)
        if codes:
            del request.session[SECRET]
            return _codes(request, codes)
    # The secret stays the same while the person tries: a reload must not make the scanned one useless.
    secret = request.session.setdefault(SECRET, secret or second_factor.new_secret())
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": second_factor.picture_of(request.user, secret),
        "replaces": verb is second_factor.replace,
        "needed": policy.needs_second_factor(request.user),
    }
    return render(request, "accounts/second_factor.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated(reading=True, act="重新生成恢复码")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Asks first; POST makes new recovery codes and shows them, once."""
    if request.method == "POST":
        try:
            return _codes(request, second_factor.renew_codes(user=request.user, request=request))
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("accounts:security")
    return render(request, "accounts/renew_codes.html", {"standing": second_factor.standing(request.user)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated(reading=True, act="停用双重验证")
def take_away(request: HttpRequest) -> HttpResponse:
    """Asks first; POST takes the second factor away. Staff are sent back: theirs is replaced."""
    if not second_factor.stands(request.user):
        return redirect("accounts:security")
    if policy.needs_second_factor(request.user):
        messages.error(request, second_factor.KEPT_BY_STAFF)
        return redirect("accounts:security")
    if request.method == "POST":
        second_factor.remove(user=request.user, request=request)
        messages.success(request, "双重验证已停用，其他设备上的登录已结束。")
        return redirect("accounts:security")
    return render(request, "accounts/take_away.html")


@require_POST
def end_other(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of the person's other sessions."""
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    if session.session_key != request.session.session_key:
        session.end()
        tell("sessions_ended", user=request.user, actor=request.user, request=request, ended=1)
        messages.success(request, "该处登录已结束。")
    return redirect("accounts:security")


@require_POST
@transaction.atomic
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends every session of the person but this one."""
    ended = sessions.end_sessions(request.user, keep=request.session.session_key or "")
    tell("sessions_ended", user=request.user, actor=request.user, request=request, ended=ended)
    messages.success(request, "其他各处的登录已结束。")
    return redirect("accounts:security")


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes})
