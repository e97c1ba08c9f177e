"""What the account pages ask for."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.views.decorators.debug import sensitive_variables

from accounts import guarding, second_factor
from accounts.password_rules import RULES

ONE_TIME_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"}


class SignInForm(LoginForm):
    """User name and password; allauth asks axes and the backends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in {"login": "用户名", "password": "密码"}.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.widget.attrs.pop("placeholder", None)


class SecondFactorForm(AuthenticateForm):
    """A code of the app, or a recovery code; each is accepted once, wrong ones count as failed sign-ins."""

    code = forms.CharField(
        label="动态验证码",
        help_text="手机不在身边时，可填写一个恢复码。",
        widget=forms.TextInput(ONE_TIME_CODE),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = guarding.second_factor_shown(context.request, self.user, code)
        if self.authenticator is None:
            raise forms.ValidationError(second_factor.WRONG_CODE)
        return code


class SetUpForm(forms.Form):
    """The first code of a freshly added app; the secret it belongs to waits in the session."""

    code = forms.CharField(
        label="应用显示的 6 位验证码", widget=forms.TextInput({**ONE_TIME_CODE, "maxlength": "10"})
    )


class ChangePasswordForm(PasswordChangeForm):
    """The old password, under the limits of every try to sign in, and the new one, twice."""

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "当前密码"
        self.fields["new_password1"].label, self.fields["new_password1"].help_text = "新密码", RULES
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = "再次输入新密码", ""

    @sensitive_variables("given")
    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if not guarding.password_shown(self.request, self.user, given):
            raise forms.ValidationError("当前密码不正确。")
        return given

    def validate_password_for_user(self, user: Any, password_field_name: str = "new_password1") -> None:
        """What the rules refuse is said where it was typed first, not at the repetition."""
        super().validate_password_for_user(user, "new_password1")


class ConfirmForm(forms.Form):
    """The password once more, or a code of the second factor."""

    password = forms.CharField(
        label="密码",
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(label="或者动态验证码", required=False, widget=forms.TextInput(ONE_TIME_CODE))

    def __init__(self, data: Any = None, *, request: Any) -> None:
        super().__init__(data)
        self.request = request
        if not second_factor.standing(request.user):
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("code"):
            if guarding.second_factor_shown(self.request, self.request.user, given["code"]) is None:
                self.add_error("code", second_factor.WRONG_CODE)
        elif not given.get("password"):
            self.add_error("password", "请填写密码。")
        elif not guarding.password_shown(self.request, self.request.user, given["password"]):
            self.add_error("password", "密码不正确。")
        return given
