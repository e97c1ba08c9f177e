from importlib import import_module

from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "jurisdictions"

    def ready(self) -> None:
        import_module("jurisdictions.receivers")
