"""Signing in, and changing one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """User name and password."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class ChangePassword(PasswordChangeView):
    """A new password; also the answer to `must_change_password`."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        form.user.must_change_password = False
        form.user.save(update_fields=["must_change_password"])
        messages.success(self.request, "密码已修改。")
        return response
