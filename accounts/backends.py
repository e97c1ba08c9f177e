"""Name and password; also asked at every request whether the account still stands."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts import policy


class PasswordBackend(AuthenticationBackend):
    """allauth's, closed to disabled accounts and, on a production site, to invented people."""

    def user_can_authenticate(self, user: Any) -> bool:
        return policy.may_sign_in(user)
