"""Name and password; also asked at every request whether the account still stands."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from accounts import policy, second_factor


class PasswordBackend(AuthenticationBackend):
    """allauth's, closed to disabled accounts and, on a production site, to invented people."""

    def get_user(self, user_id: Any) -> Any:
        """The account of a session, with what every request of staff is asked (`second_factor.stood`)."""
        accounts = second_factor.with_factor(get_user_model()._default_manager.all())
        user = accounts.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return policy.may_sign_in(user)
