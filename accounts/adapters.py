"""How django-allauth behaves here: words, safe addresses, what is sealed, who may come in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import policy
from core.client import client_address
from core.sealing import seal, unseal

PURPOSE = "second-factor"


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with name and password, then the second factor; nothing else of allauth's."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "用户名或密码不正确。",
        "account_inactive": "账号已停用。",
        "incorrect_password": "密码不正确。",
    }

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Units register with an authority; staff are appointed."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only an address of this site, under the name by which it was asked for."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Stops whoever may not come in although the password is right.

        allauth asks for `is_active` alone, and goes on with an account that its own backend refused.
        """
        if policy.may_sign_in(user):
            return super().pre_login(request, user, **kwargs)
        clear_login(request)
        return self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return render(request, "accounts/inactive.html", status=403)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are sealed; the app shows the site's name."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": "验证码不正确。"}

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=PURPOSE)

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def get_totp_issuer(self) -> str:
        return "技师工作站"
