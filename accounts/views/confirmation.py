"""Showing once more who one is, and sending again what was kept meanwhile."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import keeping, sessions
from accounts.forms import ConfirmForm
from accounts.signals import tell


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Asks for the password, or for a code; then on to `next`."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = reverse("home")
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        sessions.confirm(request.session)
        method = "mfa" if form.cleaned_data.get("code") else "password"
        record_authentication(request, request.user, method, reauthenticated=True)
        tell("reauthenticated", user=request.user, actor=request.user, request=request, by=method)
        return redirect(target)
    status = 422 if form.errors else 200
    return render(request, "accounts/reauthenticate.html", {"form": form, "next": target}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """The form that was kept, with one button that sends it; POST throws it away."""
    form = keeping.kept(request.session, request.user)
    if form is None:
        return redirect("home")
    if request.method == "POST":
        keeping.forget(request.session)
        return redirect(form.page)
    return render(request, "accounts/kept.html", {"kept": form})
