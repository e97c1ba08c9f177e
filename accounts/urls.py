"""Signing in and out, and the person's own account."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import confirmation, security
from accounts.views.password import ChangePassword
from accounts.views.sign_in import SecondStep, SignIn
from core.limits import limited

_sign_in = limited("sign_in", by="address")(SignIn.as_view())
_second_step = limited("sign_in", by="address")(SecondStep.as_view())

accounts = [
    path("login/", _sign_in, name="login"),
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("password/", ChangePassword.as_view(), name="password"),
    path("security/", security.overview, name="security"),
    path("security/second-factor/", security.set_up, name="second_factor"),
    path("security/second-factor/replace/", security.replace, name="replace_second_factor"),
    path("security/second-factor/remove/", security.take_away, name="remove_second_factor"),
    path("security/recovery-codes/", security.renew_codes, name="recovery_codes"),
    path("security/sessions/end/", security.end_others, name="end_other_sessions"),
    path("security/sessions/<int:pk>/end/", security.end_other, name="end_session"),
    path("reauthenticate/", confirmation.reauthenticate, name="reauthenticate"),
    path("kept/", confirmation.kept, name="kept"),
]
# The names by which django-allauth looks for its pages; the first is the page above.
allauth = [
    path("login/", _sign_in, name="account_login"),
    path("second-step/", _second_step, name="mfa_authenticate"),
]
