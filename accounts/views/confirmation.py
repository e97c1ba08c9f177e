"""Showing once more who one is, and sending again what was kept meanwhile."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import keeping, sessions
from accounts.forms import ConfirmForm
from accounts.kept_words import lines_of
from accounts.reauthentication import act_of
from accounts.signals import tell
from core.redirects import safe_address


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Asks for the password, or for a code, and says what for; then on to `next`, or `back` again."""
    given = request.POST if request.method == "POST" else request.GET
    home = reverse("home")
    target = safe_address(request, given.get("next", ""), home)
    back = safe_address(request, given.get("back", ""), home)
    act = act_of(target)
    if target == reverse("accounts:kept") and (waiting := keeping.kept(request.session, request.user)):
        back, act = safe_address(request, waiting.page, home), waiting.act
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        sessions.confirm(request.session)
        method = "mfa" if form.cleaned_data.get("code") else "password"
        record_authentication(request, request.user, method, reauthenticated=True)
        tell("reauthenticated", user=request.user, actor=request.user, request=request, by=method)
        return redirect(target)
    status = 422 if form.errors else 200
    context = {"form": form, "next": target, "back": back, "act": act}
    return render(request, "accounts/reauthenticate.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """The form that was kept, in words, with one button that sends it; POST throws it away.

    It is also gone once it was sent (`accounts.keeping.sent`).
    """
    form = keeping.kept(request.session, request.user)
    if form is None:
        return redirect("home")
    if request.method == "POST":
        keeping.forget(request.session)
        return redirect(safe_address(request, form.page, reverse("home")))
    lines, others = lines_of(form)
    return render(request, "accounts/kept.html", {"kept": form, "lines": lines, "others": others})
