from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        import_module("accounts.checks")
        import_module("accounts.receivers")
        # Takes part in the rotation of keys.
        import_module("accounts.second_factor")
