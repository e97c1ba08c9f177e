from importlib import import_module

from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "jurisdictions"

    def ready(self) -> None:
        # They register themselves.
        for name in ("receivers", "account_log", "roles"):
            import_module(f"jurisdictions.{name}")
