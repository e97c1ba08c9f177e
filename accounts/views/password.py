"""Changing one's password; also the answer to one that somebody else set, or that has grown old."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy

from accounts import policy, sessions
from accounts.forms import ChangePasswordForm
from accounts.signals import tell


class ChangePassword(PasswordChangeView):
    """Asks for the old password and the new one; every other session of the person ends.

    A wrong old one counts and is told as a failed sign-in (`accounts.guarding`).
    """

    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"expired": policy.password_expired(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        user.must_change_password = False
        old_key = self.request.session.session_key or ""
        response = super().form_valid(form)
        UserSession.objects.filter(user=user, session_key=old_key).update(
            session_key=self.request.session.session_key
        )
        sessions.end_sessions(user, keep=self.request.session.session_key or "")
        tell("password_changed", user=user, actor=user, request=self.request)
        messages.success(self.request, "密码已修改，其他设备上的登录已结束。")
        return response
